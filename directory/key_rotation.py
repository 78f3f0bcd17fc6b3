"""Rewriting everything that is encrypted under the newest key, while the product runs.

Which columns are encrypted is read from the tables themselves, so that a new one is never
forgotten. A value is replaced only if it still is what was read (compare and set): what somebody
writes meanwhile is never undone. What is under the newest key already is left alone, so that a
rotation that was stopped goes on where it was.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import (
    Column,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    or_,
    select,
    type_coerce,
    update,
)

from directory.database import Base, Database, Encrypted
from directory.messages.spool import half_kept

AT_ONCE = 500
# Each further pass looks for what was written meanwhile by a process that has the old keys only.
PASSES = 3
SPOOL = "inbox-spool"
UNREADABLE = -1


@dataclass(frozen=True, slots=True)
class EncryptedColumns:
    """The encrypted columns of one table."""

    table: Table
    columns: tuple[Column[Any], ...]


@dataclass(slots=True)
class Rotated:
    """How many values were rewritten, by table; `files`: of the spool; `left`: of values that could
    not be, because no key fits or somebody keeps writing with an old one."""

    values: Counter[str] = field(default_factory=Counter)
    files: int = 0
    left: int = 0


class Keyring:
    """The keys one by one, so that it can be told which one a value is under."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = [Fernet(key) for key in keys]
        self.names = tuple(name_of(key) for key in keys)

    def position(self, token: str) -> int:
        """0 is the newest key; UNREADABLE: none fits."""
        encoded = token.encode("ascii", "replace")
        for position, key in enumerate(self._keys):
            try:
                key.decrypt(encoded)
            except InvalidToken:
                continue
            return position
        return UNREADABLE


def name_of(key: str) -> str:
    """What a key is called in a report: tells nothing of it."""
    return hashlib.sha256(b"handoff key\x00" + key.strip().encode()).hexdigest()[:8]


def encrypted_columns() -> list[EncryptedColumns]:
    """Every encrypted column of every table, from the tables themselves."""
    found = []
    for table in Base.metadata.sorted_tables:
        columns = tuple(each for each in table.columns if isinstance(each.type, Encrypted))
        if columns:
            found.append(EncryptedColumns(table, columns))
    return found


def keys_in_use(database: Database) -> dict[str, Counter[int]]:
    """By table (and for the spool) how many values each key still holds. Streams; writes nothing.

    Keys are told by their position in HANDOFF_ENCRYPTION_KEYS, UNREADABLE for none of them.
    """
    keyring = _keyring(database)
    found: dict[str, Counter[int]] = {}
    for each in encrypted_columns():
        counted = Counter[int]()
        for _, tokens in _rows(database, each):
            counted.update(keyring.position(token) for token in tokens.values())
        found[each.table.name] = counted
    files = Counter(keyring.position(path.read_text("ascii")) for path in _spooled(database))
    # What was left behind half written needs no key; written whole it does, until it is cleared.
    left = (keyring.position(_content(path)) for path in half_kept(_folder(database)))
    files.update(position for position in left if position != UNREADABLE)
    if files:
        found[SPOOL] = files
    return found


def rotate(database: Database, *, told: Callable[[str, int], None] | None = None) -> Rotated:
    """Rewrite what is not under the newest key. `told`: hears of each batch, table and count."""
    keyring, result = _keyring(database), Rotated()
    for each in encrypted_columns():
        for _ in range(PASSES):
            seen = _one_pass(database, each, keyring, result, told)
            if not seen[True]:
                break
        result.left += seen[False] + seen[True]
    result.files = sum(_rewrite_file(database, path, keyring) for path in _spooled(database))
    return result


def _one_pass(
    database: Database,
    each: EncryptedColumns,
    keyring: Keyring,
    result: Rotated,
    told: Callable[[str, int], None] | None,
) -> Counter[bool]:
    """Rewrite what is under older keys. How many values were (True), and how many no key fits."""
    seen, name = Counter[bool](), each.table.name
    stale = _stale(database, each, keyring, seen)
    while batch := list(islice(stale, AT_ONCE)):
        result.values[name] += _rewrite(database, each, batch)
        if told is not None:
            told(name, result.values[name])
    return seen


