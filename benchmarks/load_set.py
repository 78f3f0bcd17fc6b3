"""The fictional year many times over: the load of a state's service rather than a town's.

Everything about persons is copied with new ids; staff, partners and listings stay as they are. A
copy's numbers cannot be looked up: they are the first ones', under an index that is nobody's.
A million rows of a thousand are one statement for each table, on PostgreSQL and on SQLite.
"""

import hashlib
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Column, Connection, Index, String, Table, text

from directory import models as _all_tables  # noqa: F401  # so that the metadata knows them
from directory.database import Base

# In the order in which they refer to each other.
_COPIED = (
    "people",
    "consents",
    "visits",
    "checkins",
    "inbound_messages",
    "notices",
    "outbound_messages",
    "conversations",
    "referrals",
    "referral_events",
    "referral_remarks",
    "referral_links",
    "tasks",
    "audit_entries",
)
# What refers to a copied row without the database knowing.
_REFERRING = frozenset(
    {"person_id", "visit_id", "referral_id", "replaces_id", "task_id", "inbound_id"}
    | {"checkin_id", "notice_id"}
)
_ID = {
    "postgresql": "md5({column} || ':' || copy)::uuid::text",
    "sqlite": "copied_id({column} || ':' || copy)",
}
_KILOBYTES = 300_000
_UNIQUE = "md5({column} || ':' || copy)"
_COPIES = {
    "postgresql": "generate_series(1, :copies) AS copy",
    "sqlite": "(WITH RECURSIVE counted(copy) AS (VALUES (1) UNION ALL SELECT copy + 1 "
    "FROM counted WHERE copy < :copies) SELECT copy FROM counted)",
}


def copies_for(connection: Connection, *, texts: int) -> int:
    """How many copies of the year it takes until there are at least so many texts."""
    there = sum(_rows(connection, name) for name in ("inbound_messages", "outbound_messages"))
    return max(0, -(-texts // there) - 1)


def multiply(connection: Connection, *, texts: int) -> int:
    """Copies the year until there are at least so many texts; how many copies that took."""
    copies = copies_for(connection, texts=texts)
    if copies:
        if connection.dialect.name == "sqlite":
            _teach(connection)
        else:
            connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        for name in _COPIED:
            _copy(connection, Base.metadata.tables[name], copies)
        connection.execute(
            text("UPDATE unmet_needs SET count = count * (:copies + 1)"), {"copies": copies}
        )
        if connection.dialect.name == "postgresql":  # which does it by itself, later
            connection.execute(text("ANALYZE"))
    return copies


def sizes(connection: Connection) -> Iterator[tuple[str, int]]:
    """How many rows each of the multiplied tables has."""
    for name in _COPIED:
        yield name, _rows(connection, name)


def _rows(connection: Connection, table: str) -> int:
    return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def _teach(connection: Connection) -> None:
    """SQLite has no such functions, and would write half of it to disk more than once."""
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_KILOBYTES}")
    driver = connection.connection.driver_connection
    assert driver is not None

    def md5(given: str | None) -> str | None:
        return given and hashlib.md5(given.encode(), usedforsecurity=False).hexdigest()

    driver.create_function("md5", 1, md5, deterministic=True)
    driver.create_function(
        "copied_id", 1, lambda given: given and str(UUID(md5(given))), deterministic=True
    )


def _copy(connection: Connection, table: Table, copies: int) -> None:
    """Indexes are made anew afterwards, which takes less than keeping them up row by row."""
    indexes: list[Index] = sorted(table.indexes, key=lambda each: str(each.name))
    for index in indexes:
        index.drop(connection)
    connection.execute(text(_copying(table, connection.dialect.name)), {"copies": copies})
    for index in indexes:
        index.create(connection)


def _copying(table: Table, dialect: str) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_value(column, dialect) for column in table.columns)
    return (
        f"INSERT INTO {table.name} ({columns}) "  # names of our own tables
        f"SELECT {values} FROM {table.name}, {_COPIES[dialect]}"
    )


def _value(column: Column[object], dialect: str) -> str:
    name = f'"{column.name}"'
    refers = any(key.column.table.name in _COPIED for key in column.foreign_keys)
    if refers or column.name in _REFERRING or (column.primary_key and not column.foreign_keys):
        return _ID[dialect].format(column=name)
    if column.unique and isinstance(column.type, String):
        return _UNIQUE.format(column=name)
    return name
