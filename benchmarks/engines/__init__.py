"""The engines that are measured side by side, each behind the same small face (`base`).

Each is imported by who uses it alone: another's libraries would count as its memory.
"""

from importlib import import_module
from pathlib import Path

from benchmarks.engines.base import Engine

ENGINES = {
    "handoff": ("Handoff", "benchmarks.engines.handoff", "Handoff"),
    "sqlite": ("SQLite FTS5", "benchmarks.engines.sqlite_fts", "SqliteFts"),
    "postgres": ("PostgreSQL", "benchmarks.engines.postgres", "Postgres"),
    "tantivy": ("tantivy", "benchmarks.engines.tantivy_engine", "Tantivy"),
}
OURS = "handoff"


def label(key: str) -> str:
    """The engine's name for people."""
    return ENGINES[key][0]


def make(key: str, folder: Path) -> Engine:
    """An engine that keeps its files in `folder`, which may hold what was prepared for it."""
    _, module, name = ENGINES[key]
    engine: Engine = getattr(import_module(module), name)(folder)
    return engine
