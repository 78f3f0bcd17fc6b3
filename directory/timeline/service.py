"""A person's timeline, a page at a time: many tables, one order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn
from directory.mandated_reports.models import MandatedReport
from directory.messages.models import InboundMessage, OutboundMessage
from directory.people.models import Consent
from directory.referrals.models import Referral, ReferralEvent
from directory.tasks.models import Task
from directory.timeline import queries
from directory.visits.models import Visit

PAGE = 40
# What shares the moment at which the page before was cut is read again and left out; of one table
# there is never so much of one moment.
OF_ONE_MOMENT = 50
Row_co = TypeVar("Row_co", covariant=True)


class Source(Protocol[Row_co]):
    """The newest rows of one table about a person, up to a moment."""

    def __call__(
        self, session: Session, person_id: str, /, *, until: datetime | None, limit: int
    ) -> Sequence[Row_co]: ...


class Kind(StrEnum):
    """What an entry is about."""

    TEXT_IN = "text_in"
    TEXT_OUT = "text_out"
    VISIT = "visit"
    REFERRAL = "referral"
    OUTCOME = "outcome"
    CHECKIN_ANSWERED = "checkin_answered"
    CHECKIN_NOT_SENT = "checkin_not_sent"
    CONSENT = "consent"
    TASK = "task"
    MANDATED_REPORT = "mandated_report"


Subject = InboundMessage | OutboundMessage | Visit | ReferralEvent | Referral | CheckIn
Position = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened at `at` (product time). `referral`: for an event of one."""

    at: datetime
    kind: Kind
    subject: Subject | Consent | Task | MandatedReport
    referral: Referral | None = None

    @property
    def position(self) -> Position:
        """Where it stands. Two things of one moment are told apart by kind and id."""
        return self.at, f"{self.kind.value}.{self.subject.id}"


@dataclass(frozen=True, slots=True)
class Page:
    """The newest first. `earlier`: where the next page begins; None at the end."""

    entries: list[Entry]
    earlier: Position | None


def page(
    session: Session,
    person_id: str,
    *,
    after: Position | None = None,
    limit: int = PAGE,
    reports: bool = True,
) -> Page:
    """What happened with this person; from `after` on, backwards. `reports`: False for who must
    not see that a mandated report was made, by a shorter page neither."""
    until = after[0] if after else None
    found = [
        entry
        for entry in _entries(session, person_id, until=until, limit=limit, reports=reports)
        if after is None or entry.position < after
    ]
    found.sort(key=lambda entry: entry.position, reverse=True)
    shown = found[:limit]
    return Page(shown, shown[-1].position if len(found) > limit else None)


def _entries(
    session: Session, person_id: str, *, until: datetime | None, limit: int, reports: bool
) -> Iterator[Entry]:
    most = limit + 1 + (OF_ONE_MOMENT if until else 0)

    def rows(source: Source[Row_co]) -> Sequence[Row_co]:
        return source(session, person_id, until=until, limit=most)

    for text in rows(queries.texts_in):
        yield Entry(text.received_at, Kind.TEXT_IN, text)
    for message in rows(queries.texts_out):
        yield Entry(message.created_at, Kind.TEXT_OUT, message)
    for visit in rows(queries.visits):
        yield Entry(visit.occurred_at, Kind.VISIT, visit)
    for event, referral in rows(queries.referral_events):
        yield Entry(event.at, Kind.REFERRAL, event, referral)
    for referral in rows(queries.outcomes):
        yield Entry(referral.outcome_at or referral.changed_at, Kind.OUTCOME, referral, referral)
    for checkin in rows(queries.checkins_answered):
        yield Entry(checkin.answered_at or checkin.due_at, Kind.CHECKIN_ANSWERED, checkin)
    for checkin in rows(queries.checkins_not_sent):
        yield Entry(checkin.due_at, Kind.CHECKIN_NOT_SENT, checkin)
    for consent in rows(queries.consents):
        yield Entry(consent.recorded_at, Kind.CONSENT, consent)
    for task in rows(queries.tasks_done):
        yield Entry(task.done_at or task.created_at, Kind.TASK, task)
    for report in rows(queries.mandated_reports) if reports else ():
        yield Entry(report.made_at, Kind.MANDATED_REPORT, report)
