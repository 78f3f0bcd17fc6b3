"""Visits: logged, listed, corrected, voided."""

from typing import Annotated

from fastapi import Path
from sqlalchemy.orm import Session

from api import paging
from api.clinicians import schemas
from api.clinicians.access import EVERYONE, PageSize, audit, audit_list, reads_words, router_for
from api.deps import Id, TheServices, TheStaffMember, WritingSession
from api.idempotency import IdempotencyKey
from api.services import Services
from directory import repeats
from directory.checkins.models import CheckIn, CheckInStatus
from directory.errors import Forbidden, NotFound
from directory.referrals import actors
from directory.staff.models import Role, StaffMember
from directory.visits import corrections, queries
from directory.visits.corrections import Correction
from directory.visits.models import CallType, Visit
from directory.visits.service import NewVisit, log_visit

router = router_for(*EVERYONE)
VisitId = Annotated[Id, Path(description="The id of a visit.")]


@router.post("/visits", status_code=201)
def create_visit(
    body: schemas.VisitBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    idempotency_key: IdempotencyKey = None,
) -> schemas.LoggedVisit:
    """Log a response on scene; with consent its check-ins are planned."""

    def make() -> str:
        now, quiet = services.clock.now(), services.quiet
        return log_visit(session, _new(body), clinician_id=member.id, quiet=quiet, now=now)[0].id

    owner, asked = actors.staff(member.id).by, f"POST visits {body.model_dump_json()}"
    made = repeats.once(session, make, owner=owner, key=idempotency_key, body=asked)
    visit = queries.by_id(session, made)
    if visit is None:
        raise NotFound("visit_unknown", "There is no such visit.")
    audit(
        session,
        services,
        member,
        "visit.create",
        person_id=visit.person_id,
        subject_id=visit.id,
    )
    return schemas.LoggedVisit(
        id=visit.id,
        person_id=visit.person_id,
        visit_number=queries.count_of(session, visit.person_id),
        call_type=CallType(visit.call_type),
        occurred_at=visit.occurred_at,
        follow_up=visit.follow_up,
        checkins=[_planned(each) for each in queries.checkins_of(session, visit.id)],
    )


@router.get("/visits")
def list_visits(
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    person_id: Id | None = None,
    cursor: str | None = None,
    limit: PageSize = 50,
) -> schemas.VisitPage:
    """Visits, voided ones too, the earliest first."""
    rows = queries.page(session, person_id=person_id, after=paging.decode(cursor), limit=limit + 1)
    shown = rows[:limit]
    audit_list(
        session,
        services,
        member,
        "visits.read",
        shown=[row.person_id for row in shown],
        asked_for=person_id,
    )
    following = None
    if len(rows) > limit:
        following = paging.encode(shown[-1].occurred_at, shown[-1].id)
    planned = queries.checkins_by_visit(session, [row.id for row in shown])
    return schemas.VisitPage(
        items=[_out(row, planned.get(row.id, []), member) for row in shown], next=following
    )


@router.patch("/visits/{visit_id}", responses={404: {}, 409: {}})
def correct_visit(
    visit_id: VisitId,
    body: schemas.VisitCorrection,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.VisitOut:
    """Put a visit right; what has not gone out of its check-ins is planned anew."""
    visit = their_visit(session, visit_id, member)
    correction = Correction(
        call_type=body.call_type,
        occurred_at=body.occurred_at,
        follow_up=body.follow_up,
        disposition=body.disposition,
    )
    put_right(session, services, member, visit, correction)
    return _out(visit, queries.checkins_of(session, visit.id), member)


@router.post("/visits/{visit_id}/void", responses={404: {}, 409: {}})
def void_visit(
    visit_id: VisitId,
    body: schemas.VoidBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.VisitOut:
    """Say that a visit should never have been logged: it counts nowhere, its check-ins end."""
    visit = their_visit(session, visit_id, member)
    void(session, services, member, visit, reason=body.reason)
    return _out(visit, queries.checkins_of(session, visit.id), member)


def put_right(
    session: Session,
    services: Services,
    member: StaffMember,
    visit: Visit,
    correction: Correction,
) -> None:
    """Correct a visit, and note who did. Raises as `corrections.correct`."""
    quiet, now = services.quiet, services.clock.now()
    corrections.correct(session, visit, correction, quiet=quiet, now=now)
    audit(
        session,
        services,
        member,
        "visit.correct",
        person_id=visit.person_id,
        subject_id=visit.id,
    )


def void(
    session: Session, services: Services, member: StaffMember, visit: Visit, *, reason: str
) -> None:
    """Void a visit, and note who did. Raises as `corrections.void`."""
    quiet, now = services.quiet, services.clock.now()
    corrections.void(session, visit, reason=reason, by=member.id, quiet=quiet, now=now)
    audit(session, services, member, "visit.void", person_id=visit.person_id, subject_id=visit.id)


def their_visit(session: Session, visit_id: str, member: StaffMember) -> Visit:
    """A clinician puts right what they have logged; supervisors what anybody has."""
    visit = queries.by_id(session, visit_id)
    if visit is None:
        raise NotFound("visit_unknown", "There is no such visit.")
    if not may_change(member, visit):
        raise Forbidden("visit_of_others", "Ask a supervisor to put right a colleague's visit.")
    return visit


def may_change(member: StaffMember, visit: Visit) -> bool:
    """Whether this member of staff may put it right."""
    return member.role != Role.CLINICIAN or visit.clinician_id == member.id


def _new(body: schemas.VisitBody) -> NewVisit:
    return NewVisit(
        phone=body.person.phone,
        name=body.person.name,
        language=body.person.language,
        safe_to_text=body.person.safe_to_text,
        call_type=body.call_type,
        occurred_at=body.occurred_at,
        consent_sms=body.consent.sms,
        consent_referral=body.consent.referral,
        consent_method=body.consent.method,
        disposition=body.disposition,
        follow_up=body.follow_up,
        consent_substance_use=body.consent.substance_use,
        consent_expires_at=body.consent.expires_at,
        number_shared=body.person.number_shared,
        code_word=body.person.code_word,
    )


def _planned(checkin: CheckIn) -> schemas.PlannedCheckIn:
    return schemas.PlannedCheckIn(
        id=checkin.id, due_at=checkin.due_at, status=CheckInStatus(checkin.status)
    )


def _out(visit: Visit, checkins: list[CheckIn], member: StaffMember) -> schemas.VisitOut:
    return schemas.VisitOut(
        id=visit.id,
        person_id=visit.person_id,
        call_type=CallType(visit.call_type),
        occurred_at=visit.occurred_at,
        disposition=visit.disposition if reads_words(member) else None,
        follow_up=visit.follow_up,
        clinician_id=visit.clinician_id,
        created_at=visit.created_at,
        corrected_at=visit.corrected_at,
        voided_at=visit.voided_at,
        void_reason=visit.void_reason,
        checkins=[_planned(each) for each in checkins],
    )
