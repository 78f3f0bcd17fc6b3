"""``python -m bot.mail`` as it is started, and the real client in front of it."""

import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import pytest

from bot.mail import catcher
from bot.mail.__main__ import main
from bot.mail.catcher import Keeper
from bot.notices.email import MailServer
from bot.notices.words import Letter
from tests.fakes import MORNING

DESK = "desk@pantry.example"
TOO_LARGE = (smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


@contextmanager
def catching(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.mail", "--port", "0", "--data", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_what_is_sent_is_kept_as_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    with catching(folder) as (process, address):
        server = MailServer.at(address, sender="handoff@localhost")
        for number in (1, 2):
            letter = Letter(f"Letter {number}", "Words\n.\nof an e-mail\n")
            server.send(letter, to=DESK, notice_id=f"n-{number}", at=MORNING)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    files = sorted(folder.iterdir())
    kept = [message_from_bytes(file.read_bytes()) for file in files]
    assert [message["Subject"] for message in kept] == ["Letter 1", "Letter 2"]
    assert kept[0]["X-Envelope-To"] == DESK
    assert str(kept[0].get_payload()).split() == ["Words", ".", "of", "an", "e-mail"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_it_takes_no_more_than_a_letter(tmp_path: Path) -> None:
    with catching(tmp_path / "mail") as (_, address):
        host, port = address.removeprefix("smtp://").split(":")
        too_long = b"x" * (catcher.LARGEST_BYTES + 1)
        with smtplib.SMTP(host, int(port), timeout=5) as client, pytest.raises(TOO_LARGE):
            client.sendmail("a@b.example", [DESK], too_long)
    assert list((tmp_path / "mail").iterdir()) == []


def test_the_newest_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catcher, "KEPT", 2)
    keeper = Keeper(tmp_path)
    for number in range(4):
        keeper._keep(f"Subject: {number}\r\n\r\n".encode())
    subjects = [file.read_text().split()[1] for file in sorted(tmp_path.iterdir())]
    assert subjects == ["2", "3"]


def test_a_taken_port_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--data", str(tmp_path)]) == 1
    expected = f"port {port} is taken; stop what uses it or choose another"
    assert capsys.readouterr().err == f"mail catcher: {expected}\n"
