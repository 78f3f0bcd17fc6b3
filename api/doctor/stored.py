"""Checks of what is stored: the database, its keys, backups, the roster, listings, what waits."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.doctor.finding import Finding, fail, guarded, ok, warn
from bot.on_call import last_beat
from directory import migrations
from directory.backups import keys
from directory.backups import queries as backups
from directory.clock import ProductClock
from directory.database import Database
from directory.listings import dialled_queries as dialled
from directory.listings.dialled_models import DialOutcome, NumberCheck
from directory.listings.numbers import digits_of
from directory.messages import inbox
from directory.messages import queries as messages
from directory.messages.spool import FOLDER, Spool
from directory.on_call import alarms
from directory.on_call import queries as on_call
from directory.on_call.models import Alarm, AlarmKind
from directory.tasks import queries as tasks
from directory.tasks.models import TaskStatus

BACKUP_WITHIN = timedelta(hours=26)
DANGER_WITHIN = timedelta(minutes=15)
ANSWER_WITHIN = timedelta(minutes=1)
LEAVE_WITHIN = timedelta(minutes=5)


def look(database: Database, wall: datetime) -> Iterator[Finding]:
    """The first that fails for good ends it: without a database the rest says nothing."""
    found = _reachable(database)
    yield found
    if found.do:
        return
    found = _schema(database)
    yield found
    if found.do:
        return
    yield _writable(database)
    now = ProductClock().now()
    checks: dict[str, Callable[[Session], Finding]] = {
        "keys": lambda session: _keys(session, database),
        "backup": lambda session: _backup(session, wall),
        "on call": lambda session: _roster(session, now),
        "hotlines": _hotlines,
        "jobs": lambda session: _waiting(session, now),
        "danger": lambda session: _danger(session, now),
        "alarms": _alarms,
        "pause": _paused,
    }
    for name, check in checks.items():
        yield guarded(name, partial(_in_session, database, check))
    yield guarded("spool", lambda: _spool(database))
    yield guarded("scheduler", lambda: _scheduler(database, wall))


def _in_session(database: Database, check: Callable[[Session], Finding]) -> Finding:
    with database.read_scope() as session:
        return check(session)


def _reachable(database: Database) -> Finding:
    kind = database.engine.dialect.name
    try:
        with database.engine.connect() as connection:
            tables = inspect(connection).get_table_names()
    except SQLAlchemyError as error:
        return fail(
            "database",
            f"{kind} can't be reached ({type(error).__name__})",
            "is it up, and is HANDOFF_DATABASE_URL right?",
        )
    if not tables:
        return warn("database", f"{kind} is empty", "the first start fills it")
    return ok("database", f"{kind} answers")


def _schema(database: Database) -> Finding:
    head, current = migrations.revisions()[0], migrations.revision_of(database.engine)
    if current == head:
        return ok("schema", f"at {head}, the newest")
    return warn(
        "schema",
        f"at {current}, and this version has {head}",
        "take a backup, then start: the start migrates (docs/operations/upgrade.md)",
    )


def _writable(database: Database) -> Finding:
    try:
        with database.session_scope() as session:
            session.add(Alarm(kind=AlarmKind.STEP_FAILING, raised_at=ProductClock().now()))
            session.flush()
            session.rollback()
    except SQLAlchemyError as error:
        return fail(
            "writing",
            f"nothing can be written ({type(error).__name__})",
            "is the disk full, or the database read-only?",
        )
    return ok("writing", "a row could be written, and was taken back")


def _keys(session: Session, database: Database) -> Finding:
    lost = keys.unreadable(session, database.cipher)
    if lost:
        first = lost[0]
        missing = keys.missing_key(session, database, first.last)
        key = f"the key {missing}" if missing else f"the key in use on {first.last:%Y-%m-%d}"
        return fail(
            "keys",
            f"{first.count} of {first.looked_at} looked at in {first.column}, written from "
            f"{first.first:%Y-%m-%d} to {first.last:%Y-%m-%d}, fit no key that is set",
            f"add {key} to HANDOFF_ENCRYPTION_KEYS (docs/operations/lost-key.md)",
        )
    looked_at, found = keys.found_by_index(session, database.cipher)
    if looked_at and not found:
        return fail(
            "keys",
            "HANDOFF_SECRET_KEY is not the one by which people were stored",
            "put the old one back: nobody is found by number; if it is gone for good, "
            "`handoff keys reindex` (docs/operations/lost-key.md)",
        )
    if found < looked_at:
        return fail(
            "keys",
            f"{looked_at - found} of {looked_at} people looked at are not found by number",
            "stop, run `handoff keys reindex` to its end (docs/operations/lost-key.md)",
        )
    return ok("keys", "what was looked at can be read, and people are found by number")


def _backup(session: Session, wall: datetime) -> Finding:
    made = backups.last_made_at(session)
    how = "run `handoff backup DIR` each night, and keep a copy elsewhere"
    if made is None:
        return warn("backup", "none has been made", how)
    said = f"the newest is of {made:%Y-%m-%d %H:%M} UTC"
    return ok("backup", said) if wall - made <= BACKUP_WITHIN else warn("backup", said, how)


def _roster(session: Session, now: datetime) -> Finding:
    there = len(on_call.on_call(session, now=now))
    if not there:
        return warn(
            "on call",
            "nobody is on call now: danger pages nobody",
            "write shifts on the console (On call), for people whose phone gets texts",
        )
    silent = on_call.getting_no_text(session)
    planned = on_call.shifts(session, ending_after=now)
    unpaged = {each.staff_id for each in planned if each.staff_id in silent}
    if unpaged:
        return warn(
            "on call",
            f"{there} on call now; {len(unpaged)} with shifts get no texts and are not paged",
            "let them text START from their phone, or register another one (On call names them)",
        )
    return ok("on call", f"{there} on call now")


def _hotlines(session: Session) -> Finding:
    """Numbers that people in danger may get, and that nobody has dialled with success."""
    numbers = {digits_of(phone.number) for phone, _ in dialled.hotlines(session)}
    checks = dialled.last_checks(session, numbers)
    undone = [each for each in numbers if not _was_reached(checks.get(each))]
    _, undialled = dialled.count_kept_back(session)
    if undone:
        return warn(
            "hotlines",
            f"{len(undone)} of {len(numbers)} were never dialled, or not reached; "
            f"{undialled} more numbers are kept back until somebody dials them",
            "work through /console/checklist",
        )
    return ok("hotlines", f"all {len(numbers)} were reached by somebody who dialled them")


def _was_reached(check: NumberCheck | None) -> bool:
    return check is not None and check.outcome == DialOutcome.REACHED


def _waiting(session: Session, now: datetime) -> Finding:
    since, queue = inbox.waiting_since(session), messages.queue_by_priority(session, now=now)
    late = [at for _, at in queue.values() if now - at > LEAVE_WITHIN]
    if since is not None and now - since > ANSWER_WITHIN:
        return fail(
            "jobs",
            f"a text has waited for its answer since {since:%Y-%m-%d %H:%M} UTC",
            "is the product running? docs/operations/runbook.md, 'Texts wait'",
        )
    if late:
        return warn(
            "jobs",
            f"texts of ours should have left since {min(late):%Y-%m-%d %H:%M} UTC",
            "docs/operations/runbook.md, 'The queue grows'",
        )
    return ok("jobs", "nothing waits that should not")


def _danger(session: Session, now: datetime) -> Finding:
    since = tasks.oldest_danger(session, TaskStatus.OPEN)
    if since is not None and now - since > DANGER_WITHIN:
        return fail(
            "danger",
            f"somebody in danger has waited since {since:%Y-%m-%d %H:%M} UTC",
            "claim the task on the console, and call",
        )
    return ok("danger", "nobody in danger waits longer than 15 minutes")


def _alarms(session: Session) -> Finding:
    standing = [alarm.kind for alarm in on_call.standing_alarms(session)]
    if standing:
        return warn("alarms", ", ".join(standing), "docs/operations/runbook.md, by alarm")
    return ok("alarms", "none stands")


def _paused(session: Session) -> Finding:
    found = on_call.pause_standing(session)
    if found is None:
        return ok("pause", "nothing is held back")
    return warn(
        "pause",
        f"what we start is held back since {found.started_at:%Y-%m-%d %H:%M} UTC "
        f"({found.started_by})",
        "`handoff resume` once that is no longer meant",
    )


def _spool(database: Database) -> Finding:
    waiting = Spool(database.settings.data_dir / FOLDER, database.cipher).count()
    if waiting:
        return warn(
            "spool",
            f"{waiting} texts wait on disk",
            "they are taken in once the product runs with its database",
        )
    return ok("spool", "empty")


def _scheduler(database: Database, wall: datetime) -> Finding:
    beat = last_beat(database.settings.data_dir / "worker.heartbeat")
    if beat is None or wall - beat > alarms.BEATS_WITHIN:
        last = "never" if beat is None else f"{beat:%Y-%m-%d %H:%M} UTC"
        return warn(
            "scheduler",
            f"last looked at what is due: {last}",
            "nothing to do while the product is stopped; else see api.log and restart it",
        )
    return ok("scheduler", "looks at what is due")
