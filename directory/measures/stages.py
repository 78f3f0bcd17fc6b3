"""Holding back small counts where several lists tell of the same things. Pure.

A danger stands in the list of waits and in that of tasks: "not yet" in one is "nobody has taken it"
in the other, so what the one list holds back the other must not tell. Each list is a stage that all
things pass, each at one of its lines, from the grand total to the end; how many go from which line
to which is never shown, but often the same as a line, or what lies between two. So all of it is one
network of flows, and the rule is that of tables (directory.measures.suppression).

The typical wait says of the lines of a list which of them holds the middle. It is told where this
would be so as well if the small counts were none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from directory.measures.suppression import (
    OUTSIDE,
    TOTAL,
    Flow,
    Node,
    Place,
    hidden_among,
    others_that_fit,
)

_ALL: Place = (TOTAL, TOTAL)
_START: Node = ("start", 0)


@dataclass(frozen=True, slots=True)
class Stage:
    """One list. `onward`: how many go from a group of its lines to a line of the next list.
    `groups`: the group of each line; by default each is one of its own."""

    counts: tuple[int, ...]
    onward: Mapping[tuple[int, int], int] | None = None
    groups: tuple[int, ...] = ()

    def group(self, line: int) -> int:
        return self.groups[line] if self.groups else line


@dataclass(frozen=True, slots=True)
class Held:
    """What may be shown of each list, None being held back, and of their total. `others`: the first
    list as it could also be, for each small count one in which it is none."""

    lists: tuple[tuple[int | None, ...], ...]
    total: int | None
    others: tuple[tuple[int, ...], ...]


def held_back(stages: Sequence[Stage], *, threshold: int) -> Held:
    """The lists without counts from 1 to under `threshold`, and without what would tell them or
    how few things are at a line of one and a line of the next."""
    total, first = sum(stages[0].counts), stages[0].counts
    if not _agree(stages):
        # Counted while somebody changed them. Nothing can be said of how they hang together.
        return Held(tuple((None,) * len(each.counts) for each in stages), None, ())
    flows = list(_flows(stages, total))
    hidden = hidden_among(flows, threshold=threshold)
    lists = tuple(
        tuple(None if (stage, line) in hidden else value for line, value in enumerate(each.counts))
        for stage, each in enumerate(stages)
    )
    others = tuple(
        tuple(values[0, line] for line in range(len(first)))
        for values in others_that_fit(flows, hidden, threshold=threshold)
    )
    return Held(lists, None if _ALL in hidden else total, others)


def arriving(onward: Mapping[tuple[int, int], int], *, lines: int) -> tuple[int, ...]:
    """How many come to each line of a list."""
    return tuple(
        sum(n for (_group, end), n in onward.items() if end == line) for line in range(lines)
    )


def keeps_its_rank(
    counts: Sequence[int], others: Sequence[Sequence[int]], *, parts: Sequence[float], least: int
) -> bool:
    """Whether the line at which a part of all is over tells none of the small counts, the last line
    being of what is not over. `least`: told from so many on that are over."""
    told = [_line_of(counts, part) for part in parts]
    return all(
        sum(other[:-1]) >= least and [_line_of(other, part) for part in parts] == told
        for other in (counts, *others)
    )


def _line_of(counts: Sequence[int], part: float) -> int:
    """By nearest rank."""
    wanted, over = ceil(part * sum(counts[:-1])), 0
    for line, number in enumerate(counts[:-1]):
        over += number
        if over >= wanted:
            return line
    return len(counts)


def _flows(stages: Sequence[Stage], total: int) -> Iterator[Flow]:
    yield Flow(_ALL, total, OUTSIDE, _START, (total + 1) * 100)
    for stage, each in enumerate(stages):
        for line, value in enumerate(each.counts):
            start = _into(stage, line) if stage else _START
            end = OUTSIDE if each.onward is None else _out_of(stage, each.group(line))
            yield Flow((stage, line), value, start, end, value)
        for (group, line), value in sorted((each.onward or {}).items()):
            start, end = _out_of(stage, group), _into(stage + 1, line)
            yield Flow((stage, group, line), value, start, end, 0, told=False)


def _into(stage: int, line: int) -> Node:
    return f"into {stage}", line


def _out_of(stage: int, group: int) -> Node:
    return f"out of {stage}", group


def _agree(stages: Sequence[Stage]) -> bool:
    """Whether as many come to each line, and leave each group, as stand there."""
    for each, following in pairwise(stages):
        onward = each.onward or {}
        for group in {each.group(line) for line in range(len(each.counts))}:
            here = sum(n for line, n in enumerate(each.counts) if each.group(line) == group)
            if here != sum(n for (start, _line), n in onward.items() if start == group):
                return False
        if following.counts != arriving(onward, lines=len(following.counts)):
            return False
    return True
