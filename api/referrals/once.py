"""A request with an Idempotency-Key is carried out once, also when it comes twice at once."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.clock import wall_now
from directory.referrals import queries, repeats
from directory.referrals.actors import Actor
from directory.referrals.models import Referral

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$",
        description="The same key with the same body gives the first answer; kept for two days.",
    ),
]


def once(
    session: Session,
    make: Callable[[], Referral],
    *,
    actor: Actor,
    key: str | None,
    body: str,
) -> Referral:
    """What `make` makes, or what it made when this key was sent before.

    `body`: the request as it was understood, with its path. Raises Invalid when the key was sent
    with another one.
    """
    if key is None:
        return make()
    found = _first(session, actor, key, body)
    if found is not None:
        return found
    try:
        # Two at once: the second waits here for the first to commit, and then takes all back.
        with session.begin_nested():
            referral = make()
            repeats.remember(session, actor.by, key, body, referral.id, wall=wall_now())
    except IntegrityError:
        found = _first(session, actor, key, body)
        if found is None:
            raise
        return found
    return referral


def _first(session: Session, actor: Actor, key: str, body: str) -> Referral | None:
    referral_id = repeats.earlier(session, actor.by, key, body)
    return queries.by_id(session, referral_id) if referral_id else None
