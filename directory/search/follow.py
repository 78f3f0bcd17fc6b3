"""Keeping the index of this process what the database says, by its events.

The catalogue's head (a random version and a sequence) is read with every question: one row. While
it is the one that the index shows, nothing is to be done. When it has moved, the events since tell
which services changed; these alone are read, in one snapshot of what is committed, and the index
is patched. An event that names no service, events that were cleared away, or another database
behind the same name: it is built anew.

A session that has changed listings itself sees its own changes: its head is ahead of what is
committed, as it holds the lock from which the sequence is drawn. It is given an index of its own,
the shared one with its changes on top, which lasts as long as the session. Nothing that may still
be rolled back is ever kept in the shared one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy.orm import Session

from directory import database
from directory.database import Database
from directory.listings import queries
from directory.search.index import Head, Index, build
from directory.search.memory import give_back
from directory.search.reading import every_listing, listings_of

log = structlog.get_logger(__name__)

# Past this many changed services reading everything is not much slower.
PATCHED_AT_MOST = 5_000
_SHARE_PATCHED = 0.3
_LARGE = 5_000
_OWN = "directory.search.own_index"


@dataclass(slots=True)
class _Shared:
    """The index of one database, as far as it is committed."""

    index: Index | None = None
    following: Lock = field(default_factory=Lock)


# Of each database that is open.
_shared: WeakKeyDictionary[Database, _Shared] = WeakKeyDictionary()
_choosing = Lock()
# Told of every new shared index; they must not take time.
listeners: list[Callable[[Index], None]] = []


def current_index(session: Session) -> Index:
    """The index of the listings as this session sees them."""
    head = queries.head_of_catalogue(session)
    opened = database.current()
    shared = _of(opened)
    index = shared.index
    if index is not None and head is not None and index.head == head:
        return index
    index = _followed(shared, opened, head)
    if index.head == head or not _is_ahead(head, index.head):
        return index  # the session's snapshot may be older: what is committed is good enough
    return _own_index(session, index, head)


def forget() -> None:
    """Begin anew with the next question: for tests and measurements."""
    with _choosing:
        _shared.clear()


def _of(opened: Database) -> _Shared:
    shared = _shared.get(opened)
    if shared is None:
        with _choosing:
            shared = _shared.setdefault(opened, _Shared())
    return shared


def _followed(shared: _Shared, opened: Database, head: Head | None) -> Index:
    with shared.following:
        index = shared.index
        if index is not None and head is not None and index.head == head:
            return index
        with opened.snapshot_scope() as snapshot:
            index = shared.index = _brought_forward(snapshot, index)
    for listener in listeners:
        listener(index)
    return index


def _brought_forward(session: Session, index: Index | None) -> Index:
    """The index as this session sees the listings, from an older one where that is possible."""
    head = queries.head_of_catalogue(session)
    if index is not None and index.head == head and head is not None:
        return index
    changed = None if index is None else _changed_since(session, index)
    if index is None or changed is None:
        index = build(every_listing(session), head=head)
        if index.size >= _LARGE:
            give_back()
        return index
    return _patched(session, index, changed, head)


def _patched(session: Session, index: Index, changed: set[str], head: Head | None) -> Index:
    found = listings_of(session, changed)
    return index.changed({identity: found.get(identity) for identity in sorted(changed)}, head)


def _changed_since(session: Session, index: Index) -> set[str] | None:
    """The services that changed after the index's head; None when that cannot be told."""
    if index.head is None:
        return None
    version, sequence = index.head
    events = queries.events_since(session, sequence)
    if not events or (events[0].version, events[0].sequence) != (version, sequence):
        return None  # cleared away, rolled back and drawn again, or another database
    changed = {event.service_id for event in events[1:]}
    most = max(PATCHED_AT_MOST, int(_SHARE_PATCHED * index.size))
    if None in changed or len(changed) > most:
        return None
    return {identity for identity in changed if identity is not None}


def _is_ahead(head: Head | None, committed: Head | None) -> bool:
    """Whether a session sees more than what is committed: changes of its own."""
    if head is None:
        return False
    return committed is None or head[1] > committed[1]


def _own_index(session: Session, shared: Index, head: Head | None) -> Index:
    kept: Index | None = session.info.get(_OWN)
    if kept is None or kept.head != head:
        kept = session.info[_OWN] = _brought_forward(session, shared)
    return kept
