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
from directory.search.fields import Field, fields_of, keys_of, names_of, weighed
from directory.search.hours_table import HoursTable
from directory.search.listing import Listing, encoded
from directory.search.postings import Collector, Postings
from directory.search.vocabulary import Vocabulary

# Many services of one source share a text: it is taken apart once.
_TEXTS_KEPT = 4_000
# As tuples rows take ten times the memory that they take as arrays.
_ROWS_AT_ONCE = 2_000


class Lexicon:
    """The words, keys and opening hours of one index and of every index made from it."""

    def __init__(self) -> None:
        self.words = Vocabulary()
        self.keys = Vocabulary(spelt=False)
        self.hours = HoursTable()
        self._texts: dict[tuple[Field, str], tuple[tuple[int, ...], tuple[float, ...]]] = {}

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
    for field, content in fields_of(listing):
        if content:
            numbers, weigh = lexicon.of_text(field, content)
            words += numbers
            weights += weigh
    in_names = {word for name in names_of(listing) for word in name}
    return Prepared(
        service_id=listing.service_id,
        record=encoded(listing),
        row=columns.row_of(listing, lexicon.hours),
        words=tuple(words),
        weights=tuple(weights),
        names=tuple(lexicon.words.add_all(sorted(in_names))),
        keys=tuple(lexicon.keys.add_all(keys_of(listing))),
        text=text,
    )


@dataclass(frozen=True, eq=False)
class Segment:
    """`texts`: for each row the key of its text (see `meaning`)."""

    service_ids: Sequence[str]
    records: Sequence[bytes]
    columns: Columns
    words: Postings
    names: Postings
    keys: Postings
    texts: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.records)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Service id -> its row."""
        return {identity: row for row, identity in enumerate(self.service_ids)}

    @classmethod
    def of(cls, listings: Iterable[Prepared]) -> Self:
        words, names, keys = (
            Collector(weighed=True),
            Collector(weighed=False),
            Collector(weighed=False),
        )
        ids: list[str] = []
        records: list[bytes] = []
        rows: list[tuple[Any, ...]] = []
        tables: list[Columns] = []
        texts = array("Q")
        for row, one in enumerate(listings):
            ids.append(one.service_id)
            records.append(one.record)
            rows.append(one.row)
            if len(rows) == _ROWS_AT_ONCE:
                tables.append(columns.from_rows(rows))
                rows.clear()
            texts.append(one.text)
            words.add(row, one.words, one.weights)
            names.add(row, one.names)
            keys.add(row, one.keys)
        return cls(
            service_ids=ids,
            records=records,
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
            service_ids=[part.service_ids[row] for part, rows in kept for row in rows],
            records=[part.records[row] for part, rows in kept for row in rows],
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
