"""Run in Rasa's Python by test_rasa_components.py: Rasa is whole without TensorFlow."""

import subprocess
import sys
import textwrap
import unittest
from pathlib import Path

from rasa_components import serve

BOT = Path(serve.__file__).parents[1]


def in_a_process_of_its_own(program):
    """What a program says in which the stand-ins are in place: nothing of Rasa is imported yet."""
    whole = "from rasa_components import serve\nserve.install()\n" + textwrap.dedent(program)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", whole],
        cwd=BOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout.strip() or done.stderr


class ServeTests(unittest.TestCase):
    def test_rasa_is_imported_and_tensorflow_is_not(self):
        said = in_a_process_of_its_own(
            """
            import sys
            import rasa.__main__, rasa.server, rasa.core.agent
            parts = {"tensorflow.python", "keras", "jax", "h5py"} & set(sys.modules)
            print(sorted(parts), type(sys.modules["tensorflow"]).__module__)
            """
        )
        self.assertEqual(said, "[] rasa_components.serve")

    def test_what_needs_it_fails_and_says_why(self):
        said = in_a_process_of_its_own(
            """
            from rasa.utils.tensorflow.models import RasaModel
            try:
                RasaModel()
            except serve.TensorFlowAbsentError as error:
                print(error)
            """
        )
        self.assertIn("RasaModel needs TensorFlow", said)
        self.assertIn("take it out of bot/config.yml", said)
