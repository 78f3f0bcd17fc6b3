"""Alembic's environment: the models of `directory`, and never the job engine's own tables."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from directory import models
from directory.database import Base, make_engine

target = Base.metadata
if not models.ALL:
    raise RuntimeError("no tables: the models were not imported")


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compare: Any) -> bool:
    return kind != "table" or name in target.tables


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=target,
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=_ours,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = make_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as opened:
        _run(opened)
    engine.dispose()
