"""What a simulated carrier needs to know to play its part."""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

E164 = re.compile(r"\+[1-9][0-9]{6,14}")

# Twilio's own default wording; with Advanced Opt-Out an account chooses its own.
OPT_OUT_CONFIRMATION = (
    "You have successfully been unsubscribed. You will not receive any more messages from this "
    "number. Reply START to resubscribe."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierSettings:
    """Raises ValueError, in one clear line, for anything that would leave this machine.

    - ``webhook_url``: where inbound texts are posted; must be on loopback.
    - ``public_url``: what the product believes its address is: signatures are made over it.
    - ``opt_out_confirmation``: what the carrier itself answers to STOP; None for a silent one.
    - ``step_seconds``: time from one delivery status to the next.
    - ``connection_patience``: how long an inbound text waits for a product that isn't up yet.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    number: str
    webhook_url: str
    public_url: str
    data_directory: Path
    messaging_service_sid: str | None = None
    opt_out_confirmation: str | None = OPT_OUT_CONFIRMATION
    step_seconds: float = 0.15
    webhook_timeout: float = 15.0
    retry_pause: float = 1.0
    connection_patience: float = 60.0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"AC[0-9a-fA-F]{32}", self.account_sid):
            raise ValueError("the account SID must be AC and 32 hexadecimal digits")
        if not self.auth_token:
            raise ValueError("the auth token is missing: set HANDOFF_TWILIO_AUTH_TOKEN")
        if not E164.fullmatch(self.number):
            raise ValueError("the carrier's number must look like +16305550199")
        if not is_loopback(urlsplit(self.webhook_url).hostname):
            raise ValueError("the simulated carrier posts to loopback only: check the webhook URL")
        if urlsplit(self.public_url).scheme not in {"http", "https"}:
            raise ValueError("the public URL must be an http or https URL")

    @property
    def public_base(self) -> str:
        return self.public_url.rstrip("/")

    @property
    def webhook_origin(self) -> str:
        parts = urlsplit(self.webhook_url)
        return f"{parts.scheme}://{parts.netloc}"

    def signed_webhook_url(self) -> str:
        """The inbound webhook's URL as the product's public knows it."""
        return self.public_base + self.webhook_url.removeprefix(self.webhook_origin)

    def local_url(self, url: str) -> str | None:
        """Where to post for a callback URL; None when it would leave this machine."""
        if url == self.public_base or url.startswith((f"{self.public_base}/",)):
            return self.webhook_origin + url.removeprefix(self.public_base)
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and is_loopback(parts.hostname) else None


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine, without asking a name server."""
    if not host:
        return False
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
