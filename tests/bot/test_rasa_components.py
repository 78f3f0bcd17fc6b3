"""What runs inside Rasa is tried in Rasa's own Python (tests/bot/rasa_components/check_*.py)."""

import subprocess
from pathlib import Path

from bot.rasa_server import BOT, RASA_PYTHON, rasa_command

CHECKS = Path(__file__).parent / "rasa_components"


def test_the_components_do_what_they_promise() -> None:
    environment = rasa_command().environment() | {"PYTHONPATH": str(BOT)}
    result = subprocess.run(
        [RASA_PYTHON, "-m", "unittest", "discover", "-s", str(CHECKS), "-p", "check_*.py"],
        cwd=CHECKS,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    assert "Ran 0 tests" not in result.stderr
