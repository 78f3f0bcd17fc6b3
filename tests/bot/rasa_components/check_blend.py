"""Run in Rasa's Python by test_rasa_components.py: the classifier's numbers."""

import unittest

import numpy as np
from rasa_components.blend import Blend, Weighting
from scipy.sparse import csr_matrix


def small_blend():
    """Two labels, far apart in every view; the third text fits both."""
    vectors = np.array([[1, 0], [0.9, 0.1], [0.7, 0.7], [0, 1], [0.1, 0.9]], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = csr_matrix([[2, 0, 1], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 3, 1]])
    pieces = csr_matrix([[1, 0], [1, 0], [1, 1], [0, 1], [0, 1]])
    answers = [{"food": 1.0}, {"food": 1.0}, {"food": 0.65, "rent": 0.35}, {"rent": 1}, {"rent": 1}]
    return Blend.fit(vectors, [words, pieces], answers), vectors, [words, pieces]


class BlendTests(unittest.TestCase):
    def test_texts_like_those_trained_on_get_their_label(self):
        blend, vectors, counts = small_blend()
        shares = blend.probabilities(vectors, counts)
        self.assertEqual(blend.labels, ("food", "rent"))
        self.assertEqual(list(shares.argmax(axis=1)), [0, 0, 0, 1, 1])

    def test_the_shares_of_a_text_add_up_to_one(self):
        blend, vectors, counts = small_blend()
        np.testing.assert_allclose(blend.probabilities(vectors, counts).sum(axis=1), 1, rtol=1e-5)

    def test_a_text_that_fits_two_labels_is_less_sure(self):
        blend, vectors, counts = small_blend()
        shares = blend.probabilities(vectors, counts).max(axis=1)
        self.assertLess(shares[2], shares[0])

    def test_a_stored_blend_judges_as_before(self):
        blend, vectors, counts = small_blend()
        again = Blend.from_arrays(blend.arrays())
        np.testing.assert_allclose(
            again.probabilities(vectors, counts), blend.probabilities(vectors, counts), atol=1e-3
        )

    def test_a_text_of_unknown_words_is_judged_by_its_meaning(self):
        blend, vectors, _ = small_blend()
        nothing = [csr_matrix((1, 3)), csr_matrix((1, 2))]
        shares = blend.probabilities(vectors[:1], nothing)
        self.assertTrue(np.isfinite(shares).all())
        self.assertEqual(shares.argmax(), 0)

    def test_each_kind_of_count_is_scaled_alone(self):
        kinds = [csr_matrix([[4, 0], [0, 1]]), csr_matrix([[1, 1, 1], [0, 0, 9]])]
        weighted = Weighting.fit(kinds).apply(kinds)
        for part in (weighted[:, :2], weighted[:, 2:]):
            lengths = np.sqrt(part.multiply(part).sum(axis=1))
            np.testing.assert_allclose(lengths, 1, rtol=1e-5)
