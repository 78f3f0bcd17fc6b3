"""The partner API: an organisation's system reads and answers its own referrals."""

from fastapi import APIRouter, Depends

from api import paging
from api.clinicians.access import PageSize
from api.deps import Id, TheServices, WritingSession
from api.partners import schemas
from api.partners.access import PartnerRoute, ThePartnerKey, opens
from api.partners.view import for_partner
from api.referrals.schemas import RemarkBody, StatusBody
from directory.errors import NotFound
from directory.partners.models import KeyScope, PartnerKey
from directory.referrals import actors, queries
from directory.referrals import service as referrals
from directory.referrals.models import Referral
from directory.referrals.states import Status

router = APIRouter(
    prefix="/api/v1/partner",
    tags=["partner"],
    dependencies=[Depends(opens(KeyScope.REFERRALS))],
    responses={401: {}, 403: {}, 422: {}},
    route_class=PartnerRoute,
)


@router.get("/referrals")
def list_own_referrals(
    session: WritingSession,
    services: TheServices,
    key: ThePartnerKey,
    status: Status | None = None,
    cursor: str | None = None,
    limit: PageSize = 50,
) -> schemas.PartnerReferralPage:
    """Referrals to this organisation, the oldest first; what names a person is noted as read."""
    rows = queries.page(
        session,
        partner_id=key.organization_id,
        status=status,
        after=paging.decode(cursor),
        limit=limit + 1,
    )
    shown, now, reader = rows[:limit], services.clock.now(), actors.partner(key.id)
    items = [for_partner(session, each, reader=reader, now=now) for each in shown]
    following = paging.encode(shown[-1].created_at, shown[-1].id) if len(rows) > limit else None
    return schemas.PartnerReferralPage(items=items, next=following)


@router.get("/referrals/{referral_id}", responses={404: {}})
def read_own_referral(
    referral_id: Id, session: WritingSession, services: TheServices, key: ThePartnerKey
) -> schemas.PartnerReferral:
    """One referral: the minimum before acceptance, the person's details after it."""
    referral = _own(session, key, referral_id)
    return for_partner(session, referral, reader=actors.partner(key.id), now=services.clock.now())


@router.post("/referrals/{referral_id}/status", responses={404: {}, 409: {}})
def move_own_referral(
    referral_id: Id,
    body: StatusBody,
    session: WritingSession,
    services: TheServices,
    key: ThePartnerKey,
) -> schemas.PartnerReferral:
    """Accept or decline; then started, on the waiting list, done, or could not help."""
    now, actor = services.clock.now(), actors.partner(key.id)
    _own(session, key, referral_id)
    referral = referrals.move(
        session, referral_id, body.status, actor=actor, reason=body.reason, now=now
    )
    return for_partner(session, referral, reader=actor, now=now)


@router.post("/referrals/{referral_id}/remarks", status_code=201, responses={404: {}, 409: {}})
def ask_about_referral(
    referral_id: Id,
    body: RemarkBody,
    session: WritingSession,
    services: TheServices,
    key: ThePartnerKey,
) -> schemas.PartnerReferral:
    """Ask the clinician something; the answer comes as a remark, and the contacts are told."""
    now, actor = services.clock.now(), actors.partner(key.id)
    referral = _own(session, key, referral_id, for_update=True)
    referrals.remark(session, referral, body.text, actor=actor, now=now)
    return for_partner(session, referral, reader=actor, now=now)


def _own(
    session: WritingSession, key: PartnerKey, referral_id: str, *, for_update: bool = False
) -> Referral:
    """A referral to this organisation; of others it is not said that they exist."""
    referral = queries.sent_to(session, key.organization_id, referral_id, for_update=for_update)
    if referral is None:
        raise NotFound("referral_unknown", "There is no such referral.")
    return referral
