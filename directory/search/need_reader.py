"""Which needs a text speaks of, by its meaning: for texts that say none of a need's own words.

A small softmax regression over sentence vectors, made by `tools/train_need_reader.py` from the
labelled texts of the bot. One of its classes is none of the needs: small talk.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("need_reader.npz")
NOTHING = "nothing"


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    codes: tuple[str, ...]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]


def needs_meant(vector: NDArray[np.float32]) -> dict[str, float]:
    """The chance of each need, by its code, the likeliest first; what is left is none of them."""
    model = _model()
    scores = model.weights @ vector + model.offsets
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    order = np.argsort(-chances)
    return {
        model.codes[place]: float(chances[place])
        for place in order.tolist()
        if model.codes[place] != NOTHING
    }


@cache
def _model() -> _Model:
    with np.load(FILE) as kept:
        return _Model(
            tuple(str(code) for code in kept["codes"]),
            kept["weights"].astype(np.float32),
            kept["offsets"].astype(np.float32),
        )
