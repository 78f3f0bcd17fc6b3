"""What is held back of windows cannot be worked out: an attacker tries all people that fit."""

from collections.abc import Iterator
from dataclasses import astuple, replace
from itertools import chain, combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.measures.nested import Cohort, Row, Side, told

THRESHOLD = 3
# Further no hidden count of the examples can move.
MOST = 3 + THRESHOLD
# People linked lately, near or not; linked long ago, near, farther or not; and visits beyond each
# person's nearest, in the same places but those without one.
People = tuple[int, int, int, int, int]
More = tuple[int, int, int]
counts = st.integers(0, 4)


def cohorts_of(people: People, more: More) -> list[Cohort]:
    lately_near, lately_none, near, farther, none = people
    nobody = Side((0,), (0,))
    lately = Side((lately_near + more[0],), (lately_near,))
    visits = near + more[1]
    long_ago = Side((visits, visits + farther + more[2]), (near, near + farther))
    return [
        Cohort(lately_near + lately_none, lately, nobody),
        Cohort(near + farther + none, long_ago, Side((0, 0), (0, 0))),
    ]


def rows_of(people: People, more: More) -> list[Row]:
    """As they are."""
    return told(cohorts_of(people, more), threshold=1)


def fit(rows: list[Row], shown: list[Row]) -> bool:
    pairs = chain.from_iterable(
        zip(astuple(row), astuple(each), strict=True) for row, each in zip(rows, shown, strict=True)
    )
    return all(told in (None, true) for true, told in pairs)


def unions(length: int) -> Iterator[tuple[int, ...]]:
    places = range(length)
    return chain.from_iterable(combinations(places, size) for size in range(1, length + 1))


def check(true: tuple[int, ...], fitting: list[tuple[int, ...]]) -> None:
    """Whatever is put together of the places: where it is small, it could be none as well."""
    assert true in fitting
    for union in unions(len(true)):
        number = sum(true[place] for place in union)
        if 0 < number < THRESHOLD:
            assert max(sum(each[place] for place in union) for each in fitting) >= THRESHOLD


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[counts] * 5))
def test_no_few_people_can_be_worked_out(people: People) -> None:
    shown = told(cohorts_of(people, (0, 0, 0)), threshold=THRESHOLD)
    fitting = []
    for each in product(range(MOST + 1), repeat=5):
        lately_near, _lately_none, near, farther, none = each
        linked, near_90 = near + farther + none, near + farther
        rows = [
            Row(sum(each[:2]) + linked, None, None, lately_near + near, None),
            Row(linked, None, None, near_90, None),
        ]
        if fit(rows, [replace(row, before=None, after=None, any_after=None) for row in shown]):
            fitting.append(each)
    check(people, fitting)


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.integers(3, 5)] * 5), st.tuples(*[counts] * 3))
def test_how_few_came_again_cannot_be_worked_out(people: People, more: More) -> None:
    shown = told(cohorts_of(people, more), threshold=THRESHOLD)
    fitting = [
        each for each in product(range(MOST + 1), repeat=3) if fit(rows_of(people, each), shown)
    ]
    check(more, fitting)


def test_large_counts_that_differ_by_one_are_not_both_told() -> None:
    side = Side((14, 15), (14, 15))
    rows = told(
        [Cohort(0, Side((0,), (0,)), Side((0,), (0,))), Cohort(40, side, side)], threshold=11
    )
    assert [(row.people, row.any_before, row.before) for row in rows] == [
        (40, 14, 14),
        (40, None, None),
    ]


def test_visits_are_not_told_where_one_person_came_twice() -> None:
    (row,) = told([Cohort(40, Side((15,), (14,)), Side((40,), (14,)))], threshold=11)
    assert astuple(row) == (40, None, 40, 14, 14)


def test_rows_that_few_people_are_between_are_not_both_told() -> None:
    nobody = Side((0,), (0,)), Side((0, 0), (0, 0))
    lately, long_ago = Cohort(2, nobody[0], nobody[0]), Cohort(38, nobody[1], nobody[1])
    rows = told([lately, long_ago], threshold=11)
    assert [row.people for row in rows] == [40, None]


def test_where_nothing_is_small_everything_is_told() -> None:
    side = Side((60, 90, 130), (30, 45, 60))
    nobody = Cohort(0, Side((0,), (0,)), Side((0,), (0,))), Cohort(0, *[Side((0, 0), (0, 0))] * 2)
    rows = told([*nobody, Cohort(100, side, side)], threshold=11)
    assert [astuple(row) for row in rows] == [
        (100, visits, visits, people, people)
        for visits, people in zip(side.visits, side.people, strict=True)
    ]
