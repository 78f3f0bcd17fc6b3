"""A small directory that tests may edit: real shape, fictitious numbers."""

from datetime import UTC, datetime
from pathlib import Path

from directory import database
from directory.listings.load import LoadReport, load_partners

SMALL = Path(__file__).with_name("small.yml")
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # a Monday, 11 o'clock in Naperville


def edited(folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the small file in which each first text became the second."""
    text = SMALL.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"the small file no longer holds {old!r}"
        text = text.replace(old, new, 1)
    path = folder / "partners.yml"
    path.write_text(text, encoding="utf-8")
    return path


def load(path: Path = SMALL, *, now: datetime = NOW) -> LoadReport:
    """Loads the file into the database in use, and commits."""
    with database.session_scope() as session:
        return load_partners(session, path, now=now)
