"""A batch of listings made ready to be searched; never changed once it is made.

An index is a few of these (see `index`): most listings in one, the latest changes in small ones.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from directory.search import columns, postings
from directory.search.columns import Columns
from directory.search.fields import NAMES, STOP, Field, fields_of, keys_of, weighed
from directory.search.hours_table import HoursTable
from directory.search.listing import Listing, encoded
from directory.search.postings import Collector, Postings
from directory.search.town_names import TownNames
from directory.search.vocabulary import Vocabulary

# Many services of one source share a text: it is taken apart once.
_TEXTS_KEPT = 4_000
# As tuples rows take ten times the memory that they take as arrays.
_ROWS_AT_ONCE = 2_000


class Lexicon:
    """The words, keys and opening hours of one index and of every index made from it."""

    def __init__(self) -> None:
        self.words = Vocabulary()
        self.stop = frozenset(self.words.add_all(sorted(STOP)))
        self.keys = Vocabulary(spelt=False)
        self.hours = HoursTable()
        self.towns = TownNames()
        self._texts: dict[tuple[Field, str], tuple[tuple[int, ...], tuple[float, ...]]] = {}

    def forget_texts(self) -> None:
        """Give back the memory of what was remembered for texts that come again."""
        self._texts.clear()

    def of_text(self, field: Field, text: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """The words of a field by number, and what each weighs."""
        known = self._texts.get((field, text))
        if known is None:
            found = weighed(field, text)
            known = (tuple(self.words.add_all(found)), tuple(found.values()))
            if len(self._texts) >= _TEXTS_KEPT:
                self._texts.clear()
            self._texts[field, text] = known
        return known


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One listing, taken apart."""

    service_id: str
    record: bytes
    row: tuple[Any, ...]
    words: tuple[int, ...]
    weights: tuple[float, ...]
    names: tuple[int, ...]
    keys: tuple[int, ...]
    text: int

    @property
    def said(self) -> frozenset[int]:
        """The words that it says, each once."""
        return frozenset(self.words)


def prepared(listing: Listing, lexicon: Lexicon, text: int) -> Prepared:
    """`text`: the key of what stands for it in the comparison of meanings."""
    words: list[int] = []
    weights: list[float] = []
    in_names: set[int] = set()
    for field, content in fields_of(listing):
        if content:
            numbers, weigh = lexicon.of_text(field, content)
            words += numbers
            weights += weigh
            if field in NAMES:
                in_names.update(numbers)
    return Prepared(
        service_id=listing.service_id,
        record=encoded(listing),
        row=columns.row_of(listing, lexicon.hours),
        words=tuple(words),
        weights=tuple(weights),
        names=tuple(sorted(in_names - lexicon.stop)),
        keys=tuple(lexicon.keys.add_all(keys_of(listing))),
        text=text,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Listings as bytes, one behind the other; the nth from `starts[n]` to `starts[n + 1]`."""

    content: bytearray
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> bytes:
        return bytes(self.content[self.starts[row] : self.starts[row + 1]])

    @classmethod
    def of(cls, records: Iterable[bytes]) -> Self:
        content, starts = bytearray(), array("q", [0])
        for record in records:
            content += record
            starts.append(len(content))
        return cls(content, np.array(starts, np.int64))


@dataclass(frozen=True, eq=False)
class Segment:
    """`identities`: of each row the hash of its service's id. `texts`: the key of its text (see
    `meaning`)."""

    identities: NDArray[np.int64]
    records: Records
    columns: Columns
    words: Postings
    names: Postings
    keys: Postings
    texts: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.records)

    def rows_of(self, service_id: str) -> list[int]:
        """The rows that may be of this service: one, or none, or some whose hash is the same."""
        order = self._by_identity
        wanted = np.int64(hash(service_id))
        first, last = (
            int(self.identities.searchsorted(wanted, side, sorter=order))
            for side in ("left", "right")
        )
        found: list[int] = order[first:last].tolist()
        return found

    @cached_property
    def _by_identity(self) -> NDArray[np.int64]:
        return np.argsort(self.identities, kind="stable")

    @classmethod
    def of(cls, listings: Iterable[Prepared]) -> Self:
        words, names, keys = (
            Collector(weighed=True),
            Collector(weighed=False),
            Collector(weighed=False),
        )
        ids = array("q")
        content, starts = bytearray(), array("q", [0])
        rows: list[tuple[Any, ...]] = []
        tables: list[Columns] = []
        texts = array("Q")
        for row, one in enumerate(listings):
            ids.append(hash(one.service_id))
            content += one.record
            starts.append(len(content))
            rows.append(one.row)
            if len(rows) == _ROWS_AT_ONCE:
                tables.append(columns.from_rows(rows))
                rows.clear()
            texts.append(one.text)
            words.add(row, one.words, one.weights)
            names.add(row, one.names)
            keys.add(row, one.keys)
        return cls(
            identities=np.array(ids, np.int64),
            records=Records(content, np.array(starts, np.int64)),
            columns=columns.joined([*tables, columns.from_rows(rows)]),
            words=words.postings(),
            names=names.postings(),
            keys=keys.postings(),
            texts=np.array(texts, np.uint64),
        )

    @classmethod
    def joined(cls, parts: Sequence[tuple[Self, NDArray[np.bool_]]]) -> Self:
        """Several as one, without the rows that are no longer live."""
        moved = []
        first = 0
        for _, live in parts:
            rows = np.where(live, np.cumsum(live) - 1 + first, -1).astype(np.int32)
            moved.append(rows)
            first += int(live.sum())
        kept = [(part, np.flatnonzero(live).tolist()) for part, live in parts]
        return cls(
            identities=np.concatenate([part.identities[live] for part, live in parts]),
            records=Records.of(part.records[row] for part, rows in kept for row in rows),
            columns=columns.joined([part.columns.take(live) for part, live in parts]),
            words=postings.joined(
                (part.words, rows) for (part, _), rows in zip(parts, moved, strict=True)
            ),
            names=postings.joined(
                (part.names, rows) for (part, _), rows in zip(parts, moved, strict=True)
            ),
            keys=postings.joined(
                (part.keys, rows) for (part, _), rows in zip(parts, moved, strict=True)
            ),
            texts=np.concatenate([part.texts[live] for part, live in parts]),
        )
