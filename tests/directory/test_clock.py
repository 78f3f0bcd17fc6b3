"""Product time: faster when asked, kept through restarts, never backwards."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import database
from directory.clock import ClockState, ProductClock
from directory.database import Database
from tests.fakes import MORNING, Clock
from tests.threads import all_at_once

DAY = timedelta(days=1)


@pytest.fixture
def wall() -> Clock:
    return Clock()


def test_without_a_stored_clock_product_time_is_the_walls(db: Database, wall: Clock) -> None:
    assert ProductClock(wall=wall).now() == MORNING


def test_at_speed_one_it_stays_with_the_wall(any_database: Database, wall: Clock) -> None:
    clock = ProductClock(wall=wall)
    clock.start(speed=1)
    wall.forward(days=3)
    assert clock.now() == wall()


def test_of_several_processes_that_begin_at_once_one_sets_the_clock(
    any_database: Database, wall: Clock
) -> None:
    clocks = [ProductClock(wall=wall) for _ in range(4)]
    all_at_once([partial(each.start, speed=60) for each in clocks])
    wall.forward(minutes=1)
    assert {each.now() for each in clocks} == {MORNING + timedelta(hours=1)}
    assert {each.speed for each in clocks} == {60}


def test_a_faster_clock_passes_two_weeks_in_minutes(any_database: Database, wall: Clock) -> None:
    clock = ProductClock(wall=wall)
    clock.start(speed=7200)
    wall.forward(minutes=3)
    assert clock.now() == MORNING + timedelta(days=15)
    assert clock.speed == 7200


def test_every_process_sees_the_same_time_within_a_second(
    any_database: Database, wall: Clock
) -> None:
    mine, yours = ProductClock(wall=wall), ProductClock(wall=wall)
    mine.start(speed=1)
    assert yours.now() == MORNING
    mine.set_speed(3600)
    wall.forward(seconds=1)
    assert yours.now() == mine.now() == MORNING + timedelta(hours=1)


def test_a_clock_that_was_sped_up_stays_ahead_after_it_is_slowed(
    any_database: Database, wall: Clock
) -> None:
    clock = ProductClock(wall=wall)
    clock.start(speed=7200)
    wall.forward(minutes=1)
    clock.set_speed(1)
    ahead = clock.now() - wall()
    assert ahead >= 4 * DAY
    wall.forward(days=1)
    assert clock.now() - wall() == ahead


def test_a_restart_goes_on_where_product_time_was(any_database: Database, wall: Clock) -> None:
    before = ProductClock(wall=wall)
    before.start(speed=7200)
    wall.forward(minutes=1)
    before.keep()
    reached = before.now()
    wall.forward(hours=8)  # the product was off for a night
    after = ProductClock(wall=wall)
    after.start(speed=1)
    assert reached <= after.now() <= reached + DAY


def test_a_clock_at_speed_one_catches_up_with_the_wall(db: Database, wall: Clock) -> None:
    ProductClock(wall=wall).start(speed=1)
    wall.forward(days=7)
    after = ProductClock(wall=wall)
    after.start(speed=1)
    assert after.now() == wall()


@pytest.mark.parametrize("speed", [0, 0.5, -1, 7201, float("nan"), float("inf")])
def test_a_speed_out_of_bounds_is_refused_and_changes_nothing(
    db: Database, wall: Clock, speed: float
) -> None:
    clock = ProductClock(wall=wall)
    clock.start(speed=2)
    with pytest.raises(ValueError, match="speed"):
        clock.set_speed(speed)
    assert clock.speed == 2


speeds = st.floats(1, 7200)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(0, 3600)),
        st.tuples(st.just("speed"), speeds),
        st.tuples(st.just("restart"), speeds),
        st.tuples(st.just("wall steps back"), st.floats(0, 5)),
    ),
    max_size=8,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_it_never_runs_backwards_in_any_process(
    db: Database, happens: list[tuple[str, float]]
) -> None:
    with database.session_scope() as session:
        session.query(ClockState).delete()
    wall = Clock()
    mine, yours = ProductClock(wall=wall), ProductClock(wall=wall)
    mine.start(speed=1)
    last = {0: mine.now(), 1: yours.now()}
    for what, amount in happens:
        if what == "wait":
            wall.forward(seconds=amount)
        elif what == "wall steps back":
            wall.forward(seconds=-amount)
        elif what == "speed":
            mine.set_speed(amount)
        else:
            mine.start(speed=amount)
        for number, clock in enumerate((mine, yours)):
            now = clock.now()
            assert now >= last[number]
            last[number] = now
