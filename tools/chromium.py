"""Find a Chromium for the tests in a browser, or get one; nothing fails where none can be had.

    python -m tools.chromium           finds one, or installs one, and says which
    python -m tools.chromium --find    finds one and installs nothing

In this order: `TEST_CHROMIUM` (a path, or "none"), the PATH, what Playwright has downloaded before;
then Debian's package (as root, on Debian) and Playwright's own download. `TEST_CHROMIUM_INSTALL=no`
keeps it from installing anything. It never asks: what runs here has no input.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where Playwright keeps its browsers, and the program in the folder of a version.
_CACHES = (".cache/ms-playwright", "Library/Caches/ms-playwright")
_PROGRAMS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium_headless_shell-*/chrome-*/*headless*shell",
)
_APT = ("-qq", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20")
# Seconds.
_ANSWER_WITHIN, _APT_WITHIN, _DOWNLOAD_WITHIN = 20, 300, 600
WHY_NONE = (
    "no Chromium: none on the PATH (chromium, chromium-browser, google-chrome), and none could be "
    "installed; install one, or say where it is with TEST_CHROMIUM=/path/to/chromium"
)


def run(command: Sequence[str], seconds: float) -> bool:
    """Whether a command ended well in time. It has no input, and its output is not shown."""
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return ended.returncode == 0


@dataclass(frozen=True)
class Machine:
    """What the search looks at; tests give one of their own."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    run: Callable[[Sequence[str], float], bool] = run
    is_root: bool = field(default_factory=lambda: os.name == "posix" and os.geteuid() == 0)
    release: Path = Path("/etc/os-release")

    def which(self, name: str) -> Path | None:
        found = shutil.which(name, path=self.environment.get("PATH", ""))
        return Path(found) if found else None

    @property
    def is_debian(self) -> bool:
        """Not what is made from it: Ubuntu's package of this name is a snap, which hangs here."""
        try:
            return "ID=debian" in self.release.read_text(encoding="utf-8").splitlines()
        except OSError:
            return False

    @property
    def may_install(self) -> bool:
        given = self.environment.get("TEST_CHROMIUM_INSTALL", "yes").lower()
        return given not in ("no", "0", "false") and self.environment.get("TEST_CHROMIUM") is None


def find(machine: Machine | None = None) -> Path | None:
    """A Chromium that is here and starts; None where there is none, or where none is wanted."""
    machine = machine or Machine()
    given = machine.environment.get("TEST_CHROMIUM")
    if given is not None:
        places = [Path(given)] if given != "none" else []
    else:
        places = [found for name in NAMES if (found := machine.which(name))]
        places += _downloaded(machine)
    return next((each for each in places if _starts(machine, each)), None)


def get(machine: Machine, say: Callable[[str], None]) -> Path | None:
    """A Chromium that starts, installed where that is needed and can be done."""
    found = find(machine)
    if found is not None or not machine.may_install:
        return found
    if machine.is_root and machine.is_debian and machine.which("apt-get"):
        say("installing Debian's chromium for the tests in a browser")
        machine.run(("apt-get", *_APT, "update"), _APT_WITHIN)
        machine.run(
            ("apt-get", *_APT, "install", "-y", "--no-install-recommends", "chromium"), _APT_WITHIN
        )
        found = find(machine)
        if found is not None:
            return found
    say("downloading Playwright's Chromium for the tests in a browser (about 200 MB)")
    machine.run((sys.executable, "-m", "playwright", "install", "chromium"), _DOWNLOAD_WITHIN)
    return find(machine)


def _starts(machine: Machine, program: Path) -> bool:
    """A download may lack the machine's libraries, and a package may be a mere pointer."""
    return machine.run((str(program), "--version"), _ANSWER_WITHIN)


def _downloaded(machine: Machine) -> list[Path]:
    """What Playwright has downloaded, the newest first."""
    given = machine.environment.get("PLAYWRIGHT_BROWSERS_PATH")
    home = Path(machine.environment.get("HOME", "/nonexistent"))
    found: list[Path] = []
    for folder in [Path(given)] if given else [home / cache for cache in _CACHES]:
        for pattern in _PROGRAMS:
            found += sorted(folder.glob(pattern), reverse=True)
    return found


def main(arguments: Sequence[str], machine: Machine | None = None) -> int:
    """Always 0: tests that need a browser are skipped where there is none, and say why."""

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    machine = machine or Machine()
    found = find(machine) if "--find" in arguments else get(machine, say)
    say(f"Chromium for the tests in a browser: {found}" if found else f"{WHY_NONE}: skipped")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
