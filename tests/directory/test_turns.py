"""One writer at a time, the urgent first, the others as they came; nobody is forgotten."""

from functools import partial
from threading import Event, Thread

import pytest
from sqlalchemy.exc import TimeoutError as DatabaseTimeout

from directory.turns import URGENT_IN_A_ROW, Turns
from tests.bot.carrier.running import eventually
from tests.threads import all_at_once

PATIENCE = 10.0


def waiting(turns: Turns) -> int:
    return len(turns._urgent) + len(turns._others)


def test_the_urgent_go_first_and_the_others_as_they_came() -> None:
    turns, ended, came = Turns(), Event(), list[str]()

    def write(name: str, *, urgent: bool) -> None:
        with turns.take(urgent=urgent):
            came.append(name)

    def hold() -> None:
        with turns.take(urgent=False):
            came.append("first")
            assert ended.wait(PATIENCE)

    threads = [Thread(target=hold)]
    threads[0].start()
    assert eventually(lambda: came)
    for number, (name, urgent) in enumerate(
        [("other 1", False), ("urgent 1", True), ("other 2", False), ("urgent 2", True)]
    ):
        threads.append(Thread(target=write, args=(name,), kwargs={"urgent": urgent}))
        threads[-1].start()
        assert eventually(lambda number=number: waiting(turns) == number + 1)
    ended.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert came == ["first", "urgent 1", "urgent 2", "other 1", "other 2"]


def test_however_many_are_urgent_the_others_have_their_turns() -> None:
    turns, came = Turns(), list[str]()

    def write(name: str) -> None:
        with turns.take(urgent=name == "urgent"):
            came.append(name)

    with turns.take(urgent=False):
        threads = [
            Thread(target=write, args=(name,))
            for name in ["other"] * 2 + ["urgent"] * (2 * URGENT_IN_A_ROW + 1)
        ]
        for number, thread in enumerate(threads):
            thread.start()
            assert eventually(lambda number=number: waiting(turns) == number + 1)
    for thread in threads:
        thread.join(PATIENCE)
    row = ["urgent"] * URGENT_IN_A_ROW
    assert came == [*row, "other", *row, "other", "urgent"]


def test_never_two_at_a_time() -> None:
    turns, inside, most = Turns(), list[int](), list[int]()

    def write(number: int) -> None:
        for _ in range(200):
            with turns.take(urgent=number % 2 == 0):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    all_at_once([partial(write, number) for number in range(6)])
    assert len(most) == 1200
    assert set(most) == {1}


def test_who_asks_for_a_turn_inside_a_turn_is_told_and_nobody_else_suffers() -> None:
    turns = Turns(patience=0.05)
    with turns.take(urgent=False):
        with pytest.raises(DatabaseTimeout, match="inside another"):  # noqa: SIM117
            with turns.take(urgent=True):
                pass
        assert waiting(turns) == 0
    with turns.take(urgent=False):
        pass


def test_a_turn_that_fails_is_handed_on() -> None:
    turns = Turns(patience=PATIENCE)
    with pytest.raises(ValueError, match="no"), turns.take(urgent=False):
        raise ValueError("no")
    with turns.take(urgent=True):
        pass
