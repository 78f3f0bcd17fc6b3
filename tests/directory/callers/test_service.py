"""Calls of one key are counted together, whichever process they reach."""

from datetime import timedelta

from directory.callers import service as callers
from directory.database import Database
from directory.rates import Rate
from tests.fakes import MORNING
from tests.threads import all_at_once

FIVE = Rate(5)
KEY = callers.key("one")


def call(database: Database, who: str = KEY, seconds: float = 0) -> bool:
    with database.session_scope() as session:
        wall = MORNING + timedelta(seconds=seconds)
        return not callers.call(session, who, FIVE, wall=wall)


def test_the_sixth_call_in_a_minute_is_refused_and_a_later_one_taken(
    any_database: Database,
) -> None:
    assert [call(any_database) for _ in range(6)] == [True] * 5 + [False]
    assert call(any_database, seconds=12.1)


def test_each_key_and_each_account_has_its_own_allowance(any_database: Database) -> None:
    for who in (KEY, callers.key("two"), callers.account("one")):
        assert [call(any_database, who) for _ in range(6)].count(True) == 5


def test_calls_at_the_same_moment_are_all_counted(any_database: Database) -> None:
    """As from several processes: each on a connection of its own, none knowing of the others."""
    assert all_at_once([lambda: call(any_database)] * 12).count(True) == 5
