"""`handoff schema`: where the database stands, and the way back for an older version."""

import fcntl
from pathlib import Path

from directory import migrations
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
