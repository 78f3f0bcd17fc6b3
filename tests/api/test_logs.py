"""Logs keep nobody from their work, not even where they cannot be written."""

import subprocess
import sys
from pathlib import Path

import pytest

from api.logs import Forgiving

FULL = Path("/dev/full")
WORK = """
import logging, structlog
from threading import Thread
from api.logs import set_up_logs

set_up_logs()

def work():
    for number in range(3):
        try:
            raise OSError(28, "no space left")
        except OSError:
            structlog.get_logger().exception("sweep_failed")
        logging.getLogger("library").error("as well")
        print("worked", number, flush=True)

thread = Thread(target=work)
thread.start()
thread.join()
"""


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_thread_goes_on_though_the_disk_of_its_log_is_full() -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", WORK],
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.stdout.split() == ["worked", "0", "worked", "1", "worked", "2"]


def test_what_can_be_written_is(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as stream:
        forgiving = Forgiving(stream)
        assert forgiving.write("told\n") == 5
        forgiving.flush()
        assert (tmp_path / "log").read_text() == "told\n"
