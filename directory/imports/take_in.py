"""One file or folder taken in: what it is, its entries, and then the look for doubles."""

import uuid
from collections.abc import Callable
from datetime import datetime

from directory.database import Database
from directory.duplicates.find import find_doubles
from directory.errors import Invalid
from directory.imports import service
from directory.imports.content import Content
from directory.imports.entries import Format
from directory.imports.service import NewImport, Report


def begin(
    database: Database,
    content: Content,
    *,
    source: str,
    by: str,
    complete: bool = False,
    clock: Callable[[], datetime],
) -> tuple[str, NewImport]:
    """The id of a new run. Raises Invalid for partners.yml, which is loaded whole or not at all."""
    if content.format is Format.PARTNERS:
        raise Invalid("format_unknown", "partners.yml is loaded by `handoff directory load` only.")
    new = NewImport(source, content.format, by, complete)
    return service.begin(database, new, now=clock()), new


def finish(
    database: Database,
    run_id: str,
    new: NewImport,
    content: Content,
    *,
    clock: Callable[[], datetime],
) -> Report:
    """Take the entries in and look for doubles of what changed. Raises what the reader raises."""
    entries = content.entries(source=new.source)
    report = service.run(database, run_id, new, entries, clock=clock)
    changed = [str(uuid.UUID(bytes=each)) for each in report.touched]
    find_doubles(database, changed, now=clock())
    return report
