"""A partner that nothing tells of a referral: whom to call instead."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from directory.listings import publication
from directory.listings import queries as listings
from directory.listings.models import Service
from directory.listings.publication import PublishedPhone
from directory.referrals import silence
from directory.referrals.models import Referral

# Nobody answers a voice there.
NOT_FOR_CALLING = ("fax", "tty")


@dataclass(frozen=True, slots=True)
class ToCall:
    """`numbers`: the published ones of the service; none where none may be given."""

    numbers: tuple[PublishedPhone, ...]


def of_referral(session: Session, referral: Referral) -> ToCall | None:
    """None where the partner knows of it, or nobody has to ask it any more."""
    if not silence.nobody_knows(session, referral):
        return None
    return _to_call(listings.service_by_id(session, referral.service_id))


def before_sending(session: Session, service: Service) -> ToCall | None:
    """None where the partner will be told by us."""
    if silence.can_be_told(session, service.organization_id, service.id):
        return None
    return _to_call(service)


def _to_call(service: Service | None) -> ToCall:
    lines = publication.published_phones(service) if service is not None else ()
    return ToCall(tuple(line for line in lines if line.kind not in NOT_FOR_CALLING))
