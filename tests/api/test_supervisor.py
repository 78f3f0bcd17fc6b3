"""The supervisor, with tiny programs in place of the real ones."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from api.supervisor import lifecycle, preparation
from api.supervisor.preparation import StartError
from api.supervisor.processes import (
    Process,
    Watchdog,
    described,
    last_lines,
    pause_before_restart,
    rotate,
    stop_all,
)
from api.supervisor.programs import Program, Understanding, programs
from api.supervisor.progress import ConsoleProgress
from api.supervisor.signals import StopRequest
from directory import database
from directory.database import Database
from directory.listings.service import catalogue_version
from directory.settings import ROOT, Carrier, Settings
from tests.conftest import settings_for

PATIENCE = 10.0
SLEEP = "import time; time.sleep(60)"
# Shrugs off SIGTERM and has a child of its own, as a server with workers has.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""
# Answers 200 to anything on the port it is given.
ANSWERS = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Yes(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Yes).serve_forever()
"""


def stand_in(code: str, *arguments: str, name: str = "stand-in", ready_url: str = "") -> Program:
    return Program(
        name=name,
        title=f"the {name}",
        argv=(sys.executable, "-I", "-S", "-c", code, *arguments),
        folder=Path("/"),
        environment={},
        ready_url=ready_url,
    )


