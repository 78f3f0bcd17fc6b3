"""What the page of a person shows, read in one go."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api import paging
from api.clinicians.access import audit
from api.clinicians.people import record_of
from api.clinicians.person_schemas import ConsentOut, PersonOut
from api.clinicians.visits import may_change
from api.console import case_words
from api.console.access import Visitor, draw
from api.console.once import fresh
from api.console.today import KINDS
from api.services import Services
from api.web.pages import is_htmx
from bot import staff_texts
from bot.staff_texts import Footing, Obstacle
from directory import database
from directory.conversations import holding
from directory.conversations.holding import Hold
from directory.errors import HandoffError
from directory.listings import queries as listings
from directory.messages.shown import without_secrets
from directory.people.models import Person, Purpose
from directory.people.phone import shown
from directory.referrals import queries as referrals
from directory.referrals.states import OPEN
from directory.staff import queries as staff
from directory.tasks import queries as tasks
from directory.timeline import queries as timeline_queries
from directory.timeline import service as timeline
from directory.timeline.service import Position
from directory.visits import queries as visits

REPEATED_WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Writing:
    """Whether and how staff may text the person. `ground`: why they may, or why not.

    `waits_until`: the end of quiet hours, where those hold the text; else None.
    """

    hold: Hold | None
    mine: bool
    ground: Footing | Obstacle
    askable: bool
    waits_until: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """What has become of a form of the page. `done`: a code; `problem`: why it was not taken, and
    `where`: which form it was. `text`, `details`: what it held, so that nothing typed is lost."""

    done: str = ""
    problem: HandoffError | None = None
    where: str = ""
    text: str = ""
    details: dict[str, str] | None = None


def show(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    person: Person,
    *,
    after: Position | None = None,
    sent: Sent | None = None,
) -> HTMLResponse:
    """The page, or its timeline for htmx."""
    sent = sent or Sent()
    audit(session, services, visitor.member, "person.read", person_id=person.id)
    now = services.clock.now()
    page = timeline.page(session, person.id, after=after, reports=visitor.reads_words)
    record = record_of(session, services, visitor.member, person)
    made = referrals.of_person(session, person.id)
    return draw(
        request,
        visitor,
        "people/timeline.html" if is_htmx(request) else "people/person.html",
        status=sent.problem.status if sent.problem else 200,
        person=person,
        record=record,
        shown=shown,
        version=version_of(person),
        standing={purpose: standing(record, purpose) for purpose in Purpose},
        visits_lately=_visits_lately(session, person.id, now=now),
        entries_shown=page.entries,
        is_first_page=after is None,
        earlier=paging.encode(*page.earlier) if page.earlier else None,
        writing=writing(session, services, visitor, person),
        checkins=timeline_queries.checkins_planned(session, person.id),
        referrals=[each for each in made if each.status in OPEN],
        tasks=tasks.page(session, person_id=person.id, not_done=True),
        names=names(session),
        service_names=listings.names_of(session, {each.service_id for each in made}),
        w=case_words,
        said=case_words.SAID,
        without_secrets=without_secrets,
        may_change=may_change,
        task_kinds=KINDS,
        once=fresh(),
        sent=sent,
    )


def writing(session: Session, services: Services, visitor: Visitor, person: Person) -> Writing:
    now = services.clock.now()
    hold = holding.standing(session, person.id)
    ground = staff_texts.footing_with(session, person, now=now)
    waits = ground is not Footing.REPLY and services.quiet.covers(now)
    ends_at = None
    if hold is not None:
        waiting = holding.waiting_text(session, person.id, hold)
        ends_at = holding.ends_at(session, person.id, hold, waiting)
    return Writing(
        hold=hold,
        mine=hold is not None and hold.staff_id == visitor.member.id,
        ground=ground,
        askable=ground in case_words.ASKABLE,
        waits_until=services.quiet.end_after(now) if waits else None,
        ends_at=ends_at,
    )


def standing(record: PersonOut, purpose: Purpose) -> ConsentOut | None:
    """The newest word on a purpose; None where it was never asked."""
    said = [each for each in record.consents if each.purpose == purpose]
    return said[-1] if said else None


def version_of(person: Person) -> str:
    """Changes with what the form about the person shows; tells nothing of it."""
    shown = (
        person.name,
        person.language,
        person.safe_to_text,
        person.number_shared,
        person.code_word,
    )
    return database.current().cipher.blind_index(f"person {person.id} {shown!r}")[:16]


def names(session: Session) -> dict[str, str]:
    """Colleagues by id, as pages name them."""
    return {each.id: each.name or each.email.partition("@")[0] for each in staff.everyone(session)}


def _visits_lately(session: Session, person_id: str, *, now: datetime) -> int:
    standing_visits = visits.standing_of(session, person_id)
    return sum(now - each.occurred_at <= REPEATED_WITHIN for each in standing_visits)
