"""A request is carried out once, however often it is sent, also when it comes twice at once.

Who sends it gives it a key: an `Idempotency-Key`, or the id of the form that was drawn. The same
key and body is the same request. Source: the IETF draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from directory import database
from directory.clock import wall_now
from directory.database import Base, UtcDateTime, new_id
from directory.errors import Invalid

KEPT_FOR = timedelta(days=2)  # wall time
REUSED = "idempotency_key_reused"


class RepeatedRequest(Base):
    """What a key stood for. `owner`: whose key it is. Kept by wall time."""

    __tablename__ = "repeated_requests"
    __table_args__ = (UniqueConstraint("owner", "key_index"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    owner: Mapped[str] = mapped_column(String(80))
    key_index: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def once(
    session: Session, make: Callable[[], str], *, owner: str, key: str | None, body: str
) -> str:
    """The id of what `make` makes, or of what it made when this key was sent before.

    `body`: the request as it was understood, with what it is about. Without a key it is made
    whenever it is asked for. Raises Invalid (REUSED) when the key was sent with another body.
    """
    if key is None:
        return make()
    found = _earlier(session, owner, key, body)
    if found is not None:
        return found
    try:
        # Two at once: the second waits here for the first to commit, and then takes all back.
        with session.begin_nested():
            made = make()
            _remember(session, owner, key, body, made)
    except IntegrityError:
        found = _earlier(session, owner, key, body)
        if found is None:
            raise
        return found
    return made


def forget_old(session: Session, *, wall: datetime) -> None:
    session.execute(delete(RepeatedRequest).where(RepeatedRequest.at < wall - KEPT_FOR))


def _earlier(session: Session, owner: str, key: str, body: str) -> str | None:
    """What this key made before; None at the first time."""
    found = session.scalar(
        select(RepeatedRequest).where(
            RepeatedRequest.owner == owner, RepeatedRequest.key_index == _index(key)
        )
    )
    if found is None:
        return None
    if found.body_hash != _hash(body):
        raise Invalid(REUSED, "This Idempotency-Key was sent with another body: take a new key.")
    return found.subject_id


def _remember(session: Session, owner: str, key: str, body: str, subject_id: str) -> None:
    """In the same transaction as what was made. A second one at once fails to commit."""
    session.add(
        RepeatedRequest(
            owner=owner,
            key_index=_index(key),
            body_hash=_hash(body),
            subject_id=subject_id,
            at=wall_now(),
        )
    )
    session.flush()


def _index(key: str) -> str:
    return database.current().cipher.blind_index(f"idempotency {key}")


def _hash(body: str) -> str:
    # A keyed hash: a body names a person and a reason.
    return hashlib.sha256(database.current().cipher.blind_index(body).encode()).hexdigest()
