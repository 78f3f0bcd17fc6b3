"""Counting the calls of a key or an account, whichever process they reach."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from directory import database
from directory.callers.models import CallerPace
from directory.rates import Rate, judged


def key(key_id: str) -> str:
    """How a partner's key is named here."""
    return f"key:{key_id}"


def account(staff_id: str) -> str:
    """How a member of staff is named here."""
    return f"staff:{staff_id}"


def call(session: Session, caller: str, rate: Rate, *, wall: datetime) -> timedelta:
    """Take one call of `caller`; zero, or how long they have to wait when it is refused.

    The row is locked until the transaction ends, so that calls at the same moment in several
    processes are taken one after the other.
    """
    row = session.get(CallerPace, caller, with_for_update=True)
    if row is None:
        _make_row(session, caller, wall)
        row = session.get_one(CallerPace, caller, with_for_update=True)
    verdict = judged(rate, row.free_at, wall=wall)
    row.free_at = verdict.free_at
    return verdict.wait


def _make_row(session: Session, caller: str, wall: datetime) -> None:
    """Two may come first at once: the second finds the row of the first."""
    alone = database.current().engine.dialect.name == "sqlite"
    insert = sqlite_insert if alone else postgresql_insert
    session.execute(insert(CallerPace).values(caller=caller, free_at=wall).on_conflict_do_nothing())
