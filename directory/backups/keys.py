"""Whether the keys that are set read what is stored, and which one is missing where they don't.

A stored value says when it was written (a Fernet token begins with its time), and each backup
notes which keys were in use, by their names. Together they name the key.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Table, Text, select, type_coerce
from sqlalchemy.orm import Session

from directory.backups import queries
from directory.database import Database
from directory.encryption import Cipher, DecryptionError
from directory.key_rotation import encrypted_columns, name_of
from directory.people.models import Person

SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Values of one column that no key reads: `count` of `looked_at`, written from `first` on."""

    column: str
    count: int
    looked_at: int
    first: datetime
    last: datetime


def unreadable(
    session: Session, cipher: Cipher, *, sample: int | None = SAMPLE
) -> list[Unreadable]:
    """What no key reads. `sample`: so many of each column; None: all."""
    found = []
    for table, column in _columns():
        looked_at, times = 0, []
        for token in _tokens(session, table, column, sample):
            looked_at += 1
            try:
                cipher.decrypt(token)
            except DecryptionError:
                times.append(written_at(token))
        if times:
            name = f"{table.name}.{column.name}"
            found.append(Unreadable(name, len(times), looked_at, min(times), max(times)))
    return found


def _columns() -> Iterator[tuple[Table, Column[Any]]]:
    for found in encrypted_columns():
        for column in found.columns:
            yield found.table, column


def _tokens(
    session: Session, table: Table, column: Column[Any], sample: int | None
) -> Iterator[str]:
    stored = type_coerce(column, Text)
    statement = select(stored).where(stored.is_not(None), stored != "")
    if sample is None:
        yield from session.scalars(statement.execution_options(yield_per=1000))
        return
    # Ids are random, so the first of them are values of any time.
    yield from session.scalars(statement.order_by(*table.primary_key).limit(sample))


def written_at(token: str) -> datetime:
    """When a stored value was written, as the token itself says in the clear."""
    try:
        head = base64.urlsafe_b64decode(token[:12])
        return datetime.fromtimestamp(int.from_bytes(head[1:9], "big"), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def index_fits(session: Session, cipher: Cipher) -> bool:
    """Whether SECRET_KEY is the one by which people are found; True where nobody is known."""
    looked_at, found = found_by_index(session, cipher)
    return found > 0 or not looked_at


def found_by_index(session: Session, cipher: Cipher) -> tuple[int, int]:
    """At how many people this looked, the first and the last by their ids, and how many of them
    are found by SECRET_KEY. Nothing is told where a number cannot be read: that is said of keys."""
    number = type_coerce(Person.phone, Text)
    known = select(Person.id, number, Person.phone_index).where(
        number != "", Person.reassigned_at.is_(None)
    )
    seen: dict[str, bool] = {}
    for order in (Person.id, Person.id.desc()):
        for person_id, token, index in session.execute(known.order_by(order).limit(SAMPLE)):
            try:
                seen[person_id] = cipher.blind_index(cipher.decrypt(token)) == index
            except DecryptionError:
                return 0, 0
    return len(seen), sum(seen.values())


def set_keys(database: Database) -> tuple[str, ...]:
    """The names of the keys that are set, the newest first."""
    return tuple(name_of(key) for key in database.settings.encryption_key_list)


def missing_key(session: Session, database: Database, at: datetime) -> str | None:
    """The name of the key that wrote at `at` and is not set, as far as backups tell."""
    known, here = queries.keys_by_time(session), set_keys(database)
    before = [keys for made, keys in known if made <= at]
    after = [keys for made, keys in known if made > at]
    for keys in [*reversed(before), *after]:
        newest = keys.split(",")[0]
        if newest and newest not in here:
            return newest
    return None
