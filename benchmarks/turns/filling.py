"""A large programme's database for a product to start on: a year's texts many times over, and
people who are followed up."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import time, timedelta
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from api.supervisor.postgres import CONNECTIONS
from api.supervisor.preparation import prepare_database
from api.supervisor.progress import ConsoleProgress
from benchmarks import load_set
from bot import due
from bot.demo import crew, year
from bot.demo.world import World
from directory import database
from directory.checkins.models import CheckIn, CheckInStatus
from directory.clock import wall_now
from directory.database import Database
from directory.messages.models import InboundMessage, OutboundMessage, OutboundStatus
from directory.notices.models import Notice, NoticeStatus
from directory.quiet_hours import QuietHours
from directory.settings import Settings, load_settings
from directory.tasks.models import Task, TaskStatus
from directory.tasks.queries import DANGER
from tools.drain import fictional_phones, log_visits
from tools.wheel_postgres import running_postgres

PLANNED = 100_000
CONTACTS_A_YEAR = 10  # of the plan caring_contacts
# Numbers at the far end of those that are nobody's: the benchmark's phones begin at the other.
_LAST = fictional_phones(78_000)[75_000:]
_LATER = timedelta(hours=1)  # than any measurement ends
FOLLOWED, _COPIED = _LAST[:200], _LAST[200:]


@contextmanager
def settings_on(folder: Path, *, kind: str) -> Iterator[Settings]:
    """Settings with the data in `folder`, which is made. `kind`: "embedded" (SQLite), or "scaled":
    a PostgreSQL in `folder`/server that runs until the end."""
    folder.mkdir(mode=0o755, parents=True)
    with ExitStack() as running:
        url = running.enter_context(_server(folder / "server")) if kind == "scaled" else ""
        yield load_settings(data_dir=folder, carrier="simulated", database_url=url)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """With as many connections as `handoff scale` gives its own."""
    with running_postgres(folder) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
    with running_postgres(folder) as url:  # read only when the server starts
        yield url


def fill(settings: Settings, *, texts: int, planned: int = PLANNED) -> dict[str, int]:
    """Make the database that a product will find there; rows of each sort.

    `texts`, `planned`: at least so many, and check-ins still to come; 0 texts leaves out the year
    and its check-ins. In either case our partners are there, the same staff is on call, and the
    people of `FOLLOWED` have had a visit.
    """
    prepare_database(settings, ConsoleProgress())
    opened = database.use(Database(settings))
    try:
        if texts:
            _many(opened, settings, texts=texts, planned=planned)
        else:
            _hire(settings)
        now = wall_now()
        log_visits(settings, FOLLOWED, occurred_at=now, now=now)
        return _sizes()
    finally:
        opened.close()


def _hire(settings: Settings) -> None:
    """Whom the year employs: danger is told to whoever is on call."""
    quiet, chance = QuietHours(*settings.quiet, settings.zone), Random(year.SEED)
    world = World(now=wall_now(), zone=settings.zone, quiet=quiet, chance=chance)
    with database.session_scope() as session:
        crew.hire(session, world, password=secrets.token_urlsafe(12))
        session.add_all(world.rows)


def _many(opened: Database, settings: Settings, *, texts: int, planned: int) -> None:
    now = wall_now()
    with database.session_scope() as session:
        year.fill(session, now=now, password=secrets.token_urlsafe(12))
    _settle(settings)
    with opened.engine.connect() as connection:
        there = load_set.copies_for(connection, texts=texts) + 1
    with database.read_scope() as session:
        missing = planned - _planned(session) * there
    people = max(0, -(-missing // (CONTACTS_A_YEAR * there)))
    log_visits(
        settings, _some(_COPIED, people), occurred_at=now, now=now, follow_up="caring_contacts"
    )
    with opened.engine.begin() as connection:
        load_set.multiply(connection, texts=texts)
    if opened.engine.dialect.name == "postgresql":
        # What the server would do about so many new rows by itself, some time while we measure.
        with opened.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE)"))
            connection.execute(text("CHECKPOINT"))


def _settle(settings: Settings) -> None:
    """Do what is due in the year, so that no copy of it is done while turns are measured."""
    now, wall = wall_now() + _LATER, wall_now()
    quiet = QuietHours(time(0), time(0), settings.zone)  # never
    for _ in range(3):  # what one look plans the next one hands over
        due.look(due.Moment(now, wall, quiet))
    with database.session_scope() as session:
        queued = OutboundMessage.status == OutboundStatus.QUEUED
        session.execute(
            update(OutboundMessage).where(queued).values(status=OutboundStatus.DELIVERED)
        )
        waiting = Notice.status.in_((NoticeStatus.PLANNED, NoticeStatus.HANDED_OVER))
        session.execute(update(Notice).where(waiting).values(status=NoticeStatus.SENT))
        # Of each that waits there would be hundreds, and somebody is called about each.
        danger = Task.kind.in_(DANGER)
        session.execute(update(Task).where(danger).values(status=TaskStatus.DONE))
        planned = session.scalars(select(CheckIn).where(CheckIn.status == CheckInStatus.PLANNED))
        for checkin in planned:
            checkin.due_at += timedelta(days=30)


def _some(phones: Sequence[str], count: int) -> Sequence[str]:
    if count > len(phones):
        raise ValueError(f"{count} people are to be planned for, and {len(phones)} have a number")
    return phones[:count]


def _planned(session: Session) -> int:
    planned = select(func.count()).where(CheckIn.status == CheckInStatus.PLANNED)
    return session.scalar(planned) or 0


def _sizes() -> dict[str, int]:
    with database.read_scope() as session:
        texts = sum(
            session.scalar(select(func.count()).select_from(each)) or 0
            for each in (InboundMessage, OutboundMessage)
        )
        return {"stored texts": texts, "planned check-ins": _planned(session)}
