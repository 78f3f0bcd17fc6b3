"""Referrals: a board by status with age, and one referral with everything that staff may do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from sqlalchemy.orm import Session

from api.clinicians.access import audit, audit_list
from api.console import case_words, untold
from api.console import once as repeats
from api.console.access import EVERYONE, TheVisitor, Visitor, back_to, console_router, draw
from api.console.person_view import names
from api.deps import Id, TheServices, WritingSession
from api.referrals import view
from api.referrals.endpoints import known, settle
from api.services import Services
from api.web.forms import Lines
from directory.errors import Conflict, HandoffError
from directory.listings import queries as listings
from directory.needs import taxonomy
from directory.people import queries as people
from directory.people.models import Person
from directory.referrals import actors, outcomes, queries
from directory.referrals import service as referrals
from directory.referrals.models import Referral
from directory.referrals.onward import refer_on
from directory.referrals.queries import Board
from directory.referrals.states import (
    ENDED,
    NEEDS_REASON,
    NEVER_ASKED,
    NotReceived,
    Outcome,
    Party,
    Status,
    allowed,
)

router = console_router("/referrals", *EVERYONE)
PAGE = "/console/referrals"
# A column shows as many; the rest is counted. Nine full ones are a page of 40 kB.
SHOWN = 15
ENDED_LATELY = timedelta(days=30)
# The order of the columns: what waits longest for somebody comes first.
COLUMNS = (
    Status.REQUESTED,
    Status.ACCEPTED,
    Status.IN_PROGRESS,
    Status.ON_HOLD,
    Status.DRAFT,
    Status.COMPLETED,
    Status.REJECTED,
    Status.FAILED,
    Status.CANCELLED,
)
# As long as this in one of these, somebody should look.
LONG = {
    Status.REQUESTED: timedelta(days=2),
    Status.ACCEPTED: timedelta(days=7),
    Status.IN_PROGRESS: timedelta(days=30),
    Status.ON_HOLD: timedelta(days=30),
    Status.DRAFT: timedelta(days=1),
}
MOVES = (
    Status.REQUESTED,
    Status.ACCEPTED,
    Status.REJECTED,
    Status.IN_PROGRESS,
    Status.ON_HOLD,
    Status.COMPLETED,
    Status.FAILED,
    Status.CANCELLED,
    Status.ENTERED_IN_ERROR,
)


class Filter(BaseModel):
    """`mine`: those that I follow."""

    model_config = ConfigDict(extra="ignore")
    mine: bool = False
    need: Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,30}$")] = ""
    partner: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{0,36}$")] = ""


@dataclass(frozen=True, slots=True)
class Card:
    """`stale`: it is like this for longer than it should be."""

    referral: Referral
    person: Person | None
    service: str | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Column:
    """`count`: how many there are in all."""

    status: Status
    cards: list[Card]
    count: int


@router.get("")
def board(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    wanted: Annotated[Filter, Query()],
) -> HTMLResponse:
    now = services.clock.now()
    chosen = Board(
        clinician_id=visitor.member.id if wanted.mine else None,
        need=wanted.need or None,
        organization_id=wanted.partner or None,
    )
    columns = _columns(session, chosen, now=now)
    shown = [card.referral.person_id for column in columns for card in column.cards]
    audit_list(session, services, visitor.member, "referrals.read", shown=shown, asked_for=None)
    return draw(
        request,
        visitor,
        "referrals/board.html",
        columns=columns,
        wanted=wanted,
        needs=[(need.code, need.label[visitor.language]) for need in taxonomy().values()],
        partners=queries.organizations_of(session),
        names=names(session),
        lately=ENDED_LATELY.days,
        w=case_words,
    )


@router.get("/{referral_id}")
def read(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    referral_id: Id,
    done: str = "",
) -> HTMLResponse:
    return _page(request, visitor, session, services, known(session, referral_id), done=done)


class Move(BaseModel):
    """What one of the page's forms sends. `version`: of the referral when the page was drawn.

    `act`: `status`, `outcome`, `remark`, `next` or `ask`."""

    once: repeats.Key
    version: str = ""
    act: Annotated[str, StringConstraints(pattern=r"^(status|outcome|remark|next|ask)$")]
    status: Annotated[Status | None, BeforeValidator(lambda said: said or None)] = None
    outcome: Annotated[Outcome | None, BeforeValidator(lambda said: said or None)] = None
    why: Annotated[NotReceived | None, BeforeValidator(lambda said: said or None)] = None
    words: Annotated[Lines, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    service: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{0,36}$")] = ""


@router.post("/{referral_id}")
def move(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    referral_id: Id,
    sent: Annotated[Move, Form()],
) -> Response:
    referral = known(session, referral_id, for_update=True)

    def carry_out() -> str:
        _require_current(session, referral, sent)
        return _carry_out(session, services, visitor, referral, sent)

    body = sent.model_dump_json(exclude={"once", "version"})
    try:
        with session.begin_nested():
            made = repeats.once(session, visitor, sent.once, f"{referral_id} {body}", carry_out)
    except HandoffError as error:
        session.refresh(referral)
        return _page(request, visitor, session, services, referral, problem=error, sent=sent)
    return back_to(f"{PAGE}/{made}", done=sent.act)


def _carry_out(
    session: Session, services: Services, visitor: Visitor, referral: Referral, sent: Move
) -> str:
    """Do it; the id of the referral to look at next."""
    actor, now = actors.staff(visitor.member.id), services.clock.now()
    words, subject = sent.words.strip() or None, referral
    if sent.act == "status" and sent.status is not None:
        referrals.move(session, referral.id, sent.status, actor=actor, reason=words, now=now)
    elif sent.act == "outcome" and sent.outcome is not None:
        settle(session, referral, sent.outcome, why=sent.why, words=words, actor=actor, now=now)
    elif sent.act == "remark" and words:
        referrals.remark(session, referral, words, actor=actor, now=now)
    elif sent.act == "next":
        subject = refer_on(
            session,
            referral.id,
            sent.service,
            actor=actor,
            clinician_id=visitor.member.id,
            now=now,
        )
    elif sent.act == "ask":
        outcomes.ask_again(session, referral, now=now)
    else:
        raise Conflict("nothing_chosen", "Choose what it is, or write it, then send it again.")
    action = "create" if sent.act == "next" else sent.act
    audit(
        session,
        services,
        visitor.member,
        f"referral.{action}",
        person_id=subject.person_id,
        subject_id=subject.id,
    )
    return subject.id


def _require_current(session: Session, referral: Referral, sent: Move) -> None:
    """Raises Conflict where the page shows what is not so any more."""
    if sent.version != version_of(session, referral):
        raise Conflict(
            "changed_meanwhile",
            "This referral changed since you opened it. See what it is now; what you wrote is "
            "still here.",
        )


def version_of(session: Session, referral: Referral) -> str:
    """Changes with whatever the page shows of the referral."""
    remarks = len(queries.remarks(session, referral.id))
    moment = int(referral.changed_at.timestamp() * 1000)
    return f"{moment}.{referral.status}.{referral.outcome or ''}.{referral.asked_times}.{remarks}"


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    referral: Referral,
    *,
    done: str = "",
    problem: HandoffError | None = None,
    sent: Move | None = None,
) -> HTMLResponse:
    audit(
        session,
        services,
        visitor.member,
        "referral.read",
        person_id=referral.person_id,
        subject_id=referral.id,
    )
    whole = view.whole(session, referral)
    known_outcome = referral.outcome in (Outcome.SERVICE_RECEIVED, Outcome.NOT_RECEIVED)
    can = allowed(Status(referral.status), Party.STAFF)
    return draw(
        request,
        visitor,
        "referrals/referral.html",
        status=problem.status if problem else 200,
        referral=whole,
        person=people.by_id(session, referral.person_id),
        to_call=untold.of_referral(session, referral),
        need=_label(referral.need, visitor),
        moves=[each for each in MOVES if each in can],
        needs_reason=NEEDS_REASON,
        may_remark=referral.status not in ENDED and referral.status != Status.DRAFT,
        may_ask=not known_outcome and referral.status not in NEVER_ASKED,
        may_settle=referral.status not in (Status.DRAFT, Status.ENTERED_IN_ERROR),
        names=names(session),
        version=version_of(session, referral),
        once=repeats.fresh(),
        done=done,
        problem=problem,
        sent=sent,
        w=case_words,
    )


def _columns(session: Session, chosen: Board, *, now: datetime) -> list[Column]:
    since = now - ENDED_LATELY
    counts = queries.counts_on_board(session, chosen, ended_since=since)
    rows = {
        status: queries.on_board(
            session,
            chosen,
            status,
            changed_since=since if status in ENDED else None,
            limit=SHOWN,
        )
        for status in COLUMNS
        if counts.get(status)
    }
    every = [row for found in rows.values() for row in found]
    persons = people.by_ids(session, {row.person_id for row in every})
    service_names = listings.names_of(session, {row.service_id for row in every})
    return [
        Column(
            status,
            [
                Card(
                    row,
                    persons.get(row.person_id),
                    service_names.get(row.service_id),
                    stale=status in LONG and now - row.changed_at > LONG[status],
                )
                for row in found
            ],
            counts[status],
        )
        for status, found in rows.items()
    ]


def _label(need: str | None, visitor: Visitor) -> str | None:
    known_need = taxonomy().get(need or "")
    return known_need.label[visitor.language] if known_need else need
