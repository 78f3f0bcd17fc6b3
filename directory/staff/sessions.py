"""Sessions of the console: opened at sign-in, seen with each page, ended by their owner.

All times are wall time. A session ends after twelve hours, or after two without a page.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import NotFound
from directory.staff import queries
from directory.staff.models import StaffMember, StaffSession
from directory.staff.service import hash_of, readable_agent

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
# A page more often than this need not write that it was seen.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the browser, and which of their sessions this is."""

    member: StaffMember
    session: StaffSession


def open_session(
    session: Session, member: StaffMember, *, agent: str | None, wall: datetime
) -> str:
    """Sign a browser in; returns the cookie's value, which is kept as its hash only."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=hash_of(token),
            staff_id=member.id,
            agent=readable_agent(agent),
            created_at=wall,
            seen_at=wall,
            expires_at=wall + LIFETIME,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, *, wall: datetime) -> SignedIn | None:
    """Whose browser this is; None when the session has ended or was never one."""
    row = queries.session_by_hash(session, hash_of(token), wall=wall, idle_since=wall - IDLE)
    if row is None:
        return None
    found, member = row
    return SignedIn(member, found)


def is_to_be_noted(found: StaffSession, *, wall: datetime) -> bool:
    """Whether its last page is so long ago that this one should be written down."""
    return wall - found.seen_at >= SEEN_EVERY


def seen(session: Session, session_id: str, *, wall: datetime) -> None:
    found = session.get(StaffSession, session_id)
    if found is not None:
        found.seen_at = wall


def end(session: Session, session_id: str, *, staff_id: str) -> None:
    """Sign one browser of this member out. Raises NotFound on another's."""
    found = session.get(StaffSession, session_id)
    if found is None or found.staff_id != staff_id:
        raise NotFound("session_unknown", "There is no such session.")
    session.delete(found)


def end_others(session: Session, kept_id: str, *, staff_id: str) -> int:
    """Sign every other browser of this member out; returns how many there were."""
    others = [each for each in queries.sessions_of(session, staff_id) if each.id != kept_id]
    for each in others:
        session.delete(each)
    return len(others)
