"""The `handoff` command, as a person at a terminal meets it."""

import sys
from dataclasses import dataclass
from io import StringIO

import pytest

from api.cli import main
from directory.settings import Settings
from tests.conftest import KEY


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


class Command:
    """`handoff`, with only the settings of this test."""

    def __init__(
        self,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.environment = {
            "HANDOFF_DATA_DIR": str(settings.data_dir),
            "HANDOFF_SECRET_KEY": settings.secret_key,
            "HANDOFF_ENCRYPTION_KEYS": KEY,
        }

    def __call__(self, *arguments: str, typed: str = "", **environment: str) -> Done:
        with self._monkeypatch.context() as patched:
            for name, value in (self.environment | environment).items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["handoff", *arguments])
            patched.setattr(sys, "stdin", StringIO(typed))
            with pytest.raises(SystemExit) as ended:
                main()
        said = self._capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)


def one_line(text: str) -> str:
    [line] = text.splitlines()
    return line
