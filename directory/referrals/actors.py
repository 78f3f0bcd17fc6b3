"""Who does something to a referral, as its history names them."""

from dataclasses import dataclass

from directory.referrals.states import Party


@dataclass(frozen=True, slots=True)
class Actor:
    """`id`: of the member of staff, the partner's contact or key, the person; never a name."""

    party: Party
    id: str

    @property
    def by(self) -> str:
        """As stored: `staff:…`, `partner:…`, `resident:…`, `sender:…` or `system`."""
        return self.party.value if not self.id else f"{self.party.value}:{self.id}"


SYSTEM = Actor(Party.SYSTEM, "")


def staff(staff_id: str) -> Actor:
    return Actor(Party.STAFF, staff_id)


def partner(contact_or_key_id: str) -> Actor:
    return Actor(Party.PARTNER, contact_or_key_id)


def resident(person_id: str) -> Actor:
    return Actor(Party.RESIDENT, person_id)


def sender(key_id: str) -> Actor:
    return Actor(Party.SENDER, key_id)
