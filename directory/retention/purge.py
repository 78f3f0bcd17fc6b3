"""The purge: what the rules say has been kept long enough is blanked, deleted or erased.

A chunk is one transaction, so that the product goes on answering meanwhile, and a purge that is
stopped has done what it has done: the next one goes on. Nothing under a legal hold is touched.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory import database
from directory.errors import HandoffError
from directory.mandated_reports.models import MandatedReport
from directory.messages.models import InboundMessage, OutboundMessage
from directory.messages.spool import FOLDER, set_aside
from directory.people import service as people
from directory.people.models import Consent, Person
from directory.referrals.models import Referral
from directory.retention import concerned, holds
from directory.retention.erase import erase
from directory.retention.models import RetentionRun
from directory.retention.rules import Rule, Then, unreadable_texts, working
from directory.tasks.models import Task, TaskStatus
from directory.visits.models import Visit

log = structlog.get_logger(__name__)

AT_ONCE = 500
PEOPLE_AT_ONCE = 20
NIGHT_BEGINS = 2  # local hour from which on a night's purge is due
Position = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one transaction took. `last`: where the next goes on; None when the rule is through."""

    count: int
    last: Position | None


def due_counts(session: Session, *, now: datetime) -> dict[str, int]:
    """How many rows each rule would take now: the dry run."""
    counts = {rule.name: _due_count(session, rule, now) for rule in working()}
    return counts | {unreadable_texts().name: len(_files_due(session, now))}


def _due_count(session: Session, rule: Rule, now: datetime) -> int:
    due = _due(rule, now)
    count = session.scalar(select(func.count()).select_from(due.subquery())) or 0
    if rule.then is Then.BLANK and count and concerned.held(session).ids:
        keys = [row[1] for row in session.execute(due)]
        count -= len(concerned.concerning(session, rule.table, keys))
    return count


def purge(
    *, by: str, now: datetime, run_id: str | None = None, stopped: Callable[[], bool] = bool
) -> dict[str, int]:
    """Follow every rule; how many rows each took. `stopped`: asked before each chunk.

    The run and its counts are kept and noted in the audit, whatever it came to.
    """
    run_id = run_id or _begin(by=by, now=now)
    counts: dict[str, int] = {}
    try:
        for rule in working():
            after: Position | None = None
            while not stopped():
                with database.session_scope() as session:
                    chunk = take(session, rule, by=by, now=now, after=after)
                counts[rule.name] = counts.get(rule.name, 0) + chunk.count
                after = chunk.last
                if after is None:
                    break
        if not stopped():
            counts[unreadable_texts().name] = _delete_files(now)
    finally:
        _end(run_id, counts, by=by, now=now)
    return counts


def _delete_files(now: datetime) -> int:
    """Of this machine's disk: where several take texts in, each has one of its own."""
    with database.read_scope() as session:
        due = _files_due(session, now)
    for path in due:
        path.unlink(missing_ok=True)
    return len(due)


def _files_due(session: Session, now: datetime) -> list[Path]:
    """Nothing while any hold stands: nobody can tell whose texts they are."""
    if holds.listed(session):
        return []
    cutoff = now - timedelta(days=unreadable_texts().days)
    folder = database.current().settings.data_dir / FOLDER
    return [path for path, came_at in set_aside(folder) if came_at < cutoff]


def take(
    session: Session, rule: Rule, *, by: str, now: datetime, after: Position | None = None
) -> Chunk:
    """Follow one rule for one chunk, in the caller's transaction."""
    at_once = PEOPLE_AT_ONCE if rule.then is Then.ERASE else AT_ONCE
    rows = session.execute(_due(rule, now, after=after).limit(at_once)).all()
    if not rows:
        return Chunk(0, None)
    keys = [row[1] for row in rows]
    if rule.then is Then.ERASE:
        keys = [each for each in keys if _erased(session, each, by=by, now=now)]
    elif rule.then is Then.DELETE:
        session.execute(delete(rule.of).where(rule.key.in_(keys)))
    else:
        on_hold = concerned.concerning(session, rule.table, keys)
        keys = [each for each in keys if each not in on_hold]
        empty = {name: _nothing(rule.of.columns[name]) for name in rule.columns}
        session.execute(update(rule.of).where(rule.key.in_(keys)).values(empty))
    whole = len(rows) == at_once
    return Chunk(len(keys), (rows[-1][0], rows[-1][1]) if whole else None)


