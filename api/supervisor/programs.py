"""Which programs make up the product on one machine, and what each of them may know."""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.rasa_server import LOOPBACK, action_server, rasa_server
from directory.setting_checks import is_loopback
from directory.settings import ROOT, Carrier, Settings
from directory.withheld import without_secrets

PREFIX = "HANDOFF_"
# How the program is called; where there are several, with a number behind.
RASA = "rasa"
# A shell's own Python settings would lead a program to other code than ours, and without
# compiled modules every start would compile them again.
_NOT_INHERITED = {
    "PYENV_VERSION",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
}
# Each answer is small and the programs share two cores: threads of a library cost more than
# they bring.
_ONE_THREAD = {
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program to keep running.

    `ready_url` answers 200 once it can work; one with `smtp://` is ready when it can be connected
    to. `environment` is the whole of it; secrets go there, never into `argv`, which every user of
    the machine can read. `inherits`: descriptors of this process that it shares, such as the
    socket that several programs listen on. `user`: of the machine, where it cannot be ours.
    `stops_at`: the signal that asks it to finish.
    """

    name: str
    title: str
    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    ready_url: str
    inherits: tuple[int, ...] = ()
    user: str | None = None
    stops_at: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """Where Rasa and its action server listen, and the model that Rasa loads."""

    rasa_port: int
    actions_port: int
    model: Path


def programs(
    settings: Settings,
    understanding: Understanding | None,
    *,
    mail_port: int | None = None,
    inherited: Mapping[str, str] = os.environ,
) -> tuple[Program, ...]:
    """The programs, the API first: it is stopped first, so that work in flight can finish.

    `understanding` is None when Rasa runs elsewhere; `mail_port`, of the mail catcher, when there
    is a mail server.
    """
    shell = shell_of(inherited)
    found = [_api(settings, shell)]
    if understanding:
        found += [
            rasa_program(settings, understanding, shell),
            actions_program(settings, understanding, shell),
        ]
    if carrier_is_ours(settings):
        found.append(carrier_program(settings, shell))
    if mail_port is not None:
        found.append(mail_program(settings, mail_port, shell))
    return tuple(found)


def _api(settings: Settings, shell: dict[str, str]) -> Program:
    return Program(
        name="api",
        title="the application",
        argv=(sys.executable, "-m", "api.server"),
        folder=ROOT,
        environment=shell | as_environment(settings),
        ready_url=f"http://127.0.0.1:{settings.port}/readyz",
    )


def rasa_program(
    settings: Settings, understanding: Understanding, shell: dict[str, str]
) -> Program:
    command = rasa_server(
        port=understanding.rasa_port,
        actions_port=understanding.actions_port,
        model=understanding.model,
        token=settings.rasa_token,
        tracker_db=settings.data_dir.resolve() / "rasa.sqlite",
    )
    return Program(
        name=RASA,
        title="Rasa",
        argv=command.argv,
        folder=command.folder,
        environment=shell | dict(command.settings),
        ready_url=f"http://127.0.0.1:{understanding.rasa_port}/webhooks/handoff/",
    )


def is_rasa(program: Program) -> bool:
    return program.name.partition("-")[0] == RASA


def actions_program(
    settings: Settings, understanding: Understanding, shell: dict[str, str]
) -> Program:
    told = without_secrets(as_environment(settings))
    command = action_server(port=understanding.actions_port, **told)
    return Program(
        name="actions",
        title="the action server",
        argv=command.argv,
        folder=command.folder,
        environment=shell | dict(command.settings),
        ready_url=f"http://127.0.0.1:{understanding.actions_port}/health",
    )


def carrier_program(settings: Settings, shell: dict[str, str]) -> Program:
    port = settings.simulated_carrier_port
    argv = [
        *(sys.executable, "-m", "bot.carrier", "--port", str(port)),
        *("--data", str(settings.data_dir.resolve() / "carrier")),
        *("--webhook-url", f"http://127.0.0.1:{settings.port}/webhooks/twilio/sms"),
        *("--public-url", settings.base_url),
        *("--account-sid", settings.twilio_account_sid, "--number", settings.twilio_from_number),
    ]
    if settings.twilio_messaging_service_sid:
        argv += ["--messaging-service-sid", settings.twilio_messaging_service_sid]
    return Program(
        name="carrier",
        title="the simulated carrier",
        argv=tuple(argv),
        folder=ROOT,
        environment=shell | {PREFIX + "TWILIO_AUTH_TOKEN": settings.twilio_auth_token},
        ready_url=f"http://127.0.0.1:{port}/_control/health",
    )


def mail_program(settings: Settings, port: int, shell: dict[str, str]) -> Program:
    return Program(
        name="mail",
        title="the mail catcher",
        argv=(
            *(sys.executable, "-m", "bot.mail", "--port", str(port)),
            *("--data", str(settings.data_dir.resolve() / "mail")),
        ),
        folder=ROOT,
        environment=shell,
        ready_url=f"smtp://{LOOPBACK}:{port}",
    )


def shell_of(inherited: Mapping[str, str]) -> dict[str, str]:
    """What every program of ours starts from."""
    return without_settings(inherited) | _ONE_THREAD


def without_settings(inherited: Mapping[str, str]) -> dict[str, str]:
    """What every program may know: the shell's environment without a setting of ours in it.

    So Rasa and the carrier see neither the keys of the database nor its address.
    """
    return {
        name: value
        for name, value in inherited.items()
        if not name.startswith(PREFIX) and name not in _NOT_INHERITED
    }


def as_environment(settings: Settings) -> dict[str, str]:
    """Every setting by its variable, so that each program sees what was decided here."""
    values = settings.model_dump() | {"data_dir": settings.data_dir.resolve()}
    return {
        PREFIX + name.upper(): str(value.value if isinstance(value, StrEnum) else value)
        for name, value in values.items()
        if value is not None
    }


def carrier_is_ours(settings: Settings) -> bool:
    """Whether the simulated carrier is started here: not when its address was given."""
    return settings.carrier is Carrier.SIMULATED and not settings.twilio_api_base_url


def mail_is_ours(settings: Settings) -> bool:
    """Whether e-mail is caught here: in a trial, when no mail server was named."""
    return settings.carrier is Carrier.SIMULATED and not settings.smtp_url


def rasa_is_ours(settings: Settings) -> bool:
    """Whether Rasa is started here: not when HANDOFF_RASA_URL names another machine, or several
    servers."""
    return len(settings.rasa_urls) == 1 and is_loopback(settings.rasa_url)
