"""Giving texts their vectors, behind whatever else goes on.

One process of all that share a data directory encodes at a time, in small batches at a low
priority; the others read what it has written. A search never waits for it.
"""

import os
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread, get_native_id

import numpy as np
import structlog
from sqlalchemy.orm import Session

from directory.search import encoder, follow
from directory.search.file_lock import locked_if_free
from directory.search.index import Index
from directory.search.likeness import Likeness, likeness
from directory.search.meaning import key_of, meaning_text

log = structlog.get_logger(__name__)

_BATCH = 32
_LOW_PRIORITY = 10
_AGAIN_SECONDS = 5.0


def missing_texts(index: Index, likeness: Likeness) -> list[str]:
    """The texts of listings without a vector, each once."""
    known = likeness.file.known_now()
    keys, rows = np.unique(np.where(index.live, index.texts, 0), return_index=True)
    wanted = (known.places_of(keys) < 0) & (keys != 0)
    return [meaning_text(index.listing(row)) for row in rows[wanted].tolist()]


def encode_missing(index: Index, likeness: Likeness, *, stop: Event | None = None) -> int:
    """Give vectors to all that lack them; how many that were. `stop`: leave the rest."""
    texts = missing_texts(index, likeness)
    if not texts:
        return 0
    encoder.load(likeness.file.folder)
    done = 0
    # Texts of one length side by side waste nothing on each other.
    texts.sort(key=len)
    for start in range(0, len(texts), _BATCH):
        if stop is not None and stop.is_set():
            break
        batch = texts[start : start + _BATCH]
        keys = np.array([key_of(text) for text in batch], np.uint64)
        likeness.file.append(keys, encoder.encode(batch))
        done += len(batch)
    return done


def compare_meanings(data_dir: Path) -> "Encoding":
    """From now on keep the vectors of what this process searches complete, behind all else."""
    encoding = Encoding(likeness(data_dir))
    follow.listeners.append(encoding.want)
    return encoding


def encode_now(session: Session, data_dir: Path) -> int:
    """Give all texts their vectors before going on; how many had none. For measurements."""
    known = likeness(data_dir)
    count = encode_missing(follow.current_index(session), known)
    known.prepare()
    return count


class Encoding:
    """A thread that keeps the vectors of an index complete."""

    def __init__(self, likeness: Likeness) -> None:
        self._likeness = likeness
        self._index: Index | None = None
        self._wanted = Event()
        self._stop = Event()
        self._thread = Thread(target=self._run, name="encode-texts", daemon=True)
        self._thread.start()

    def want(self, index: Index) -> None:
        """Look at this index next. Returns at once."""
        self._index = index
        self._wanted.set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until it is closed."""
        self._stop.wait(seconds)

    def close(self) -> None:
        self._stop.set()
        self._wanted.set()
        self._thread.join()

    def _run(self) -> None:
        with suppress(OSError, AttributeError):  # where threads have no priority of their own
            os.setpriority(os.PRIO_PROCESS, get_native_id(), _LOW_PRIORITY)
        while not self._stop.is_set():
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._look()
            except Exception:
                log.exception("texts_not_encoded")

    def _look(self) -> None:
        index = self._index
        folder = self._likeness.file.folder
        folder.mkdir(parents=True, exist_ok=True)
        with locked_if_free(folder / "encoding.lock") as free:
            if free and index is not None:
                encode_missing(index, self._likeness, stop=self._stop)
        if not free and not self._stop.wait(_AGAIN_SECONDS):
            self._wanted.set()
            return
        self._likeness.prepare()
