"""`handoff pause` and `handoff resume`: they work whether the product runs or not."""

from datetime import datetime

from api.commands.terminal import open_database, say
from directory import database
from directory.clock import ProductClock
from directory.on_call import pause as switch
from directory.settings import load_settings

BY = "command"


def pause() -> None:
    """Hold back everything that we start; replies, pages and alarms go on."""
    now = _open()
    with database.session_scope() as session:
        stood = switch.standing(session)
        switch.start(session, by=BY, now=now)
    say("It was paused already." if stood else "Paused: nothing that we start goes out.")


def resume() -> None:
    """Let it go on; what has gone stale meanwhile is dropped."""
    now = _open()
    with database.session_scope() as session:
        ended = switch.end(session, by=BY, now=now)
    say("Going on." if ended else "Nothing was paused.")


def _open() -> datetime:
    open_database(load_settings())
    return ProductClock().now()
