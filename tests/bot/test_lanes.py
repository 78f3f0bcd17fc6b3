"""In order for one person, side by side for several, and nothing begun once all stops."""

from collections.abc import Iterator
from functools import partial
from threading import Event, Thread

import pytest
from structlog.testing import capture_logs

from bot.lanes import Lanes
from tests.bot.carrier.running import eventually

PATIENCE = 10  # seconds, where something is broken


@pytest.fixture(name="lanes")
def _lanes() -> Iterator[Lanes]:
    lanes = Lanes()
    yield lanes
    lanes.stop()


def test_one_lane_keeps_its_order_and_another_does_not_wait(lanes: Lanes) -> None:
    done: list[str] = []
    goes_on, other, last = Event(), Event(), Event()
    lanes.put("a", lambda: goes_on.wait(PATIENCE))
    for each in ("first", "second", "third"):
        lanes.put("a", partial(done.append, each))
    lanes.put("a", last.set)
    lanes.put("b", other.set)
    assert other.wait(PATIENCE)
    assert done == []
    assert lanes.busy("a")
    goes_on.set()
    assert last.wait(PATIENCE)
    assert done == ["first", "second", "third"]


def test_what_fails_is_told_and_what_follows_is_done(lanes: Lanes) -> None:
    def fails() -> None:
        raise ValueError("no")

    done = Event()
    with capture_logs() as told:
        lanes.put("a", fails)
        lanes.put("a", done.set)
        assert done.wait(PATIENCE)
    assert [entry["event"] for entry in told] == ["work_failed"]


def test_a_lane_is_free_once_all_has_ended() -> None:
    lanes = Lanes()
    lanes.put("a", lambda: None)
    lanes.stop()
    assert not lanes.busy("a")


def test_what_comes_after_the_end_is_done_instead() -> None:
    lanes, done = Lanes(), list[str]()
    lanes.stop()
    lanes.put("a", partial(done.append, "late"), instead=partial(done.append, "given back"))
    lanes.put("a", partial(done.append, "later still"))
    assert done == ["given back"]
    assert not lanes.busy("a")


def test_what_had_not_begun_when_all_stops_is_done_instead() -> None:
    lanes = Lanes()
    begun, goes_on = Event(), Event()
    done: list[str] = []

    def first() -> None:
        begun.set()
        assert goes_on.wait(PATIENCE)
        done.append("sent")

    lanes.put("a", first)
    lanes.put(
        "a", partial(done.append, "sent too late"), instead=partial(done.append, "given back")
    )
    lanes.put("a", partial(done.append, "later still"))
    assert begun.wait(PATIENCE)
    stopping = Thread(target=lanes.stop)
    stopping.start()
    assert eventually(lambda: lanes._stopping)
    goes_on.set()
    stopping.join()
    assert done == ["sent", "given back"]