def _keyring(database: Database) -> Keyring:
    return Keyring(database.settings.encryption_key_list)


Row = tuple[tuple[Any, ...], dict[str, str]]


def _rows(database: Database, each: EncryptedColumns) -> Iterator[Row]:
    """Primary key and stored tokens by column, in batches: never more than one in memory, and no
    session open in between."""
    keys = list(each.table.primary_key.columns)
    raw = [type_coerce(column, Text).label(column.name) for column in each.columns]
    something = or_(*(type_coerce(column, Text) != "" for column in each.columns))
    statement = select(*keys, *raw).where(something).order_by(*keys).limit(AT_ONCE)
    last: tuple[Any, ...] | None = None
    while True:
        following = statement if last is None else statement.where(_beyond(keys, last))
        with database.read_scope() as session:
            rows = session.execute(following).all()
        for row in rows:
            tokens = zip(each.columns, row[len(keys) :], strict=True)
            yield tuple(row[: len(keys)]), {column.name: token for column, token in tokens if token}
        if len(rows) < AT_ONCE:
            return
        last = tuple(rows[-1][: len(keys)])


def _beyond(keys: list[Column[Any]], last: tuple[Any, ...]) -> Any:
    """The keys after `last`, in the order of all of their columns."""
    ways = []
    for position, (column, value) in enumerate(zip(keys, last, strict=True)):
        same = [one == at for one, at in zip(keys[:position], last[:position], strict=True)]
        ways.append(and_(*same, column > value))
    return or_(*ways)


def _stale(
    database: Database, each: EncryptedColumns, keyring: Keyring, seen: Counter[bool]
) -> Iterator[Row]:
    for key, tokens in _rows(database, each):
        positions = {name: keyring.position(token) for name, token in tokens.items()}
        old = {name: tokens[name] for name, position in positions.items() if position > 0}
        seen[True] += len(old)
        seen[False] += sum(position == UNREADABLE for position in positions.values())
        if old:
            yield key, old


def _rewrite(database: Database, each: EncryptedColumns, batch: list[Row]) -> int:
    count = 0
    with database.session_scope() as session:
        connection = session.connection()
        for column in each.columns:
            values = [
                {
                    **{f"key_{position}": part for position, part in enumerate(key)},
                    "read": tokens[column.name],
                    "fresh": database.cipher.rotate(tokens[column.name]),
                }
                for key, tokens in batch
                if column.name in tokens
            ]
            if values:
                result = connection.execute(_replacing(each.table, column), values)
                count += result.rowcount if result.rowcount >= 0 else len(values)
    return count


def _replacing(table: Table, column: Column[Any]) -> Update:
    """Sets a value that still is what was read. As plain text in both places: the column's own
    type would encrypt it once more."""
    keys = enumerate(table.primary_key.columns)
    return (
        update(table)
        .where(
            *(key == bindparam(f"key_{position}") for position, key in keys),
            type_coerce(column, Text) == bindparam("read", type_=Text),
        )
        .values({column.name: bindparam("fresh", type_=Text)})
    )


def _spooled(database: Database) -> list[Path]:
    folder = _folder(database)
    return sorted(each for each in folder.glob("*.*") if each.suffix in (".text", ".unreadable"))


def _folder(database: Database) -> Path:
    return database.settings.data_dir / SPOOL


def _content(path: Path) -> str:
    try:
        return path.read_text("ascii", errors="replace")
    except FileNotFoundError:  # it has just got its name
        return ""


def _rewrite_file(database: Database, path: Path, keyring: Keyring) -> int:
    """A text that is taken in meanwhile may come back once; its provider's id makes it one."""
    try:
        token = path.read_text("ascii")
        if keyring.position(token) <= 0:
            return 0
        scratch = path.with_name(f".{path.name}.rotating")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(database.cipher.rotate(token))
            file.flush()
            os.fsync(file.fileno())
        if not path.exists():
            scratch.unlink()
            return 0
        scratch.replace(path)
    except FileNotFoundError:
        return 0
    return 1
