"""The file of vectors: appended to, mapped into memory, shared by all processes.

One entry for each text: its key (64 bits) and its vector (512 half-precision numbers). An entry is
never changed. Who appends holds a lock; what a crash left half written at the end is cut off by
the next one, and readers count whole entries only. The file can be deleted at any time: it is
made anew, at the cost of the work.
"""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from directory.search.encoder import DIMENSIONS
from directory.search.file_lock import locked

ENTRY = np.dtype([("key", "<u8"), ("vector", "<f2", (DIMENSIONS,))])
FILE = "vectors-1.bin"
_LOOK_SECONDS = 1.0

Keys = NDArray[np.uint64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What the file held when it was looked at. `keys` ascend; `places` are entries of the file."""

    keys: Keys
    places: NDArray[np.int64]
    entries: NDArray[np.void] | None

    def places_of(self, keys: Keys) -> NDArray[np.int64]:
        """The entry of each key, -1 where there is none."""
        if not len(self.keys):
            return np.full(len(keys), -1, np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.places[at], -1)

    def vectors(self, places: NDArray[np.int64]) -> Vectors:
        """The vectors of these entries, which must be there."""
        if self.entries is None:
            return np.zeros((0, DIMENSIONS), np.float32)
        found: Vectors = self.entries["vector"][places].astype(np.float32)
        return found


NOTHING = Known(np.zeros(0, np.uint64), np.zeros(0, np.int64), None)


@dataclass(slots=True)
class VectorFile:
    """One process's view of the file in `folder`."""

    folder: Path
    _known: Known = NOTHING
    _looking: Lock = field(default_factory=Lock)
    _look_again: float = 0.0

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def known(self) -> Known:
        """What was there a second ago at the latest."""
        now = monotonic()
        if now < self._look_again:
            return self._known
        self._look_again = now + _LOOK_SECONDS
        return self.known_now()

    def known_now(self) -> Known:
        count = self._count()
        kept = self._known
        if count == len(kept.keys):
            return kept
        with self._looking:
            if count != len(self._known.keys):
                self._known = self._looked(count)
            return self._known

    def append(self, keys: Keys, vectors: Vectors) -> None:
        """Add texts; those that somebody else has added meanwhile are passed over."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / "vectors.lock"):
            _, first = np.unique(keys, return_index=True)
            new = first[self.known_now().places_of(keys[first]) < 0]
            entries = np.zeros(len(new), ENTRY)
            entries["key"] = keys[new]
            entries["vector"] = vectors[new]
            with self.path.open("ab") as file:
                file.truncate(self._count() * ENTRY.itemsize)
                file.write(entries.tobytes())

    def _count(self) -> int:
        try:
            return self.path.stat().st_size // ENTRY.itemsize
        except FileNotFoundError:
            return 0

    def _looked(self, count: int) -> Known:
        if not count:
            return NOTHING
        entries = np.memmap(self.path, ENTRY, mode="r", shape=(count,))
        keys = np.array(entries["key"])
        order = np.argsort(keys)
        return Known(keys[order], order, entries)
