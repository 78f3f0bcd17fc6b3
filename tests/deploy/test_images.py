"""What the image of the application holds is enough for every program that is started in it.

No image is built here. A folder with what the Dockerfile copies stands for one: the programs are
imported from it with the packages that are installed, without us among them.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

from directory.settings import ROOT
from directory.version import VERSION
from tests.deploy.test_deploy import compose

DOCKERFILE = ROOT / "deploy" / "application.Dockerfile"
NOT_IN_IMAGES = shutil.ignore_patterns("__pycache__", ".venv", "models", ".rasa", ".env")
# `-S` leaves out the link to this repository; the path to the packages is given by hand instead.
WITHOUT_US = """
import importlib.metadata as metadata
import sys

found = metadata.Distribution.from_name.__func__

def from_name(cls, name):
    if name == "handoff":
        raise metadata.PackageNotFoundError(name)
    return found(cls, name)

metadata.Distribution.from_name = classmethod(from_name)
"""


def instructions(dockerfile: Path) -> list[str]:
    """One a line, whatever was broken over several."""
    lines = [each for each in dockerfile.read_text().splitlines() if not each.startswith("#")]
    return [each for each in "\n".join(lines).replace("\\\n", " ").splitlines() if each.strip()]


def copied() -> list[str]:
    """What of the repository is in the image."""
    found = []
    for words in (each.split() for each in instructions(DOCKERFILE)):
        if words[0] == "COPY" and not words[1].startswith("--"):
            found += words[1:-1]
    return found


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("image")
    for name in copied():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=NOT_IN_IMAGES)
        else:
            shutil.copy(source, place / name)
    return place


def run(image: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-c", WITHOUT_US + code],
        cwd=image,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": sysconfig.get_paths()["purelib"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("program", ["api.server", "api.cli", "api.worker_app", "bot.actions"])
def test_each_program_starts_where_the_sources_are_only_copied(image: Path, program: str) -> None:
    done = run(image, f"import {program} as it\nprint(it.__file__)")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(image)


def test_the_stand_in_for_an_image_has_no_installed_handoff(image: Path) -> None:
    done = run(image, "metadata.version('handoff')")
    assert "PackageNotFoundError" in done.stderr


def test_what_a_volume_is_mounted_on_belongs_to_the_user_of_the_image() -> None:
    """A new volume takes the owner of the folder under it; one that is not there is root's."""
    whole = "\n".join(instructions(DOCKERFILE))
    owned = re.search(
        r"install --directory --owner handoff --mode 0700 ([/\w ]+?) *(?:&&|\n)", whole
    )
    assert owned is not None
    services = compose()["services"].values()
    volumes = [v.split(":") for s in services if s["image"] == "handoff" for v in s["volumes"]]
    assert {place for _, place, *_ in volumes} == set(owned[1].split()) == {"/data", "/backups"}


def test_its_postgres_tools_are_as_new_as_the_server() -> None:
    """They come with Debian, so its release says which they are."""
    tools = {"bookworm": 15, "trixie": 17}
    froms = [each.split()[1] for each in instructions(DOCKERFILE) if each.startswith("FROM ")]
    (debian,) = {image.rpartition("-")[2] for image in froms}
    server = compose()["services"]["postgres"]["image"].partition(":")[2]
    assert tools[debian] >= int(server)


def test_the_code_asks_no_packaging_for_its_own_version() -> None:
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert packaged == VERSION
    code = [path for part in ("api", "bot", "directory") for path in (ROOT / part).rglob("*.py")]
    asking = re.compile(r"""version\(["']handoff["']\)""")
    ours = [path for path in code if ".venv" not in path.parts]
    assert [path for path in ours if asking.search(path.read_text(encoding="utf-8"))] == []
