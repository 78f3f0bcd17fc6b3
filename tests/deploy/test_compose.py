"""The compose file and what it is started with: who reads what, who is believed, who meets whom."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from bot.sms.deliver import TRIES
from directory import secret_files
from directory.secret_files import SecretFileError
from directory.settings import ROOT
from tests.deploy.test_deploy import compose

SCALE = ROOT / "docs" / "operations" / "scale.md"


def services() -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"]
    return found


def as_told(mode: int) -> os.stat_result:
    return os.stat_result((0o100000 | mode, 0, 0, 1, 0, 0, 20, 0, 0, 0))


def test_the_secrets_have_a_mode_that_every_reader_can_read_and_the_application_takes() -> None:
    """Compose mounts them with the owner and mode of the host; three users read them."""
    page, file = SCALE.read_text(), (ROOT / "deploy" / "compose.yml").read_text()
    told = re.search(r"chmod (0[0-7]{3}) deploy/secrets/\*", page)
    assert told is not None
    assert f"the files {told[1]}" in file
    assert "mkdir -m 0700 deploy/secrets" in page
    mode = int(told[1], 8)
    assert mode & 0o444 == 0o444
    for path in {f"/run/secrets/{name}" for name in compose()["secrets"]}:
        secret_files._require_private(as_told(mode), Path(path), "HANDOFF_X_FILE")
    with pytest.raises(SecretFileError):
        secret_files._require_private(as_told(mode), Path("/etc/handoff/x"), "HANDOFF_X_FILE")


def test_postgres_is_well_only_when_others_can_reach_it() -> None:
    """Its first server, of databases.sh, listens on a socket alone and goes away again."""
    check = services()["postgres"]["healthcheck"]["test"]
    assert check[check.index("--host") + 1] == "127.0.0.1"


def test_what_databases_sh_reads_is_mounted() -> None:
    postgres = services()["postgres"]
    script = (ROOT / "deploy" / "postgres" / "databases.sh").read_text()
    read = set(re.findall(r"\$\(secret (\w+)\)", script))
    assert len(read) == 4
    assert read <= set(postgres["secrets"])
    for path in re.findall(r"--file (\S+)", script):
        assert any(volume.split(":")[1] == path for volume in postgres["volumes"])
    for volume in postgres["volumes"]:
        source = volume.split(":")[0]
        assert not source.startswith("./") or (ROOT / "deploy" / source).is_file()


def test_the_operators_are_told_how_often_a_text_is_tried() -> None:
    words = {20: "twenty"}
    guide = (ROOT / "docs" / "operators.md").read_text()
    assert f"growing pauses, {words[TRIES]} times" in guide
    assert f"a text is tried {words[TRIES]} times" in guide
