"""An import from beginning to end: entries in, batches written, a report kept.

Every entry is added, changed, left as it is or rejected with its reason, and a bad one never stops
the others. A repeat writes nothing. What a file does not name stays, unless it says that it is
complete. A batch is one transaction; who stops in between has the batches before.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from directory.database import Database, new_id
from directory.duplicates.renewed import release
from directory.errors import HandoffError
from directory.hsds.read import Problem, UnreadableError, read_service
from directory.imports import queries
from directory.imports.batch import Item, Origin, Outcome, Result, take
from directory.imports.entries import Entry, Format
from directory.imports.identity import as_bytes, fingerprint, origin, row_id
from directory.listings.change_models import ImportRun
from directory.listings.changes import log_changes
from directory.listings.models import Service
from directory.listings.service import catalogue_changed

log = structlog.get_logger(__name__)

BATCH = 500
MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Remark:
    """What its keeper should know of an entry. `rejected`: for this it was not taken."""

    file: str
    line: int
    id: str
    field: str
    problem: str
    remedy: str
    rejected: bool = True

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file else ""
        where += f"{self.id}: " if self.id else ""
        said = f"{self.field} {self.problem}".strip()
        return f"{where}{said}: {self.remedy}" if self.remedy else f"{where}{said}"


@dataclass(slots=True)
class Report:
    """How many entries became what, and the first 1,000 remarks. `run_id`: of its ImportRun."""

    run_id: str
    source: str
    format: Format
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    removed: int = 0
    remarks: list[Remark] = field(default_factory=list)
    touched: list[bytes] = field(default_factory=list)

    def note(self, remark: Remark) -> None:
        if len(self.remarks) < MOST_TOLD:
            self.remarks.append(remark)


@dataclass(frozen=True, slots=True)
class NewImport:
    """`source`: as of `identity.source_name`. `by`: as of directory.referrals.actors.

    `complete`: what this source brought before and does not name now becomes inactive.
    """

    source: str
    format: Format
    by: str
    complete: bool = False


def begin(database: Database, new: NewImport, *, now: datetime) -> str:
    """The id of the run, kept before the first entry is read. `now`: product time."""
    run = ImportRun(
        id=new_id(), source=new.source, format=new.format.value, by=new.by, started_at=now
    )
    with database.session_scope() as session:
        session.add(run)
    return run.id


def run(
    database: Database,
    run_id: str,
    new: NewImport,
    entries: Iterable[Entry],
    *,
    clock: Callable[[], datetime],
) -> Report:
    """Take every entry. `clock`: product time.

    Raises what the reader raises (HandoffError) once nothing more can be read; what was taken
    before stays, and the run is closed with it.
    """
    with database.read_scope() as session:
        first = queries.count_services(session) == 0
    whose = Origin(new.source, run_id, clock(), first)
    report = Report(run_id, new.source, new.format)
    named: set[bytes] = set()  # 16 bytes an entry: the one thing that grows with the file
    whole = False
    try:
        for some in _batches(_items(entries, whose, report, named)):
            # Each batch has its own moment: who keeps a copy may have asked since the last one.
            for outcome in _taken(database, some, replace(whose, now=clock())):
                _count(report, outcome)
            _keep(database, report)
            whose = replace(whose, first=False)
        whole = report.rejected == 0
    except HandoffError as error:
        report.note(Remark("", 0, "", "", f"reading stopped: {error.detail}", ""))
        raise
    finally:
        if new.complete and whole and _may_retire(database, whose, named, report):
            _retire(database, replace(whose, now=clock()), named, report)
        _keep(database, report, finished=clock())
    return report


def _items(
    entries: Iterable[Entry], whose: Origin, report: Report, named: set[bytes]
) -> Iterator[Item]:
    """The entries that can be read; the others go into the report."""
    for entry in entries:
        if entry.problems:
            _reject(report, entry, entry.problems, _given_id(entry.value))
            continue
        try:
            service = read_service(entry.value)
        except UnreadableError as error:
            _reject(report, entry, error.problems, _given_id(entry.value))
            continue
        identity = row_id("service", service.id, source=whose.source)
        if as_bytes(identity) in named:
            problem = Problem("id", "stands in the file before", "keep one of the two")
            _reject(report, entry, (problem,), service.id)
            continue
        named.add(as_bytes(identity))
        if service.assured_date and service.assured_date > whose.now.date():
            problem = Problem("assured_date", "lies ahead", "write the day somebody confirmed it")
            _reject(report, entry, (problem,), service.id)
            continue
        yield Item(entry.file, entry.line, identity, service, fingerprint(service))


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while some := list(itertools.islice(items, BATCH)):
        yield some


def _taken(database: Database, items: Sequence[Item], whose: Origin) -> list[Outcome]:
    """A batch in one transaction; if the database refuses it, each entry in one of its own."""
    try:
        with database.session_scope() as session:
            return take(session, items, whose)
    except (IntegrityError, StatementError) as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        if len(items) == 1:
            log.warning("import_refused", run=whose.run_id, line=items[0].line, exc_info=True)
            why = "it cannot be stored as it is: look for ids that stand in it twice"
            return [Outcome(items[0], Result.REJECTED, why)]
    return [outcome for item in items for outcome in _taken(database, [item], whose)]


def _count(report: Report, outcome: Outcome) -> None:
    match outcome.result:
        case Result.ADDED:
            report.added += 1
        case Result.CHANGED:
            report.changed += 1
        case Result.UNCHANGED:
            report.unchanged += 1
        case Result.REJECTED:
            report.rejected += 1
    item = outcome.item
    if outcome.result in (Result.ADDED, Result.CHANGED):
        report.touched.append(as_bytes(item.id))
    if outcome.why is not None:
        report.note(Remark(item.file, item.line, item.service.id, "", outcome.why, ""))
    for note in outcome.notes:
        report.note(Remark(item.file, item.line, item.service.id, "", note, "", rejected=False))


def _reject(report: Report, entry: Entry, problems: Sequence[Problem], identity: str) -> None:
    if entry.belongs:
        report.rejected += 1
    for each in problems:
        report.note(
            Remark(
                entry.file, entry.line, identity, each.field, each.problem, each.remedy,
                rejected=entry.belongs,
            )
        )  # fmt: skip


def _given_id(value: Any) -> str:
    """What the source calls the entry, for the report, as far as that can be told."""
    given = value.get("id") if isinstance(value, dict) else None
    return given[:60] if isinstance(given, str) and given.isprintable() else ""


def _of_the_whole(problem: str, remedy: str) -> Remark:
    """What no line of the file says."""
    return Remark("", 0, "", "", problem, remedy, rejected=False)


def _may_retire(database: Database, whose: Origin, named: set[bytes], report: Report) -> bool:
    """A table with its headings alone, or a piece of a file, must not end a county's listings."""
    listed, gone, after = 0, 0, ""
    with database.read_scope() as session:
        while ids := queries.from_source(session, origin(whose.source), after=after, limit=BATCH):
            listed += len(ids)
            gone += sum(as_bytes(each) not in named for each in ids)
            after = ids[-1]
    if named and gone * 2 <= listed:
        return True
    if gone:
        how_many = f"{gone} of the {listed} listings that this source has here"
        problem = f"the file names too little: {how_many} would become inactive, and none did"
        remedy = "send all of it; what has ended can stand in it as status inactive"
        report.note(_of_the_whole(problem, f"{remedy}, or be closed by staff"))
    return False


