"""Where a member of staff is logged in: browsers by a session, programs by a bearer token.

Seen and ended by their owner. All times are wall time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import NotFound
from directory.staff import queries, sessions
from directory.staff.models import StaffMember, StaffSession, StaffToken
from directory.staff.service import TOKEN_LIFETIME, hash_of

# What an owner calls a token by: the beginning of its digest, which opens nothing.
_ID_LETTERS = 32
# Who has neither a password nor a second step here has shown who they are by signing in.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class LogIn:
    """One of them, as its owner sees it. `seen_at`: None of a token, whose use is not noted."""

    id: str
    agent: str | None
    began_at: datetime
    seen_at: datetime | None
    is_token: bool


def of(session: Session, staff_id: str, *, wall: datetime) -> list[LogIn]:
    """Those that still open something: browsers first, the newest first."""
    browsers = [
        LogIn(each.id, each.agent, each.created_at, each.seen_at, is_token=False)
        for each in queries.sessions_of(session, staff_id)
        if each.expires_at > wall and each.seen_at > wall - sessions.IDLE
    ]
    tokens = [
        LogIn(_id_of(each), each.agent, each.expires_at - TOKEN_LIFETIME, None, is_token=True)
        for each in queries.tokens_of(session, staff_id, wall=wall)
    ]
    return [*browsers, *tokens]


def end(session: Session, log_in_id: str, *, staff_id: str, wall: datetime) -> None:
    """End one of this member's. Raises NotFound on another's."""
    for each in queries.tokens_of(session, staff_id, wall=wall):
        if _id_of(each) == log_in_id:
            session.delete(each)
            return
    sessions.end(session, log_in_id, staff_id=staff_id)


def end_others(session: Session, kept_id: str, *, staff_id: str, wall: datetime) -> None:
    """End all but one session: every other browser, and every token."""
    sessions.end_others(session, kept_id, staff_id=staff_id)
    for each in queries.tokens_of(session, staff_id, wall=wall):
        session.delete(each)


def end_token(session: Session, token: str, *, staff_id: str) -> None:
    """End the very token that was shown. Raises NotFound on another's."""
    found = session.get(StaffToken, hash_of(token))
    if found is None or found.staff_id != staff_id:
        raise NotFound("token_unknown", "There is no such token.")
    session.delete(found)


def proof_needed(member: StaffMember) -> str | None:
    """What is asked again before log-ins are ended: `password`, `code`, or None for neither."""
    if member.password_hash is not None:
        return "password"
    return "code" if member.totp_since is not None else None


def is_fresh(found: StaffSession, *, wall: datetime) -> bool:
    """Whether its owner has only just said who they are."""
    return wall - found.created_at < FRESH


def _id_of(token: StaffToken) -> str:
    return token.token_hash[:_ID_LETTERS]
