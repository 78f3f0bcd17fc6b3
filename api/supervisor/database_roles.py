"""Who may do what on the PostgreSQL of `handoff scale`: each a role, with what it needs.

The owner makes and changes the tables, and nothing runs as it but the migrations. What serves reads
and writes rows. Rasa has a database of its own, and may not even connect to ours. `deploy/postgres`
does the same for containers; a test compares the two. The reader gets its rights with the
migrations, which know the tables.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from directory.migrations.readers import READER

APPLICATION, TRACKERS = "handoff", "handoff_rasa"
OWNER = "handoff_owner"
# In this database, from now on: whatever the owner makes, who serves may use.
_FOR_WHO_SERVES = (
    "GRANT USAGE ON SCHEMAS TO {servant}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {servant}",
    "GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {servant}",
)
# What a version before this one made belongs to the superuser.
_STRANGE = """
SELECT format('ALTER SCHEMA %%I OWNER TO %%I', nspname, %(owner)s::text)
FROM pg_namespace
WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
  AND pg_get_userbyid(nspowner) <> %(owner)s::text
UNION ALL
SELECT format('ALTER TABLE %%s OWNER TO %%I', pg_class.oid::regclass, %(owner)s::text)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND relkind IN ('r', 'p', 'v', 'm', 'S')
  AND pg_get_userbyid(relowner) <> %(owner)s::text
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i', 'e'))
UNION ALL
SELECT format('ALTER ROUTINE %%s OWNER TO %%I', pg_proc.oid::regprocedure, %(owner)s::text)
FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  AND pg_get_userbyid(proowner) <> %(owner)s::text
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


def provide(server: str) -> Mapping[str, str]:
    """Make roles and databases, or put them right; the address of each role (SQLAlchemy's).

    `server`: as a superuser. Passwords are made anew each time, and stand nowhere but in what is
    given back. Runs again without harm.
    """
    addresses = {}
    with _connected(server) as connection:
        for role in (OWNER, APPLICATION, READER, TRACKERS):
            password = secrets.token_urlsafe(24)
            _role(connection, role, password)
            database = TRACKERS if role == TRACKERS else APPLICATION
            addresses[role] = _address(server, database, role, password)
        for database, owner in ((APPLICATION, OWNER), (TRACKERS, TRACKERS)):
            _database(connection, database, owner)
        for role in (APPLICATION, READER):
            grant = "GRANT CONNECT ON DATABASE {name} TO {role}"
            _run(connection, grant, name=APPLICATION, role=role)
    with _connected(server, TRACKERS) as connection:
        _hand_over(connection, TRACKERS)
    with _connected(server, APPLICATION) as connection:
        _hand_over(connection, OWNER)
        _let_serve(connection)
    return addresses


def _let_serve(connection: psycopg.Connection[Any]) -> None:
    """What there is, and what there will be, may be used by who serves; the tables' shape may
    not be changed."""
    names = {"owner": OWNER, "servant": APPLICATION}
    for grant in _FOR_WHO_SERVES:
        _run(connection, "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} " + grant, **names)
    found = connection.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> %s",
        ("information_schema",),
    )
    for (schema,) in found.fetchall():
        names["schema"] = schema
        _run(connection, "GRANT USAGE ON SCHEMA {schema} TO {servant}", **names)
        for grant in _FOR_WHO_SERVES[1:]:
            what, _, rest = grant.partition(" ON ")
            kind = rest.split(" ")[0]
            of_all = f"{what} ON ALL {kind} IN SCHEMA {{schema}} TO {{servant}}"
            _run(connection, of_all, **names)


def _role(connection: psycopg.Connection[Any], role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    if known is None:
        _run(connection, "CREATE ROLE {role}", role=role)
    may = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    statement = sql.SQL("ALTER ROLE {role} WITH " + may + " PASSWORD {password}")
    connection.execute(statement.format(role=sql.Identifier(role), password=sql.Literal(password)))


def _database(connection: psycopg.Connection[Any], name: str, owner: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    if known is None:
        _run(connection, "CREATE DATABASE {name} OWNER {owner}", name=name, owner=owner)
    _run(connection, "ALTER DATABASE {name} OWNER TO {owner}", name=name, owner=owner)
    _run(connection, "REVOKE ALL ON DATABASE {name} FROM PUBLIC", name=name)


def _hand_over(connection: psycopg.Connection[Any], owner: str) -> None:
    for (statement,) in connection.execute(_STRANGE, {"owner": owner}).fetchall():
        connection.execute(statement)


def _run(connection: psycopg.Connection[Any], statement: str, **names: str) -> None:
    quoted = {name: sql.Identifier(value) for name, value in names.items()}
    connection.execute(sql.SQL(statement).format(**quoted))


def _connected(server: str, database: str | None = None) -> psycopg.Connection[Any]:
    address = make_url(server).set(drivername="postgresql")
    if database is not None:
        address = address.set(database=database)
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def _address(server: str, database: str, role: str, password: str) -> str:
    found = make_url(server).set(
        drivername="postgresql", database=database, username=role, password=password
    )
    return found.render_as_string(hide_password=False)
