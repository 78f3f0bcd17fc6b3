"""Whether the confidence means what it says: of what is held 80 % likely, 80 % should be right."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts whose first need was held about as likely. `confidence`: their mean, 0 to 1."""

    confidence: float
    right: int
    of: int

    @property
    def share(self) -> float:
        return self.right / self.of


def bins(answers: Iterable[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Equal steps of confidence, rising, empty ones left out. `answers`: (confidence, right)."""
    sorted_in: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in answers:
        step = min(int(confidence * BINS), BINS - 1)
        sorted_in.setdefault(step, []).append((confidence, right))
    return tuple(_bin(sorted_in[step]) for step in sorted(sorted_in))


def _bin(answers: Sequence[tuple[float, bool]]) -> Bin:
    total = math.fsum(confidence for confidence, _ in answers)
    return Bin(total / len(answers), sum(right for _, right in answers), len(answers))


def expected_error(calibration: Sequence[Bin]) -> float | None:
    """The expected calibration error: how far confidence and share of right answers lie apart."""
    count = sum(each.of for each in calibration)
    if not count:
        return None
    return math.fsum(each.of * abs(each.confidence - each.share) for each in calibration) / count
