"""What is started for a measurement is ready inside the block and gone after it."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bot.evaluation.processes import StartError, ending_in_order, free_ports, started
from bot.rasa_server import Command

WITH_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(60)
"""


def python(code: str, *arguments: str) -> Command:
    return Command((sys.executable, "-c", code, *arguments), Path.cwd())


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that nobody has waited for yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_process_ends_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "child"
    command = python(WITH_A_CHILD, str(note))
    log = tmp_path / "log"

    def child_noted() -> bool:
        return note.exists() and note.read_text(encoding="ascii") != ""

    with started("a test", command, log=log, ready=child_noted, within=20):
        child = int(note.read_text(encoding="ascii"))
        assert is_alive(child)
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(child)


def test_a_process_that_dies_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    command = python("import sys; sys.exit('port in use')")
    with (
        pytest.raises(StartError, match=r"a test ended with status 1:\nport in use"),
        started("a test", command, log=tmp_path / "log", ready=lambda: False, within=20),
    ):
        pass


def test_a_process_that_never_gets_ready_is_stopped(tmp_path: Path) -> None:
    command = python("import time; time.sleep(60)")
    with (
        pytest.raises(StartError, match="a test was not ready within 0 s"),
        started("a test", command, log=tmp_path / "log", ready=lambda: False, within=0.1),
    ):
        pass


def test_a_program_that_is_missing_is_told_with_the_remedy(tmp_path: Path) -> None:
    command = Command((str(tmp_path / "absent"),), tmp_path)
    with (
        pytest.raises(StartError, match="run `make run` once"),
        started("a test", command, log=tmp_path / "log", ready=lambda: True, within=1),
    ):
        pass


def test_free_ports_differ() -> None:
    assert len(set(free_ports(5))) == 5


def test_being_told_to_end_unwinds_the_stack() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as end, ending_in_order():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
    assert end.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is before
