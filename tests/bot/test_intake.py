"""Texts that waited on disk are taken in, and nothing is left there."""

import os

from bot import intake
from directory.database import Database
from directory.messages.spool import SpooledText
from directory.retention import waiting
from tests.factories import PHONE, met
from tests.fakes import MORNING


def test_what_a_killed_process_left_half_written_goes_when_the_others_are_taken_in(
    db: Database,
) -> None:
    spool, folder = waiting.spool(), db.settings.data_dir / "inbox-spool"
    spool.keep(SpooledText("SM1", PHONE, "words", 0, MORNING.isoformat()))
    left = folder / ".0001-killed"
    left.write_text("gAAAA")
    os.utime(left, (0, 0))
    assert intake.take_in(spool, now=MORNING) == [met(PHONE)]
    assert [path.name for path in folder.iterdir()] == [".lock"]
