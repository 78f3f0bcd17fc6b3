"""The tests find a browser, or get one, and never fail or ask for want of one."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from directory.settings import ROOT
from tools.chromium import Machine, find, get, main, run


@dataclass
class Installer:
    """Stands in for the machine's commands: what was run, and what each of them makes."""

    makes: dict[str, Path] = field(default_factory=dict)
    dead: tuple[Path, ...] = ()
    ran: list[str] = field(default_factory=list)

    def __call__(self, command: Sequence[str], seconds: float) -> bool:
        line = " ".join(command)
        self.ran.append(line)
        for word, path in self.makes.items():
            if word in line:
                program(path)
        return Path(command[0]) not in self.dead


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexit 0\n")
    path.chmod(0o755)
    return path


def machine(tmp_path: Path, installer: Installer | None = None, **environment: str) -> Machine:
    """Root on Debian, with apt-get and nothing else, and no browser."""
    program(tmp_path / "bin" / "apt-get")
    (tmp_path / "os-release").write_text('PRETTY_NAME="Debian"\nID=debian\n')
    given = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home")} | environment
    return Machine(
        environment=given,
        run=installer or Installer(),
        is_root=True,
        release=tmp_path / "os-release",
    )


def downloaded(tmp_path: Path) -> Path:
    return tmp_path / "home/.cache/ms-playwright/chromium-1200/chrome-linux/chrome"


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_the_path_is_looked_at_first(tmp_path: Path, name: str) -> None:
    here, installer = program(tmp_path / "bin" / name), Installer()
    program(downloaded(tmp_path))
    assert find(machine(tmp_path)) == here
    assert get(machine(tmp_path, installer), lambda _: None) == here
    assert installer.ran == [f"{here} --version"], "nothing was installed"


def test_one_may_say_where_it_is_or_that_none_is_wanted(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium")
    mine = program(tmp_path / "mine")
    assert find(machine(tmp_path, TEST_CHROMIUM=str(mine))) == mine
    for given in ("none", str(tmp_path / "not there")):
        elsewhere = machine(
            tmp_path, Installer(dead=(tmp_path / "not there",)), TEST_CHROMIUM=given
        )
        assert find(elsewhere) is None
        assert get(elsewhere, lambda _: None) is None


def test_debian_s_package_comes_before_a_download(tmp_path: Path) -> None:
    chromium = tmp_path / "bin" / "chromium"
    installer = Installer(makes={"install -y": chromium})
    assert get(machine(tmp_path, installer), lambda _: None) == chromium
    assert [line.split()[0] for line in installer.ran] == ["apt-get", "apt-get", str(chromium)]


def test_a_package_that_does_not_start_is_followed_by_a_download(tmp_path: Path) -> None:
    dead = tmp_path / "bin" / "chromium"
    makes = {"install -y": dead, "playwright install chromium": downloaded(tmp_path)}
    installer = Installer(makes=makes, dead=(dead,))
    assert get(machine(tmp_path, installer), lambda _: None) == downloaded(tmp_path)
    assert find(machine(tmp_path, installer)) == downloaded(tmp_path), "the tests find it again"


@pytest.mark.parametrize("why", ["not root", "ubuntu", "no apt-get"])
def test_packages_are_left_alone_where_they_are_not_ours(tmp_path: Path, why: str) -> None:
    installer = Installer(makes={"playwright install chromium": downloaded(tmp_path)})
    usual = machine(tmp_path, installer)
    if why == "ubuntu":
        usual.release.write_text("ID=ubuntu\nID_LIKE=debian\n")
    if why == "no apt-get":
        (tmp_path / "bin" / "apt-get").unlink()
    here = Machine(usual.environment, usual.run, is_root=why != "not root", release=usual.release)
    assert get(here, lambda _: None) == downloaded(tmp_path)
    assert not any(line.startswith("apt-get") for line in installer.ran)


def test_nothing_is_installed_where_that_is_forbidden(tmp_path: Path) -> None:
    installer = Installer()
    forbidden = machine(tmp_path, installer, TEST_CHROMIUM_INSTALL="no")
    assert get(forbidden, lambda _: None) is None
    assert installer.ran == []


def test_without_a_network_it_says_so_and_does_not_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], machine(tmp_path)) == 0
    said = capsys.readouterr().err
    assert "installing Debian's chromium" in said
    assert "no Chromium" in said and "TEST_CHROMIUM=" in said and said.endswith("skipped\n")


def test_a_command_has_no_input_and_an_end() -> None:
    asks = "import sys; sys.exit(0 if sys.stdin.read() == '' else 1)"
    assert run((sys.executable, "-c", asks), 20)
    assert not run((sys.executable, "-c", "import time; time.sleep(20)"), 0.2)
    assert not run(("/nonexistent/chromium", "--version"), 20)


def test_make_test_looks_for_it_before_the_tests_run() -> None:
    printed = subprocess.run(
        ["make", "--dry-run", "test"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert printed.index("tools.chromium") < printed.index("bin/pytest")
