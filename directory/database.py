"""The database: engine, sessions and column types. SQLite with WAL, or PostgreSQL.

One transaction per request or job; only the edge (endpoint, job, command) opens a scope, and
leaving the scope commits. `session_scope()` is for work that writes: on SQLite it takes the
write lock at once, so that a read inside it is still true when it writes. `read_scope()`
never blocks and never writes.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache, cached_property
from threading import local
from typing import Any, TypeVar

from sqlalchemy import DateTime, Engine, MetaData, Select, Text, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from directory.encryption import Cipher
from directory.settings import Settings
from directory.turns import Turns

BUSY_SECONDS = 15
# What our sessions are called on PostgreSQL: told from those of whoever looks in from outside.
OURS = "handoff"
# FOR NO KEY UPDATE: who else locks the row waits. FOR UPDATE would also hold up whoever writes a
# row that points to it, and two who wait for each other so are a deadlock.
LOCKED = {"key_share": True}


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def new_id() -> str:
    """A random UUID, as text."""
    return str(uuid.uuid4())


Row = TypeVar("Row", bound=Base)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware going in, aware UTC coming out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        # SQLite keeps no zone: store UTC and say so again when reading.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Encrypted(TypeDecorator[str]):
    """Text that is stored encrypted (see directory.encryption). Cannot be searched.

    An empty text has nothing to hide and is stored as it is: so the database itself can tell what
    has been blanked.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if not value else current().cipher.encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value if not value else current().cipher.decrypt(value)


class Database:
    """An engine with its cipher; open one per process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cipher = Cipher(keys=settings.encryption_key_list, secret=settings.secret_key)
        self.engine = make_engine(settings.database)
        self._writing = self.engine.execution_options(handoff_write=True)
        self._glancing = local()
        self._turns = Turns() if self.engine.dialect.name == "sqlite" else None

    @contextmanager
    def session_scope(self, *, urgent: bool = False) -> Iterator[Session]:
        """`urgent`: whoever is outside waits for it; what goes on by itself lets it pass."""
        turn = nullcontext() if self._turns is None else self._turns.take(urgent=urgent)
        with turn, Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read_scope(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def snapshot_scope(self) -> Iterator[Session]:
        """A session that reads what is committed at one instant, however many statements it has.

        On a connection of its own and not of the pool, so that it may be opened inside another
        scope without waiting for those who hold all the others.
        """
        with Session(self._apart, expire_on_commit=False) as session:
            yield session

    def glance(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Any] | None:
        """The one row that a statement without parameters finds in what is committed now.

        For what is asked all the time: on SQLite a session for it takes ten times as long as the
        answer, so each thread keeps a connection that is never in a transaction.
        """
        if self.engine.dialect.name != "sqlite":
            with self.engine.connect() as connection:
                return connection.execute(statement).one_or_none()
        own = self._glancing
        if not hasattr(own, "connection"):
            own.statements = {}
            own.kept = self._apart.raw_connection()
            own.connection = own.kept.driver_connection
        if statement not in own.statements:
            literal = {"literal_binds": True}
            own.statements[statement] = str(statement.compile(self.engine, compile_kwargs=literal))
        found: Sequence[Any] | None = own.connection.execute(own.statements[statement]).fetchone()
        return found

    @cached_property
    def _apart(self) -> Engine:
        engine = make_engine(self.settings.database, pooled=False)
        if engine.dialect.name == "sqlite":
            return engine
        return engine.execution_options(isolation_level="REPEATABLE READ")

    def close(self) -> None:
        self.engine.dispose()


def make_engine(url: str, *, pooled: bool = True) -> Engine:
    """An engine with our settings for its kind of database; not `pooled`: each connection is
    opened anew and closed after its use."""
    # hide_parameters: an exception's text ends up in logs, and parameters are people's data.
    given: dict[str, Any] = {"hide_parameters": True}
    if not pooled:
        given["poolclass"] = NullPool
    if make_url(url).get_backend_name() != "sqlite":
        pool = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20} if pooled else {}
        return create_engine(url, connect_args={"application_name": OURS}, **given, **pool)
    size = {"pool_size": 20} if pooled else {}
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, **given, **size)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below decides, not the driver
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("handoff_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_current: list[Database] = []


def use(database: Database) -> Database:
    """Make `database` the one that this process works with; closes the one before."""
    while _current:
        _current.pop().close()
    _current.append(database)
    return database


def current() -> Database:
    """The database of this process, opened from the settings at first use."""
    if not _current:
        from directory.settings import load_settings  # noqa: PLC0415  # only where nobody chose

        use(Database(load_settings()))
    return _current[0]


@contextmanager
def session_scope() -> Iterator[Session]:
    """A session that writes; commits when left, rolls back on any exception."""
    with current().session_scope() as session:
        yield session


@contextmanager
def read_scope() -> Iterator[Session]:
    """A session that only reads."""
    with current().read_scope() as session:
        yield session


def insert_unless_there(
    session: Session, table: type[Row], values: Mapping[str, Any], *, unique: str
) -> Row | None:
    """A new row with these values; None, and nothing written, when another one, of any process,
    has the same `unique` column.

    One statement. Trying it inside a savepoint, to be able to go on when it fails, takes three.
    """
    statement = _insert_unless_there(session.get_bind().dialect.name, table, unique)
    new: Row | None = session.scalar(statement, values)
    return new


def insert_for(dialect: str, table: Any) -> Any:
    """An INSERT that can say what happens where the row is there already."""
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)


@cache
def _insert_unless_there(dialect: str, table: type[Base], unique: str) -> Any:
    return (
        insert_for(dialect, table).on_conflict_do_nothing(index_elements=[unique]).returning(table)
    )
