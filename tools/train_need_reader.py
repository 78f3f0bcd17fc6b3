"""Teach the search which needs a text speaks of: remakes directory/search/need_reader.npz.

    .venv/bin/python -m tools.train_need_reader [--check]

A softmax regression on sentence vectors, of the bot's own labelled texts (bot/data/nlu): the
needs, and small talk as "none of them". The result is 27 directions of 512 numbers; the texts
themselves are not in it. --check only measures, by five-fold cross-validation.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import threadpoolctl
from numpy.typing import NDArray
from ruamel.yaml import YAML

from directory.needs import taxonomy
from directory.search import encoder
from directory.search.need_reader import FILE, NOTHING
from directory.settings import ROOT

TEXTS = ROOT / "bot" / "data" / "nlu"
STEPS, RATE, SHRINK, FOLDS = 120, 0.15, 1e-4, 5
# Small talk is a few hundred short texts; so are those of each need.
Matrix = NDArray[np.float32]


def labelled() -> Iterator[tuple[str, str]]:
    """(text, need or NOTHING)."""
    needs = taxonomy()
    for code, need in needs.items():
        for language, words in need.words.items():
            yield from ((text, code) for text in (need.label[language], *words))
    files = [*sorted((TEXTS / "needs").glob("*.yml")), TEXTS / "several_needs.yml"]
    for file in files:
        for intent, text in _examples(file):
            if intent in needs:
                yield text, intent
    for file in sorted((TEXTS / "conversation").glob("*.yml")):
        yield from ((text, NOTHING) for _, text in _examples(file))


def _examples(file: Path) -> Iterator[tuple[str, str]]:
    for entry in YAML(typ="safe").load(file)["nlu"]:
        for line in entry["examples"].splitlines():
            yield entry["intent"], line.removeprefix("- ").strip()


def trained(vectors: Matrix, labels: NDArray[np.int64], classes: int) -> tuple[Matrix, Matrix]:
    """Weights (classes x dimensions) and offsets, by Adam on the whole set."""
    inputs = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])
    weights = np.zeros((classes, inputs.shape[1]), np.float32)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    wanted = np.eye(classes, dtype=np.float32)[labels]
    for step in range(1, STEPS + 1):
        scores = inputs @ weights.T
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        gradient = (chances - wanted).T @ inputs / len(inputs) + SHRINK * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        size = np.sqrt(second / (1 - 0.999**step)) + 1e-8
        weights -= RATE * (first / (1 - 0.9**step)) / size
    return weights[:, :-1], weights[:, -1]


def measured(vectors: Matrix, labels: NDArray[np.int64], classes: int) -> tuple[float, float]:
    """Share right at the first choice and among the first three, on a fifth held out."""
    shuffled = np.random.default_rng(1).permutation(len(labels))
    held, rest = shuffled[::FOLDS], np.delete(shuffled, np.s_[::FOLDS])
    weights, offsets = trained(vectors[rest], labels[rest], classes)
    ranked = np.argsort(-(vectors[held] @ weights.T + offsets), axis=1)
    first = (ranked[:, 0] == labels[held]).mean()
    third = (ranked[:, :3] == labels[held, None]).any(axis=1).mean()
    return float(first), float(third)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="measure only")
    threadpoolctl.threadpool_limits(1)
    given = parser.parse_args()
    codes = (*taxonomy(), NOTHING)
    pairs = list(dict.fromkeys(labelled()))
    with tempfile.TemporaryDirectory() as folder:
        encoder.load(Path(folder))
        vectors = encoder.encode([text for text, _ in pairs])
    labels = np.array([codes.index(label) for _, label in pairs])
    if given.check:
        first, third = measured(vectors, labels, len(codes))
        sys.stdout.write(f"{len(pairs)} texts: {first:.1%} right, {third:.1%} in three\n")
        return 0
    weights, offsets = trained(vectors, labels, len(codes))
    np.savez_compressed(
        FILE,
        codes=np.array(codes),
        weights=weights.astype(np.float16),
        offsets=offsets.astype(np.float16),
    )
    sys.stdout.write(f"{len(pairs)} texts -> {FILE.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
