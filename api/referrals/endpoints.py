"""Referrals for staff. Every read and every change of a person's referral is audited."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from api import paging
from api.clinicians.access import EVERYONE, PageSize, audit, audit_list
from api.deps import Id, StaffRoute, TheServices, TheStaffMember, WritingSession, require
from api.idempotency import IdempotencyKey
from api.public.endpoints import ServiceKey
from api.referrals import schemas, view
from directory import repeats
from directory.errors import Conflict, NotFound
from directory.freshness import reports
from directory.listings import service as listings
from directory.referrals import actors, outcomes, queries
from directory.referrals import service as referrals
from directory.referrals.actors import Actor
from directory.referrals.models import Referral
from directory.referrals.onward import refer_on
from directory.referrals.service import NewReferral
from directory.referrals.states import ENDED, OPEN, NotReceived, Outcome, Status

router = APIRouter(
    prefix="/api/v1",
    tags=["referrals"],
    dependencies=[Depends(require(*EVERYONE))],
    responses={401: {}, 403: {}, 422: {}},
    route_class=StaffRoute,
)


@router.post("/referrals", status_code=201, responses={404: {}})
def create_referral(
    body: schemas.ReferralBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    idempotency_key: IdempotencyKey = None,
) -> schemas.ReferralOut:
    """Ask a partner to help a person who agreed to it; the partner and the person are told."""
    now, actor = services.clock.now(), actors.staff(member.id)
    new = NewReferral(
        person_id=body.person_id,
        service_id=body.service_id,
        reason=body.reason,
        priority=body.priority,
        need=body.need,
        clinician_id=member.id,
        draft=body.draft,
    )
    referral = _once(
        session,
        lambda: referrals.create(session, new, actor=actor, now=now),
        actor,
        idempotency_key,
        f"POST referrals {body.model_dump_json()}",
    )
    _audit(session, services, member, "referral.create", referral)
    return view.first_answer(session, referral)


@router.get("/referrals")
def list_referrals(
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    person_id: Id | None = None,
    status: Status | None = None,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    cursor: str | None = None,
    limit: PageSize = 50,
) -> schemas.ReferralPage:
    """Referrals, the oldest first. `open`: those that still wait for somebody, or the others."""
    rows = queries.page(
        session,
        person_id=person_id,
        status=status,
        without={None: (), True: ENDED, False: OPEN}[is_open],
        after=paging.decode(cursor),
        limit=limit + 1,
    )
    shown = rows[:limit]
    audit_list(
        session,
        services,
        member,
        "referrals.read",
        shown=[row.person_id for row in shown],
        asked_for=person_id,
    )
    following = paging.encode(shown[-1].created_at, shown[-1].id) if len(rows) > limit else None
    return schemas.ReferralPage(items=view.page(session, shown), next=following)


@router.get("/referrals/{referral_id}", responses={404: {}})
def read_referral(
    referral_id: Id, session: WritingSession, services: TheServices, member: TheStaffMember
) -> schemas.ReferralOut:
    """One referral with its history; the reading is noted."""
    referral = known(session, referral_id)
    _audit(session, services, member, "referral.read", referral)
    return view.whole(session, referral)


@router.post("/referrals/{referral_id}/status", responses={404: {}, 409: {}})
def move_referral(
    referral_id: Id,
    body: schemas.StatusBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.ReferralOut:
    """Send a draft, take a referral back, or write down what the partner said on the phone."""
    referral = referrals.move(
        session,
        referral_id,
        body.status,
        actor=actors.staff(member.id),
        reason=body.reason,
        now=services.clock.now(),
    )
    _audit(session, services, member, "referral.status", referral)
    return view.whole(session, referral)


@router.post("/referrals/{referral_id}/outcome", responses={404: {}, 409: {}})
def note_outcome(
    referral_id: Id,
    body: schemas.OutcomeBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.ReferralOut:
    """What came of it, as the person told staff; a no finds the next best services."""
    referral = known(session, referral_id, for_update=True)
    settle(
        session,
        referral,
        body.outcome,
        why=body.reason,
        words=body.words,
        actor=actors.staff(member.id),
        now=services.clock.now(),
    )
    _audit(session, services, member, "referral.outcome", referral)
    return view.whole(session, referral)


def settle(
    session: Session,
    referral: Referral,
    outcome: Outcome,
    *,
    why: NotReceived | None,
    words: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """What came of it, as staff has learned. Raises Conflict where nothing can have."""
    if referral.status in (Status.DRAFT, Status.ENTERED_IN_ERROR):
        raise Conflict("never_sent", "This referral never went out: nothing can have come of it.")
    if outcome is Outcome.SERVICE_RECEIVED:
        outcomes.received(session, referral, now=now)
    elif outcome is Outcome.UNKNOWN:
        outcomes.unknown(session, referral, now=now)
    else:
        outcomes.not_received(session, referral, now=now)
        if why is not None:
            outcomes.because(session, referral, why, actor=actor, words=words, now=now)


@router.post("/referrals/{referral_id}/remarks", status_code=201, responses={404: {}, 409: {}})
def answer_partner(
    referral_id: Id,
    body: schemas.RemarkBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.ReferralOut:
    """Answer the partner's question, or tell it something; its contacts are told."""
    referral = known(session, referral_id, for_update=True)
    actor, now = actors.staff(member.id), services.clock.now()
    referrals.remark(session, referral, body.text, actor=actor, now=now)
    _audit(session, services, member, "referral.remark", referral)
    return view.whole(session, referral)


@router.post("/referrals/{referral_id}/next", status_code=201, responses={404: {}, 409: {}})
def refer_to_next(
    referral_id: Id,
    body: schemas.NextBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    idempotency_key: IdempotencyKey = None,
) -> schemas.ReferralOut:
    """Refer the person to one of the suggestions; an earlier referral still open is taken back."""
    actor, now = actors.staff(member.id), services.clock.now()
    referral = _once(
        session,
        lambda: refer_on(
            session,
            referral_id,
            body.service_id,
            actor=actor,
            clinician_id=member.id,
            now=now,
        ),
        actor,
        idempotency_key,
        f"POST referrals/{referral_id}/next {body.model_dump_json()}",
    )
    _audit(session, services, member, "referral.create", referral)
    return view.first_answer(session, referral)


@router.post("/services/{service_id}/reports", status_code=201, responses={404: {}})
def report_listing(
    service_id: ServiceKey,
    body: schemas.ReportBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.ReportOut:
    """Say what is wrong with a listing (named by id or slug); somebody gets the task to mend it."""
    report = reports.report(
        session,
        listings.published_service(session, service_id).id,
        body.kind,
        by=actors.staff(member.id).by,
        note=body.note,
        now=services.clock.now(),
    )
    return schemas.ReportOut(
        id=report.id, service_id=report.service_id, kind=body.kind, created_at=report.created_at
    )


def known(session: Session, referral_id: str, *, for_update: bool = False) -> Referral:
    """Raises NotFound."""
    referral = queries.by_id(session, referral_id, for_update=for_update)
    if referral is None:
        raise NotFound("referral_unknown", "There is no such referral.")
    return referral


def _once(
    session: Session, make: Callable[[], Referral], actor: Actor, key: str | None, body: str
) -> Referral:
    """What `make` makes, or what it made when this key was sent before."""
    made = repeats.once(session, lambda: make().id, owner=actor.by, key=key, body=body)
    return known(session, made)


def _audit(
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    action: str,
    referral: Referral,
) -> None:
    person_id, subject_id = referral.person_id, referral.id
    audit(session, services, member, action, person_id=person_id, subject_id=subject_id)
