"""What one list holds back no other tells: an attacker tries all lists that fit."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.measures.stages import Held, Stage, arriving, held_back, keeps_its_rank

THRESHOLD = 3
# The largest count of the examples and what a small one lacks.
MOST = 4 + THRESHOLD
PARTS = (0.5, 0.9)
counts = st.integers(0, 4)
Lists = tuple[tuple[int, ...], ...]


def told(lists: Lists, shown: Held) -> bool:
    """Hidden counts are one or more; what is shown is true."""
    pairs = [
        pair
        for true, seen in zip(lists, shown.lists, strict=True)
        for pair in zip(true, seen, strict=True)
    ]
    if shown.total is not None and sum(lists[0]) != shown.total:
        return False
    return all(true == seen if seen is not None else true > 0 for true, seen in pairs)


def check(true: Lists, fitting: list[Lists]) -> None:
    assert true in fitting
    for number, each in enumerate(true):
        for line, count in enumerate(each):
            if 0 < count < THRESHOLD:
                assert max(lists[number][line] for lists in fitting) >= THRESHOLD


@settings(max_examples=80, deadline=None)
@given(st.tuples(*[counts] * 4))
def test_no_small_count_of_dangers_can_be_worked_out(numbers: tuple[int, int, int, int]) -> None:
    """Waits: soon, later, not yet. Tasks: open, which are those not yet taken; claimed; done."""
    soon, later, not_yet, claimed = numbers
    claimed = min(claimed, soon + later)
    true = dangers(soon, later, not_yet, claimed)
    onward = {(0, 0): not_yet, (1, 1): claimed, (1, 2): soon + later - claimed}
    shown = held_back([Stage(true[0], onward, (1, 1, 0)), Stage(true[1])], threshold=THRESHOLD)
    typical = keeps_its_rank(true[0], shown.others, parts=PARTS, least=THRESHOLD)
    fitting = [
        lists
        for each in product(range(MOST + 1), repeat=4)
        if each[3] <= each[0] + each[1]
        and told(lists := dangers(*each), shown)
        and (not typical or same_typical(lists[0], true[0]))
    ]
    check(true, fitting)


def dangers(soon: int, later: int, not_yet: int, claimed: int) -> Lists:
    return (soon, later, not_yet), (not_yet, claimed, soon + later - claimed)


def same_typical(waits: tuple[int, ...], true: tuple[int, ...]) -> bool:
    """Both say in which list's line the middle is, and that enough are over to tell."""
    return keeps_its_rank(true, [waits], parts=PARTS, least=THRESHOLD)


@settings(max_examples=80, deadline=None)
@given(st.tuples(*[counts] * 5))
def test_no_small_count_of_referrals_can_be_worked_out(
    numbers: tuple[int, int, int, int, int],
) -> None:
    """Statuses: waits, accepted, taken back. Taken back is either before an answer or after it;
    of what is not accepted no outcome is ever known."""
    waits, known, unknown, before, after = numbers
    by_answer = {(0, 0): waits, (1, 1): known + unknown, (0, 2): before, (1, 2): after}
    by_outcome = {(0, 1): waits, (1, 0): known, (1, 1): unknown, (2, 1): before + after}
    true = (
        (known + unknown + after, waits + before),
        arriving(by_answer, lines=3),
        arriving(by_outcome, lines=2),
    )
    stages = [
        Stage(true[0], by_answer, (1, 0)),
        Stage(true[1], by_outcome),
        Stage(true[2]),
    ]
    shown = held_back(stages, threshold=THRESHOLD)
    fitting, worlds = list[Lists](), list[Lists]()
    for each in product(range(MOST + 1), repeat=5):
        w, k, u, b, a = each
        lists = ((k + u + a, w + b), (w, k + u, b + a), (k, w + u + b + a))
        if told(lists, shown):
            fitting.append(lists)
            worlds.append((each,))
    check(true, fitting)
    check((numbers,), worlds)  # nor of what is in no list


def test_what_the_list_of_waits_holds_back_that_of_tasks_does_not_tell() -> None:
    waits, tasks = (60, 12, 30, 4, 11), (11, 22, 84)
    onward = {(0, 0): 11, (1, 1): 22, (1, 2): 84}
    shown = held_back([Stage(waits, onward, (1, 1, 1, 1, 0)), Stage(tasks)], threshold=11)
    assert shown.lists == ((60, None, 30, None, 11), tasks)


def test_where_nothing_is_small_everything_is_shown() -> None:
    onward = {(0, 0): 13, (1, 1): 134}
    stages = [Stage((60, 74, 13), onward, (1, 1, 0)), Stage((13, 134))]
    shown = held_back(stages, threshold=11)
    assert shown == Held(((60, 74, 13), (13, 134)), 147, ())


def test_lists_that_were_counted_while_something_moved_say_nothing() -> None:
    stages = [Stage((60, 74, 13), {(0, 0): 13, (1, 1): 133}, (1, 1, 0)), Stage((13, 133))]
    assert held_back(stages, threshold=11) == Held(((None,) * 3, (None,) * 2), None, ())


def test_the_typical_wait_is_not_told_where_it_says_that_one_alone_waited_longer() -> None:
    waits = (12, 0, 1, 0)
    held = held_back([Stage(waits)], threshold=11)
    assert held.lists == ((None, 0, None, 0),)
    assert not keeps_its_rank(waits, held.others, parts=PARTS, least=11)
