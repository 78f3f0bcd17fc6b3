"""A section of the figures as it is shown, without a browser."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.console.measures import sections
from api.console.measures.tables import Asked, plain
from api.web.words import SHARED, Words
from directory import database
from directory.languages import Language
from tests.directory.measures.worlds import NOW, period

Shown = dict[str, dict[str, list[str]]]


def asked_of(session: Session, code: str, *, now: datetime = NOW) -> Asked:
    """In English, as no catalogue need be read for it."""
    words = Words(Language.EN, (SHARED,), ZoneInfo("America/Chicago"))
    settings = database.current().settings
    return Asked(session=session, period=period(code), now=now, settings=settings, words=words)


def shown_of(code: str, section: str, *, now: datetime = NOW) -> Shown:
    """The values of each row, as a file has them, by the tables' keys and the rows' labels."""
    with database.read_scope() as session:
        made = sections.one(asked_of(session, code, now=now.astimezone(UTC)), section)
    assert made is not None
    return {
        table.key: {
            row.label: [plain(value) for value in row.values]
            for row in (*table.rows, *([table.foot] if table.foot else []))
        }
        for table in made.tables
    }
