"""All checks in their order; a part that breaks says so, and the others go on.

Each check is guarded by itself too (finding.guarded): this is for what lies between them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from api.doctor import machine, outside, stored
from api.doctor.finding import Finding, broke
from directory import database
from directory.database import Database
from directory.settings import Settings


def examine(settings: Settings, *, wall: datetime) -> Iterator[Finding]:
    """What is found, as it is found."""
    yield from _guarded("this machine", lambda: machine.look(settings))
    opened = database.use(Database(settings))
    try:
        yield from _guarded("what is stored", lambda: stored.look(opened, wall))
    finally:
        opened.close()
    yield from _guarded("the network", lambda: outside.look(settings))


def _guarded(part: str, checks: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from checks()
    except Exception as error:  # whoever asks what is wrong must not get a traceback for it
        yield broke(part, error)
