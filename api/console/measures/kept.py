"""Figures of a large programme, kept for a few minutes together with when they were counted.

To count a year of a hundred thousand people takes a second, and who reads figures goes back and
forth between them and their plots. A visit that is corrected meanwhile is not in them yet: so the
page says when they were counted, and counts anew whenever it is asked to. Files and the report,
which are passed on, are always counted anew; so is everything where it takes no time.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
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
# Most of it is PostgreSQL's work, which has a process for each connection.
_AT_ONCE = 2
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
    return _counted(database, asked, tuple(sections.SECTIONS), anew=anew)


def one(database: Database, asked: Asked, section: str, *, anew: bool = False) -> Counted | None:
    """None where there is no such section."""
    return next(iter(_counted(database, asked, (section,), anew=anew)), None)


def _counted(
    database: Database, asked: Asked, names: tuple[str, ...], *, anew: bool
) -> list[Counted]:
    makers = {name: sections.SECTIONS[name] for name in names if name in sections.SECTIONS}
    if not is_large(asked.session):
        return [Counted(make(asked), asked.now) for make in makers.values()]
    kept = _kept.setdefault(database, {})
    keys = {name: _key(name, asked) for name in makers}
    counted = {
        name: found
        for name, key in keys.items()
        if not anew and (found := kept.get(key)) and _stands(found, now=asked.now)
    }
    to_count = [name for name in makers if name not in counted]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        made = list(pool.map(lambda name: _apart(database, asked, makers[name]), to_count))
    if len(kept) + len(made) > _MOST:
        kept.clear()
    for name, section in zip(to_count, made, strict=True):
        counted[name] = kept[keys[name]] = section
    return [counted[name] for name in makers]


def _apart(database: Database, asked: Asked, make: Callable[[Asked], Section]) -> Counted:
    """Counted on a connection of its own, beside others."""
    with database.read_scope() as session:
        plan_for_counting(session)
        return Counted(make(replace(asked, session=session)), asked.now)


def _key(name: str, asked: Asked) -> _Key:
    return name, asked.period.length, asked.period.first, asked.words.language


def _stands(counted: Counted, *, now: datetime) -> bool:
    """A clock that was put back must not keep a figure for longer."""
    return timedelta(0) <= now - counted.at < KEPT_FOR
