"""Settings: read from the environment (prefix HANDOFF_) and `.env`; the environment wins.

A missing or bad setting is a `SettingsError` whose text is one line that says what to do.
"""

import os
import re
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from directory import setting_checks as checks
from directory.made_secrets import MADE, Made, kept_secrets
from directory.secret_files import SECRETS, SecretFileError, read_secrets

ROOT = Path(__file__).resolve().parent.parent
FASTEST_CLOCK = 7200
_QUIET = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")
TWILIO_API = "https://api.twilio.com"


class SettingsError(Exception):
    """A setting is missing or wrong. The text is one clear line."""


class Carrier(StrEnum):
    SIMULATED = "simulated"
    TWILIO = "twilio"


class SecondStepFor(StrEnum):
    """Of whom the second step of a sign-in is demanded."""

    EVERYONE = "everyone"
    SUPERVISORS = "supervisors"  # and admins
    NOBODY = "nobody"


class Settings(BaseSettings):
    """Every setting of the product, with its default. Names are the contract's."""

    model_config = SettingsConfigDict(
        env_prefix="HANDOFF_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        validate_default=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = ROOT / "var"
    database_url: Annotated[str, AfterValidator(checks.database_address)] = ""
    migration_database_url: Annotated[str, AfterValidator(checks.database_address)] = ""
    public_url: str = ""
    port: int = Field(default=8000, ge=1, le=65535)
    secret_key: str = ""
    encryption_keys: Annotated[str, AfterValidator(checks.encryption_keys)] = ""
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
    send_rate: float = Field(default=10.0, ge=0.1, le=1000)
    clock_speed: float = Field(default=1.0, ge=1, le=FASTEST_CLOCK)
    # Who of staff sets up the second step before anything else; unset: everyone where it is live.
    require_second_step: SecondStepFor | None = None
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
    mail_from: Annotated[str, AfterValidator(checks.mail_address)] = ""
    alarm_ping_url: str = ""
    # After how many hours the carrier's copy of a text is blanked; 0: never. By default after a
    # day with Twilio, and never with the simulated carrier, which keeps it on this machine.
    carrier_redact_after_hours: int | None = Field(default=None, ge=0, le=8760)
    # The purge follows the retention rules each night: only once the records officer agreed.
    purge_nightly: bool = False
    # Requests a minute, of one address and of one key or account; 0: as many as they like.
    address_rate: int = Field(default=600, ge=0, le=100_000)
    key_rate: int = Field(default=600, ge=0, le=100_000)
    # Texts a minute of one number that are answered one by one; 0: however many.
    sender_rate: int = Field(default=30, ge=0, le=100_000)
    # Proxies whose word on the caller's address is taken: a comma list of addresses and networks.
    trusted_proxies: Annotated[str, AfterValidator(checks.proxies)] = "127.0.0.1"
    # Whom to tell of a weakness: an e-mail address or a web address (/.well-known/security.txt).
    security_contact: Annotated[str, AfterValidator(checks.contact)] = ""
    # A collector of traces (OTLP over HTTP): its base address; without one there are none.
    otlp_endpoint: str = ""

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

    @field_validator("public_url", "twilio_api_base_url", "alarm_ping_url", "otlp_endpoint")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("this is no web address: write it as https://handoff.example.org")
        return value

    @field_validator("rasa_url")
    @classmethod
    def _web_addresses(cls, value: str) -> str:
        return ",".join(cls._web_address(each.strip()) for each in value.split(","))

    @field_validator("oidc_issuer")
    @classmethod
    def _identity_provider(cls, value: str) -> str:
        parts = urlsplit(value)
        usable = parts.hostname and not parts.query and not parts.fragment
        if value and not (usable and (parts.scheme == "https" or checks.is_loopback(value))):
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

    @model_validator(mode="after")
    def _clock_only_in_play(self) -> Self:
        if self.clock_speed != 1 and not checks.is_loopback(self.carrier_api):
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
        if self.smtp_url and not self.mail_from and not checks.is_loopback(self.smtp_url):
            raise ValueError("HANDOFF_SMTP_URL needs HANDOFF_MAIL_FROM: the address that sends")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before `.env`; in each a value before the file that holds it."""
        assert isinstance(env_settings, EnvSettingsSource)  # noqa: S101
        assert isinstance(dotenv_settings, DotEnvSettingsSource)  # noqa: S101
        from_files = (
            InitSettingsSource(settings_cls, dict(read_secrets(_present(source))))
            for source in (env_settings, dotenv_settings)
        )
        return init_settings, env_settings, next(from_files), dotenv_settings, next(from_files)

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        """Without the secrets, whoever prints it."""
        given = super().__repr_args__()
        return [(name, "…" if name in SECRETS and value else value) for name, value in given]

    @property
    def rasa_urls(self) -> tuple[str, ...]:
        """Where Rasa listens; conversations are spread over several."""
        return tuple(dict.fromkeys(self.rasa_url.split(",")))

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
        return checks.with_driver(self.database_url)

    @property
    def database_of_owner(self) -> str:
        """The same, as the role that may change its shape: where there is none, everyone may."""
        given = self.migration_database_url if self.database_url else ""
        return checks.with_driver(given) or self.database

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
    def traces_to(self) -> str:
        """Base address of the collector of traces; "" for none. The standard variable holds too."""
        return self.otlp_endpoint or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")

    @property
    def carrier_redact_after(self) -> timedelta | None:
        hours = self.carrier_redact_after_hours
        if hours is None:
            hours = 0 if self.carrier is Carrier.SIMULATED else 24
        return timedelta(hours=hours) if hours else None

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
    except SecretFileError as error:
        raise SettingsError(str(error)) from error
    if settings.carrier is Carrier.TWILIO:
        _require_for_twilio(settings)
        wanted: Made = {"rasa_token": MADE["rasa_token"]}
    else:
        wanted = MADE
    try:
        kept = kept_secrets(settings.data_dir, wanted)
    except OSError as error:
        where = settings.data_dir
        raise SettingsError(f"cannot keep secrets in {where}: {error.strerror}") from error
    missing = {name: kept[name] for name in wanted if not getattr(settings, name)}
    return settings.model_copy(update=missing)


def _present(source: EnvSettingsSource) -> dict[str, str]:
    return {name: value for name, value in source.env_vars.items() if value is not None}


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
