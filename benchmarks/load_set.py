"""The fictional year many times over: the load of a state's service rather than a town's.

Everything about persons is copied with new ids; staff, partners and listings stay as they are. A
copy's numbers cannot be looked up: they are the first ones', under an index that is nobody's.
PostgreSQL only, which makes a million rows of a thousand in a statement.
"""

from collections.abc import Iterator

from sqlalchemy import Column, Connection, String, Table, text

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
_ID = "md5({column} || ':' || copy)::uuid::text"
_UNIQUE = "md5({column} || ':' || copy)"


def multiply(connection: Connection, *, texts: int) -> int:
    """Copies the year until there are at least so many texts; how many copies that took."""
    there = sum(_rows(connection, name) for name in ("inbound_messages", "outbound_messages"))
    copies = max(0, -(-texts // there) - 1)
    if copies:
        for name in _COPIED:
            connection.execute(text(_copying(Base.metadata.tables[name])), {"copies": copies})
        connection.execute(
            text("UPDATE unmet_needs SET count = count * (:copies + 1)"), {"copies": copies}
        )
        connection.execute(text("ANALYZE"))
    return copies


def sizes(connection: Connection) -> Iterator[tuple[str, int]]:
    """How many rows each of the multiplied tables has."""
    for name in _COPIED:
        yield name, _rows(connection, name)


def _rows(connection: Connection, table: str) -> int:
    return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def _copying(table: Table) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_value(column) for column in table.columns)
    return (
        f"INSERT INTO {table.name} ({columns}) "  # names of our own tables
        f"SELECT {values} FROM {table.name}, generate_series(1, :copies) AS copy"
    )


def _value(column: Column[object]) -> str:
    name = f'"{column.name}"'
    refers = any(key.column.table.name in _COPIED for key in column.foreign_keys)
    if refers or column.name in _REFERRING or (column.primary_key and not column.foreign_keys):
        return _ID.format(column=name)
    if column.unique and isinstance(column.type, String):
        return _UNIQUE.format(column=name)
    return name
