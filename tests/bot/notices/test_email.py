"""E-mail over real SMTP: encrypted to other machines, and never lost between the answers."""

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.notices import email
from bot.notices.attempts import Refused, TryLater
from bot.notices.email import MailServer, written
from bot.notices.words import Letter
from tests.bot.notices.receivers import Postbox, a_mail_server, certificates
from tests.fakes import MORNING

SENDER = "handoff@naperville.example"
DESK = "desk@pantry.example"
LETTER = Letter(
    "Handoff: nueva solicitud para Niños", "Hay una nueva solicitud.\n\nVea el enlace.\n"
)


def send(server: MailServer, letter: Letter = LETTER, *, notice_id: str = "notice-1") -> None:
    server.send(letter, to=DESK, notice_id=notice_id, at=MORNING)


def at(port: int, *, scheme: str = "smtp", user: str = "") -> MailServer:
    return MailServer.at(f"{scheme}://{user}127.0.0.1:{port}", sender=SENDER)


def read(postbox: Postbox) -> EmailMessage:
    content = postbox.taken[-1].content
    assert isinstance(content, bytes)
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_an_e_mail_arrives_with_what_mail_systems_need() -> None:
    postbox = Postbox()
    with a_mail_server(postbox) as port:
        send(at(port))
    (envelope,) = postbox.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [DESK])
    message = read(postbox)
    assert message["Subject"] == LETTER.subject
    assert message["From"] == f"Handoff <{SENDER}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<notice-1@naperville.example>"
    assert message.get_content().splitlines() == LETTER.body.splitlines()


def test_a_second_try_is_the_same_e_mail() -> None:
    postbox = Postbox()
    with a_mail_server(postbox) as port:
        send(at(port))
        first = read(postbox)["Message-ID"]
        send(at(port))
    assert read(postbox)["Message-ID"] == first


def test_no_header_can_be_smuggled_in() -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        written(
            Letter("a\r\nBcc: x@y.example", ""), sender=SENDER, to=DESK, notice_id="n", at=MORNING
        )


@pytest.mark.parametrize(
    ("rcpt", "data", "kind", "reason"),
    [
        ("550 no such mailbox", "250 kept", Refused, "mail_address_refused"),
        ("450 try later", "250 kept", TryLater, "mail_address_refused"),
        ("250 OK", "554 spam", Refused, "mail_refused"),
        ("250 OK", "451 try later", TryLater, "mail_refused"),
    ],
)
def test_a_server_says_for_now_or_for_good(
    rcpt: str, data: str, kind: type[Exception], reason: str
) -> None:
    with a_mail_server(Postbox(rcpt, data)) as port, pytest.raises(kind) as failed:
        send(at(port))
    assert getattr(failed.value, "reason", None) == reason
    assert DESK not in str(failed.value)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with a_mail_server(Postbox()) as port:
        pass
    with pytest.raises(TryLater) as failed:
        send(at(port))
    assert failed.value.reason == "mail_server_not_reached"


def test_a_server_that_hangs_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TryLater):
        send(at(silent.getsockname()[1]))


# --- encryption and log-in ----------------------------------------------------------------------


def test_starttls_and_log_in(tmp_path: Path) -> None:
    server, client = certificates(tmp_path, "localhost")
    postbox = Postbox()
    given = {"tls_context": server, "require_starttls": True, "authenticator": postbox.log_in}
    with a_mail_server(postbox, auth_required=True, **given) as port:
        mail = MailServer(
            "localhost", port, SENDER, user="handoff", password="p@ss word", tls=client
        )
        send(mail)
    assert postbox.encrypted == [True]
    assert postbox.log_ins == [(b"handoff", b"p@ss word")]


def test_a_wrong_password_is_ours_to_mend_and_nobodys_fault(tmp_path: Path) -> None:
    server, client = certificates(tmp_path, "localhost")
    postbox = Postbox()
    given = {"tls_context": server, "authenticator": postbox.log_in}
    with a_mail_server(postbox, **given) as port:
        mail = MailServer("localhost", port, SENDER, user="handoff", password="wrong", tls=client)
        with pytest.raises(TryLater) as failed:
            send(mail)
    assert failed.value.reason == "mail_log_in_refused"


def test_to_another_machine_nothing_goes_unencrypted() -> None:
    postbox = Postbox()
    with a_mail_server(postbox) as port:
        elsewhere = MailServer("127.0.0.1", port, SENDER, tls_required=True)
        with pytest.raises(TryLater):
            send(elsewhere)
    assert postbox.taken == []


def test_a_certificate_of_somebody_else_is_refused(tmp_path: Path) -> None:
    server, client = certificates(tmp_path, "another.example")
    postbox = Postbox()
    with a_mail_server(postbox, tls_context=server) as port, pytest.raises(TryLater):
        send(MailServer("127.0.0.1", port, SENDER, tls=client))
    assert postbox.taken == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, "", "", False, True)),
        ("smtps://mail.example.org", ("mail.example.org", 465, "", "", True, True)),
        (
            "smtp://hand%40off:p%3Ass@mail.example.org:25",
            ("mail.example.org", 25, "hand@off", "p:ss", False, True),
        ),
        ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, "", "", False, False)),
    ],
)
def test_the_setting_says_where_and_how(url: str, expected: tuple[object, ...]) -> None:
    server = MailServer.at(url, sender=SENDER)
    assert expected == (
        server.host,
        server.port,
        server.user,
        server.password,
        server.tls_from_start,
        server.tls_required,
    )
    assert server.password == "" or server.password not in repr(server)
