"""Builders that take only what matters to a test; everything else is usual and valid."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event
from sqlalchemy.orm import Session

from bot.sms.deliver import Pace, Sender
from directory import database
from directory.checkins.models import CheckIn
from directory.database import Database
from directory.hours import HoursKind, HoursNow
from directory.languages import Language
from directory.messages import inbox, outbox
from directory.messages.inbox import Received, Run
from directory.messages.models import MessageKind, OutboundMessage
from directory.messages.outbox import Claimed
from directory.people import service as people
from directory.people.models import ConsentMethod, Person, Purpose
from directory.quiet_hours import QuietHours
from directory.search import FindResult, Match, Query
from directory.visits.models import CallType, Visit
from directory.visits.service import NewVisit, log_visit
from tests.fakes import MORNING, Clock, FakeGateway

CHICAGO = ZoneInfo("America/Chicago")
QUIET = QuietHours(time(20), time(9), CHICAGO)
PHONE = "+16305550100"
CLINICIAN = "c0000000-0000-4000-8000-000000000000"


def commits(opened: Database) -> list[object]:
    """Grows with each commit to this database."""
    seen: list[object] = []
    event.listen(opened.engine, "commit", seen.append)
    return seen


def met(phone: str = PHONE, *, now: datetime = MORNING) -> str:
    """The id of a person behind this number."""
    with database.session_scope() as session:
        return people.find_or_create(session, phone, now=now).id


def received(
    body: str,
    *,
    phone: str = PHONE,
    provider_id: str | None = None,
    now: datetime = MORNING,
    run: Run | None = None,
) -> Received:
    """What the webhook learns of a text of this number."""
    with database.session_scope() as session:
        return inbox.record_inbound(
            session,
            provider_id=provider_id or database.new_id(),
            phone=phone,
            body=body,
            now=now,
            run=run,
        )


def texted(body: str, *, phone: str = PHONE, provider_id: str | None = None) -> str:
    """The id of a stored text of this number."""
    return received(body, phone=phone, provider_id=provider_id).inbound_id


def queued(body: str = "Hello", **changes: Any) -> str:
    """The id of a text of ours that waits to be sent."""
    given: dict[str, Any] = {"kind": MessageKind.REPLY, "now": MORNING} | changes
    person_id = given.pop("person_id", None) or met()
    with database.session_scope() as session:
        return outbox.queue_text(session, person_id=person_id, body=body, **given).id


def claimed(message_id: str, *, wall: datetime = MORNING, by: str | None = None) -> Claimed | None:
    """The text as a sender has it that claims it now; None when it must not."""
    with database.session_scope() as session:
        messages = outbox.claimable(session, [message_id], wall=wall)
        return outbox.claim(session, messages[0], wall=wall, by=by) if messages else None


def read_message(message_id: str) -> OutboundMessage:
    with database.read_scope() as session:
        return session.get_one(OutboundMessage, message_id)


def read_person(person_id: str) -> Person:
    with database.read_scope() as session:
        return session.get_one(Person, person_id)


def read_checkin(checkin_id: str) -> CheckIn:
    with database.read_scope() as session:
        return session.get_one(CheckIn, checkin_id)


def consent(session: Session, person: Person, *, given: bool, now: datetime = MORNING) -> None:
    people.record_consent(
        session,
        person,
        Purpose.SMS,
        given=given,
        method=ConsentMethod.VERBAL,
        by=CLINICIAN,
        now=now,
    )


USUAL_VISIT = NewVisit(
    phone=PHONE,
    name="Maria Example",
    language=Language.EN,
    safe_to_text=True,
    call_type=CallType.MENTAL_HEALTH,
    occurred_at=MORNING,
    consent_sms=True,
    consent_referral=True,
    consent_method=ConsentMethod.VERBAL,
    disposition="Talked on the porch",
    follow_up=None,
)


def visited(now: datetime = MORNING, **changes: Any) -> tuple[Visit, list[CheckIn]]:
    """A logged visit and the check-ins planned for it."""
    with database.session_scope() as session:
        new = replace(USUAL_VISIT, **changes)
        return log_visit(session, new, clinician_id=CLINICIAN, quiet=QUIET, now=now)


def a_sender(
    gateway: FakeGateway, *, now: Clock | None = None, rate: float = 1000.0, jitter: float = 0.0
) -> Sender:
    """A sender whose waiting moves the carrier's clock instead of taking time."""
    wall = gateway.wall

    def sleep(seconds: float) -> None:
        wall.forward(seconds=seconds)

    return Sender(
        gateway,
        pace=Pace("+16305550199", rate),
        quiet=QUIET,
        now=now or wall,
        wall=wall,
        sleep=sleep,
        jitter=lambda: jitter,
    )


def a_match(number: int = 1, **changes: Any) -> Match:
    """A service as the search finds it."""
    usual = Match(
        service_id=f"service-{number}",
        slug=f"pantry-{number}",
        service_name=f"Pantry {number}",
        organization_name="Example House",
        need="food",
        phone=f"630-555-01{number:02}",
        phone_kind="voice",
        phone_for=None,
        text_word=None,
        press=None,
        extension=None,
        other_phones=(),
        hours=HoursNow(HoursKind.UNKNOWN),
        opening_hours=None,
        description={"en": "Groceries once a week.", "es": "Despensa cada semana."},
        eligibility=None,
        cost=None,
        apply=None,
        url=None,
        address=f"{number} Example St., Naperville",
        languages=("en",),
        accepts_referrals=True,
        distance_miles=None,
        last_checked=None,
        reasons=(),
    )
    return replace(usual, **changes)


def a_search(*, count: int = 5, unserved: tuple[str, ...] = ()) -> Callable[[Query], FindResult]:
    """A search that finds `count` services for every need but the unserved ones."""

    def search(query: Query) -> FindResult:
        served = [need for need in query.needs if need not in unserved]
        return FindResult(
            query=query,
            matches=tuple(a_match(n) for n in range(1, count + 1)) if served else (),
            unserved=tuple(need for need in query.needs if need in unserved),
            related={need: "information" for need in query.needs if need in unserved},
        )

    return search
