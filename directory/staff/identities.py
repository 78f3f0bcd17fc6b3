"""Staff whom the city's identity provider knows: found, and tied to their account once.

Nobody becomes staff this way: the account is made by an administrator, as ever.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from directory.staff import queries
from directory.staff.models import StaffMember

LONGEST_SUBJECT = 400


@dataclass(frozen=True, slots=True)
class Identity:
    """What the provider vouches for: `sub` is the person at `iss`, for ever (OpenID Connect, 2)."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool

    @property
    def key(self) -> str:
        return f"{self.issuer} {self.subject}"


class Unknown(StrEnum):
    """Why nobody is signed in."""

    NO_ACCOUNT = "no_account"
    EMAIL_NOT_VERIFIED = "email_not_verified"
    # The address belongs to an account that is tied to somebody else there: addresses are given
    # to new people, and the new one must not get the old one's account.
    OTHER_PERSON = "other_person"


def find(session: Session, identity: Identity) -> StaffMember | Unknown:
    """The active account of this person; the first time by verified address, then by `sub`."""
    if len(identity.key) > LONGEST_SUBJECT:
        return Unknown.NO_ACCOUNT
    known = queries.by_oidc_subject(session, identity.key)
    if known is not None:
        return known
    if not identity.email:
        return Unknown.NO_ACCOUNT
    if not identity.email_verified:
        return Unknown.EMAIL_NOT_VERIFIED
    member = queries.active_by_email(session, identity.email)
    if member is None:
        return Unknown.NO_ACCOUNT
    if member.oidc_subject is not None:
        return Unknown.OTHER_PERSON
    member.oidc_subject = identity.key
    return member
