"""What commands write is for the eyes of whoever wrote it."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.commands import files
from directory.settings import SettingsError
from tests.api.terminal import Command

LINES = ["id,disposition\n", "1,void\n"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_new_file_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    assert files.write(iter(LINES), str(path)) == 1
    assert (mode(path), path.read_text()) == (0o600, "".join(LINES))


def test_an_older_file_is_closed_and_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text("what was there before, and longer than what comes\n")
    path.chmod(0o644)
    files.write(iter(LINES), str(path))
    assert (mode(path), path.read_text()) == (0o600, "".join(LINES))


def test_a_pipe_keeps_its_modes(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe, 0o640)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    files.write(iter(LINES), str(pipe))
    reader.join()
    assert (mode(pipe), read) == (0o640, ["".join(LINES)])


def test_a_folder_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file or directory"):
        files.write(iter(LINES), str(tmp_path / "no" / "visits.csv"))


@pytest.mark.parametrize("what", ["visits", "referrals"])
def test_exports_are_closed_to_others(handoff: Command, tmp_path: Path, what: str) -> None:
    path = tmp_path / "out.csv"
    assert handoff(what, "export", str(path)).returncode == 0
    assert mode(path) == 0o600
