"""How often somebody may do something: pauses are rewarded, bursts are not."""

from datetime import datetime, timedelta

from directory.rates import Rate, judged
from tests.fakes import MORNING

TEN = Rate(10)


def calls(*at: float, rate: Rate = TEN) -> list[bool]:
    """Whether each call, so many seconds after the first, is taken."""
    free_at: datetime | None = None
    taken = []
    for seconds in at:
        verdict = judged(rate, free_at, wall=MORNING + timedelta(seconds=seconds))
        free_at = verdict.free_at
        taken.append(not verdict.refused)
    return taken


def test_a_whole_allowance_may_be_taken_at_once_and_no_more() -> None:
    assert calls(*[0.0] * 12) == [True] * 10 + [False] * 2


def test_after_a_burst_each_call_has_to_be_earned() -> None:
    assert calls(*[0.0] * 10, 5.9, 6.1, 6.2, 12.3) == [True] * 10 + [False, True, False, True]


def test_who_keeps_to_the_rate_is_never_refused() -> None:
    assert all(calls(*[6.0 * number for number in range(100)]))


def test_there_is_no_edge_of_a_window_to_burst_across() -> None:
    taken = calls(*[59.0] * 10, *[61.0] * 10)
    assert sum(taken) == 10


def test_being_refused_costs_nothing_and_says_how_long_to_wait() -> None:
    wall = MORNING
    free_at = wall + timedelta(minutes=1)
    refused = judged(TEN, free_at, wall=wall)
    assert refused.refused and refused.free_at == free_at
    assert refused.wait == timedelta(seconds=6)
    assert not judged(TEN, free_at, wall=wall + refused.wait).refused
