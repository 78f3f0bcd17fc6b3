"""Kernel ridge regression on what a text means and how it is worded. Numbers only, nothing of Rasa.

Two texts are alike by `MEANING * exp(-2 * SHARPNESS * (1 - cosine of their sentence vectors))`
plus, for each kind of counts (words, pieces of words), its share of the cosine of the TF-IDF
vectors. Each label is one regression on that likeness, so a text can score high for several labels
at once, and a label's score does not depend on which other labels there are.

Against a product of logistic regressions and nearest neighbours on the same features it is as
right or better, fitted in a tenth of the time, and one idea instead of three
(docs/decisions/0005-features-and-classifier.md has the table).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numkong
import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix, hstack
from sklearn.preprocessing import normalize

# Chosen by cross-validation; all values near them do as well.
SHARPNESS = 1.0
MEANING = 0.7
# The weight that penalises following single training texts.
RIDGE = 0.1
STRIP = 1024


@dataclass(frozen=True)
class Weighting:
    """TF-IDF for several kinds of counts: each kind alone is scaled to equal length, then joined.

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
        """The weighted counts of all kinds, side by side; each row has length 1."""
        scaled = []
        for counts, telling in zip(kinds, self.telling, strict=True):
            rows = csr_matrix(counts, dtype=np.float32, copy=True)
            rows.data = (1 + np.log(rows.data)) * telling[rows.indices]
            # In float32 throughout: a product with a float64 row first copies the other side whole.
            scaled.append(normalize(rows) * np.float32(len(self.telling) ** -0.5))
        return hstack(scaled, format="csr")


@dataclass(frozen=True)
class KernelRidge:
    """The fitted regressions, one for each of `labels`.

    `vectors` of the texts it was fitted on are 16 bits wide: going through them all is half of what
    a text costs here, and takes as long as reading them does.
    """

    labels: tuple[str, ...]
    weighting: Weighting
    vectors: np.ndarray
    by_meaning: np.ndarray
    by_wording: np.ndarray
    means: np.ndarray

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray,
        kinds: Sequence[csr_matrix],
        answers: Sequence[dict[str, float]],
    ) -> KernelRidge:
        """Fit on sentence vectors (of length 1), counts and, for each text, its labels' shares.

        `kinds` are matrices of different counts (words, pieces), each with a row for each text.
        """
        labels = tuple(sorted({label for answer in answers for label in answer}))
        targets = _targets(answers, labels)
        means = targets.mean(axis=0)
        weighting = Weighting.fit(kinds)
        wording = weighting.apply(kinds)
        likeness = _likeness(vectors, wording)
        likeness[np.diag_indices_from(likeness)] += RIDGE
        factor = cho_factor(likeness, lower=True, overwrite_a=True, check_finite=False)
        weights = cho_solve(factor, targets - means, check_finite=False).astype(np.float32)
        return cls(
            labels=labels,
            weighting=weighting,
            vectors=vectors.astype(np.float16),
            by_meaning=weights,
            # The wording part is linear: all training texts together become one weight a column.
            by_wording=np.asarray((1 - MEANING) * (wording.T @ weights), dtype=np.float32),
            means=means,
        )

    def scores(self, vectors: np.ndarray, kinds: Sequence[csr_matrix]) -> np.ndarray:
        """A row for each text: each label's score, near 1 where it fits and near 0 elsewhere."""
        if len(vectors) == 1:
            by_wording = self._wording_of_one(kinds)
            meaning = _meaning_of_one(vectors, self.vectors)
        else:
            by_wording = self.weighting.apply(kinds) @ self.by_wording
            meaning = _meaning(vectors, self.vectors.astype(np.float32))
        return meaning @ self.by_meaning + by_wording + self.means

    def _wording_of_one(self, kinds: Sequence[csr_matrix]) -> np.ndarray:
        """As `weighting.apply`, without matrices made for a handful of numbers each."""
        found = np.zeros(len(self.labels), dtype=np.float32)
        first = 0
        for counts, telling in zip(kinds, self.weighting.telling, strict=True):
            columns = counts.indices
            weights = (1 + np.log(counts.data.astype(np.float32))) * telling[columns]
            length = np.sqrt(weights @ weights) * np.float32(len(kinds) ** 0.5)
            if len(columns):
                found += (weights / length) @ self.by_wording[first + columns]
            first += len(telling)
        return found

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything as plain arrays, for a file that needs no pickle to be read."""
        return {
            "labels": np.array(self.labels),
            **{f"telling_{kind}": telling for kind, telling in enumerate(self.weighting.telling)},
            "vectors": self.vectors,
            "by_meaning": self.by_meaning,
            "by_wording": self.by_wording.astype(np.float16),
            "means": self.means,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> KernelRidge:
        kinds = sum(name.startswith("telling_") for name in arrays)
        return cls(
            labels=tuple(str(label) for label in arrays["labels"]),
            weighting=Weighting(tuple(arrays[f"telling_{kind}"] for kind in range(kinds))),
            vectors=arrays["vectors"],
            by_meaning=arrays["by_meaning"],
            by_wording=arrays["by_wording"].astype(np.float32),
            means=arrays["means"],
        )


def _targets(answers: Sequence[dict[str, float]], labels: Sequence[str]) -> np.ndarray:
    place = {label: index for index, label in enumerate(labels)}
    targets = np.zeros((len(answers), len(labels)), dtype=np.float32)
    for row, answer in enumerate(answers):
        for label, share in answer.items():
            targets[row, place[label]] = share
    return targets


def _likeness(vectors: np.ndarray, wording: csr_matrix) -> np.ndarray:
    likeness = _meaning(vectors, vectors)
    # In strips: whole, the sparse product and its dense copy would triple the memory.
    for start in range(0, len(likeness), STRIP):
        strip = slice(start, start + STRIP)
        likeness[strip] += (1 - MEANING) * (wording[strip] @ wording.T).toarray()
    return likeness


def _meaning(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    return _of_cosines((some @ others.T).astype(np.float32))


def _meaning_of_one(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """As `_meaning`, for one text and vectors 16 bits wide: NumPy has no quick product of such."""
    products = numkong.cdist(one.astype(np.float16), others, "dot")
    return _of_cosines(np.asarray(products, dtype=np.float32))


def _of_cosines(cosines: np.ndarray) -> np.ndarray:
    """In place: how alike by meaning two texts are."""
    cosines -= 1
    cosines *= 2 * SHARPNESS
    np.exp(cosines, out=cosines)
    cosines *= MEANING
    return cosines
