"""tools/setup.sh, with a uv that only writes down what it is asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from directory.settings import ROOT

UV = r"""#!/bin/bash
[ "$1" = --version ] && { echo "uv 0.13.9"; exit 0; }
carried=${PYTHONDONTWRITEBYTECODE:+ without-bytecode}${VIRTUAL_ENV:+ in-another-environment}
ls -d "${CALLS%/*}"/*/.uv/setup.lock >/dev/null 2>&1 || carried="$carried without-lock"
echo "$*$carried" >>"$CALLS"
if [ -n "$BROKEN" ] && [ "$2" = sync ]; then echo "$BROKEN" >&2; exit 2; fi
if [ "$1" = venv ]; then
    folder=${@: -1} version=3.11
    case $folder in */bot/.venv) version=3.10 ;; esac
    mkdir -p "$folder/bin"
    python=$folder/bin/python
    printf '#!/bin/sh\ncase "$*" in *version_info*) echo %s ;; esac\n' $version >"$python"
    chmod +x "$python"
fi
"""


class Project:
    """A copy of the set-up in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root / "project"
        self.calls_file = root / "calls"
        self.path = root / "path"
        shutil.copytree(ROOT / "tools", self.root / "tools")
        for name in ("requirements.txt", "pyproject.toml", "bot/requirements.txt"):
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).write_text(f"{name}\n")
        self.program(self.root / "tools" / "find-python.sh", "#!/bin/sh\necho /some/python$1\n")
        self.program(self.path / "uv", UV)

    def program(self, path: Path, script: str) -> None:
        """Written by another process: a child that any thread of this one forks meanwhile would
        hold the file open for writing for a moment, and nobody could run it (ETXTBSY)."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write = ["/bin/sh", "-c", 'cat >"$1" && chmod 755 "$1"', "sh", str(path)]
        subprocess.run(write, input=script, text=True, check=True, timeout=60)

    def set_up(self, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "HOME": str(self.root.parent),
            "PATH": f"{self.path}:{os.defpath}",
            "CALLS": str(self.calls_file),
            **variables,
        }
        return subprocess.run(
            ["/bin/bash", self.root / "tools" / "setup.sh"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def is_set_up(self) -> None:
        """What a test goes on from."""
        done = self.set_up()
        assert done.returncode == 0, done.stderr
        self.calls()

    def calls(self) -> list[str]:
        """What uv was asked since the last time."""
        if not self.calls_file.exists():
            return []
        lines = self.calls_file.read_text().splitlines()
        self.calls_file.unlink()
        return [line.replace(str(self.root), "ROOT") for line in lines]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_makes_both_environments_from_the_pins(project: Project) -> None:
    done = project.set_up()
    assert done.returncode == 0, done.stderr
    assert project.calls() == [
        "venv --quiet --no-project -p /some/python3.11 ROOT/.venv",
        "pip sync --require-hashes --compile-bytecode -p ROOT/.venv/bin/python "
        "ROOT/requirements.txt ROOT/tools/build.txt",
        "pip install --quiet --no-deps --no-build-isolation -p ROOT/.venv/bin/python -e ROOT",
        "venv --quiet --no-project -p /some/python3.10 ROOT/bot/.venv",
        "pip sync --require-hashes --compile-bytecode -p ROOT/bot/.venv/bin/python "
        "ROOT/bot/requirements.txt",
    ]


def test_the_second_time_nothing_is_done_and_nothing_said(project: Project) -> None:
    project.is_set_up()
    done = project.set_up()
    assert (done.returncode, done.stderr, project.calls()) == (0, "", [])


def test_new_pins_are_installed_into_the_environment_that_is_there(project: Project) -> None:
    project.is_set_up()
    (project.root / "bot" / "requirements.txt").write_text("newer\n")
    assert project.set_up().returncode == 0
    assert [call.split()[:2] for call in project.calls()] == [["pip", "sync"]]


def test_an_environment_without_its_python_is_made_anew(project: Project) -> None:
    project.is_set_up()
    (project.root / ".venv" / "bin" / "python").unlink()
    done = project.set_up()
    assert done.returncode == 0, done.stderr
    assert [call.split()[0] for call in project.calls()] == ["venv", "pip", "pip"]


def test_a_moved_project_gets_new_environments(project: Project) -> None:
    project.is_set_up()
    moved = project.root.with_name("moved")
    project.root.rename(moved)
    project.root = moved
    assert project.set_up().returncode == 0
    assert [call.split()[0] for call in project.calls()].count("venv") == 2


def test_what_a_shell_carries_along_does_not_reach_uv(project: Project) -> None:
    project.set_up(PYTHONDONTWRITEBYTECODE="1", VIRTUAL_ENV="/elsewhere", PYENV_VERSION="3.6")
    calls = " ".join(project.calls())
    assert "--compile-bytecode" in calls
    assert "without-bytecode" not in calls and "in-another-environment" not in calls


def test_without_a_network_it_says_so_in_one_line_and_goes_on_next_time(project: Project) -> None:
    broken = project.set_up(BROKEN="error: Failed to fetch: dns error")
    assert broken.returncode == 1
    last = broken.stderr.splitlines()[-1]
    assert last.startswith(
        "setup: installing the packages of .venv failed: nothing can be downloaded"
    )
    assert "dns error" in last
    project.calls()
    assert project.set_up().returncode == 0
    assert project.calls()[0].startswith("pip sync")


def test_a_full_disk_is_one_line_before_anything_is_fetched(project: Project) -> None:
    project.program(project.path / "df", "#!/bin/sh\necho h\necho '/dev/x 9 9 20480 99% /'\n")
    done = project.set_up()
    assert done.returncode == 1
    assert done.stderr.startswith("setup: the disk is too full")
    assert "20 MB free" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert project.calls() == []


def test_a_missing_python_is_one_line(project: Project) -> None:
    project.program(project.root / "tools" / "find-python.sh", "#!/bin/sh\nexit 1\n")
    done = project.set_up()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("setup: there is no Python 3.11 here")
    assert project.calls() == ["python install 3.11"]


def test_a_set_up_that_was_killed_does_not_stop_the_next(project: Project) -> None:
    lock = project.root / ".uv" / "setup.lock"
    lock.mkdir(parents=True)
    (lock / "pid").write_text("99999999\n")
    assert project.set_up().returncode == 0
    assert not lock.exists()


def test_a_uv_that_only_pretends_to_be_there_is_passed_over(project: Project) -> None:
    good = project.path.with_name("later")
    project.program(good / "uv", UV)
    project.program(project.path / "uv", "#!/bin/sh\nexit 127\n")
    assert project.set_up(PATH=f"{project.path}:{good}:{os.defpath}").returncode == 0
    assert project.calls()
