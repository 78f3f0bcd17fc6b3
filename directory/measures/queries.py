"""Every SELECT on visits, check-ins, referrals and tasks that figures are made of.

All is counted by the database: no row of a person is read. Spans are half-open. What was voided or
entered in error never was and counts nowhere.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn, CheckInStatus
from directory.database import UtcDateTime
from directory.listings.models import Organization
from directory.measures.expressions import seconds_between
from directory.measures.models import UnmetNeed
from directory.measures.period import Period, Span
from directory.people.models import Person
from directory.referrals.models import Referral
from directory.referrals.states import UNSEEN
from directory.tasks.models import Task
from directory.tasks.queries import DANGER
from directory.visits.models import Visit


def _sent_in(span: Span) -> ColumnElement[bool]:
    """Asked of a partner then: what was taken back while it was a draft never was."""
    return and_(within(Referral.requested_at, span), Referral.status.not_in(tuple(UNSEEN)))


def within(moment: Any, span: Span) -> ColumnElement[bool]:
    return and_(moment >= span.start, moment < span.end)


def _numbers(session: Session, statement: Any) -> dict[Any, int]:
    """What a statement of two columns counts, by the first."""
    return {row[0]: int(row[1]) for row in session.execute(statement)}


# --- visits -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Calls:
    """Visits by type, and in each month."""

    by_type: dict[str, int]
    by_month: list[int]


def calls(session: Session, months: Sequence[Span]) -> Calls:
    """Of these months, which follow on each other."""
    whole = Span(months[0].start, months[-1].end)
    ends = ((Visit.occurred_at < span.end, number) for number, span in enumerate(months))
    month = case(*ends).label("month")
    statement = (
        select(Visit.call_type, month, func.count())
        .where(_counts(whole))
        .group_by(Visit.call_type, month)
    )
    by_type, by_month = Counter[str](), [0] * len(months)
    for call_type, number, count in session.execute(statement):
        by_type[call_type] += count
        by_month[number] += count
    return Calls(dict(by_type), by_month)


def people_by_language(session: Session, span: Span) -> dict[str | None, int]:
    """People with at least one visit, each once."""
    visited = select(Visit.person_id).where(_counts(span))
    statement = (
        select(Person.language, func.count())
        .where(Person.id.in_(visited))
        .group_by(Person.language)
    )
    return _numbers(session, statement)


def _counts(span: Span) -> ColumnElement[bool]:
    return and_(within(Visit.occurred_at, span), Visit.voided_at.is_(None))


# --- how long something took ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waits:
    """How long something took. `counts`: up to each of the limits, then longer, then not yet."""

    limits: tuple[timedelta, ...]
    counts: tuple[int, ...]
    median: timedelta | None
    ninth_of_ten: timedelta | None

    @property
    def everything(self) -> int:
        return sum(self.counts)

    @property
    def happened(self) -> int:
        return self.everything - self.counts[-1]


def _waits(session: Session, seconds: Select[Any], limits: tuple[timedelta, ...]) -> Waits:
    """`seconds`: one column of that name; null is what has not happened yet.

    The database counts by minutes, begun ones as whole: few rows, however many have waited.
    Percentiles are by nearest rank, so both databases find the same ones.
    """
    waited = seconds.subquery()
    minute = ((waited.c.seconds + 59) // 60).label("minute")
    found = _numbers(session, select(minute, func.count()).group_by(minute))
    waiting = found.pop(None, 0)
    counts = [0] * (len(limits) + 1)
    for minutes, number in found.items():
        late = sum(timedelta(minutes=minutes) > limit for limit in limits)
        counts[late] += number
    return Waits(limits, (*counts, waiting), *(_rank(found, part) for part in TYPICAL))


def _rank(found: dict[int, int], part: float) -> timedelta | None:
    """The shortest time within which this part of all is over."""
    wanted, over = ceil(part * sum(found.values())), 0
    for minutes in sorted(found):
        over += found[minutes]
        if over >= wanted:
            return timedelta(minutes=minutes)
    return None


# The parts of all of which a typical wait tells.
TYPICAL = (0.5, 0.9)
FIRST_FOLLOW_UP = tuple(timedelta(hours=hours) for hours in (24, 48, 72))
PARTNERS_ANSWER = (timedelta(hours=4), timedelta(hours=24), timedelta(hours=48), timedelta(days=7))
# The first is the target (directory.tasks.service).
TO_A_PERSON = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24))
_TAKEN = func.coalesce(Task.claimed_at, Task.done_at)


def first_follow_up(session: Session, span: Span) -> Waits:
    """From the visit to the first check-in that the carrier took; visits with check-ins only.

    Where all of them were cancelled before one was sent, none is to be waited for.
    """
    # All visits' first ones come out of an index in its order; to look up each visit's own, or to
    # sort what belongs together, takes longer.
    first = (
        select(CheckIn.visit_id, func.min(CheckIn.sent_at, type_=UtcDateTime()).label("sent_at"))
        .group_by(CheckIn.visit_id)
        .subquery()
    )
    # Asked of the few visits that wait.
    wanted = exists().where(CheckIn.visit_id == Visit.id, CheckIn.status != CheckInStatus.CANCELLED)
    seconds = (
        select(seconds_between(Visit.occurred_at, first.c.sent_at).label("seconds"))
        .join(first, first.c.visit_id == Visit.id)
        .where(_counts(span), or_(first.c.sent_at.is_not(None), wanted))
    )
    return _waits(session, seconds, FIRST_FOLLOW_UP)


def time_to_answer(session: Session, span: Span) -> Waits:
    """From when a referral was sent, not drafted, to the partner's answer."""
    seconds = select(
        seconds_between(Referral.requested_at, Referral.answered_at).label("seconds")
    ).where(_sent_in(span))
    return _waits(session, seconds, PARTNERS_ANSWER)


