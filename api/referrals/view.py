"""Referrals as staff reads them: put together from the tables, a page with a few queries."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from api.referrals import schemas
from directory.listings.models import Organization, Service
from directory.referrals import queries
from directory.referrals.models import Priority, Referral, ReferralEvent, ReferralRemark
from directory.referrals.states import NotReceived, Outcome, Status


def whole(session: Session, referral: Referral) -> schemas.ReferralOut:
    """One referral with its history and remarks."""
    return page(session, [referral])[0]


def first_answer(session: Session, referral: Referral) -> schemas.ReferralOut:
    """A referral as it was when it was made, whatever has become of it since."""
    now = whole(session, referral)
    made = now.history[0]
    return now.model_copy(
        update={
            "status": made.status,
            "outcome": None,
            "outcome_reason": None,
            "outcome_at": None,
            "history": [made],
            "remarks": [],
            "suggestions": [],
            "changed_at": now.created_at,
            "answered_at": None,
        }
    )


def page(session: Session, referrals: Sequence[Referral]) -> list[schemas.ReferralOut]:
    """Several of them, in their order."""
    ids = [each.id for each in referrals]
    events: dict[str, list[schemas.EventOut]] = {each: [] for each in ids}
    for event in queries.histories(session, ids):
        events[event.referral_id].append(_event(event))
    remarks: dict[str, list[schemas.RemarkOut]] = {each: [] for each in ids}
    for remark in queries.remarks_on(session, ids):
        remarks[remark.referral_id].append(_remark(remark))
    return [_out(session, each, events[each.id], remarks[each.id]) for each in referrals]


def _out(
    session: Session,
    referral: Referral,
    history: list[schemas.EventOut],
    remarks: list[schemas.RemarkOut],
) -> schemas.ReferralOut:
    reason = referral.outcome_reason
    return schemas.ReferralOut(
        id=referral.id,
        person_id=referral.person_id,
        service_id=referral.service_id,
        service=_service(session, referral.service_id),
        organization=_organization(session, referral.organization_id),
        need=referral.need,
        priority=Priority(referral.priority),
        reason=referral.reason,
        status=Status(referral.status),
        outcome=Outcome(referral.outcome) if referral.outcome else None,
        outcome_reason=NotReceived(reason) if reason else None,
        outcome_at=referral.outcome_at,
        history=history,
        remarks=remarks,
        suggestions=[_service(session, each) for each in referral.suggestions or []],
        clinician_id=referral.clinician_id,
        replaces_id=referral.replaces_id,
        created_by=referral.created_by,
        created_at=referral.created_at,
        changed_at=referral.changed_at,
        answered_at=referral.answered_at,
    )


def _service(session: Session, service_id: str) -> schemas.Named:
    service = session.get(Service, service_id)
    return schemas.Named(id=service_id, name=service.name if service else None)


def _organization(session: Session, organization_id: str) -> schemas.Named:
    organization = session.get(Organization, organization_id)
    return schemas.Named(id=organization_id, name=organization.name if organization else None)


def _event(event: ReferralEvent) -> schemas.EventOut:
    return schemas.EventOut(
        status=Status(event.status), at=event.at, by=event.by, reason=event.reason
    )


def _remark(remark: ReferralRemark) -> schemas.RemarkOut:
    return schemas.RemarkOut(id=remark.id, by=remark.by, text=remark.text, at=remark.at)
