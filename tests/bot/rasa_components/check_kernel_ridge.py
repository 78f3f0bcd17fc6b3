"""Run in Rasa's Python by test_rasa_components.py: the classifier's numbers."""

import unittest

import numpy as np
from rasa_components.kernel_ridge import KernelRidge, Weighting
from scipy.sparse import csr_matrix


def small_model():
    """Two labels, far apart in every view; the third text asks for both."""
    vectors = np.array([[1, 0], [0.9, 0.1], [0.7, 0.7], [0, 1], [0.1, 0.9]], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = csr_matrix([[2, 0, 1], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 3, 1]])
    pieces = csr_matrix([[1, 0], [1, 0], [1, 1], [0, 1], [0, 1]])
    answers = [{"food": 1.0}, {"food": 1.0}, {"food": 1.0, "rent": 0.8}, {"rent": 1}, {"rent": 1}]
    return KernelRidge.fit(vectors, [words, pieces], answers), vectors, [words, pieces]


class KernelRidgeTests(unittest.TestCase):
    def test_texts_like_those_trained_on_score_high_for_their_label_alone(self):
        model, vectors, counts = small_model()
        self.assertEqual(model.labels, ("food", "rent"))
        scores = model.scores(vectors, counts)
        self.assertEqual(list(scores.argmax(axis=1)), [0, 0, 0, 1, 1])
        for row, other in ((0, 1), (1, 1), (3, 0), (4, 0)):
            self.assertLess(scores[row, other], 0.4)

    def test_a_text_that_asks_for_both_scores_high_for_both(self):
        model, vectors, counts = small_model()
        scores = model.scores(vectors, counts)
        self.assertGreater(scores[2].min(), 0.6)

    def test_a_stored_model_judges_as_before(self):
        model, vectors, counts = small_model()
        again = KernelRidge.from_arrays(model.arrays())
        np.testing.assert_allclose(
            again.scores(vectors, counts), model.scores(vectors, counts), atol=5e-3
        )

    def test_the_linear_part_is_that_of_the_likeness_to_each_training_text(self):
        model, _, counts = small_model()
        wording = model.weighting.apply(counts)
        likeness = 0.3 * (wording @ wording.T).toarray()
        np.testing.assert_allclose(
            wording @ model.by_wording, likeness @ model.by_meaning, atol=1e-5
        )

    def test_a_text_of_unknown_words_is_judged_by_its_meaning(self):
        model, vectors, _ = small_model()
        nothing = [csr_matrix((1, 3)), csr_matrix((1, 2))]
        scores = model.scores(vectors[:1], nothing)
        self.assertTrue(np.isfinite(scores).all())
        self.assertEqual(scores.argmax(), 0)

    def test_one_text_alone_is_judged_as_among_others(self):
        model, vectors, counts = small_model()
        together = model.scores(vectors, counts)
        for row in range(len(vectors)):
            alone = model.scores(vectors[row : row + 1], [kind[row] for kind in counts])
            # Vectors of two numbers; rounded to 16 bits they miss more than real ones.
            np.testing.assert_allclose(alone[0], together[row], atol=1e-3)

    def test_each_kind_of_count_weighs_the_same(self):
        kinds = [csr_matrix([[4, 0], [0, 1]]), csr_matrix([[1, 1, 1], [0, 0, 9]])]
        weighted = Weighting.fit(kinds).apply(kinds)
        for part in (weighted[:, :2], weighted[:, 2:]):
            np.testing.assert_allclose(part.multiply(part).sum(axis=1), 0.5, rtol=1e-5)
