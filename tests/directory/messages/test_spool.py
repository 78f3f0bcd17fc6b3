"""Texts on disk while the database is away."""

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from directory.encryption import Cipher
from directory.messages.spool import LEFT_BEHIND, Spool, SpooledText
from tests.conftest import KEY
from tests.factories import PHONE
from tests.fakes import MORNING

CIPHER = Cipher(keys=(KEY,), secret="a secret")
TEXT = SpooledText("SM1", PHONE, "no groceries", 0, MORNING.isoformat())


def test_a_kept_text_comes_back_whole_and_in_the_order_of_arrival(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", CIPHER)
    later = replace(
        TEXT, provider_id="SM2", received_at=(MORNING + timedelta(seconds=1)).isoformat()
    )
    spool.keep(later)
    spool.keep(TEXT)
    assert [text for _, text in spool.waiting()] == [TEXT, later]


def test_nothing_readable_lies_on_disk(tmp_path: Path) -> None:
    Spool(tmp_path / "spool", CIPHER).keep(TEXT)
    (path,) = (tmp_path / "spool").iterdir()
    assert "groceries" not in path.read_text()
    assert "5550100" not in path.read_text() + path.name
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0


def test_an_empty_or_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert list(Spool(tmp_path / "none", CIPHER).waiting()) == []


def test_a_half_written_file_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / ".000-half").write_text("gAAAA")
    assert list(Spool(tmp_path, CIPHER).waiting()) == []


def test_what_was_left_behind_half_written_goes_after_an_hour(tmp_path: Path) -> None:
    spool = Spool(tmp_path, CIPHER)
    spool.keep(TEXT)
    left = (tmp_path / ".0001-killed", tmp_path / ".0001-abcd.text.rotating")
    for path in (*left, tmp_path / ".0002-at-work", tmp_path / ".lock"):
        path.write_text("gAAAA")
    an_hour_ago = time.time() - LEFT_BEHIND.total_seconds() - 1
    for path in (*left, tmp_path / ".lock", *spool.files()):
        os.utime(path, (an_hour_ago, an_hour_ago))
    spool.clear()
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {".0002-at-work", ".lock", spool.files()[0].name}


def test_a_text_under_a_lost_key_is_set_aside_and_holds_up_nobody(tmp_path: Path) -> None:
    other = Cipher(keys=("A" * 43 + "=",), secret="a secret")
    Spool(tmp_path, other).keep(TEXT)
    Spool(tmp_path, CIPHER).keep(replace(TEXT, provider_id="SM2"))
    waiting = Spool(tmp_path, CIPHER).waiting()
    assert [text.provider_id for _, text in waiting] == ["SM2"]
    (aside,) = tmp_path.glob("*.unreadable")
    assert "groceries" not in aside.read_text()
