"""The launch checklist: has a person dialled every number that we give, and do they still answer?

A wrong digit is found by dialling, by nothing else. Before launch every published number is
dialled once; those of hotlines again each quarter. What was dialled counts for the number,
wherever it is listed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from directory.errors import Conflict, Invalid, NotFound
from directory.freshness import reports
from directory.freshness.models import Reported
from directory.listings import dialled_queries as queries
from directory.listings.changes import log_changes
from directory.listings.dialled_models import DialOutcome, NumberCheck
from directory.listings.edit_view import phone_value
from directory.listings.models import Phone, Service
from directory.listings.numbers import digits_of
from directory.listings.publication import may_leave
from directory.listings.service import changed
from directory.referrals import actors

# Thirteen weeks: a day that was once a working day stays one.
QUARTER = timedelta(weeks=13)
# One may write down today what was dialled lately, never what will be.
OLDEST = timedelta(days=31)
LONGEST_NOTE = 500
PHONES = "phones"


class State(StrEnum):
    """How far a number is. Only `right` needs nobody; `due` was right a quarter ago."""

    NEVER = "never"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    DUE = "due"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Listed:
    """Where a number is listed."""

    phone: Phone
    service: Service


@dataclass(frozen=True, slots=True)
class Number:
    """A number with what is known of dialling it. `due_on`: when again; None: never, or now.

    `held`: nobody is given it until it was dialled (`call_first`).
    """

    digits: str
    listed: tuple[Listed, ...]
    hotline: bool
    held: bool
    state: State
    last: NumberCheck | None
    due_on: date | None

    @property
    def shown(self) -> str:
        return self.listed[0].phone.number

    @property
    def is_done(self) -> bool:
        return self.state is State.RIGHT


@dataclass(frozen=True, slots=True)
class Progress:
    """How many are done of how many."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Dialled:
    """What a person found. `number`: its digits. `on`: the local day; today when None."""

    number: str
    outcome: DialOutcome
    on: date | None = None
    note: str | None = None


# --- pure -----------------------------------------------------------------------------------------


def state_of(last: NumberCheck | None, *, hotline: bool, today: date) -> tuple[State, date | None]:
    """How far a number is by its last check, and when it is to be dialled again."""
    if last is None:
        return State.NEVER, None
    if last.outcome == DialOutcome.WRONG:
        return State.WRONG, None
    if last.outcome == DialOutcome.NO_ANSWER:
        return State.NO_ANSWER, None
    if not hotline:
        return State.RIGHT, None
    due_on = last.dialled_on + QUARTER
    return (State.DUE if due_on <= today else State.RIGHT), due_on


def numbers(
    listed: Iterable[Listed],
    checks: Mapping[str, NumberCheck],
    *,
    hotline: bool,
    today: date,
) -> list[Number]:
    """The numbers, each once. `checks`: digits → the last check; `hotline`: they all are, or none.

    What nobody has dialled before what was; else as they are listed.
    """
    found: dict[str, list[Listed]] = {}
    for each in listed:
        found.setdefault(digits_of(each.phone.number), []).append(each)
    made = [
        _number(digits, tuple(where), checks.get(digits), hotline, today)
        for digits, where in found.items()
    ]
    order = list(State)
    return sorted(made, key=lambda each: order.index(each.state))


def progress(counted: Iterable[Number]) -> Progress:
    every = list(counted)
    return Progress(sum(each.is_done for each in every), len(every))


def _number(
    digits: str, where: tuple[Listed, ...], last: NumberCheck | None, hotline: bool, today: date
) -> Number:
    state, due_on = state_of(last, hotline=hotline, today=today)
    held = all(each.phone.call_first for each in where)
    return Number(digits, where, hotline, held, state, last, due_on)


# --- writing --------------------------------------------------------------------------------------


def record(
    session: Session, said: Dialled, *, staff_id: str, today: date, now: datetime
) -> NumberCheck:
    """Note that a person has dialled a number that we list.

    Right: what waited only for this call (`call_first`) is given from now on. Wrong: a report on
    each listing with it, which is a task and asks the partner; to take the number away is a
    person's to decide. The same word twice on one day is said once.

    Raises NotFound for a number that is in no listing; Invalid for a day to come or long past, or
    a note that is too long; Conflict when a colleague found otherwise on the same day.
    """
    on = said.on or today
    if not today - OLDEST <= on <= today:
        raise Invalid("day_not_dialled", "Write the day of the call: not one to come, and not old.")
    if len(said.note or "") > LONGEST_NOTE:
        raise Invalid("note_too_long", "Use at most 500 characters for the note.")
    listed = listed_of(queries.locked(session, said.number))
    if not listed:
        raise NotFound("number_unknown", "No listing gives this number any more.")
    last = queries.last_checks(session, [said.number]).get(said.number)
    by = actors.staff(staff_id).by
    if last is not None and (last.dialled_on, last.outcome, last.by) == (on, said.outcome, by):
        last.note = said.note or last.note
        return last
    if last is not None and last.dialled_on > on:
        raise Conflict("dialled_since", "Somebody has dialled it after that day: look first.")
    check = NumberCheck(
        number=said.number,
        dialled_on=on,
        outcome=said.outcome,
        note=said.note,
        by=by,
        at=now,
    )
    session.add(check)
    session.flush()
    if said.outcome is DialOutcome.REACHED:
        _release(session, listed, on=on, by=by, now=now)
    elif said.outcome is DialOutcome.WRONG:
        for service_id in dict.fromkeys(each.service.id for each in listed):
            reports.report(
                session, service_id, Reported.WRONG_NUMBER, by=by, note=said.note, now=now
            )
    return check


def listed_of(found: queries.Found) -> list[Listed]:
    return [Listed(phone, service) for phone, service in found]


def digits_in(listed: Iterable[Listed]) -> set[str]:
    return {digits_of(each.phone.number) for each in listed}


def _release(
    session: Session, listed: Collection[Listed], *, on: date, by: str, now: datetime
) -> None:
    """A number that a page gives and that only waited for a call."""
    waiting = [each for each in listed if each.phone.attested and each.phone.call_first]
    for service in {each.service.id: each.service for each in waiting}.values():
        before = _given(service)
        for each in waiting:
            if each.service.id == service.id:
                each.phone.call_first, each.phone.as_of = False, on
        log_changes(session, service, {PHONES: (before, _given(service))}, by=by, now=now)
        changed(session, service, now=now)


def _given(service: Service) -> list[dict[str, object]]:
    return [phone_value(each).content() for each in service.phones if may_leave(each)]
