"""PostgreSQL databases that tests use one after the other.

Copying a template takes a few hundred files and a quarter of a second for each test; emptying the
tables that a test has filled takes milliseconds. A database whose structure a test has changed, or
which holds more than ours, is thrown away.
"""

from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

# Rows that are gone still take room, and no housekeeping runs here.
_USES = 150
_SEED = "rows_of_the_template"
# Our own tables and those of the job engine, which has a schema to itself.
_TABLES = """
    SELECT schemaname, tablename FROM pg_tables
     WHERE schemaname !~ '^pg_' AND schemaname NOT IN ('information_schema', 'rows_of_the_template')
     ORDER BY 1, 2
"""
_STRUCTURE = """
    SELECT count(*), max(c.oid::bigint), sum(relnatts), sum(relchecks),
           (SELECT count(*) FROM pg_trigger)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
"""
_RESTART = """
    SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)
      FROM pg_sequences WHERE last_value IS NOT NULL
"""
_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


Table = tuple[str, str]


@dataclass(slots=True)
class _Pooled:
    name: str
    template: str
    structure: Any
    tables: list[Table]
    seeded: list[Table]
    uses: int = 0


@dataclass(slots=True)
class PostgresPool:
    """Databases on one server, for one process of tests. `prefix`: of their names."""

    server: str
    prefix: str
    _free: dict[str, list[_Pooled]] = field(default_factory=dict)
    _made: int = 0

    def take(self, template: str) -> _Pooled:
        """A database like the template, which nobody else uses until it is given back."""
        free = self._free.setdefault(template, [])
        taken = free.pop() if free else self._make(template)
        taken.uses += 1
        return taken

    def give_back(self, pooled: _Pooled) -> None:
        if pooled.uses < _USES and self._emptied(pooled):
            self._free[pooled.template].append(pooled)
        else:
            self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(pooled.name)))

    def _make(self, template: str) -> _Pooled:
        self._made += 1
        name = f"{self.prefix}_{self._made}"
        names = sql.Identifier(name), sql.Identifier(template)
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        with self._connected(name) as connection:
            tables: list[Table] = [(row[0], row[1]) for row in connection.execute(_TABLES)]
            seeded = _filled(connection, tables)
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_SEED)))
            for table in seeded:
                connection.execute(
                    sql.SQL("CREATE TABLE {} AS SELECT * FROM {}").format(
                        _kept(table), sql.Identifier(*table)
                    )
                )
            structure = connection.execute(_STRUCTURE).fetchone()
        return _Pooled(name, template, structure, tables, seeded)

    def _emptied(self, pooled: _Pooled) -> bool:
        """As the template was; False where its structure has changed."""
        with self._connected(pooled.name) as connection:
            connection.execute(_OTHERS)
            if connection.execute(_STRUCTURE).fetchone() != pooled.structure:
                return False
            with connection.transaction():
                connection.execute("SET LOCAL session_replication_role = replica")
                for table in _filled(connection, pooled.tables):
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
                for table in pooled.seeded:
                    connection.execute(
                        sql.SQL("INSERT INTO {} SELECT * FROM {}").format(
                            sql.Identifier(*table), _kept(table)
                        )
                    )
                connection.execute(_RESTART)
        return True

    def _run(self, statement: sql.Composed) -> None:
        with self._connected(None) as connection:
            connection.execute(statement)

    def _connected(self, name: str | None) -> psycopg.Connection[Any]:
        url = make_url(self.server).set(drivername="postgresql")
        if name is not None:
            url = url.set(database=name)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _kept(table: Table) -> sql.Identifier:
    """Where the rows are that the template has in a table."""
    return sql.Identifier(_SEED, "__".join(table))


def _filled(connection: psycopg.Connection[Any], tables: list[Table]) -> list[Table]:
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(
            sql.Literal(place), sql.Identifier(*table)
        )
        for place, table in enumerate(tables)
    )
    return [tables[row[0]] for row in connection.execute(asked)]
