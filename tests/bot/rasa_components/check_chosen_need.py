"""Run in Rasa's Python by test_rasa_components.py: a need picked from our question."""

import unittest

from rasa_components.gateway import Question, _user_message


def message(text, **metadata):
    return _user_message(Question("p", "1", text, metadata))


class ChosenNeedTests(unittest.TestCase):
    def test_it_is_taken_as_said_and_the_text_goes_along(self):
        chosen = message("its about the landlord in lisle", chosen_need="legal", place=None)
        self.assertEqual(chosen.text, "/legal")
        self.assertEqual(chosen.metadata["said"], "its about the landlord in lisle")
        self.assertIsNone(chosen.metadata["place"])

    def test_without_one_the_text_is_the_text(self):
        plain = message("its about the landlord")
        self.assertEqual(plain.text, "its about the landlord")
        self.assertNotIn("said", plain.metadata)


if __name__ == "__main__":
    unittest.main()
