"""`handoff doctor`: each part that is wrong is named, with what to do about it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.doctor import machine, outside, stored
from api.doctor.examination import examine
from api.doctor.finding import Finding, State
from directory import database, migrations
from directory.clock import wall_now
from directory.database import Database
from directory.on_call import alarms, pause
from directory.on_call.models import AlarmKind
from directory.reindexing import reindex
from directory.settings import Carrier, Settings
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from tests.api.terminal import Command
from tests.conftest import settings_for
from tests.directory.on_call.builders import DAY, a_colleague, on_call, texts_stop
from tests.factories import queued, texted

ANOTHER_KEY = "YW5vdGhlciBrZXkgb2YgdGhpcnR5LXR3byBieXRlcyE="


def found(findings: Any) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


def looked(opened: Database) -> dict[str, Finding]:
    return found(stored.look(opened, wall_now()))


def test_a_fresh_database_is_well_and_lacks_what_people_do(any_database: Database) -> None:
    said = looked(any_database)
    well = {name for name, finding in said.items() if finding.state is State.OK}
    assert well >= {"database", "schema", "writing", "keys", "jobs", "danger", "alarms", "spool"}
    assert {said[name].state for name in ("backup", "on call", "scheduler")} == {State.WARN}
    assert all(bool(finding.do) is (finding.state is not State.OK) for finding in said.values())


def test_a_shift_of_whose_phone_gets_no_text_is_named(db: Database) -> None:
    now = wall_now()
    for number, position in ((61, 1), (62, 2)):
        on_call(a_colleague(number), position, starts_at=now, ends_at=now + DAY, now=now)
    assert looked(db)["on call"].state is State.OK
    texts_stop(62)
    found = looked(db)["on call"]
    assert found.state is State.WARN
    assert "1 on call now; 1 with shifts get no texts" in found.what


def test_looking_changes_nothing(db: Database) -> None:
    looked(db)
    with database.read_scope() as session:
        assert alarms.queries.standing_alarms(session) == []


def danger_waits() -> None:
    with database.session_scope() as session:
        now = wall_now() - timedelta(minutes=16)
        tasks.open_task(session, TaskKind.DANGER, person_id=None, now=now)


def alarm_stands() -> None:
    with database.session_scope() as session:
        alarms.raise_alarm(session, AlarmKind.CARRIER_QUIET, wall=wall_now())


def all_is_paused() -> None:
    with database.session_scope() as session:
        pause.start(session, by="command", now=wall_now())


@pytest.mark.parametrize(
    ("wrong", "part", "state"),
    [
        (danger_waits, "danger", State.FAIL),
        (lambda: texted("hello"), "jobs", State.FAIL),
        (queued, "jobs", State.WARN),
        (alarm_stands, "alarms", State.WARN),
        (all_is_paused, "pause", State.WARN),
    ],
)
def test_what_is_wrong_is_found(
    db: Database, wrong: Callable[[], object], part: str, state: State
) -> None:
    wrong()
    finding = looked(db)[part]
    assert (finding.state, bool(finding.do)) == (state, True)


def test_a_database_of_an_older_version_is_said_to_be_one(db: Database) -> None:
    migrations.go_back("0005")
    assert "at 0005" in looked(db)["schema"].what


def test_a_database_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    opened = Database(settings_for(tmp_path, database_url=f"sqlite:///{tmp_path}/no/such.sqlite"))
    assert found(stored.look(opened, wall_now()))["database"].state is State.FAIL


def test_a_lost_key_is_named_by_the_day_it_was_in_use(db: Database) -> None:
    texted("Only the old key reads this")
    lost = database.use(Database(db.settings.model_copy(update={"encryption_keys": ANOTHER_KEY})))
    finding = looked(lost)["keys"]
    assert finding.state is State.FAIL
    assert f"{wall_now():%Y-%m-%d}" in finding.do and "HANDOFF_ENCRYPTION_KEYS" in finding.do


def test_a_lost_key_has_a_name_where_a_backup_knew_it(db: Database, tmp_path: Path) -> None:
    from directory.backups import service
    from directory.backups.keys import set_keys

    texted("Only the old key reads this")
    service.make(db, tmp_path / "safe", wall=wall_now())
    [name] = set_keys(db)
    lost = database.use(Database(db.settings.model_copy(update={"encryption_keys": ANOTHER_KEY})))
    assert f"add the key {name} " in looked(lost)["keys"].do


def test_another_secret_key_is_seen(db: Database) -> None:
    texted("Who am I?")
    other = database.use(Database(db.settings.model_copy(update={"secret_key": "another one"})))
    finding = looked(other)["keys"]
    assert (finding.state, "HANDOFF_SECRET_KEY" in finding.what) == (State.FAIL, True)


def test_a_reindexing_that_was_stopped_is_seen(db: Database) -> None:
    texted("Who am I?")
    other = database.use(Database(db.settings.model_copy(update={"secret_key": "another one"})))
    texted("Who is this?", phone="+16305550188")
    finding = looked(other)["keys"]
    assert (finding.state, "1 of 2 people" in finding.what) == (State.FAIL, True)
    reindex(other, by="command", now=wall_now())
    assert looked(other)["keys"].state is State.OK


def test_files_that_others_can_read_are_named(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    secrets = tmp_path / "secrets.env"
    secrets.write_text("x")
    tmp_path.chmod(0o755)
    secrets.chmod(0o644)
    finding = found(machine.look(settings))["file modes"]
    assert finding.state is State.FAIL
    assert f"chmod go= {tmp_path} {secrets}" in finding.do
    tmp_path.chmod(0o700)
    assert found(machine.look(settings))["file modes"].state is State.OK, "nobody gets that far"


def a_volume(folder: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> Path:
    """As Kubernetes hands it over: of root, with the group that this process was given."""
    volume = folder / "volume"
    volume.mkdir()
    volume.chmod(mode)
    monkeypatch.setattr("os.geteuid", lambda: volume.stat().st_uid + 1)
    monkeypatch.setattr("os.getgroups", lambda: [volume.stat().st_gid])
    return volume


def test_a_volume_that_is_open_to_the_group_we_were_given_is_closed_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = a_volume(tmp_path, monkeypatch, 0o2770)
    assert found(machine.look(settings_for(volume)))["file modes"].state is State.OK
    monkeypatch.setattr("os.getgroups", list)
    monkeypatch.setattr("os.getegid", lambda: volume.stat().st_gid + 1)
    finding = found(machine.look(settings_for(volume)))["file modes"]
    assert finding.state is State.WARN, "a group that is not ours is somebody else"


def test_what_this_user_may_not_close_is_not_asked_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = a_volume(tmp_path, monkeypatch, 0o2775)
    finding = found(machine.look(settings_for(volume)))["file modes"]
    assert finding.state is State.WARN
    assert "chmod go=" not in finding.do and "mount it in nothing but Handoff" in finding.do


def test_a_model_is_not_looked_for_where_rasa_runs_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "RASA_PYTHON", tmp_path / "no" / "python")
    elsewhere = settings_for(tmp_path, rasa_url="http://rasa-0.rasa:5005,http://rasa-1.rasa:5005")
    finding = found(machine.look(elsewhere))["model"]
    assert (finding.state, "runs elsewhere" in finding.what) == (State.OK, True)
    assert found(machine.look(settings_for(tmp_path)))["model"].state is State.FAIL


def test_each_rasa_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = ("http://127.0.0.1:1", "http://127.0.0.1:2")
    settings = settings_for(tmp_path, rasa_url=",".join(closed))
    for other in ("_application", "_carrier", "_way_in", "_clock", "_mail"):
        monkeypatch.setattr(outside, other, lambda *_: Finding("another", State.OK, "as it is"))
    rasas = [each for each in outside.look(settings) if each.name == "rasa"]
    assert [each.state for each in rasas] == [State.WARN, State.WARN]
    assert all(url in each.what for url, each in zip(closed, rasas, strict=True))


@pytest.mark.parametrize("part", [machine, outside])
def test_a_check_that_breaks_hides_no_other_of_its_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: Any
) -> None:
    def breaks(*_: object) -> Finding:
        raise RuntimeError("never mind what")

    checks = {
        machine: ("_carrier", "_public_url", "_secrets", "_modes", "_disk", "_model"),
        outside: ("_application", "_rasa", "_carrier", "_way_in", "_clock", "_mail"),
    }[part]
    for check in checks:
        monkeypatch.setattr(part, check, breaks)
    said = list(part.look(settings_for(tmp_path)))
    assert [each.state for each in said] == [State.FAIL] * len(checks)
    assert all("could not be looked at (RuntimeError)" in each.what for each in said)


def test_a_stored_check_that_breaks_hides_no_other(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> Finding:
        raise RuntimeError("never mind what")

    monkeypatch.setattr(stored, "_keys", breaks)
    said = looked(db)
    assert said["keys"].state is State.FAIL
    assert {"backup", "jobs", "danger", "spool", "scheduler"} <= set(said)


def for_twilio(folder: Path, **changes: Any) -> Settings:
    given = {"carrier": Carrier.TWILIO, "public_url": "https://handoff.example.org"} | changes
    return settings_for(folder, **given)


def test_a_public_address_without_tls_fails(tmp_path: Path) -> None:
    settings = for_twilio(tmp_path, public_url="http://handoff.example.org")
    assert found(machine.look(settings))["public address"].state is State.FAIL


def answering(status: int, body: object, **headers: str) -> httpx.Client:
    answer = httpx.Response(status, json=body, headers=headers)
    return httpx.Client(transport=httpx.MockTransport(lambda _: answer))


def test_the_way_in_is_right_when_we_turn_it_away(tmp_path: Path) -> None:
    settings = for_twilio(tmp_path)
    ours = answering(403, {"code": "signature_invalid"})
    assert outside._way_in(ours, settings).state is State.OK
    assert outside._way_in(answering(403, {"code": "other"}), settings).state is State.FAIL
    assert outside._way_in(answering(200, {}), settings).state is State.FAIL


def test_a_clock_that_is_off_is_seen(tmp_path: Path) -> None:
    settings = for_twilio(tmp_path)
    late = wall_now() - timedelta(minutes=2)
    theirs = answering(200, {}, date=f"{late:%a, %d %b %Y %H:%M:%S} GMT")
    finding = outside._clock(theirs, settings)
    assert finding.state is State.FAIL and "ahead of" in finding.what
    right = answering(200, {}, date=f"{wall_now():%a, %d %b %Y %H:%M:%S} GMT")
    assert outside._clock(right, settings).state is State.OK


def test_an_application_that_is_not_ready_says_which_part(tmp_path: Path) -> None:
    parts = {"status": "not ready", "parts": {"database": "ok", "rasa": "not answering"}}
    finding = outside._application(answering(503, parts), settings_for(tmp_path))
    assert (finding.state, finding.what) == (State.FAIL, "rasa: not answering")


def test_a_check_that_breaks_does_not_end_the_others(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: Settings) -> None:
        raise RuntimeError("never mind what")

    monkeypatch.setattr(machine, "look", breaks)
    monkeypatch.setattr(outside, "look", lambda _: iter(()))
    said = found(examine(sqlite_settings, wall=wall_now()))
    assert said["this machine"].state is State.FAIL
    assert "database" in said


def test_the_command_exits_by_what_it_found(
    handoff: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "look", lambda _: iter(()))
    monkeypatch.setattr(machine, "look", lambda _: iter(()))
    done = handoff("doctor", "--json")
    body = json.loads(done.stdout)
    assert (done.returncode, body["state"]) == (0, "warn")
    assert {"name", "state", "what", "do"} == set(body["findings"][0])
    danger_waits()
    done = handoff("doctor")
    assert done.returncode == 1
    assert "fail danger" in done.stdout and "-> claim the task" in done.stdout


def test_a_setting_that_is_wrong_is_a_finding(handoff: Command) -> None:
    done = handoff("doctor", HANDOFF_TIMEZONE="Nowhere/Town")
    assert done.returncode == 1
    assert "HANDOFF_TIMEZONE" in done.stdout
