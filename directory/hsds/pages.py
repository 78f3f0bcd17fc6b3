"""Pages and streams of HSDS objects.

Everything is in the order of ids, which never change: a row keeps its place for good. A page is
found by its number, as HSDS has it, or behind the last id of the page before; the second way no
row is skipped or met twice, whatever comes and goes in between.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from directory.hsds import selections, writers
from directory.hsds.selections import Parts, Wanted
from directory.hsds.writers import View
from directory.listings.queries import catalogue_version

Object = dict[str, Any]
WHOLE_AT_ONCE = 200
SHORT_AT_ONCE = 1000
TOTALS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Collection:
    """One kind of object: which rows are asked for, and how they are written.

    `write` gives the objects in the order of the ids; those that are gone meanwhile are left out.
    """

    name: str
    ids: Callable[[Wanted], Parts]
    write: Callable[[Session, Sequence[str], View], list[Object]]


SERVICES = Collection("services", selections.services, writers.services)
ORGANIZATIONS = Collection("organizations", selections.organizations, writers.organizations)
SERVICE_AT_LOCATIONS = Collection("service_at_locations", selections.links, writers.links)
TAXONOMIES = Collection("taxonomies", selections.taxonomies, writers.taxonomies)
TAXONOMY_TERMS = Collection("taxonomy_terms", selections.terms, writers.terms)


@dataclass(frozen=True, slots=True)
class Page:
    """`last_id`: behind it the next page begins; None where nothing comes any more."""

    total: int
    objects: list[Object]
    last_id: str | None


def read_page(
    session: Session,
    collection: Collection,
    wanted: Wanted,
    view: View,
    *,
    skip: int,
    size: int,
    after: str | None = None,
) -> Page:
    """`size` objects behind the id `after`, or else behind the first `skip`."""
    asked = collection.ids(wanted)
    total = _TOTALS.of(session, collection, wanted, asked)
    if after is None and skip >= total:
        return Page(total, [], None)
    found = _ids(session, asked, after=after, skip=0 if after else skip, size=size + 1)
    some = found[:size]
    last = some[-1] if len(found) > size else None
    return Page(total, collection.write(session, some, view), last)


def read_dates(session: Session, wanted: Wanted) -> Page:
    """Every service, with its id and the instant of its last change alone."""
    asked = union_all(*selections.services(wanted)).subquery()
    rows = session.execute(select(*asked.c).order_by(asked.c[0])).all()
    return Page(len(rows), [writers.minimal(*row) for row in rows], None)


def read_one(session: Session, collection: Collection, identity: str, view: View) -> Object | None:
    """The object with this id, if anybody may see it."""
    (shown,) = collection.ids(Wanted())
    found = session.scalar(shown.where(shown.selected_columns[0] == identity))
    objects = collection.write(session, [found], view) if found else []
    return objects[0] if objects else None


def stream(
    scope: Callable[[], AbstractContextManager[Session]],
    collection: Collection,
    wanted: Wanted,
    view: View,
) -> Iterator[list[Object]]:
    """Every object, in batches. Memory does not grow with their number.

    Each batch is read in a short transaction of its own: a reader who takes his time holds up
    nobody, and keeps no old rows alive. What changes meanwhile is as it is when its turn comes.
    """
    at_once = WHOLE_AT_ONCE if view.whole else SHORT_AT_ONCE
    asked = collection.ids(wanted)
    last: str | None = None
    while True:
        with scope() as session:
            some = _ids(session, asked, after=last, skip=0, size=at_once)
            objects = collection.write(session, some, view) if some else []
        if objects:
            yield objects
        if len(some) < at_once:
            return
        last = some[-1]


def _ids(session: Session, asked: Parts, *, after: str | None, skip: int, size: int) -> list[str]:
    """Of each part no more is read than could be needed, then they are put in one order."""
    parts = []
    for part in asked:
        identity = part.selected_columns[0]
        some = part.with_only_columns(identity).order_by(identity).limit(skip + size)
        parts.append(some if after is None else some.where(identity > after))
    if len(parts) == 1:
        return list(session.scalars(parts[0].offset(skip).limit(size)))
    together = union_all(*(select(part.subquery()) for part in parts)).subquery()
    statement = select(together.c[0]).order_by(together.c[0]).offset(skip).limit(size)
    return list(session.scalars(statement))


class _Totals:
    """How many rows there are of what was asked for lately, until the catalogue changes.

    To count means to look at every row, to read a page does not.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str, Wanted], int] = OrderedDict()

    def of(self, session: Session, collection: Collection, wanted: Wanted, asked: Parts) -> int:
        key = (catalogue_version(session) or "", collection.name, wanted)
        with self._lock:
            if key in self._known and key[0]:
                self._known.move_to_end(key)
                return self._known[key]
        counts = [select(func.count()).select_from(part.subquery()) for part in asked]
        total = sum(session.scalar(count) or 0 for count in counts)
        with self._lock:
            self._known[key] = total
            while len(self._known) > TOTALS_KEPT:
                self._known.popitem(last=False)
        return total


_TOTALS = _Totals()
