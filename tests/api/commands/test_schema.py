"""`handoff schema`: where the database stands, and the way back for an older version."""

import fcntl
from pathlib import Path

from directory import migrations
from directory.database import make_engine
from directory.processes import FOLDER, Presence, new_name
from directory.settings import Settings
from tests.api.terminal import Command, one_line

HEAD = migrations.revisions()[0]


def test_it_says_where_the_database_stands(handoff: Command) -> None:
    assert one_line(handoff("schema").stdout) == f"at {HEAD}; this version has {HEAD}"


def test_it_goes_back_and_no_further_than_it_knows(handoff: Command) -> None:
    assert one_line(handoff("schema", "--back-to", "0005").stdout).startswith("at 0005;")
    done = handoff("schema", "--back-to", HEAD)
    assert (done.returncode, "no step to go back to" in done.stderr) == (2, True)
    assert handoff("schema", "--back-to", "9999").returncode == 2


def test_not_while_the_product_runs(handoff: Command, tmp_path: Path) -> None:
    with (tmp_path / "supervisor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = handoff("schema", "--back-to", "0005")
    assert (done.returncode, "another Handoff is running" in done.stderr) == (2, True)
    assert one_line(handoff("schema").stdout) == f"at {HEAD}; this version has {HEAD}"


def test_not_while_a_process_that_nobody_supervises_runs(handoff: Command, tmp_path: Path) -> None:
    with Presence(tmp_path / FOLDER, new_name()):
        done = handoff("schema", "--back-to", "0005")
    assert (done.returncode, "stop it first" in done.stderr) == (2, True)
    assert handoff("schema", "--back-to", "0005").returncode == 0


def test_not_while_doors_without_work_hold_a_connection(
    handoff: Command, postgres_settings: Settings
) -> None:
    there = {"HANDOFF_DATABASE_URL": postgres_settings.database}
    doors = make_engine(postgres_settings.database)
    doors.connect().close()  # in the pool, as between two requests
    done = handoff("schema", "--back-to", "0005", **there)
    assert (done.returncode, "keep 1 connections" in done.stderr) == (2, True)
    doors.dispose()
    done = handoff("schema", "--back-to", "0005", **there)
    assert one_line(done.stdout).startswith("at 0005;"), done.stderr
