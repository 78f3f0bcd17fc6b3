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


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_restore_has_the_backups_and_the_role_that_owns_the_tables() -> None:
    restore, backup = services()["restore"], services()["backup"]
    assert restore["command"] == ["handoff", "restore", "/backups"]
    assert "backups:/backups" in backup["volumes"]
    assert "backups:/backups:ro" in restore["volumes"]
    assert "migration_database_url" in restore["secrets"]
    named = restore["environment"]["HANDOFF_MIGRATION_DATABASE_URL_FILE"]
    assert named == "/run/secrets/migration_database_url"
    # It is not started with the rest, and nothing that makes tables is started with it.
    assert restore["profiles"]
    assert set(restore["depends_on"]) == {"postgres"}


def test_each_command_of_the_pages_names_a_service_of_the_file() -> None:
    drill = (ROOT / "docs" / "operations" / "restore-drill.md").read_text()
    used = re.findall(r"(?:exec|run --rm(?: --[\w-]+(?: /\S+)?)*) ([a-z]+) ", words(drill))
    used += re.findall(r"deploy/compose.yml exec ([a-z]+) ", SCALE.read_text())
    assert {"postgres", "restore", "api", "backup"} <= set(used) <= set(services())


def test_a_restore_is_told_in_an_order_that_works() -> None:
    """It refuses a database with tables: those that make some are started after it."""
    drill = words((ROOT / "docs" / "operations" / "restore-drill.md").read_text())
    steps = ("compose down", "--wait postgres", "/etc/handoff/handoff.sql", "rm restore", "up --d")
    places = [drill.index(step) for step in steps]
    assert places == sorted(places)
