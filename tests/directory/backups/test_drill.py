"""Backup under writes, restore elsewhere: the same counts, everything readable, nothing twice."""

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import after_restore, due
from bot.after_restore import Settled
from directory import database
from directory.backups import queries, restoring, service
from directory.backups.manifest import BackupError, Manifest
from directory.clock import ProductClock, wall_now
from directory.database import Database
from directory.messages.models import InboundMessage, OutboundMessage, OutboundStatus
from directory.messages.spool import Spool, SpooledText
from directory.on_call import pause
from directory.people.models import Person
from directory.settings import Settings
from directory.tasks.models import Task, TaskKind
from tests.conftest import database_url, run_on, settings_for
from tests.factories import (
    QUIET,
    a_sender,
    met,
    queued,
    read_checkin,
    texted,
    visited,
)
from tests.fakes import MORNING, Clock, FakeGateway

ANOTHER_KEY = "YW5vdGhlciBrZXkgb2YgdGhpcnR5LXR3byBieXRlcyE="


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Settings]]:
    """A database that is used, and settings that name an empty place of the same kind."""
    if request.param == "sqlite":
        opened = database.use(Database(request.getfixturevalue("sqlite_settings")))
        yield opened, settings_for(tmp_path / "elsewhere")
        opened.close()
        return
    server = request.getfixturevalue("postgres_server")
    name = f"handoff_restored_{os.getpid()}"
    run_on(server, f'DROP DATABASE IF EXISTS "{name}"')
    run_on(server, f'CREATE DATABASE "{name}"')
    opened = database.use(Database(request.getfixturevalue("postgres_settings")))
    yield opened, settings_for(tmp_path / "elsewhere", database_url=database_url(server, name))
    database.current().close()
    opened.close()
    run_on(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def back_up(opened: Database, folder: Path, at: datetime | None = None, keep: int = 3) -> Path:
    return service.make(opened, folder, keep=keep, wall=at or wall_now())[0]


def put_back(folder: Path, settings: Settings, *, now: datetime = MORNING) -> Settled:
    """Restore as the command does; the restored database is in use afterwards."""
    settings.data_dir.mkdir(exist_ok=True)
    found: list[Settled] = []

    def settle(spooled: list[SpooledText], _: Manifest) -> None:
        with database.session_scope() as session:
            found.append(after_restore.settle(session, spooled, now=now, wall=wall_now()))

    manifest = restoring.check(folder, settings)
    restoring.restore(folder, settings, manifest, wall=wall_now(), settle=settle)
    database.use(Database(settings))
    return found[0]


def count(kind: type[database.Base]) -> int:
    with database.read_scope() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_backup_under_writes_is_whole_and_readable(
    places: tuple[Database, Settings], tmp_path: Path
) -> None:
    opened, elsewhere = places
    for number in range(20):
        texted(f"Text {number}", phone=f"+163055501{number:02}")
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            texted("While it is copied", phone="+16305550199")

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        folder = back_up(opened, tmp_path / "safe")
    finally:
        stop.set()
        writer.join()
    manifest = Manifest.read(folder)
    written = count(InboundMessage)
    [stored] = [n for name, n in manifest.rows.items() if name.endswith("inbound_messages")]
    assert 20 <= stored <= written
    put_back(folder, elsewhere)
    assert count(InboundMessage) == stored
    with database.read_scope() as session:
        bodies = session.scalars(select(InboundMessage.body)).all()
        phones = session.scalars(select(Person.phone)).all()
    assert {f"Text {number}" for number in range(20)} <= set(bodies)
    assert "+16305550101" in phones


def test_only_the_owner_can_read_it(places: tuple[Database, Settings], tmp_path: Path) -> None:
    folder = back_up(places[0], tmp_path / "safe")
    modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "safe").stat().st_mode & 0o777 == 0o700


def test_nothing_that_was_under_way_leaves_a_second_time(
    places: tuple[Database, Settings], tmp_path: Path
) -> None:
    """What waits in the backup goes out after it; the restored system sends none of it again."""
    opened, elsewhere = places
    _, checkins = visited()
    first = min(checkins, key=lambda each: each.due_at)
    now = Clock(first.due_at + timedelta(minutes=1))
    queued("A reply", person_id=met("+16305550133"), now=now())
    danger = texted("I want to kill myself", phone="+16305550134")
    folder = back_up(opened, tmp_path / "safe")

    carrier = FakeGateway(wall=now)
    sender = a_sender(carrier, now=now)
    work(sender, now)
    gone = [text.body for text in carrier.carried]
    assert len(gone) == 2 and "A reply" in gone

    now.forward(hours=1)
    settled = put_back(folder, elsewhere, now=now())
    assert (settled.texts, settled.checkins, settled.unanswered) == (1, 1, 1)
    work(sender, now)
    with database.session_scope() as session:
        assert pause.end(session, by="command", now=now())
    now.forward(minutes=5)
    work(sender, now)
    assert [text.body for text in carrier.carried] == gone
    kinds = tasks_by_person()
    assert (TaskKind.DANGER, "+16305550134") in kinds
    assert (TaskKind.SEND_FAILED, "+16305550133") in kinds
    assert (TaskKind.SEND_FAILED, "+16305550100") in kinds
    assert read_checkin(first.id).reason == "restored"
    with database.read_scope() as session:
        assert session.get_one(InboundMessage, danger).answered_by == "staff"


