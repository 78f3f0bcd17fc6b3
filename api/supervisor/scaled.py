"""`handoff scale`: the topology of a large programme on one machine, as plain processes.

Several processes at the doors, which share one socket; several workers; several Rasa and action
servers; all on one PostgreSQL. The same programs run on many machines (deploy/): here they show
that it works, carry the benchmarks, and show what they cost.
"""

import os
import secrets
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from api.duty import Duty
from api.supervisor import lifecycle, preparation
from api.supervisor.lifecycle import Starter, alone_on
from api.supervisor.postgres import Found, running_postgres
from api.supervisor.preparation import StartError, free_port
from api.supervisor.processes import Watchdog
from api.supervisor.programs import (
    RASA,
    Program,
    Understanding,
    actions_program,
    as_environment,
    carrier_is_ours,
    carrier_program,
    mail_is_ours,
    mail_program,
    rasa_program,
    shell_of,
)
from api.supervisor.progress import ConsoleProgress, Progress
from api.supervisor.signals import StopRequest, stop_on_signals
from bot import training
from bot.rasa_server import LOOPBACK
from directory.settings import ROOT, Settings

BACKLOG = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many processes of each kind."""

    api: int = 2
    workers: int = 2
    rasa: int = 2
    actions: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is decided before anything starts. `listener`: the socket of the doors. `listings`:
    the database as the role that reads these only."""

    settings: Settings
    listener: socket.socket
    listings: str
    trackers: str
    model: Path
    rasa_ports: tuple[int, ...]
    actions_ports: tuple[int, ...]
    mail_port: int | None


def scale(settings: Settings, counts: Counts) -> int:
    """Run on the console until told to stop; the exit code."""
    return run(settings, counts, progress=ConsoleProgress())


def run(settings: Settings, counts: Counts, *, progress: Progress) -> int:
    """0 when it was stopped, 1 when it could not start."""
    with stop_on_signals() as stop:
        try:
            logs = preparation.make_data_folder(settings)
            with (
                alone_on(settings.data_dir),
                Watchdog() as watchdog,
                running_postgres(settings, watchdog=watchdog, progress=progress) as found,
            ):
                start = Starter(logs=logs, watchdog=watchdog, progress=progress)
                return _run(settings, counts, found, start, stop)
        except StartError as error:
            progress.fail(str(error))
            return 1
        finally:
            progress.wait_for("")


def _run(
    settings: Settings, counts: Counts, found: Found, start: Starter, stop: StopRequest
) -> int:
    preparation.check_ports(settings.model_copy(update={"rasa_url": ""}))
    preparation.prepare_database(found.to_prepare(settings), start.progress)
    settings = found.to_serve(settings)
    preparation.check_rasa_installed()
    if stop:
        return 0
    with listening(settings.port) as listener:
        plan = planned(settings, counts, found=found, listener=listener)
        return lifecycle.serve(
            start,
            programs(plan, counts),
            first=counts.api + counts.workers,
            shown=_places(plan, counts),
            stop=stop,
            besides=found.processes,
            untrained=not training.model_is_current(),
        )


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """The socket that all processes at the doors share.

    It is held open here, so that connections wait in it while those processes start again.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(BACKLOG)
        yield listener


def planned(settings: Settings, counts: Counts, *, found: Found, listener: socket.socket) -> Plan:
    rasa_ports = tuple(free_port() for _ in range(counts.rasa))
    mail_port = free_port() if mail_is_ours(settings) else None
    decided = {
        "rasa_url": ",".join(f"http://{LOOPBACK}:{port}" for port in rasa_ports),
        "rasa_token": settings.rasa_token or secrets.token_urlsafe(24),
    }
    if mail_port is not None:
        decided["smtp_url"] = f"smtp://{LOOPBACK}:{mail_port}"
    return Plan(
        settings=settings.model_copy(update=decided),
        listener=listener,
        listings=found.listings,
        trackers=found.trackers,
        model=training.model_path(),
        rasa_ports=rasa_ports,
        actions_ports=tuple(free_port() for _ in range(counts.actions)),
        mail_port=mail_port,
    )


def programs(
    plan: Plan, counts: Counts, *, inherited: Mapping[str, str] = os.environ
) -> tuple[Program, ...]:
    """All of them. Each process of the application answers probes on a port of its own."""
    shell = shell_of(inherited)
    found = [_application(plan, Duty.WEB, number, shell) for number in range(1, counts.api + 1)]
    found += [
        _application(plan, Duty.WORK, number, shell) for number in range(1, counts.workers + 1)
    ]
    found += [_rasa(plan, place, shell) for place in range(counts.rasa)]
    found += [_actions(plan, place, shell) for place in range(counts.actions)]
    if carrier_is_ours(plan.settings):
        found.append(carrier_program(plan.settings, shell))
    if plan.mail_port is not None:
        found.append(mail_program(plan.settings, plan.mail_port, shell))
    return tuple(found)


def _application(plan: Plan, duty: Duty, number: int, shell: dict[str, str]) -> Program:
    port = free_port()
    argv = [sys.executable, "-m", "api.server", "--duty", duty.value, "--port", str(port)]
    at_the_doors = duty is Duty.WEB
    if at_the_doors:
        argv += ["--listener", str(plan.listener.fileno())]
    return Program(
        name=f"{'api' if at_the_doors else 'worker'}-{number}",
        title=f"{'API process' if at_the_doors else 'worker'} {number}",
        argv=tuple(argv),
        folder=ROOT,
        environment=shell | as_environment(plan.settings),
        ready_url=f"http://{LOOPBACK}:{port}/readyz",
        inherits=(plan.listener.fileno(),) if at_the_doors else (),
    )


def _understanding(plan: Plan, place: int) -> Understanding:
    """Rasa servers share the action servers out among them."""
    return Understanding(
        rasa_port=plan.rasa_ports[place % len(plan.rasa_ports)],
        actions_port=plan.actions_ports[place % len(plan.actions_ports)],
        model=plan.model,
    )


def _rasa(plan: Plan, place: int, shell: dict[str, str]) -> Program:
    program = rasa_program(plan.settings, _understanding(plan, place), shell)
    environment = dict(program.environment) | {"HANDOFF_RASA_TRACKER_DB": plan.trackers}
    return replace(
        program,
        name=f"{RASA}-{place + 1}",
        title=f"Rasa {place + 1}",
        environment=environment,
    )


def _actions(plan: Plan, place: int, shell: dict[str, str]) -> Program:
    reading = plan.settings.model_copy(update={"database_url": plan.listings})
    program = actions_program(reading, _understanding(plan, place), shell)
    return replace(program, name=f"actions-{place + 1}", title=f"action server {place + 1}")


def _places(plan: Plan, counts: Counts) -> dict[str, str]:
    logs = plan.settings.data_dir / "logs"
    places = lifecycle.places(plan.settings, logs, mail_caught=plan.mail_port is not None)
    kinds = (
        f"{counts.api} API, {counts.workers} worker, {counts.rasa} Rasa, {counts.actions} action"
    )
    return places | {"Processes": f"{kinds} processes on one PostgreSQL"}
