"""The measures: nDCG@k, recall@k, their intervals, and percentiles of times. Pure functions."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

RESAMPLES = 2_000
SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the middle 95 % of its bootstrap distribution."""

    mean: float
    low: float
    high: float


def ndcg(found: Sequence[int], ideal: Sequence[int], k: int) -> float:
    """Normalised discounted cumulative gain of the first `k` grades (Järvelin & Kekäläinen 2002,
    gains 2^grade - 1 as in Burges et al. 2005). `ideal`: all grades there are, in any order.

    1 is the best that could be shown; 0 where nothing found has a grade. Raises ValueError when
    there is nothing to find: such a query cannot be measured.
    """
    best = discounted_gain(sorted(ideal, reverse=True)[:k])
    if best == 0:
        raise ValueError("a query without any relevant service cannot be measured")
    return discounted_gain(found[:k]) / best


def discounted_gain(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def recall(found: Sequence[int], ideal: Sequence[int], k: int, *, relevant: int) -> float:
    """Share of the services of grade `relevant` or better among the first `k`; where there are
    more than `k` of them, of the `k` places that there are. Raises ValueError when there is none.
    """
    there_are = sum(grade >= relevant for grade in ideal)
    if there_are == 0:
        raise ValueError("a query without any relevant service cannot be measured")
    return sum(grade >= relevant for grade in found[:k]) / min(k, there_are)


def bootstrap(values: Sequence[float], *, seed: int = SEED) -> Interval:
    """The mean with a 95 % percentile interval from resampled queries (Efron 1979)."""
    chance = random.Random(seed)
    size = len(values)
    means = sorted(math.fsum(chance.choices(values, k=size)) / size for _ in range(RESAMPLES))
    low, high = means[round(0.025 * RESAMPLES)], means[round(0.975 * RESAMPLES) - 1]
    return Interval(math.fsum(values) / size, low, high)


def difference(ours: Sequence[float], theirs: Sequence[float], *, seed: int = SEED) -> Interval:
    """The mean difference of two engines on the same queries, paired."""
    return bootstrap([a - b for a, b in zip(ours, theirs, strict=True)], seed=seed)


def percentile(times: Sequence[float], share: float) -> float:
    """The smallest of `times` that at least this share does not exceed (nearest rank)."""
    ordered = sorted(times)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
