"""Who has died, as those who share the machine can see."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from directory.processes import NAME_LENGTH, Presence, new_name, new_run
from directory.settings import ROOT

_LIVES = """
import sys, time
from pathlib import Path
from directory.processes import Presence
Presence(Path(sys.argv[1]), sys.argv[2]).appear()
print("here", flush=True)
time.sleep(60)
"""


@contextmanager
def another(folder: Path, name: str) -> Iterator[int]:
    """A process that has appeared under this name; its process id."""
    command = [sys.executable, "-c", _LIVES, str(folder), name]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def test_one_that_was_killed_is_dead_and_one_that_lives_is_not(tmp_path: Path) -> None:
    with Presence(tmp_path, new_name()) as here:
        with another(tmp_path, "deadbeef") as process_id:
            assert here.dead() == []
            os.kill(process_id, signal.SIGKILL)
            os.waitpid(process_id, 0)
            assert here.dead() == ["deadbeef"]
        here.forget("deadbeef")
        assert here.dead() == []


def test_who_leaves_is_not_dead(tmp_path: Path) -> None:
    with Presence(tmp_path, new_name()) as here:
        with Presence(tmp_path, new_name()):
            assert here.dead() == []
        assert here.dead() == []


def test_nobody_takes_oneself_for_dead(tmp_path: Path) -> None:
    with Presence(tmp_path, new_name()) as here:
        assert here.dead() == []


def test_a_dead_one_stays_so_until_it_is_forgotten_by_one_of_several(tmp_path: Path) -> None:
    with another(tmp_path, "deadbeef"):
        pass
    with Presence(tmp_path, new_name()) as here, Presence(tmp_path, new_name()) as there:
        assert (here.dead(), there.dead()) == (["deadbeef"], ["deadbeef"])
        there.forget("deadbeef")
        here.forget("deadbeef")  # twice is no error
        assert here.dead() == there.dead() == []


def test_a_run_is_named_after_its_process_and_fits_its_column() -> None:
    name = new_name()
    runs = {new_run(name) for _ in range(100)}
    assert len(runs) == 100
    assert len(name) == NAME_LENGTH
    assert all(run.startswith(f"{name}-") and len(run) <= 36 for run in runs)
