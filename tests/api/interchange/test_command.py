"""`handoff referrals export` and `import`."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from directory import database
from directory.people import queries as people
from directory.referrals import queries
from directory.settings import Settings
from tests.api.terminal import Command
from tests.conftest import settings_for
from tests.directory.referrals.builders import a_referral, read


@pytest.fixture
def sqlite_settings(partners_template: Path, tmp_path: Path) -> Settings:
    """With the listings, where `handoff` works."""
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    return settings_for(tmp_path)


@pytest.fixture
def referral_id(handoff: Command) -> str:
    with database.session_scope() as session:
        return a_referral(session, reason="Señora =1+1, no groceries")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_referrals_go_to_a_file_or_to_the_standard_output(
    handoff: Command, referral_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    done = handoff("referrals", "export", str(path))
    assert (done.returncode, done.stdout) == (0, f"{path}: 1 referral\n")
    [line] = table(path.read_text(encoding="utf-8"))
    assert (line["id"], line["about"]) == (referral_id, "Señora =1+1, no groceries")
    printed = handoff("referrals", "export", "-")
    assert table(printed.stdout) == [line]
    assert handoff("referrals", "export", "-", "--since", "2100-01-01").stdout.count("\n") == 1


def test_an_export_is_noted(handoff: Command, referral_id: str) -> None:
    handoff("referrals", "export", "-")
    with database.read_scope() as session:
        entries = people.audit_of(session, read(referral_id).person_id)
    assert [(each.actor, each.action) for each in entries] == [("command", "referrals.export")]


def test_statuses_come_in_with_a_report_on_every_row(
    handoff: Command, referral_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(f"id;status;reason\r\n{referral_id};accepted;\r\nx;accepted;\r\n".encode())
    done = handoff("referrals", "import", str(path))
    assert done.returncode == 1
    assert done.stdout == f"{path}: 1 accepted, 0 unchanged, 1 rejected\n"
    assert done.stderr == f"{path}:3: x: There is no such referral.\n"
    again = handoff("referrals", "import", str(path))
    assert again.stdout == f"{path}: 0 accepted, 1 unchanged, 1 rejected\n"
    with database.read_scope() as session:
        lines = queries.history(session, referral_id)
    assert [(each.status, each.by) for each in lines[1:]] == [("accepted", "staff:command")]


def test_what_the_person_said_on_the_phone_is_taken(
    handoff: Command, referral_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    for line in ("accepted,", "completed,service_received"):
        path.write_text(f"id,status,outcome\n{referral_id},{line}\n", encoding="utf-8")
        assert handoff("referrals", "import", str(path)).returncode == 0
    assert read(referral_id).outcome == "service_received"


def test_a_file_that_cannot_be_used_is_one_line(handoff: Command, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("name\nMaria\n", encoding="utf-8")
    done = handoff("referrals", "import", str(path))
    assert done.returncode == 2
    assert done.stderr == ("handoff: The first line names the columns; missing: id, status.\n")
    nowhere = handoff("referrals", "export", str(tmp_path / "no" / "where.csv"))
    assert nowhere.returncode == 2
    assert "cannot write" in nowhere.stderr