def work(sender: object, now: Clock) -> None:
    """What the workers do: look at what is due, and send what waits."""
    due.look(due.Moment(now(), now(), QUIET))
    with database.read_scope() as session:
        waiting = session.scalars(
            select(OutboundMessage.id).where(OutboundMessage.status == OutboundStatus.QUEUED)
        ).all()
        held = pause.standing(session)
    if not held:
        for message_id in waiting:
            sender.deliver(message_id)  # type: ignore[attr-defined]


def tasks_by_person() -> set[tuple[str, str]]:
    with database.read_scope() as session:
        rows = session.execute(select(Task.kind, Person.phone).join(Person)).all()
    return {(kind, phone) for kind, phone in rows}


def test_what_is_planned_for_later_still_comes(
    places: tuple[Database, Settings], tmp_path: Path
) -> None:
    opened, elsewhere = places
    _, checkins = visited()
    last = max(checkins, key=lambda each: each.due_at)
    put_back(back_up(opened, tmp_path / "safe"), elsewhere)
    assert read_checkin(last.id).status == "planned"


def test_texts_that_waited_on_disk_are_in_it(
    places: tuple[Database, Settings], tmp_path: Path
) -> None:
    opened, elsewhere = places
    spool = Spool(opened.settings.data_dir / "inbox-spool", opened.cipher)
    spool.keep(SpooledText("SM1", "+16305550155", "On disk", 0, MORNING.isoformat()))
    settled = put_back(back_up(opened, tmp_path / "safe"), elsewhere)
    assert settled.unanswered == 1
    with database.read_scope() as session:
        assert session.scalars(select(InboundMessage.body)).all() == ["On disk"]
    assert spool.count() == 1, "the backup has taken nothing away"


def test_it_starts_paused_and_knows_where_it_came_from(
    places: tuple[Database, Settings], tmp_path: Path
) -> None:
    opened, elsewhere = places
    made = wall_now()
    put_back(back_up(opened, tmp_path / "safe", made), elsewhere)
    with database.read_scope() as session:
        assert pause.standing(session)
        restored = queries.last_restore(session)
    assert restored is not None
    assert abs(restored.at - made) < timedelta(seconds=1)


def test_a_place_that_is_not_empty_is_left_alone(
    places: tuple[Database, Settings], tmp_path: Path
) -> None:
    opened, elsewhere = places
    folder = back_up(opened, tmp_path / "safe")
    with pytest.raises(BackupError, match="empty"):
        restoring.check(folder, opened.settings)
    put_back(folder, elsewhere)
    with pytest.raises(BackupError, match="empty"):
        restoring.check(folder, elsewhere)


@pytest.fixture
def whole(db: Database, tmp_path: Path) -> Path:
    """A backup with one text in it."""
    texted("Hello")
    return back_up(db, tmp_path / "safe")


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_what_a_dead_database_left_beside_it_is_named_and_nothing_restored(
    whole: Path, tmp_path: Path, end: str
) -> None:
    """SQLite would play it over the restored file: not paused, and texts go out a second time."""
    elsewhere = settings_for(tmp_path / "elsewhere")
    target = service.sqlite_file(elsewhere)
    target.parent.mkdir(exist_ok=True)
    left = target.with_name(target.name + end)
    left.write_bytes(b"of the dead system")
    with pytest.raises(BackupError, match=rf"{re.escape(str(left))}: left of .* Move all of these"):
        restoring.check(whole, elsewhere)
    assert not target.exists()
    left.unlink()
    put_back(whole, elsewhere)


def test_every_file_that_is_to_go_is_named_at_once(whole: Path, tmp_path: Path) -> None:
    elsewhere = settings_for(tmp_path / "elsewhere")
    target = service.sqlite_file(elsewhere)
    target.parent.mkdir(exist_ok=True)
    for end in ("", "-wal", "-shm"):
        target.with_name(target.name + end).write_bytes(b"of the dead system")
    names = f"{target}, {target}-wal, {target}-shm: left of"
    with pytest.raises(BackupError, match=re.escape(names)):
        restoring.check(whole, elsewhere)


