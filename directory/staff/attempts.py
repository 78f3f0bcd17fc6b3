"""Wrong passwords and codes: counted by name, slowed after ten, and told to the admins.

Attempts are counted in wall time: a product clock that runs fast gives nobody more of them.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import database
from directory.errors import TooMany
from directory.notices.models import NoticeKind
from directory.people import service as people
from directory.staff import queries
from directory.staff.models import FailedLogin, Role
from directory.staff.telling import tell

WINDOW = timedelta(minutes=15)
ALLOWED = 10
ATTACKED = "sign_in.attacked"
# Who does what nobody of the staff did, in the audit log.
SYSTEM = "system"


class Secret(StrEnum):
    """What was guessed at. Each has a count of its own."""

    PASSWORD = "login"  # noqa: S105  # a name, not a password
    CODE = "second step"


_REFUSALS = {
    Secret.PASSWORD: "Too many wrong passwords: try again in 15 minutes.",
    Secret.CODE: "Too many wrong codes: try again in 15 minutes.",
}


def one_by_one(session: Session, secret: Secret, name: str) -> None:
    """Whoever counts for the same name waits until this transaction has ended.

    A name that does not exist has no row to lock, and must not be told from one that does. SQLite
    has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = int(_index(secret, name)[:15], 16)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def require_few(session: Session, secret: Secret, name: str, *, wall: datetime) -> None:
    """Raises TooMany after ten failures for a name within 15 minutes, right or wrong."""
    failures = queries.failures_since(session, _index(secret, name), since=wall - WINDOW)
    if failures >= ALLOWED:
        raise TooMany("too_many_failures", _REFUSALS[secret])


def failed(
    session: Session,
    secret: Secret,
    name: str,
    *,
    staff_id: str | None,
    now: datetime,
    wall: datetime,
) -> None:
    """Note a failure; the tenth is told to the admins. `now`: product time.

    `staff_id`: whose account it is, None where there is no such account.
    """
    index = _index(secret, name)
    session.add(FailedLogin(name_index=index, at=wall))
    session.flush()
    if queries.failures_since(session, index, since=wall - WINDOW) != ALLOWED:
        return
    people.audit(
        session, actor=SYSTEM, action=ATTACKED, person_id=None, subject_id=staff_id, now=now
    )
    everybody = queries.everyone(session)
    admins = [each for each in everybody if each.role == Role.ADMIN]
    tell(
        session,
        admins or queries.responsible(session),
        NoticeKind.ALARM,
        reference=f"sign-in/{index[:12]}/{int(wall.timestamp())}",
        urgent=False,
        facts={"alarm": "sign_in_attack"},
        now=now,
        wall=wall,
    )


def _index(secret: Secret, name: str) -> str:
    """A blind index: a name may be a password that was typed into the wrong field."""
    return database.current().cipher.blind_index(f"{secret.value}:{name}")
