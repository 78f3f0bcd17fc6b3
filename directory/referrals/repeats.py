"""Idempotency keys: the same key and body is the same request, however often it is sent.

Source: the IETF draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory import database
from directory.errors import Invalid
from directory.referrals.models import RepeatedRequest

KEPT_FOR = timedelta(days=2)  # wall time


def earlier(session: Session, owner: str, key: str, body: str) -> str | None:
    """What this key made before; None at the first time. Raises Invalid on another body."""
    found = session.scalar(
        select(RepeatedRequest).where(
            RepeatedRequest.owner == owner, RepeatedRequest.key_index == _index(key)
        )
    )
    if found is None:
        return None
    if found.body_hash != _hash(body):
        raise Invalid(
            "idempotency_key_reused",
            "This Idempotency-Key was sent with another body: take a new key.",
        )
    return found.subject_id


def remember(
    session: Session, owner: str, key: str, body: str, subject_id: str, *, wall: datetime
) -> None:
    """Note what the key made, in the same transaction. A second one at once fails to commit."""
    session.add(
        RepeatedRequest(
            owner=owner,
            key_index=_index(key),
            body_hash=_hash(body),
            subject_id=subject_id,
            at=wall,
        )
    )
    session.flush()


def forget_old(session: Session, *, wall: datetime) -> None:
    session.execute(delete(RepeatedRequest).where(RepeatedRequest.at < wall - KEPT_FOR))


def _index(key: str) -> str:
    return database.current().cipher.blind_index(f"idempotency {key}")


def _hash(body: str) -> str:
    # A keyed hash: a body names a person and a reason.
    return hashlib.sha256(database.current().cipher.blind_index(body).encode()).hexdigest()
