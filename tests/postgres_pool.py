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
_STRUCTURE = """
    SELECT count(*), max(c.oid::bigint), sum(relnatts), sum(relchecks),
           (SELECT count(*) FROM pg_trigger),
           (SELECT array_agg(nspname ORDER BY nspname) FROM pg_namespace
             WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
      FROM pg_class c WHERE relnamespace = 'public'::regnamespace
"""
_RESTART = """
    SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)
      FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(slots=True)
class _Pooled:
    name: str
    template: str
    structure: Any
    tables: list[str]
    seeded: list[str]
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
            rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = sorted(row[0] for row in rows)
            seeded = _filled(connection, tables)
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_SEED)))
            for table in seeded:
                connection.execute(
                    sql.SQL("CREATE TABLE {} AS SELECT * FROM {}").format(
                        sql.Identifier(_SEED, table), sql.Identifier("public", table)
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
                    whole = sql.Identifier("public", table)
                    connection.execute(sql.SQL("DELETE FROM {}").format(whole))
                for table in pooled.seeded:
                    connection.execute(
                        sql.SQL("INSERT INTO {} SELECT * FROM {}").format(
                            sql.Identifier("public", table), sql.Identifier(_SEED, table)
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


def _filled(connection: psycopg.Connection[Any], tables: list[str]) -> list[str]:
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(
            sql.Literal(table), sql.Identifier("public", table)
        )
        for table in tables
    )
    return [row[0] for row in connection.execute(asked)]