def time_to_a_person(session: Session, span: Span) -> Waits:
    """From a text of danger to a member of staff who took it on."""
    seconds = select(seconds_between(Task.created_at, _TAKEN).label("seconds")).where(
        within(Task.created_at, span), Task.kind.in_(DANGER)
    )
    return _waits(session, seconds, TO_A_PERSON)


def danger_tasks(session: Session, span: Span) -> dict[tuple[str, bool], int]:
    """How many are open, claimed and done now, and whether somebody has ever taken them."""
    taken = case((_TAKEN.is_not(None), 1), else_=0).label("taken")
    statement = (
        select(Task.status, taken, func.count())
        .where(within(Task.created_at, span), Task.kind.in_(DANGER))
        .group_by(Task.status, taken)
    )
    rows = session.execute(statement)
    return {(status, bool(was_taken)): number for status, was_taken, number in rows}


# --- check-ins --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """Check-ins that were due. `by_status`: as they stand; `asked`: sent ones that asked for an
    answer; `answers`: what was answered."""

    by_status: dict[str, int]
    asked: int
    asked_answered: int
    answers: dict[str | None, int]


def checkins(session: Session, span: Span, *, now: datetime) -> Followed:
    """Those due in `span` and by now."""
    due = within(CheckIn.due_at, Span(span.start, min(span.end, now)))
    statement = (
        select(CheckIn.status, CheckIn.asks, CheckIn.answer, func.count())
        .where(due)
        .group_by(CheckIn.status, CheckIn.asks, CheckIn.answer)
    )
    by_status: dict[str, int] = {}
    answers: dict[str | None, int] = {}
    asked = asked_answered = 0
    for status, asks, answer, number in session.execute(statement):
        by_status[status] = by_status.get(status, 0) + number
        if status == CheckInStatus.ANSWERED:
            answers[answer] = answers.get(answer, 0) + number
            asked_answered += number if asks else 0
        if asks and status in (CheckInStatus.SENT, CheckInStatus.ANSWERED):
            asked += number
    return Followed(by_status, asked, asked_answered, answers)


# --- referrals --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Referred:
    """So many referrals of one partner, need, status and outcome. `answered`: by the partner."""

    organization: str
    need: str | None
    status: str
    outcome: str | None
    answered: bool
    number: int


def referrals(session: Session, span: Span) -> list[Referred]:
    """Those sent to a partner in `span`."""
    answered = case((Referral.answered_at.is_not(None), 1), else_=0).label("answered")
    parts = (Referral.organization_id, Referral.need, Referral.status, Referral.outcome, answered)
    counted = select(*parts, func.count()).where(_sent_in(span)).group_by(*parts)
    rows = session.execute(counted).all()
    ids = {row[0] for row in rows}
    called = select(Organization.id, Organization.name).where(Organization.id.in_(ids))
    names = {each.id: each.name for each in session.execute(called)}
    return [
        Referred(names.get(organization_id, "?"), need, status, outcome, bool(answer), number)
        for organization_id, need, status, outcome, answer, number in rows
    ]


# --- needs that were not met ------------------------------------------------------------------


def unmet_needs(session: Session, period: Period) -> dict[tuple[str, str, str], int]:
    """By need, area and how."""
    statement = (
        select(UnmetNeed.need, UnmetNeed.area, UnmetNeed.how, func.sum(UnmetNeed.count))
        .where(UnmetNeed.month >= period.first, UnmetNeed.month < period.end)
        .group_by(UnmetNeed.need, UnmetNeed.area, UnmetNeed.how)
    )
    return {
        (need, area, how): int(number) for need, area, how, number in session.execute(statement)
    }
