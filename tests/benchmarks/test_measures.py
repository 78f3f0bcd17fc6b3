"""The measures, against values worked out by hand and against what must always hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.measures import bootstrap, difference, ndcg, percentile, recall

GRADES = st.lists(st.integers(0, 3), max_size=12)
SOME_RELEVANT = GRADES.filter(any)


def test_ndcg_of_a_known_list() -> None:
    # Gains 7, 0, 3 at the discounts 1, log2(3), 2; the best order has 7, 3, 0.
    found, best = 7 + 3 / 2, 7 + 3 / math.log2(3)
    assert ndcg([3, 0, 2], [2, 3, 0], 5) == pytest.approx(found / best)


def test_ndcg_counts_the_first_k_only() -> None:
    assert ndcg([0, 0, 0, 0, 0, 3], [3], 5) == 0
    assert ndcg([3] * 5, [3] * 100, 5) == 1


@given(SOME_RELEVANT)
def test_the_best_order_is_worth_one(grades: list[int]) -> None:
    assert ndcg(sorted(grades, reverse=True), grades, 5) == pytest.approx(1)


@given(SOME_RELEVANT, st.randoms(use_true_random=False))
def test_no_order_is_worth_more_than_the_best(grades: list[int], chance: object) -> None:
    shuffled = list(grades)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert 0 <= ndcg(shuffled, grades, 5) <= 1 + 1e-9


@given(SOME_RELEVANT.filter(lambda grades: len(grades) > 1), st.data())
def test_putting_the_better_one_first_never_loses(grades: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(grades) - 2))
    swapped = list(grades)
    swapped[place : place + 2] = sorted(grades[place : place + 2], reverse=True)
    assert ndcg(swapped, grades, 5) >= ndcg(grades, grades, 5) - 1e-12


@pytest.mark.parametrize(
    ("found", "ideal", "expected"),
    [
        ([2, 0, 3], [3, 2, 2, 1], 2 / 3),
        ([1, 1, 1], [3], 0),
        ([3] * 5, [3] * 40, 1),  # five places can hold five
        ([3, 3, 0, 0, 0], [3] * 40, 2 / 5),
    ],
)
def test_recall_of_known_lists(found: list[int], ideal: list[int], expected: float) -> None:
    assert recall(found, ideal, 5, relevant=2) == pytest.approx(expected)


def test_a_query_without_an_answer_is_not_measured() -> None:
    with pytest.raises(ValueError, match="cannot be measured"):
        ndcg([0], [0, 0], 5)
    with pytest.raises(ValueError, match="cannot be measured"):
        recall([1], [1], 5, relevant=2)


def test_the_interval_holds_the_mean_and_narrows_with_more_queries() -> None:
    few, many = bootstrap([0.0, 1.0] * 10), bootstrap([0.0, 1.0] * 400)
    assert few.low < few.mean == 0.5 < few.high
    assert many.high - many.low < few.high - few.low


def test_the_interval_is_the_same_each_time() -> None:
    assert bootstrap([0.1, 0.5, 0.9, 0.2]) == bootstrap([0.1, 0.5, 0.9, 0.2])


def test_a_difference_is_paired() -> None:
    # Query by query always 0.1 better: no doubt at all, however far the queries are apart.
    theirs = [0.0, 0.3, 0.9, 0.1]
    found = difference([value + 0.1 for value in theirs], theirs)
    assert found.low == pytest.approx(0.1) == found.high


@given(st.lists(st.floats(0, 10), min_size=1, max_size=50))
def test_a_percentile_is_one_of_the_times_and_grows(times: list[float]) -> None:
    half, most, all_of_them = (percentile(times, share) for share in (0.5, 0.95, 1.0))
    assert half in times
    assert half <= most <= all_of_them == max(times)


def test_percentiles_of_a_hundred() -> None:
    times = [float(number) for number in range(1, 101)]
    assert [percentile(times, share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