def _retire(database: Database, whose: Origin, named: set[bytes], report: Report) -> None:
    """What the source no longer names becomes inactive, and stays: referrals point to it."""
    after = ""
    while True:
        with database.session_scope() as session:
            ids = queries.from_source(session, origin(whose.source), after=after, limit=BATCH)
            gone = [each for each in ids if as_bytes(each) not in named]
            for each in release(session, gone, by=whose.by, now=whose.now):
                remark = _of_the_whole(
                    "is no longer named", "what was merged into it is shown again"
                )
                report.note(replace(remark, id=each))
            for identity in gone:
                _end(session, identity, whose)
            if gone:
                catalogue_changed(session, *gone)
        report.removed += len(gone)
        if len(ids) < BATCH:
            return
        after = ids[-1]


def _end(session: Session, identity: str, whose: Origin) -> None:
    service = session.get_one(Service, identity)
    values = {"status": (service.status, "inactive")}
    # Without a fingerprint: should the source name it again, it is a change.
    service.status, service.fingerprint = "inactive", None
    service.last_modified = whose.now
    service.version += 1
    log_changes(session, service, values, by=whose.by, now=whose.now)


def _keep(database: Database, report: Report, *, finished: datetime | None = None) -> None:
    """The run as it stands, so that who asks sees how far it is."""
    with database.session_scope() as session:
        row = session.get_one(ImportRun, report.run_id)
        row.added, row.changed, row.unchanged = report.added, report.changed, report.unchanged
        row.rejected = report.rejected
        row.mistakes = json.loads(json.dumps([asdict(each) for each in report.remarks]))
        row.finished_at = finished
