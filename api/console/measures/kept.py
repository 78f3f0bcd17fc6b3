"""Figures of a large programme, kept for a few minutes together with when they were counted.

To count a year of a hundred thousand people takes a second, and who reads figures goes back and
forth between them and their plots. A visit that is corrected meanwhile is not in them yet: so the
page says when they were counted, and counts anew whenever it is asked to. Files and the report,
which are passed on, are always counted anew; so is everything where it takes no time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from api.console.measures import sections
from api.console.measures.tables import Asked, Section
from directory.database import Database
from directory.languages import Language
from directory.measures.period import Length
from directory.measures.planning import plan_for_counting
from directory.measures.text_queries import is_large

KEPT_FOR = timedelta(minutes=5)
# Sections of one language and period; a period has eleven.
_MOST = 500
_Key = tuple[str, Length, date, Language]


@dataclass(frozen=True, slots=True)
class Counted:
    section: Section
    at: datetime


# By this process, of each database.
_kept: WeakKeyDictionary[Database, dict[_Key, Counted]] = WeakKeyDictionary()


def every(database: Database, asked: Asked, *, anew: bool = False) -> list[Counted]:
    """All sections; with `anew` none of them is one that was kept."""
    return list(_counted(database, asked, tuple(sections.SECTIONS), anew=anew))


def one(database: Database, asked: Asked, section: str, *, anew: bool = False) -> Counted | None:
    """None where there is no such section."""
    return next(_counted(database, asked, (section,), anew=anew), None)


def _counted(
    database: Database, asked: Asked, names: tuple[str, ...], *, anew: bool
) -> Iterator[Counted]:
    large = is_large(asked.session)
    if large:
        plan_for_counting(asked.session)
    kept = _kept.setdefault(database, {})
    for name in names:
        key = (name, asked.period.length, asked.period.first, asked.words.language)
        found = kept.get(key)
        # A clock that was put back must not keep a figure for longer.
        if large and not anew and found and timedelta(0) <= asked.now - found.at < KEPT_FOR:
            yield found
            continue
        make = sections.SECTIONS.get(name)
        if make is None:
            continue
        counted = Counted(make(asked), asked.now)
        if large:
            if len(kept) >= _MOST:
                kept.clear()
            kept[key] = counted
        yield counted
