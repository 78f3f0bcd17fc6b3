"""tools/find-python.sh, with interpreters that only pretend to be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from directory.settings import ROOT

FINDER = ROOT / "tools" / "find-python.sh"
VERSION = "3.99"  # no machine has it, so only what a test makes can be found

# What the finder asks of a candidate: -I -c PROBE VERSION. A sound one prints where it lives.
SOUND = '#!/bin/sh\n[ "$4" = 3.99 ] && echo "${REAL:-$0}"\n'
SHIM_WITHOUT_VERSION = '#!/bin/sh\necho "pyenv: python3.99: command not found" >&2\nexit 127\n'


def make(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return path


def find(*versions: str, path: list[Path], **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": "/nonexistent", "PATH": ":".join(map(str, path)), **variables}
    command = ["/bin/bash", str(FINDER), *versions]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_finds_the_first_that_works_on_the_path(tmp_path: Path) -> None:
    make(tmp_path / "a" / "python3.99", SHIM_WITHOUT_VERSION)
    good = make(tmp_path / "b" / "python3.99", SOUND)
    found = find(VERSION, path=[tmp_path / "none", tmp_path / "a", tmp_path / "b"])
    assert (found.returncode, found.stdout) == (0, f"{good}\n")


def test_looks_where_pyenv_keeps_them_when_its_shim_fails(tmp_path: Path) -> None:
    make(tmp_path / "shims" / "python3.99", SHIM_WITHOUT_VERSION)
    good = make(tmp_path / "versions" / "3.99.4" / "bin" / "python3.99", SOUND)
    found = find(VERSION, path=[tmp_path / "shims"], PYENV_ROOT=str(tmp_path))
    assert found.stdout == f"{good}\n"


def test_finds_what_set_up_installed_into_the_project(tmp_path: Path) -> None:
    good = make(tmp_path / "cpython-3.99.1-linux" / "bin" / "python3.99", SOUND)
    assert find(VERSION, path=[], HANDOFF_PYTHONS=str(tmp_path)).stdout == f"{good}\n"


@pytest.mark.parametrize(
    "variable", ["PYENV_VERSION", "VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "CONDA_PREFIX"]
)
def test_a_shells_own_choice_of_python_changes_nothing(tmp_path: Path, variable: str) -> None:
    make(tmp_path / "python3.99", f'#!/bin/sh\n[ -z "${variable}" ] && echo "$0"\n')
    assert find(VERSION, path=[tmp_path], **{variable: "3.6.15"}).returncode == 0


def test_a_python_version_file_in_the_project_changes_nothing(tmp_path: Path) -> None:
    good = make(
        tmp_path / "bin" / "python3.99", '#!/bin/sh\n[ ! -e .python-version ] && echo "$0"\n'
    )
    (tmp_path / ".python-version").write_text("3.6\n")
    found = subprocess.run(
        ["/bin/bash", FINDER, VERSION],
        cwd=tmp_path,
        env={"HOME": "/nonexistent", "PATH": str(good.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == f"{good}\n"


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/sh\necho relative/python\n",
        "#!/bin/sh\necho /no/such/interpreter\n",
        "#!/bin/sh\nexit 1\n",
        "#!/no/such/shell\n",
    ],
)
def test_one_that_answers_nonsense_is_passed_over(tmp_path: Path, script: str) -> None:
    make(tmp_path / "python3.99", script)
    found = find(VERSION, path=[tmp_path])
    assert (found.returncode, found.stdout) == (1, "")


def test_the_versions_are_tried_in_the_order_given(tmp_path: Path) -> None:
    make(tmp_path / "python3.99", SOUND)
    second = make(tmp_path / "python3.98", '#!/bin/sh\n[ "$4" = 3.98 ] && echo "$0"\n')
    assert find("3.97", "3.98", VERSION, path=[tmp_path]).stdout == f"{second}\n"


def test_a_real_interpreter_is_found_behind_a_virtual_environment() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = find(version, path=[Path(sys.prefix) / "bin"], **{"LANG": "C"})
    real = Path(found.stdout.strip())
    assert real.is_absolute() and os.access(real, os.X_OK)
    assert not real.is_relative_to(sys.prefix)
