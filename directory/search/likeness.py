"""How alike in meaning a question is to each listing.

Vectors of all texts lie in a file that processes share (`vectors`). To compare a question with a
hundred thousand of them within milliseconds each is cut down to the directions in which the texts
differ most (principal components, uncentred, so that products stay what they are, nearly).
Nothing here is ever waited for: what has no vector yet is compared by its words alone.
"""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from directory.search import encoder
from directory.search.encoder import Vector
from directory.search.index import Index
from directory.search.segment import Segment
from directory.search.vectors import Known, VectorFile

FOLDER = "search"
# Of a few thousand texts this many directions keep nearly all that tells them apart.
_DIRECTIONS, _DIRECTIONS_OF_MANY, _MANY = 128, 64, 20_000
_LEARNT_FROM = 4_000
_AT_ONCE = 8_192
# Of more rows than one in so many it takes longer to bring their vectors together than to compare
# all as they lie.
_MANY_OF_ALL = 8

Likes = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Reduced:
    """The entries of the file in few dimensions: `rows` @ (`basis` @ question)."""

    known: Known
    basis: NDArray[np.float32]
    rows: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """How alike each row of an index is to a question: the cosine, about; 0 where it is not known.

    Worked out for the rows that are asked about; mostly they are few.
    """

    vectors: NDArray[np.float32]
    question: NDArray[np.float32]
    places: NDArray[np.int64]  # of each row; -1: it has no vector yet

    def of(self, rows: NDArray[Any]) -> Likes:
        if len(rows) * _MANY_OF_ALL > len(self.vectors):
            every: Likes = self.of_all()[rows]
            return every
        places = self.places[rows]
        known = places >= 0
        likes = np.zeros(len(places), np.float32)
        likes[known] = self.vectors[places[known]] @ self.question
        return likes

    def of_all(self) -> Likes:
        """For each row, dead ones too."""
        likes = np.append(self.vectors @ self.question, np.float32(0))
        found: Likes = likes[self.places]
        return found


class Likeness:
    """What one process knows of the vectors in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.file = VectorFile(folder)
        self._reduced: _Reduced | None = None
        self._reducing = Lock()
        self._places: WeakKeyDictionary[Segment, tuple[Known, NDArray[np.int64]]] = (
            WeakKeyDictionary()
        )
        self._loader: Thread | None = None

    def question(self, text: str) -> Vector | None:
        """The vector of a question; None while there is nothing to compare it with."""
        if not text.strip() or not len(self.file.known().keys):
            return None
        if not encoder.is_loaded():
            self._load_behind()
            return None
        return encoder.encoded_question(text)

    def compared(self, index: Index, question: Vector) -> "Compared":
        """A question beside the rows of an index."""
        reduced = self._current()
        if reduced is None:
            nowhere = np.full(len(index.live), -1, np.int64)
            return Compared(np.zeros((0, 1), np.float32), np.zeros(1, np.float32), nowhere)
        places = [self._places_in(segment, reduced.known) for segment in index.segments]
        where = places[0] if len(places) == 1 else np.concatenate(places)
        return Compared(reduced.rows, reduced.basis @ question, where)

    def prepare(self) -> None:
        """Do now what the next question would otherwise wait for."""
        encoder.load(self.file.folder)
        self.file.known_now()
        self._current()

    def _load_behind(self) -> None:
        with self._reducing:
            if self._loader is None:
                self._loader = Thread(target=self.prepare, name="load-encoder", daemon=True)
                self._loader.start()

    def _current(self) -> _Reduced | None:
        known = self.file.known()
        kept = self._reduced
        if kept is not None and kept.known is known:
            return kept
        if not len(known.keys):
            return None
        with self._reducing:
            if self._reduced is None or self._reduced.known is not known:
                self._reduced = _reduced(known, self._reduced)
            return self._reduced

    def _places_in(self, segment: Segment, known: Known) -> NDArray[np.int64]:
        kept = self._places.get(segment)
        if kept is None or kept[0] is not known:
            kept = self._places[segment] = (known, known.places_of(segment.texts))
        return kept[1]


def _reduced(known: Known, before: _Reduced | None) -> _Reduced:
    """With the directions of before, as long as the file has not grown by half."""
    count = len(known.keys)
    done = 0 if before is None else len(before.rows)
    if before is None or count > 1.5 * done or count < done:
        step = max(1, count // _LEARNT_FROM)
        sample = known.vectors(np.arange(0, count, step, dtype=np.int64))
        directions = _DIRECTIONS if count <= _MANY else _DIRECTIONS_OF_MANY
        _, vectors = np.linalg.eigh(sample.T @ sample)
        basis = np.ascontiguousarray(vectors[:, -directions:].T.astype(np.float32))
        parts, done = [], 0
    else:
        basis, parts = before.basis, [before.rows]
    for start in range(done, count, _AT_ONCE):
        places = np.arange(start, min(start + _AT_ONCE, count), dtype=np.int64)
        parts.append(known.vectors(places) @ basis.T)
    return _Reduced(known, basis, np.concatenate(parts))


_kept: dict[Path, Likeness] = {}


def likeness(data_dir: Path) -> Likeness:
    """The one of this process for a data directory."""
    found = _kept.get(data_dir)
    if found is None:
        found = _kept.setdefault(data_dir, Likeness(data_dir / FOLDER))
    return found
