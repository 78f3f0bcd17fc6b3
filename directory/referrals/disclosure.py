"""What a partner may know of the person behind a referral, and from when.

Before accepting: what it takes to decide (service, need, priority, language, town). While the
referral is theirs to act on: name, number and reason, as long as the person's consent to it
stands. Afterwards again the minimum: what a partner needs to keep it has in its own records.
What staff wrote to it may speak of the person, and ends with the same.
Source: minimum necessary, 45 CFR 164.502(b); 42 CFR 2.13(a) for substance-use data.

An organisation that refers somebody to its own service has their name in its own records. Ours it
must not learn that way: whoever has a key could ask for the name behind any number.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from directory.conversations import service as conversations
from directory.errors import Invalid
from directory.languages import Language
from directory.listings.models import Service
from directory.partners.models import PartnerKey
from directory.people import queries as people
from directory.people.models import Person
from directory.places import place_named
from directory.referrals import queries
from directory.referrals.models import Referral, ReferralRemark
from directory.referrals.service import require_consent
from directory.referrals.states import OPEN, Party, Status

# In these a partner acts for the person.
THEIRS = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD})


@dataclass(frozen=True, slots=True)
class SharedPerson:
    """The person as the partner that accepted meets them.

    `safe_to_text`: false also when it was not asked; then no text and no message on a machine.
    `number_shared`: others read or answer this phone. `phone`: None once the number is somebody
    else's.
    """

    id: str
    name: str | None
    phone: str | None
    reason: str | None
    safe_to_text: bool
    number_shared: bool


@dataclass(frozen=True, slots=True)
class Disclosed:
    """`person` is None before acceptance, after the end, and once consent has ended.

    `withheld`: the partner has accepted, but the person's consent does not stand any more.
    `staffs_words`: whether what staff wrote to the partner may be read.
    """

    service_name: str | None
    language: Language | None
    town: str | None
    person: SharedPerson | None
    withheld: bool
    staffs_words: bool


def to_partner(session: Session, referral: Referral, *, now: datetime) -> Disclosed:
    """What the partner of this referral may see at `now` (product time). Reading is not audited
    here: who shows `person` to somebody notes it.
    """
    service = session.get(Service, referral.service_id)
    person = people.by_id(session, referral.person_id)
    theirs = referral.status in THEIRS and person is not None
    under_way = referral.status in OPEN
    agreed = under_way and _still_agreed(session, person, service, referral, now=now)
    own = _sent_to_itself(session, referral)
    return Disclosed(
        service_name=service.name if service else None,
        language=Language(person.language) if person and person.language and not own else None,
        town=None if own else _town_of(session, referral.person_id),
        person=_shared(person, referral, own=own) if theirs and agreed and person else None,
        withheld=theirs and not agreed,
        staffs_words=agreed,
    )


def remarks_shown(
    session: Session, referral: Referral, disclosed: Disclosed
) -> list[ReferralRemark]:
    """The questions and answers that the partner may read: its own always."""
    return [
        each
        for each in queries.remarks(session, referral.id)
        if disclosed.staffs_words or each.by.startswith(f"{Party.PARTNER}:")
    ]


def _sent_to_itself(session: Session, referral: Referral) -> bool:
    """Whether a key of the very organisation that receives it has sent it."""
    party, _, key_id = referral.created_by.partition(":")
    if party != Party.SENDER:
        return False
    key = session.get(PartnerKey, key_id)
    return key is not None and key.organization_id == referral.organization_id


def _still_agreed(
    session: Session,
    person: Person | None,
    service: Service | None,
    referral: Referral,
    *,
    now: datetime,
) -> bool:
    if person is None or service is None:
        return False
    try:
        require_consent(session, person, service, need=referral.need, now=now)
    except Invalid:
        return False
    return True


def _shared(person: Person, referral: Referral, *, own: bool) -> SharedPerson:
    """`own`: only what the partner has sent itself, and what protects the person."""
    return SharedPerson(
        id=person.id,
        name=None if own else person.name,
        phone=None if person.reassigned_at else person.phone,
        reason=referral.reason,
        safe_to_text=person.safe_to_text is True and not own,
        number_shared=person.number_shared,
    )


def _town_of(session: Session, person_id: str) -> str | None:
    """The town that the person last asked about; never a ZIP, which says more."""
    named = conversations.load(session, person_id).place
    place = place_named(named) if named else None
    if place is None:
        return None
    return place.towns[0] if place.towns else place.name
