"""The role that may read the listings and nothing else: what the action server searches with.

Listings are public information. Which tables those are is read from the models, so that a new one
is never forgotten; a role of that name is made by whoever sets the database up, or not at all.
"""

from sqlalchemy import Connection, text

from directory import models
from directory.database import Base

READER = "handoff_listings"
_LISTINGS = "directory.listings."


def listing_tables() -> list[str]:
    """The tables of listings, in the order of their names."""
    if not models.ALL:
        raise RuntimeError("no tables: the models were not imported")
    return sorted(
        mapper.local_table.name  # type: ignore[attr-defined]  # each is mapped to one table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(_LISTINGS)
    )


def let_read(connection: Connection) -> None:
    """Grant it, as the tables' owner, where there is such a role. Does nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    if connection.execute(known, {"role": READER}).first() is None:
        return
    quoted = connection.dialect.identifier_preparer.quote
    tables = ", ".join(quoted(name) for name in listing_tables())
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {READER}"))
    connection.execute(text(f"GRANT SELECT ON {tables} TO {READER}"))
