"""The published listings, ready in memory. An index never changes: a change makes another one.

Most listings lie in one large segment. What has changed since lies in small ones, and the rows
that it replaces are marked as no longer live; so a change costs milliseconds, shares nearly all
memory with the index before it, and disturbs nobody who is reading that. Small segments are
joined into the large one when there is enough in them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search import columns
from directory.search.columns import Columns
from directory.search.fields import NEED
from directory.search.listing import Listing, decoded
from directory.search.meaning import text_key
from directory.search.segment import Lexicon, Prepared, Segment, prepared

# Changes lie in a segment that is made anew with every change while it has this many or fewer…
RECENT = 64
# …then in one between, until that is this large, or this share of the largest.
BETWEEN = 1_024
BETWEEN_SHARE = 0.1

Head = tuple[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Compared by identity. Rows are counted through all segments.

    `head`: the version and sequence of the catalogue that it shows. `said`: how many live listings
    say each word. `size`: how many are live. `parts`: each segment with its first row. `recent`:
    what the last segment was made of. `worked_out`: what others keep beside it, for its lifetime.
    """

    head: Head | None
    lexicon: Lexicon
    columns: Columns
    texts: NDArray[np.uint64]
    live: NDArray[np.bool_]
    said: NDArray[np.int32]
    size: int
    parts: tuple[tuple[int, Segment], ...]
    recent: tuple[Prepared, ...] = ()
    worked_out: dict[Any, Any] = field(default_factory=dict)

    @property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(segment for _, segment in self.parts)

    @property
    def listings(self) -> Iterator[Listing]:
        """All of them, in the order of names."""
        found = [self.listing(row) for row in np.flatnonzero(self.live).tolist()]
        return iter(sorted(found, key=lambda one: (one.name, one.service_id)))

    def row(self, service_id: str) -> int | None:
        """The live row of a service, if it is shown."""
        for first, segment in self.parts:
            for row in segment.rows_of(service_id):
                if self.live[first + row] and self.service_id(first + row) == service_id:
                    return first + row
        return None

    def listing(self, row: int) -> Listing:
        segment, place = self._at(row)
        return _decoded(segment.records[place])

    def service_id(self, row: int) -> str:
        return self.listing(row).service_id

    def _at(self, row: int) -> tuple[Segment, int]:
        for first, segment in self.parts:
            if row < first + len(segment):
                return segment, row - first
        raise IndexError(row)

    def rows_of_key(self, key: str) -> NDArray[Any]:
        """The live rows that are filed under a key of `fields.keys_of`, ascending."""
        found = self.worked_out.get(key)
        if found is None:
            found = self._rows_of_key(key)
            if key.startswith(NEED):  # asked for again and again, and few
                # As numpy counts: it would convert them with every use.
                found = self.worked_out[key] = found.astype(np.int64)
        return found

    def _rows_of_key(self, key: str) -> NDArray[np.int32]:
        number = self.lexicon.keys.number(key)
        if number is None:
            return np.zeros(0, np.int32)
        found = [segment.keys.of(number)[0] + np.int32(first) for first, segment in self.parts]
        rows = found[0] if len(found) == 1 else np.concatenate(found)
        return rows[self.live[rows]]

    def times_said(self, number: int) -> int:
        """How many listings say a word."""
        return int(self.said[number]) if number < len(self.said) else 0

    def changed(self, changes: Mapping[str, Listing | None], head: Head | None) -> "Index":
        """The index after these changes by service id; None: no longer shown."""
        return _changed(self, changes, head)


@lru_cache(maxsize=2_000)
def _decoded(record: bytes) -> Listing:
    return decoded(record)


def build(listings: Iterable[Listing], *, head: Head | None) -> Index:
    """An index made from nothing."""
    lexicon = Lexicon()
    segment = Segment.of(prepared(listing, lexicon, text_key(listing)) for listing in listings)
    lexicon.forget_texts()
    return Index(
        head=head,
        lexicon=lexicon,
        parts=((0, segment),),
        columns=segment.columns,
        texts=segment.texts,
        live=np.ones(len(segment), np.bool_),
        said=segment.words.counted(len(lexicon.words)),
        size=len(segment),
    )


def _changed(index: Index, changes: Mapping[str, Listing | None], head: Head | None) -> Index:
    lexicon = index.lexicon
    recent = [one for one in index.recent if one.service_id not in changes]
    made = [
        prepared(listing, lexicon, text_key(listing))
        for listing in changes.values()
        if listing is not None
    ]
    segments = list(index.segments)
    live = index.live
    if index.recent:
        segments.pop()
        live = live[: -len(index.recent)]
    live = live.copy()
    said = np.zeros(len(lexicon.words), np.int32)
    said[: len(index.said)] = index.said
    for identity in changes:
        row = index.row(identity)
        if row is None:
            continue
        if row < len(live):
            live[row] = False
        said[list(_words_of(index, row))] -= 1
    for one in made:
        said[list(one.said)] += 1
    recent += made
    parts = [(segment, mask) for segment, mask in _masked(segments, live)]
    if len(recent) <= RECENT:
        kept = tuple(recent)
        if recent:
            parts.append((Segment.of(recent), np.ones(len(recent), np.bool_)))
    else:
        kept = ()
        parts.append((Segment.of(recent), np.ones(len(recent), np.bool_)))
        parts = _gathered(parts)
    return _of_parts(parts, lexicon, said, head, kept)


def _words_of(index: Index, row: int) -> frozenset[int]:
    listing = index.listing(row)
    return prepared(listing, index.lexicon, 0).said


def _masked(
    segments: list[Segment], live: NDArray[np.bool_]
) -> Iterator[tuple[Segment, NDArray[np.bool_]]]:
    first = 0
    for segment in segments:
        yield segment, live[first : first + len(segment)]
        first += len(segment)


def _gathered(
    parts: list[tuple[Segment, NDArray[np.bool_]]],
) -> list[tuple[Segment, NDArray[np.bool_]]]:
    """What is small joined: all but the first, and with the first too once it is enough."""
    largest, others = parts[0], parts[1:]
    changed = sum(len(segment) for segment, _ in others) + int((~largest[1]).sum())
    gathered = parts if changed > max(BETWEEN, BETWEEN_SHARE * len(largest[0])) else others
    segment = Segment.joined(gathered)
    joined = (segment, np.ones(len(segment), np.bool_))
    return [joined] if gathered is parts else [largest, joined]


def _of_parts(
    parts: list[tuple[Segment, NDArray[np.bool_]]],
    lexicon: Lexicon,
    said: NDArray[np.int32],
    head: Head | None,
    recent: tuple[Prepared, ...],
) -> Index:
    live = np.concatenate([mask for _, mask in parts])
    return Index(
        head=head,
        lexicon=lexicon,
        parts=_placed([segment for segment, _ in parts]),
        columns=columns.joined([segment.columns for segment, _ in parts]),
        texts=np.concatenate([segment.texts for segment, _ in parts]),
        live=live,
        said=said,
        size=int(live.sum()),
        recent=recent,
    )


def _placed(segments: list[Segment]) -> tuple[tuple[int, Segment], ...]:
    ends = list(accumulate(map(len, segments), initial=0))
    return tuple(zip(ends, segments, strict=False))
