"""Between the two steps of a sign-in: who has said the right password, and nothing more.

A signed cookie of five minutes. It opens no page; it only says whose code is asked for. It is
void once the password or the second step has been changed.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from fastapi import Request, Response
from sqlalchemy.orm import Session

from api.services import Services
from api.web.cookies import PrivateCookie
from directory.staff import queries
from directory.staff.models import StaffMember

LIFETIME = timedelta(minutes=5)
COOKIE = PrivateCookie("handoff-half", LIFETIME)


def remember(
    response: Response, services: Services, member: StaffMember, *, wall: datetime
) -> None:
    """The password was right: the code is asked for next."""
    ends = int((wall + LIFETIME).timestamp())
    COOKIE.give(response, services, f"{member.id}.{ends}.{_mark(services, member, ends)}")


def find(
    request: Request, session: Session, services: Services, *, wall: datetime
) -> StaffMember | None:
    """Whose code is asked for at this browser; None where nobody's is."""
    staff_id, _, rest = COOKIE.read(request, services).partition(".")
    written, _, mark = rest.partition(".")
    if not (written.isascii() and written.isdigit() and len(written) <= 12):
        return None
    member = queries.active_by_id(session, staff_id)
    if member is None or member.totp_since is None or int(written) <= wall.timestamp():
        return None
    expected = _mark(services, member, int(written))
    return member if hmac.compare_digest(mark.encode(), expected.encode()) else None


def _mark(services: Services, member: StaffMember, ends: int) -> str:
    said = f"handoff half way\x00{member.id}\x00{ends}\x00{member.password_hash}"
    said += f"\x00{member.totp_since and member.totp_since.timestamp()}"
    key = services.settings.secret_key.encode()
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