def test_a_changed_file_is_seen(whole: Path, tmp_path: Path) -> None:
    with (whole / "database.sqlite").open("r+b") as file:
        file.seek(5000)
        file.write(b"x")
    with pytest.raises(BackupError, match="not as it was written"):
        restoring.check(whole, settings_for(tmp_path / "elsewhere"))


def test_a_schema_of_a_newer_version_is_refused(whole: Path, tmp_path: Path) -> None:
    body = json.loads((whole / "manifest.json").read_text()) | {"revision": "9999"}
    (whole / "manifest.json").write_text(json.dumps(body))
    with pytest.raises(BackupError, match="schema 9999, which this version doesn't know"):
        restoring.check(whole, settings_for(tmp_path / "elsewhere"))


def test_another_kind_of_database_is_refused(whole: Path, tmp_path: Path) -> None:
    elsewhere = settings_for(tmp_path / "elsewhere", database_url="postgresql://nobody@127.0.0.1/x")
    with pytest.raises(BackupError, match="a backup of sqlite"):
        restoring.check(whole, elsewhere)


def test_the_key_that_is_missing_is_named(whole: Path, tmp_path: Path) -> None:
    [name] = Manifest.read(whole).keys
    elsewhere = settings_for(tmp_path / "elsewhere", encryption_keys=ANOTHER_KEY)
    with pytest.raises(BackupError, match=f"the encryption key {name} is missing"):
        restoring.check(whole, elsewhere)
    with pytest.raises(BackupError, match="HANDOFF_SECRET_KEY is not the one"):
        restoring.check(whole, settings_for(tmp_path / "elsewhere", secret_key="another"))


def test_an_old_key_that_is_still_needed_is_missed_and_nothing_stays(
    db: Database, tmp_path: Path
) -> None:
    """Rotated, and the old key thrown away too early: the newest key is there all the same."""
    texted("Under the old key")
    settings = db.settings.model_copy(
        update={"encryption_keys": f"{ANOTHER_KEY},{db.settings.encryption_keys}"}
    )
    rotated = database.use(Database(settings))
    folder = back_up(rotated, tmp_path / "safe")
    elsewhere = settings_for(tmp_path / "elsewhere", encryption_keys=ANOTHER_KEY)
    with pytest.raises(BackupError, match=r"can.t be read: .*inbound_messages\.body"):
        put_back(folder, elsewhere)
    assert list(elsewhere.data_dir.glob("*")) == []
    assert list(elsewhere.data_dir.glob(".*")) == []


def test_only_so_many_are_kept_and_a_partial_one_goes(db: Database, tmp_path: Path) -> None:
    safe = tmp_path / "safe"
    (safe / ".handoff-20250101T000000Z.partial").mkdir(parents=True)
    at = wall_now()
    made = [back_up(db, safe, at + timedelta(seconds=each), keep=2) for each in range(4)]
    assert [each for each in sorted(safe.iterdir()) if each.name != service.LOCK] == made[2:]
    assert restoring.chosen(safe) == made[-1]


def test_a_full_disk_leaves_nothing_half_written(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(BackupError, match="too full"):
        back_up(db, tmp_path / "safe")
    assert [each.name for each in (tmp_path / "safe").iterdir()] == [service.LOCK]


def test_two_at_once_do_not_harm_each_other(db: Database, tmp_path: Path) -> None:
    with service._alone_in(tmp_path / "safe"), pytest.raises(BackupError, match="another backup"):
        back_up(db, tmp_path / "safe")


def test_it_is_noted_with_the_keys_in_use(db: Database, tmp_path: Path) -> None:
    folder = back_up(db, tmp_path / "safe")
    with database.read_scope() as session:
        assert queries.last_made_at(session) is not None
        [(_, keys)] = queries.keys_by_time(session)
    assert keys == Manifest.read(folder).keys[0]


def test_product_time_goes_on_from_the_backup(db: Database, tmp_path: Path) -> None:
    clock = ProductClock()
    clock.start(speed=1)
    clock.skip(timedelta(days=3))
    put_back(back_up(db, tmp_path / "safe"), settings_for(tmp_path / "elsewhere"))
    assert ProductClock().now() - wall_now() > timedelta(days=2)


def test_a_manifest_names_no_secret(whole: Path) -> None:
    said = (whole / "manifest.json").read_text()
    settings = database.current().settings
    assert settings.secret_key not in said
    assert not any(key in said for key in settings.encryption_key_list)
