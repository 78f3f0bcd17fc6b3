"""Holding back small counts of windows that lie within each other. Pure.

Who had a visit within 30 days had one within 90, so two counts that are both large tell by their
difference how many had their nearest visit between the two; visits less the people who had them
tell how many came again; and people who were linked long enough ago for 90 days, but not for 365,
are told by the difference of two rows. So counts are taken up one after the other, the shortest
window first, each only where everybody whom the ones that are shown tell apart are none, or as many
as the threshold.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """Before or after: `visits` within each window, and how many `people` had them."""

    visits: tuple[int, ...]
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cohort:
    """People of whom as many windows are over as their sides have."""

    people: int
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Row:
    """What may be shown of one window; None is held back."""

    people: int | None = None
    before: int | None = None
    after: int | None = None
    any_before: int | None = None
    any_after: int | None = None


# A cohort, and the window that somebody or something of it is at.
_Place = tuple[int, int]
_Counts = Mapping[_Place, int]
_Set = frozenset[_Place]


def told(cohorts: Sequence[Cohort], *, threshold: int) -> list[Row]:
    """A row for each window, from the shortest on. The first cohort is that of the shortest window
    only, each other one of a window more."""
    sizes: _Counts = {(number, 0): each.people for number, each in enumerate(cohorts)}
    before = _Told([each.before for each in cohorts], sizes, threshold)
    after = _Told([each.after for each in cohorts], sizes, threshold)
    rows: list[Row] = []
    people: list[_Set] = []
    for window in range(len(cohorts)):
        linked = frozenset(each for each in sizes if each[0] >= window)
        if not _large_apart(sizes, [*people, linked], threshold):
            rows.append(Row())
            continue
        people.append(linked)
        visits_before, any_before = before.take_up(window)
        visits_after, any_after = after.take_up(window)
        everybody = sum(sizes[each] for each in linked)
        rows.append(Row(everybody, visits_before, visits_after, any_before, any_after))
    return rows


class _Told:
    """What is shown of one side. Each person is at the window of the nearest visit, or at the last
    of all where there is none; each visit but a person's nearest is one more at its own window."""

    def __init__(self, sides: Sequence[Side], sizes: _Counts, threshold: int) -> None:
        self.sides, self.threshold = sides, threshold
        self.people: dict[_Place, int] = {}
        self.more: dict[_Place, int] = {}
        self.of_people: list[_Set] = []
        self.of_more: list[_Set] = []
        for number, side in enumerate(sides):
            had = again = 0
            for window in range(number + 1):
                self.people[number, window] = side.people[window] - had
                had = side.people[window]
                self.more[number, window] = side.visits[window] - had - again
                again = side.visits[window] - had
            self.people[number, number + 1] = sizes[number, 0] - had

    def take_up(self, window: int) -> tuple[int | None, int | None]:
        """Visits in this window and people with one, as they may be shown beside the others."""
        linked = frozenset(each for each in self.people if each[0] >= window)
        near = frozenset(each for each in linked if each[1] <= window)
        if not _large_apart(self.people, [*self.of_people, linked, near], self.threshold):
            return None, None
        self.of_people += [linked, near]
        longer = self.sides[window:]
        had = sum(each.people[window] for each in longer)
        if not _large_apart(self.more, [*self.of_more, near], self.threshold):
            return None, had
        self.of_more.append(near)
        return sum(each.visits[window] for each in longer), had


def _large_apart(counts: _Counts, told_of: Sequence[_Set], threshold: int) -> bool:
    """Whether all that these sets tell apart are none, or as many as the threshold."""
    apart = defaultdict[tuple[bool, ...], int](int)
    for each, number in counts.items():
        apart[tuple(each in some for some in told_of)] += number
    return all(
        number == 0 or number >= threshold for inside, number in apart.items() if any(inside)
    )
