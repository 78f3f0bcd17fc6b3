"""The carrier's memory: one SQLite file, so that a restart keeps what phones have.

All calls are short and made from one event loop; the lock is for tests that look in from
another thread.
"""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

_SCHEMA = """
create table if not exists message (
    number integer primary key autoincrement,
    sid text not null unique,
    direction text not null,
    sender text not null,
    recipient text not null,
    body text not null,
    redacted integer not null default 0,
    deleted integer not null default 0,
    status text not null,
    error_code integer,
    segments integer not null,
    media text not null default '[]',
    messaging_service_sid text,
    status_callback text,
    validity_seconds integer,
    created_at text not null,
    sent_at text,
    updated_at text not null,
    webhook_status integer,
    opt_out_type text,
    revision integer not null
);
create index if not exists message_revision on message (revision);
create index if not exists message_recipient on message (recipient);
create table if not exists blocked (phone text primary key);
create table if not exists counter (name text primary key, value integer not null);
"""


class Direction(StrEnum):
    INBOUND = "inbound"  # from a phone to the product
    OUTBOUND = "outbound-api"
    TWIML_REPLY = "outbound-reply"  # in the product's answer to the webhook
    CARRIER_REPLY = "carrier"  # what the carrier itself says to STOP; no list ever shows it


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """One text. ``number`` counts messages, ``revision`` counts changes to any message.

    ``webhook_status``: for inbound, the product's last HTTP answer (0 for none); None while it
    has still to be told.
    """

    number: int
    sid: str
    direction: Direction
    sender: str
    recipient: str
    body: str
    redacted: bool
    deleted: bool
    status: str
    error_code: int | None
    segments: int
    media: tuple[str, ...]
    messaging_service_sid: str | None
    status_callback: str | None
    validity_seconds: int | None
    created_at: datetime
    sent_at: datetime | None
    updated_at: datetime
    webhook_status: int | None
    opt_out_type: str | None
    revision: int

    @property
    def phone(self) -> str:
        return self.sender if self.direction is Direction.INBOUND else self.recipient


_COLUMNS = frozenset(each.name for each in fields(StoredMessage))
_IN_FLIGHT = ("accepted", "queued", "sending", "sent")


class Store:
    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "carrier.sqlite"
        path.touch(mode=0o600)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def add(self, *, direction: Direction, media: tuple[str, ...] = (), **columns: Any) -> str:
        """Keep a new message and return its SID. ``columns``: those of StoredMessage."""
        now = _now()
        sid = ("MM" if media else "SM") + secrets.token_hex(16)
        row = {
            **columns,
            "sid": sid,
            "direction": direction.value,
            "media": json.dumps(media),
            "created_at": now,
            "updated_at": now,
        }
        with self._transaction() as connection:
            row["revision"] = _next_revision(connection)
            _insert(connection, row)
        return sid

    def change(self, sid: str, **columns: Any) -> None:
        """Change columns of one message; a change counts as a new revision."""
        columns["updated_at"] = _now()
        if unknown := columns.keys() - _COLUMNS:
            raise KeyError(f"no such column: {sorted(unknown)}")
        with self._transaction() as connection:
            columns["revision"] = _next_revision(connection)
            assignments = ", ".join(f"{name} = :{name}" for name in columns)
            connection.execute(
                f"update message set {assignments} where sid = :sid",  # noqa: S608
                {**columns, "sid": sid},
            )

    def mark_sent(self, sid: str, status: str) -> None:
        self.change(sid, status=status, sent_at=_now())

    def message(self, sid: str) -> StoredMessage | None:
        rows = self._select("sid = ? and not deleted", (sid,))
        return rows[0] if rows else None

    def for_phones(
        self, *, phone: str | None, after: int, changed_after: int, limit: int
    ) -> list[StoredMessage]:
        """What phones sent and were sent, oldest first; also what was deleted or redacted
        at the carrier, for a phone keeps its copy."""
        condition, values = "number > ? and revision > ?", [after, changed_after]
        if phone is not None:
            return self._select(
                condition + " and (sender = ? or recipient = ?) order by number limit ?",
                (*values, phone, phone, limit),
            )
        return self._select(condition + " order by number limit ?", (*values, limit))

    def account_messages(self, *, to: str | None, sender: str | None) -> list[StoredMessage]:
        """What the account's message list shows, newest first."""
        return self._select(
            "not deleted and direction <> ? and (? is null or recipient = ?)"
            " and (? is null or sender = ?) order by number desc",
            (Direction.CARRIER_REPLY.value, to, to, sender, sender),
        )

    def unfinished(self) -> list[StoredMessage]:
        """What a stopped carrier left undone: inbound not told, outbound not at its end."""
        marks = ", ".join("?" * len(_IN_FLIGHT))
        return self._select(
            f"(direction = ? and webhook_status is null)"
            f" or (direction <> ? and status in ({marks})) order by number",
            (Direction.INBOUND.value, Direction.INBOUND.value, *_IN_FLIGHT),
        )

    def block(self, phone: str) -> None:
        with self._transaction() as connection:
            connection.execute("insert or ignore into blocked values (?)", (phone,))

    def unblock(self, phone: str) -> None:
        with self._transaction() as connection:
            connection.execute("delete from blocked where phone = ?", (phone,))

    def is_blocked(self, phone: str) -> bool:
        with self._lock:
            found = self._connection.execute("select 1 from blocked where phone = ?", (phone,))
            return found.fetchone() is not None

    def position(self) -> tuple[int, int]:
        """The last message number and the last revision given out."""
        with self._lock:
            number = self._connection.execute(
                "select seq from sqlite_sequence where name = 'message'"
            ).fetchone()
            revision = self._connection.execute("select value from counter").fetchone()
        return int(number[0]) if number else 0, int(revision[0]) if revision else 0

    def clear(self) -> None:
        """Forget messages and blocks. Numbering goes on, so that a waiting reader isn't lost."""
        with self._transaction() as connection:
            connection.execute("delete from message")
            connection.execute("delete from blocked")

    def _select(self, condition: str, values: tuple[Any, ...]) -> list[StoredMessage]:
        with self._lock:
            rows = self._connection.execute(
                f"select * from message where {condition}",  # noqa: S608
                values,
            ).fetchall()
        return [_stored(row) for row in rows]


def _insert(connection: sqlite3.Connection, row: dict[str, Any]) -> None:
    if unknown := row.keys() - _COLUMNS:
        raise KeyError(f"no such column: {sorted(unknown)}")
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(f"insert into message ({names}) values ({marks})", row)  # noqa: S608


def _next_revision(connection: sqlite3.Connection) -> int:
    found = connection.execute(
        "insert into counter values ('revision', 1)"
        " on conflict (name) do update set value = value + 1 returning value"
    ).fetchone()
    return int(found[0])


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _stored(row: sqlite3.Row) -> StoredMessage:
    values = dict(row)
    values["direction"] = Direction(values["direction"])
    values["redacted"], values["deleted"] = bool(values["redacted"]), bool(values["deleted"])
    values["media"] = tuple(json.loads(values["media"]))
    for name in ("created_at", "sent_at", "updated_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return StoredMessage(**values)
