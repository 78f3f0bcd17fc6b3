"""Confidence against the share of right answers."""

import pytest

from bot.evaluation.calibration import Bin, bins, expected_error


def test_answers_are_sorted_by_how_sure_they_were() -> None:
    low, high = bins([(0.95, True), (0.11, False), (0.15, True), (1.0, True)])
    assert (low.confidence, low.right, low.of) == (pytest.approx(0.13), 1, 2)
    assert (high.confidence, high.right, high.of) == (pytest.approx(0.975), 2, 2)


def test_the_error_is_the_mean_distance_weighted_by_how_many() -> None:
    calibration = (Bin(0.8, 8, 10), Bin(0.5, 15, 20))
    assert expected_error(calibration) == pytest.approx(20 / 30 * 0.25)


def test_of_no_answers_there_is_no_error() -> None:
    assert bins([]) == ()
    assert expected_error(()) is None
