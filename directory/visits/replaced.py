"""What a visit said of the person and what was known before it, so that a void can put it back.

Kept with the visit as JSON: by field of the person, what stood there and what the visit wrote.
A visit that repeats what is known notes that too: then it stands on its own word.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from directory.people.models import Person
from directory.visits.models import Visit

CLINICIAN = "clinician_id"
# Why no text reaches them: a visit that says texting is safe has the number tried again.
UNREACHABLE = "unreachable_because"
# Without a visit nothing vouches for these, whatever was typed over them since.
_OF_VISITS = frozenset({"name", "code_word"})


def say(person: Person, said: Mapping[str, Any]) -> str:
    """Write what a visit says with the person; returns what the visit keeps of it."""
    kept = {field: [getattr(person, field), value] for field, value in said.items()}
    for field, value in said.items():
        setattr(person, field, value)
    return json.dumps(kept)


def add(visit: Visit, field: str, before: Any, after: Any) -> None:
    """Note that the visit stands for this now."""
    visit.replaced = json.dumps(_of(visit) | {field: [before, after]})


def put_back(
    person: Person, voided: Visit, later: Sequence[Visit], *, others: bool, heard: bool
) -> None:
    """What `voided` wrote becomes what it was, where no visit has said it since.

    `later`: the visits that stand and were logged after it, the earliest first. `others`: whether
    any visit stands. `heard`: whether the person has texted since, so that the number is known to
    work. A phone that others read stays one: a void never makes us bolder.
    """
    for field, (before, after) in _of(voided).items():
        if field == UNREACHABLE and heard:
            continue
        since = next((each for each in later if field in _of(each)), None)
        if since is not None:
            there, value = _of(since)[field]
            if there == after:  # what that visit has replaced was never true
                add(since, field, before, value)
            continue
        as_it_wrote = getattr(person, field) == after or (field in _OF_VISITS and not others)
        if as_it_wrote and not (field == "number_shared" and after is True):
            setattr(person, field, before)
    voided.replaced = None


def _of(visit: Visit) -> dict[str, Any]:
    return json.loads(visit.replaced) if visit.replaced else {}
