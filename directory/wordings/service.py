"""Wordings from draft to phone: written by one person, approved by another, then unchangeable."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.checkins import plans
from directory.errors import Conflict, Invalid, NotFound
from directory.languages import Language
from directory.people import service as people
from directory.wordings import queries, rules
from directory.wordings.models import Wording, WordingStatus
from directory.wordings.rules import Broken, CountSegments

# The questions that guard everything else are fixed: no wording replaces them.
FIXED = "safety_"


@dataclass(frozen=True, slots=True)
class Draft:
    """A new version of the sentence `key` in one language."""

    key: str
    language: Language
    text: str


def save(
    session: Session, draft: Draft, *, count_segments: CountSegments, by: str, now: datetime
) -> Wording:
    """Keep a draft as the next version. `by`: the id of the member of staff who wrote it.

    Raises Invalid with the code of the rule that it breaks (directory.wordings.rules), or
    `wording_key_invalid`.
    """
    _require_key(draft.key)
    _require_sound(session, draft, count_segments)
    wording = Wording(
        key=draft.key,
        language=draft.language,
        version=queries.newest_version(session, draft.key, draft.language) + 1,
        text=draft.text,
        status=WordingStatus.DRAFT,
        created_by=by,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(wording)
    except IntegrityError as error:
        message = "Somebody has written a version at the same moment: look, and write yours again."
        raise Conflict("wording_version_taken", message) from error
    _audit(session, wording, "wording.draft", by=by, now=now)
    return wording


def approve(
    session: Session, wording_id: str, *, count_segments: CountSegments, by: str, now: datetime
) -> Wording:
    """Let a draft go out from now on; the version that went out until now is retired.

    The rules are checked again, as plans and partners may have changed since it was written.
    Raises NotFound, Invalid, and Conflict: `wording_own` (whoever wrote it can't approve it),
    `wording_not_a_draft`, `wording_superseded` (a newer version has been approved).
    """
    found = queries.by_id(session, wording_id)
    if found is None:
        raise NotFound("wording_unknown", "There is no such wording.")
    language = Language(found.language)
    versions = queries.versions(session, found.key, language, for_update=True)
    wording = next(each for each in versions if each.id == wording_id)
    if wording.status != WordingStatus.DRAFT:
        raise Conflict("wording_not_a_draft", "This version has been approved before.")
    if wording.created_by == by:
        raise Conflict("wording_own", "A second person approves: ask a colleague.")
    standing = [each for each in versions if each.status == WordingStatus.APPROVED]
    if any(each.version > wording.version for each in standing):
        raise Conflict("wording_superseded", "A newer version stands: write this one anew.")
    _require_sound(session, Draft(wording.key, language, wording.text), count_segments)
    for each in standing:
        each.status = WordingStatus.RETIRED
    wording.status, wording.approved_by, wording.approved_at = WordingStatus.APPROVED, by, now
    _audit(session, wording, "wording.approve", by=by, now=now)
    return wording


def broken_rules(session: Session, draft: Draft, *, count_segments: CountSegments) -> list[Broken]:
    """The rules that a draft would be refused for, as things stand now; keeps nothing."""
    return rules.broken_rules(
        draft.text,
        plans.use_of(session, draft.key),
        count_segments=count_segments,
        organizations=queries.organization_names(session),
    )


def _require_sound(session: Session, draft: Draft, count_segments: CountSegments) -> None:
    rules.refuse(broken_rules(session, draft, count_segments=count_segments), where="text")


def _require_key(key: str) -> None:
    if not rules.KEY.fullmatch(key) or key.startswith(FIXED):
        message = f"A key has 3 to 40 of a-z, 0-9 and _, and does not begin with {FIXED}."
        raise Invalid("wording_key_invalid", message)


def _audit(session: Session, wording: Wording, action: str, *, by: str, now: datetime) -> None:
    people.audit(session, actor=by, action=action, person_id=None, subject_id=wording.id, now=now)
