"""E-mail over SMTP (the standard library's client).

Exactly-once does not exist here: when the server's answer is lost the e-mail is sent again, with
the same Message-ID, by which mail systems know it for the same (RFC 5322, 3.6.4).
"""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Self
from urllib.parse import unquote, urlsplit

from bot.notices.attempts import Refused, TryLater
from bot.notices.words import Letter
from directory.setting_checks import is_loopback

# Of each step of the dialogue; all of them together stay below notices.service.CLAIM.
TIMEOUT_SECONDS = 30.0
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed in. To another machine it only ever goes encrypted."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls_from_start: bool = False
    tls_required: bool = True
    tls: ssl.SSLContext | None = field(default=None, repr=False, compare=False)

    @classmethod
    def at(cls, url: str, *, sender: str) -> Self:
        """From `smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS from the start)."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            sender=sender,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls_from_start=parts.scheme == "smtps",
            tls_required=not is_loopback(url),
        )

    def send(self, letter: Letter, *, to: str, notice_id: str, at: datetime) -> None:
        """Hand in one e-mail. `at`: wall time.

        Raises TryLater, also when the e-mail may have been taken; Refused when it never will be.
        """
        message = written(letter, sender=self.sender, to=to, notice_id=notice_id, at=at)
        try:
            server = self._connected()
            try:
                server.send_message(message, from_addr=self.sender, to_addrs=[to])
            finally:
                # It was taken, or not: how the farewell goes changes neither.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
        except smtplib.SMTPAuthenticationError as error:
            raise TryLater("mail_log_in_refused") from error  # ours to mend: nobody is to blame
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _judged("mail_address_refused", max(codes, default=0)) from error
        except smtplib.SMTPResponseException as error:
            raise _judged("mail_refused", error.smtp_code) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TryLater("mail_server_not_reached") from error

    def try_log_in(self) -> None:
        """Connect and log in as for an e-mail, and leave. Raises SMTPException or OSError."""
        server = self._connected()
        with suppress(smtplib.SMTPException, OSError):
            server.quit()

    def _connected(self) -> smtplib.SMTP:
        context = self.tls or ssl.create_default_context()
        if self.tls_from_start:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if not self.tls_from_start and (self.tls_required or server.has_extn("starttls")):
                server.starttls(context=context)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def written(letter: Letter, *, sender: str, to: str, notice_id: str, at: datetime) -> EmailMessage:
    """The e-mail with its headers. The notice's id makes its Message-ID: the same at each try."""
    message = EmailMessage()
    message["From"] = f"Handoff <{sender}>"
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{notice_id}@{sender.rpartition('@')[2]}>"
    # RFC 3834: so that no holiday answer comes back.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def _judged(reason: str, code: int) -> Refused | TryLater:
    """5xx is for good, 4xx for now (RFC 5321, 4.2.1)."""
    return Refused(reason) if 500 <= code < 600 else TryLater(reason)
