"""How a database would look for something among many rows: that no scrape reads a whole table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from directory.database import Database


def plan_of(opened: Database, ask: Callable[[Session], object]) -> str:
    """The plan of the one SELECT that `ask` makes."""
    with opened.read_scope() as session:
        with noted(opened) as statements:
            ask(session)
        [(statement, given)] = [each for each in statements if each[0].startswith("SELECT")]
        postgresql = opened.engine.dialect.name == "postgresql"
        if postgresql:  # of a handful of rows it would read all
            session.execute(text("SET LOCAL enable_seqscan = off"))
        how = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "
        return str(session.connection().exec_driver_sql(how + statement, given).all())


@contextmanager
def noted(opened: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements that go to the database meanwhile, with what they are given."""
    found: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
        found.append((statement, given))

    event.listen(opened.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(opened.engine, "before_cursor_execute", note)