def eventually(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    with Watchdog() as watching:
        yield watching


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Told:
    """Progress that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.places: dict[str, str] = {}

    def say(self, line: str) -> None:
        self.lines.append(line)

    warn = fail = say

    def wait_for(self, what: str) -> None:
        pass

    def welcome(self, rows: dict[str, str]) -> None:
        self.places = rows


# --- one program -----------------------------------------------------------------------------


def test_pauses_grow_and_are_capped() -> None:
    assert [pause_before_restart(deaths) for deaths in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert pause_before_restart(50) == 30.0


def test_a_program_that_dies_is_started_again_after_its_pause(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    clock, warnings = Time(), list[str]()
    process = Process(
        stand_in(SLEEP), logs=tmp_path, watchdog=watchdog, warn=warnings.append, clock=clock
    )
    process.start()
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    eventually(lambda: process.exit_code() is not None)
    process.tend()
    clock.now += 0.4
    process.tend()
    assert process.pid == first, "its pause was not over"
    clock.now += 0.2
    process.tend()
    assert process.pid != first and process.exit_code() is None
    assert "the stand-in stopped (killed by SIGKILL); starting it again in 0.5 s" in warnings[0]
    stop_all([process], grace=0)


def test_one_that_keeps_dying_waits_longer_each_time_and_is_never_given_up(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    clock, warnings = Time(), list[str]()
    process = Process(
        stand_in("raise SystemExit(3)"),
        logs=tmp_path,
        watchdog=watchdog,
        warn=warnings.append,
        clock=clock,
    )
    process.start()
    for _ in range(4):
        eventually(lambda: process.exit_code() is not None)
        process.tend()
        clock.now += 30
        process.tend()
    pauses = [line.split("again in ")[1].split(" s")[0] for line in warnings]
    assert pauses == ["0.5", "1", "2", "4"]
    stop_all([process], grace=0)


def test_a_program_that_ignores_being_asked_is_killed_with_its_children(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    process = Process(stand_in(STUBBORN), logs=tmp_path, watchdog=watchdog, warn=print)
    process.start()
    eventually(lambda: process.log.read_text().strip())
    child = int(process.log.read_text())
    assert process.pid is not None
    stop_all([process], grace=0.2)
    assert is_gone(process.pid)
    eventually(lambda: is_gone(child))


def test_a_second_request_to_stop_ends_the_wait(tmp_path: Path, watchdog: Watchdog) -> None:
    process = Process(stand_in(STUBBORN), logs=tmp_path, watchdog=watchdog, warn=print)
    process.start()
    eventually(lambda: process.log.read_text().strip())
    began = time.monotonic()
    stop_all([process], grace=60, hurry=lambda: True)
    assert time.monotonic() - began < 5


def test_the_last_three_logs_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    for start in range(5):
        rotate(log)
        log.write_text(f"start {start}")
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {"api.log": "start 4", "api.1.log": "start 3", "api.2.log": "start 2"}


def test_the_end_of_a_log_is_short_enough_to_read(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("\n".join(["early", "x" * 5000 + "the cause", "last"]))
    assert [line[-9:] for line in last_lines(log, 2)] == ["the cause", "last"]
    assert max(map(len, last_lines(log))) < 500
    assert last_lines(tmp_path / "none") == []


def test_exit_codes_are_told_in_words() -> None:
    assert described(2) == "exit code 2"
    assert described(-signal.SIGSEGV) == "killed by SIGSEGV"


# --- the whole product -----------------------------------------------------------------------


def free_port() -> int:
    return preparation.free_port()


SUPERVISED = """
import sys
from pathlib import Path
from api.supervisor import lifecycle, preparation
from api.supervisor.progress import ConsoleProgress
from tests.api.test_supervisor import ANSWERS, STUBBORN, stand_in
from tests.conftest import settings_for

port, data, second = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
url = f"http://127.0.0.1:{port}/readyz"
others = {"stubborn": stand_in(STUBBORN, name="stubborn", ready_url=url),
          "failing": stand_in("raise SystemExit('no luck today')", name="failing", ready_url=url)}
preparation.prepare_database = lambda *_, **__: None
lifecycle.programs = lambda *_, **__: (
    stand_in(ANSWERS, str(port), name="application", ready_url=url), others[second])
settings = settings_for(data, port=port, carrier="twilio", rasa_url="http://rasa.invalid:5005")
sys.exit(lifecycle.run(settings, progress=ConsoleProgress()))
"""


def supervised(tmp_path: Path, second: str) -> subprocess.Popen[str]:
    code = textwrap.dedent(SUPERVISED)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(free_port()), str(tmp_path / "data"), second],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def running_children(supervisor: subprocess.Popen[str]) -> list[int]:
    """Every process below the supervisor, once it has said that it is ready."""
    assert supervisor.stdout is not None
    for line in supervisor.stdout:
        if "Handoff is ready" in line:
            break
    children = [child.pid for child in psutil.Process(supervisor.pid).children(recursive=True)]
    assert len(children) == 4, "watchdog, application, stubborn and its child"
    return children


@pytest.mark.parametrize("stopping", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_leaves_no_process_behind(tmp_path: Path, stopping: signal.Signals) -> None:
    with supervised(tmp_path, "stubborn") as supervisor:
        children = running_children(supervisor)
        supervisor.send_signal(stopping)
        assert supervisor.stdout is not None
        assert any("stopping (Ctrl-C" in line for line in supervisor.stdout)
        supervisor.send_signal(stopping)  # the stubborn one would take its ten seconds
        assert supervisor.wait(timeout=PATIENCE) == 0
        eventually(lambda: all(map(is_gone, children)))


def test_killing_it_leaves_no_process_behind(tmp_path: Path) -> None:
    with supervised(tmp_path, "stubborn") as supervisor:
        children = running_children(supervisor)
        supervisor.kill()
        eventually(lambda: all(map(is_gone, children)))


def test_a_program_that_cannot_start_ends_all_and_shows_why(tmp_path: Path) -> None:
    with supervised(tmp_path, "failing") as supervisor:
        output, _ = supervisor.communicate(timeout=PATIENCE)
    assert supervisor.returncode == 1
    assert "the failing could not start (exit code 1); the end of" in output
    assert "no luck today" in output


def test_what_lacks_only_an_outside_part_runs_and_says_so(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    lacking = ANSWERS.replace("send_response(200)", "send_response(503)").replace(
        "self.end_headers()",
        "self.end_headers(); self.wfile.write(b'"
        '{"parts": {"database": "ok", "carrier": "not answering"}}'
        "')",
    )
    port = free_port()
    program = stand_in(lacking, str(port), ready_url=f"http://127.0.0.1:{port}/readyz")
    process = Process(program, logs=tmp_path, watchdog=watchdog, warn=print)
    process.start()
    eventually(lambda: preparation.why_unusable(port))
    missing = lifecycle.wait_until_ready([process], progress=Told(), stop=StopRequest(), within=0)
    assert missing == "running, but not ready: carrier: not answering"
    stop_all([process], grace=0)


def test_what_never_answers_is_named_with_its_log(tmp_path: Path, watchdog: Watchdog) -> None:
    program = stand_in(SLEEP, ready_url=f"http://127.0.0.1:{free_port()}/")
    process = Process(program, logs=tmp_path, watchdog=watchdog, warn=print)
    process.start()
    with pytest.raises(StartError, match=r"the stand-in did not get ready.*stand-in\.log"):
        lifecycle.wait_until_ready([process], progress=Told(), stop=StopRequest(), within=0)
    stop_all([process], grace=0)


def test_a_mail_server_is_ready_when_it_can_be_connected_to(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    settings, port = lifecycle._prepare_mail(settings_for(tmp_path))
    assert settings.smtp_url == f"smtp://127.0.0.1:{port}"
    (program,) = [each for each in programs(settings, None, mail_port=port) if each.name == "mail"]
    process = Process(program, logs=tmp_path, watchdog=watchdog, warn=print)
    process.start()
    assert not lifecycle.wait_until_ready([process], progress=Told(), stop=StopRequest())
    stop_all([process], grace=PATIENCE)
    assert (tmp_path / "mail").is_dir()
    assert process.exit_code() == 0


def test_e_mail_is_caught_in_trials_only(tmp_path: Path) -> None:
    real = settings_for(tmp_path, carrier=Carrier.TWILIO)
    assert lifecycle._prepare_mail(real) == (real, None)
    named = settings_for(tmp_path, smtp_url="smtp://127.0.0.1:2525")
    assert lifecycle._prepare_mail(named) == (named, None)


# --- what is checked before ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "named"), [("port", "HANDOFF_PORT"), ("carrier_port", "HANDOFF_CARRIER_PORT")]
)
def test_a_taken_port_is_one_line_that_names_the_setting(
    tmp_path: Path, setting: str, named: str
) -> None:
    told = Told()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"port": free_port(), "carrier_port": free_port(), setting: port}
        assert lifecycle.run(settings_for(tmp_path, **ports), progress=told) == 1
    assert len(told.lines) == 1
    assert told.lines[0].startswith(f"port {port} is taken by another program; set {named}")


def test_rasa_takes_another_port_unless_its_address_was_given(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        given = settings_for(tmp_path, port=free_port(), carrier_port=free_port(), rasa_url=url)
        with pytest.raises(StartError, match="HANDOFF_RASA_URL"):
            preparation.check_ports(given)
        fields = given.model_fields_set - {"rasa_url"}
        preparation.check_ports(Settings.model_construct(fields, **given.model_dump()))


def test_two_products_never_share_a_data_folder(tmp_path: Path) -> None:
    told = Told()
    settings = settings_for(tmp_path, port=free_port())
    with lifecycle.alone_on(tmp_path):
        assert lifecycle.run(settings, progress=told) == 1
    assert "another Handoff is running on" in told.lines[0]


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 12 * 2**20

    monkeypatch.setattr("api.supervisor.preparation.shutil.disk_usage", lambda _: Full)
    told = Told()
    assert lifecycle.run(settings_for(tmp_path), progress=told) == 1
    assert len(told.lines) == 1 and told.lines[0].startswith("the disk is too full: 12 MB free")


def test_a_data_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    told = Told()
    assert lifecycle.run(settings_for(tmp_path / "file" / "var"), progress=told) == 1
    assert len(told.lines) == 1 and "can't be written" in told.lines[0]


def test_a_database_out_of_reach_is_one_line_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://handoff:hidden-word@127.0.0.1:{free_port()}/handoff"
    told = Told()
    settings = settings_for(tmp_path, port=free_port(), database_url=url)
    assert lifecycle.run(settings, progress=told) == 1
    assert "the database can't be used" in told.lines[-1]
    assert "hidden-word" not in " ".join(told.lines)


def test_a_partners_file_with_a_mistake_loads_nothing_and_says_where(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "partners.yml"
    broken.write_text("organizations:\n  - id: Not A Slug\n    name: Example\n    services: []\n")
    with pytest.raises(StartError, match=r"partners\.yml:2: "):
        preparation.prepare_database(sqlite_settings, Told(), partners=broken)
    database.use(Database(sqlite_settings))
    with database.read_scope() as session:
        assert catalogue_version(session) is None


# --- what each program may know --------------------------------------------------------------


@pytest.fixture
def planned(tmp_path: Path) -> dict[str, Program]:
    settings = settings_for(tmp_path, carrier=Carrier.SIMULATED)
    understanding = Understanding(rasa_port=5005, actions_port=5055, model=Path("/model"))
    shell = {"PATH": "/bin", "PYTHONPATH": "/elsewhere", "HANDOFF_SECRET_KEY": "from the shell"}
    found = programs(settings, understanding, inherited=shell)
    return {program.name: program for program in found}


def test_the_application_is_stopped_first(planned: dict[str, Program]) -> None:
    assert list(planned) == ["api", "rasa", "actions", "carrier"]


def test_no_secret_is_on_a_command_line(planned: dict[str, Program], tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    secrets = [
        settings.secret_key,
        settings.encryption_keys,
        settings.rasa_token,
        settings.twilio_auth_token,
    ]
    arguments = [argument for program in planned.values() for argument in program.argv]
    assert not [secret for secret in secrets if any(secret in each for each in arguments)]


@pytest.mark.parametrize("name", ["rasa", "carrier"])
def test_rasa_and_the_carrier_know_nothing_of_the_database(
    planned: dict[str, Program], name: str
) -> None:
    known = planned[name].environment
    forbidden = {"HANDOFF_ENCRYPTION_KEYS", "HANDOFF_SECRET_KEY", "HANDOFF_DATABASE_URL"}
    assert not forbidden & set(known)
    assert "HANDOFF_RASA_TOKEN" not in planned["carrier"].environment
    assert "HANDOFF_TWILIO_AUTH_TOKEN" not in planned["rasa"].environment


def test_a_shells_python_settings_are_not_inherited(planned: dict[str, Program]) -> None:
    assert all("PYTHONPATH" not in program.environment for program in planned.values())


def test_the_application_is_told_every_setting_as_decided(
    planned: dict[str, Program], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in planned["api"].environment.items():
        monkeypatch.setenv(name, value)
    told = Settings(_env_file=None)  # type: ignore[call-arg]
    assert told.model_dump() == settings_for(tmp_path).model_dump()


def test_rasa_elsewhere_is_not_started_here(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, carrier=Carrier.TWILIO, rasa_url="http://rasa.internal:5005")
    assert [program.name for program in programs(settings, None, inherited={})] == ["api"]


# --- what a person sees ----------------------------------------------------------------------


def test_without_a_terminal_waiting_is_told_only_after_a_while() -> None:
    clock, output = Time(), StringIO()
    progress = ConsoleProgress(Console(file=output, width=100), clock=clock)
    progress.say("started")
    progress.wait_for("Rasa")
    clock.now += 9
    progress.wait_for("Rasa")
    clock.now += 2
    progress.wait_for("Rasa")
    progress.wait_for("Rasa")
    assert output.getvalue() == "  0.0 s  started\n 11.0 s  waiting for Rasa\n"
