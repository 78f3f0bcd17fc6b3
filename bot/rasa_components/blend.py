"""Three views of one text, multiplied into one opinion. Numbers only: nothing of Rasa here.

Measured on texts that were never trained on, each view alone names the right need for about 70 %,
the product for about 79 %: they err on different texts.

- meaning: logistic regression on the sentence vectors
- wording: logistic regression on TF-IDF weighted words and pieces of words
- neighbours: the nearest training texts, weighted by how near they are
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

# How freely the regressions may follow single training texts (inverse of the L2 penalty).
STRENGTH = 10.0
NEIGHBOURS = 30
# How fast a neighbour's word counts for less as it is farther away (cosine).
NEIGHBOUR_SCALE = 0.05
# A label that no neighbour has is unlikely, not impossible.
NEIGHBOUR_FLOOR = 1e-3
# Three opinions agree more often than they are independent: the product is too sure of itself.
# This root brings the confidence near to the share of right answers (5-fold cross-validation).
ROOT = 2.0


@dataclass(frozen=True)
class Targets:
    """Training targets with soft labels: row `rows[i]` counts as `labels[i]` with `weights[i]`."""

    rows: np.ndarray
    labels: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Linear:
    """Logistic regressions, each label against the rest; together they make a distribution.

    As right as one softmax over all labels, and fitted ten times as fast on sparse features.
    """

    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def fit(cls, features: csr_matrix | np.ndarray, targets: Targets) -> Linear:
        model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0)
        model.fit(features[targets.rows], targets.labels, sample_weight=targets.weights)
        weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        return cls(weights, model.intercept_.astype(np.float32))

    def probabilities(self, features: csr_matrix | np.ndarray) -> np.ndarray:
        each = 1 / (1 + np.exp(-(np.asarray(features @ self.weights) + self.bias)))
        return each / each.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Weighting:
    """TF-IDF for several kinds of counts: each kind alone is scaled to length 1, then joined.

    Joined first, the many pieces of words would drown the words.
    """

    telling: tuple[np.ndarray, ...]

    @classmethod
    def fit(cls, kinds: Sequence[csr_matrix]) -> Weighting:
        """Learn how telling each column is: rare ones more (smoothed inverse frequency)."""
        telling = []
        for counts in kinds:
            documents = np.bincount(counts.indices, minlength=counts.shape[1])
            rarity = np.log((1 + counts.shape[0]) / (1 + documents)) + 1
            telling.append(rarity.astype(np.float32))
        return cls(tuple(telling))

    def apply(self, kinds: Sequence[csr_matrix]) -> csr_matrix:
        """The weighted counts of all kinds, side by side."""
        scaled = []
        for counts, telling in zip(kinds, self.telling, strict=True):
            rows = csr_matrix(counts, dtype=np.float32, copy=True)
            rows.data = (1 + np.log(rows.data)) * telling[rows.indices]
            scaled.append(normalize(rows))
        return hstack(scaled, format="csr")


@dataclass(frozen=True)
class Blend:
    """The fitted blend: what it needs to judge new texts."""

    labels: tuple[str, ...]
    meaning: Linear
    wording: Linear
    weighting: Weighting
    known_vectors: np.ndarray
    known_labels: np.ndarray

    @classmethod
    def fit(
        cls, vectors: np.ndarray, counts: csr_matrix, answers: Sequence[dict[str, float]]
    ) -> Blend:
        """Fit on sentence vectors, counts and, for each text, its labels with their shares.

        `counts` are matrices of different kinds (words, pieces), each with a row for each text.
        """
        labels = tuple(sorted({label for answer in answers for label in answer}))
        place = {label: index for index, label in enumerate(labels)}
        shares = np.zeros((len(answers), len(labels)), dtype=np.float32)
        for row, answer in enumerate(answers):
            for label, share in answer.items():
                shares[row, place[label]] = share
        rows, columns = np.nonzero(shares)
        targets = Targets(rows, columns, shares[rows, columns])
        weighting = Weighting.fit(counts)
        return cls(
            labels=labels,
            meaning=Linear.fit(vectors, targets),
            wording=Linear.fit(weighting.apply(counts), targets),
            weighting=weighting,
            known_vectors=vectors.astype(np.float32),
            known_labels=shares,
        )

    def probabilities(self, vectors: np.ndarray, counts: Sequence[csr_matrix]) -> np.ndarray:
        """A row for each text: how likely each of `labels` is."""
        product = (
            self.meaning.probabilities(vectors)
            * self.wording.probabilities(self.weighting.apply(counts))
            * self._neighbours(vectors)
        ) ** (1 / ROOT)
        return product / product.sum(axis=1, keepdims=True)

    def _neighbours(self, vectors: np.ndarray) -> np.ndarray:
        likeness = vectors @ self.known_vectors.T
        count = min(NEIGHBOURS, likeness.shape[1])
        nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(likeness, nearest, axis=1)
        weights = np.exp((near - near.max(axis=1, keepdims=True)) / NEIGHBOUR_SCALE)
        votes = np.einsum("tn,tnl->tl", weights, self.known_labels[nearest]) + NEIGHBOUR_FLOOR
        return votes / votes.sum(axis=1, keepdims=True)

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything as plain arrays, for a file that needs no pickle to be read."""
        return {
            "labels": np.array(self.labels),
            "meaning_weights": self.meaning.weights,
            "meaning_bias": self.meaning.bias,
            "wording_weights": self.wording.weights,
            "wording_bias": self.wording.bias,
            **{f"telling_{kind}": telling for kind, telling in enumerate(self.weighting.telling)},
            "known_vectors": self.known_vectors.astype(np.float16),
            "known_labels": self.known_labels,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> Blend:
        kinds = sum(name.startswith("telling_") for name in arrays)
        return cls(
            labels=tuple(str(label) for label in arrays["labels"]),
            meaning=Linear(arrays["meaning_weights"], arrays["meaning_bias"]),
            wording=Linear(arrays["wording_weights"], arrays["wording_bias"]),
            weighting=Weighting(tuple(arrays[f"telling_{kind}"] for kind in range(kinds))),
            known_vectors=arrays["known_vectors"].astype(np.float32),
            known_labels=arrays["known_labels"],
        )
