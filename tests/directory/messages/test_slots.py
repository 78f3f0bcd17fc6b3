"""When each text of a number may leave, whoever sends it."""

from datetime import datetime, timedelta

from directory import database
from directory.database import Database
from directory.messages.slots import Slots, next_slot
from tests.fakes import MORNING
from tests.threads import all_at_once

ME = "+16305550199"


def reserve(
    *, rate: float = 1.0, wall: datetime = MORNING, within: timedelta | None = None
) -> float | None:
    """Seconds from MORNING to the slot; None when there is none."""
    with database.session_scope() as session:
        slot = Slots.of(session, ME, rate=rate, wall=wall).take(within=within)
        return None if slot is None else (slot - MORNING).total_seconds()


def test_senders_of_one_number_share_its_slots(any_database: Database) -> None:
    slots = all_at_once([lambda: reserve(rate=2.0)] * 6)
    assert sorted(slots, key=float) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]  # type: ignore[arg-type]


def test_several_are_taken_in_one_transaction(any_database: Database) -> None:
    with database.session_scope() as session:
        slots = Slots.of(session, ME, rate=4.0, wall=MORNING)
        taken = [slots.take() for _ in range(3)]
    assert taken == [MORNING + timedelta(seconds=each) for each in (0, 0.25, 0.5)]
    assert reserve(rate=4.0) == 0.75


def test_an_idle_number_has_its_next_slot_at_once(db: Database) -> None:
    reserve()
    assert reserve(wall=MORNING + timedelta(hours=1)) == 3600.0


def test_nothing_is_reserved_further_off_than_asked(db: Database) -> None:
    second = timedelta(seconds=1)
    assert [reserve(within=second) for _ in range(3)] == [0.0, 1.0, None]
    with database.read_scope() as session:
        assert next_slot(session, ME, wall=MORNING) == MORNING + 2 * second


def test_a_slot_that_a_clock_ahead_of_its_time_has_taken_keeps_nobody_silent(db: Database) -> None:
    reserve(wall=MORNING + timedelta(hours=1))
    assert reserve(within=timedelta(seconds=5)) == 0.0
    with database.read_scope() as session:
        assert next_slot(session, ME, wall=MORNING) == MORNING + timedelta(seconds=1)