def _erased(session: Session, person_id: str, *, by: str, now: datetime) -> bool:
    """False where something came between: a hold, a danger. The next purge looks again."""
    try:
        erase(session, person_id, by=by, now=now)
    except HandoffError as error:
        log.warning("not_erased", person=person_id, why=error.code)
        return False
    return True


def tonight(*, now: datetime) -> str | None:
    """Take on this night's purge; None where it is not due, or another process has it."""
    local = now.astimezone(database.current().settings.zone)
    night = local.date() if local.hour >= NIGHT_BEGINS else local.date() - timedelta(days=1)
    with database.read_scope() as session:
        if session.scalar(select(RetentionRun.id).where(RetentionRun.night == night)):
            return None
    try:
        return _begin(by="system", now=now, night=night)
    except IntegrityError:
        return None


def _begin(*, by: str, now: datetime, night: date | None = None) -> str:
    with database.session_scope() as session:
        run = RetentionRun(by=by, started_at=now, night=night)
        session.add(run)
        session.flush()
        return run.id


def _end(run_id: str, counts: dict[str, int], *, by: str, now: datetime) -> None:
    with database.session_scope() as session:
        run = session.get_one(RetentionRun, run_id)
        run.finished_at, run.counts = now, counts
        people.audit(
            session,
            actor=by,
            action="retention.purge",
            person_id=None,
            subject_id=run_id,
            now=now,
        )
    log.info("purged", run=run_id, rows=sum(counts.values()))


def _due(rule: Rule, now: datetime, *, after: Position | None = None) -> Any:
    """Date and key of what a rule takes, the oldest first, beyond `after`; nothing on hold."""
    assert rule.days is not None  # noqa: S101  # rules() has seen to it
    cutoff = now - timedelta(days=rule.days)
    key = rule.key
    if rule.then is Then.ERASE:
        since: ColumnElement[Any] = rule.of.columns["created_at"]
        wanted = _silent_since(cutoff)
    else:
        assert rule.since is not None  # noqa: S101
        since = rule.of.columns[rule.since]
        wanted = [] if rule.then is Then.DELETE else [_holds_something(rule)]
    end = cutoff.date() if isinstance(since.type, Date) else cutoff
    statement = select(since, key).where(since < end, holds.uncovered(rule.of), *wanted)
    for name, values in rule.only.items():
        statement = statement.where(rule.of.columns[name].in_(values))
    if after is not None:
        at, last = after
        statement = statement.where(or_(since > at, and_(since == at, key > last)))
    return statement.order_by(since, key)


def _silent_since(cutoff: datetime) -> list[ColumnElement[bool]]:
    """People with whom nothing has been since, and for whom nothing is left to do."""
    contacts = (
        (InboundMessage.person_id, InboundMessage.received_at),
        (OutboundMessage.person_id, OutboundMessage.created_at),
        (Visit.person_id, Visit.occurred_at),
        (Referral.person_id, Referral.changed_at),
        (Consent.person_id, Consent.recorded_at),
        (MandatedReport.person_id, MandatedReport.recorded_at),
    )
    waiting = exists().where(Task.person_id == Person.id, Task.status != TaskStatus.DONE)
    return [
        Person.erased_at.is_(None),
        Person.phone != "",  # it only says that its number wants silence
        ~waiting,
        *(~exists().where(whose == Person.id, at >= cutoff) for whose, at in contacts),
    ]


def _holds_something(rule: Rule) -> ColumnElement[bool]:
    columns = [rule.of.columns[name] for name in rule.columns]
    return or_(*(each.is_not(None) if each.nullable else each != "" for each in columns))


def _nothing(column: Column[Any]) -> str | None:
    return None if column.nullable else ""
