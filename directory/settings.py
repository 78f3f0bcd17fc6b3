"""Settings: read from the environment (prefix HANDOFF_) and `.env`; the environment wins.

A missing or bad setting is a `SettingsError` whose text is one line that says what to do.
"""

import base64
import ipaddress
import os
import re
import secrets
from collections.abc import Callable
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
FASTEST_CLOCK = 7200
_QUIET = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")
TWILIO_API = "https://api.twilio.com"
_MAIL_ADDRESS = re.compile(r"^[^@\s<>\",;]{1,64}@[^@\s<>\",;]{1,190}$")


class SettingsError(Exception):
    """A setting is missing or wrong. The text is one clear line."""


class Carrier(StrEnum):
    SIMULATED = "simulated"
    TWILIO = "twilio"


def is_loopback(url: str) -> bool:
    """True when the host of `url` can only be this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """Every setting of the product, with its default. Names are the contract's."""

    model_config = SettingsConfigDict(
        env_prefix="HANDOFF_", env_file=".env", extra="ignore", frozen=True, validate_default=True
    )

    data_dir: Path = ROOT / "var"
    database_url: str = ""
    public_url: str = ""
    port: int = Field(default=8000, ge=1, le=65535)
    secret_key: str = ""
    encryption_keys: str = ""
    timezone: str = "America/Chicago"
    quiet_hours: str = "20:00-09:00"
    carrier: Carrier = Carrier.SIMULATED
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_from_number: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_api_base_url: str = ""
    rasa_url: str = "http://127.0.0.1:5005"
    rasa_token: str = ""
    send_rate: float = Field(default=10.0, gt=0, le=1000)
    clock_speed: float = Field(default=1.0, ge=1, le=FASTEST_CLOCK)
    # Supervisors and admins set up the second step before anything else.
    require_second_step: bool = False
    # Sign-in through the city's identity provider: all three or none.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    # Every page says that what it shows is made up (`handoff demo`).
    demo: bool = False
    # Figures: counts from 1 to under this are held back (directory.measures.suppression).
    suppress_under: int = Field(default=11, ge=1, le=1000)
    # US dollars for one segment of a text, as the carrier's price list says; 0: not known.
    segment_price: float = Field(default=0.0, ge=0, le=10)
    # The city's goal: the share of officers and designated staff who are CIT-certified.
    cit_share_goal: float = Field(default=0.2, ge=0, le=1)
    carrier_port: int = Field(default=0, ge=0, le=65535)
    smtp_url: str = ""
    mail_from: str = ""
    alarm_ping_url: str = ""

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(
                f"{value!r} is no time zone; use one such as America/Chicago"
            ) from error
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _readable_hours(cls, value: str) -> str:
        if not _QUIET.match(value):
            raise ValueError(f"{value!r} is not HH:MM-HH:MM, such as 20:00-09:00")
        return value

    @field_validator("public_url", "rasa_url", "twilio_api_base_url", "alarm_ping_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("this is no web address: write it as https://handoff.example.org")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _identity_provider(cls, value: str) -> str:
        parts = urlsplit(value)
        usable = parts.hostname and not parts.query and not parts.fragment
        if value and not (usable and (parts.scheme == "https" or is_loopback(value))):
            raise ValueError("write it as https://login.example.org, as the provider names itself")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        parts = urlsplit(value)
        try:
            usable = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if value and not usable:
            raise ValueError("write it as smtp://user:password@host:587 or smtps://host:465")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_sender(cls, value: str) -> str:
        if value and not _MAIL_ADDRESS.match(value):
            raise ValueError("this is no e-mail address: write it as handoff@example.org")
        return value

    @field_validator("database_url")
    @classmethod
    def _database_address(cls, value: str) -> str:
        known = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")
        if value and not value.startswith(known):
            raise ValueError("write it as postgresql://user:password@host/name or sqlite:///path")
        return value

    @field_validator("encryption_keys")
    @classmethod
    def _keys_are_32_bytes(cls, value: str) -> str:
        value = value.strip(" ,")
        for position, key in enumerate(filter(None, value.split(",")), start=1):
            try:
                size = len(base64.urlsafe_b64decode(key.strip()))
            except ValueError:
                size = 0
            if size != 32:
                raise ValueError(f"key {position} is not URL-safe base64 of 32 bytes")
        return value

    @model_validator(mode="after")
    def _clock_only_in_play(self) -> Self:
        if self.clock_speed != 1 and not is_loopback(self.carrier_api):
            raise ValueError(
                "HANDOFF_CLOCK_SPEED other than 1 is refused: the carrier is not on this machine, "
                "so real people would be texted at the wrong time"
            )
        return self

    @model_validator(mode="after")
    def _provider_whole(self) -> Self:
        given = [self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret]
        if any(given) and not all(given):
            raise ValueError(
                "HANDOFF_OIDC_ISSUER, HANDOFF_OIDC_CLIENT_ID and HANDOFF_OIDC_CLIENT_SECRET go "
                "together: set all three or none"
            )
        return self

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_url and not self.mail_from and not is_loopback(self.smtp_url):
            raise ValueError("HANDOFF_SMTP_URL needs HANDOFF_MAIL_FROM: the address that sends")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def quiet(self) -> tuple[time, time]:
        """Local start and end of the hours in which no message that we start may go out."""
        match = _QUIET.match(self.quiet_hours)
        assert match is not None  # noqa: S101  # the validator has seen to it
        start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
        return time(start_hour, start_minute), time(end_hour, end_minute)

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'handoff.sqlite'}"
        for plain in ("postgres://", "postgresql://"):
            if self.database_url.startswith(plain):
                return "postgresql+psycopg://" + self.database_url.removeprefix(plain)
        return self.database_url

    @property
    def base_url(self) -> str:
        """The address under which the outside reaches us, without a trailing slash."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def simulated_carrier_port(self) -> int:
        return self.carrier_port or (self.port + 1 if self.port < 65535 else self.port - 1)

    @property
    def mail_sender(self) -> str:
        """The address that e-mail comes from; on this machine alone nobody minds which."""
        return self.mail_from or "handoff@localhost"

    @property
    def carrier_api(self) -> str:
        """Base address of the Twilio-compatible REST API that messages are sent through."""
        if self.twilio_api_base_url:
            return self.twilio_api_base_url.rstrip("/")
        if self.carrier is Carrier.SIMULATED:
            return f"http://127.0.0.1:{self.simulated_carrier_port}"
        return TWILIO_API

    @property
    def encryption_key_list(self) -> tuple[str, ...]:
        return tuple(key.strip() for key in self.encryption_keys.split(",") if key.strip())


def load_settings(**overrides: object) -> Settings:
    """Read, check and complete the settings.

    With the simulated carrier, missing secrets are generated once and kept in
    `DATA_DIR/secrets.env`, readable by the owner alone. With Twilio they must be given.
    Raises SettingsError.
    """
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_in_one_line(error)) from error
    if settings.carrier is Carrier.TWILIO:
        _require_for_twilio(settings)
        wanted = {"rasa_token": _MADE["rasa_token"]}
    else:
        wanted = _MADE
    kept = _kept_secrets(settings.data_dir, wanted)
    missing = {name: kept[name] for name in wanted if not getattr(settings, name)}
    return settings.model_copy(update=missing)


def _in_one_line(error: ValidationError) -> str:
    problems = []
    for problem in error.errors():
        name = "HANDOFF_" + "_".join(str(part) for part in problem["loc"]).upper()
        text = str(problem["msg"]).removeprefix("Value error, ")
        problems.append(text if not problem["loc"] else f"{name}: {text}")
    return "; ".join(problems)


def _require_for_twilio(settings: Settings) -> None:
    needed = ["secret_key", "encryption_keys", "public_url", "twilio_account_sid"]
    missing = [name for name in [*needed, "twilio_auth_token"] if not getattr(settings, name)]
    if not (settings.twilio_from_number or settings.twilio_messaging_service_sid):
        missing.append("twilio_from_number (or HANDOFF_TWILIO_MESSAGING_SERVICE_SID)")
    if missing:
        names = ", ".join(
            "HANDOFF_" + name[0:].upper()
            if "(" not in name
            else "HANDOFF_TWILIO_FROM_NUMBER (or HANDOFF_TWILIO_MESSAGING_SERVICE_SID)"
            for name in missing
        )
        raise SettingsError(
            f"HANDOFF_CARRIER=twilio needs {names}: set them in the environment or .env"
        )


def _encryption_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


# What is made up at the first start when it was not given.
_MADE: dict[str, Callable[[], str]] = {
    "secret_key": lambda: secrets.token_urlsafe(32),
    "encryption_keys": _encryption_key,
    "twilio_account_sid": lambda: f"AC{secrets.token_hex(16)}",
    "twilio_auth_token": lambda: secrets.token_hex(16),
    "rasa_token": lambda: secrets.token_urlsafe(24),
    "twilio_from_number": lambda: "+16305550199",
}


def _kept_secrets(data_dir: Path, wanted: dict[str, Callable[[], str]]) -> dict[str, str]:
    path = data_dir / "secrets.env"
    kept: dict[str, str] = {}
    if path.exists():
        lines = path.read_text(encoding="utf-8").splitlines()
        pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        kept = {name.removeprefix("HANDOFF_").lower(): value for name, value in pairs}
    if all(name in kept for name in wanted):
        return kept
    complete = kept | {name: kept.get(name) or make() for name, make in wanted.items()}
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        _write_private(path, complete)
    except OSError as error:
        raise SettingsError(f"cannot keep secrets in {data_dir}: {error.strerror}") from error
    return complete


def _write_private(path: Path, values: dict[str, str]) -> None:
    lines = [
        "# Made at the first start. Keep private: whoever has the keys can read what is stored."
    ]
    lines += [f"HANDOFF_{name.upper()}={value}" for name, value in values.items()]
    scratch = path.with_suffix(f".{os.getpid()}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    scratch.replace(path)
