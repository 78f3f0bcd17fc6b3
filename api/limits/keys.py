"""How much one key, or one account's tokens, may ask for: counted in the database.

So it holds across processes, and however many addresses the calls come from.
"""

from functools import partial

from anyio import to_thread

from api.services import Services
from directory.callers import service as callers
from directory.clock import wall_now
from directory.errors import TooMany
from directory.rates import Rate


async def spend(services: Services, caller: str) -> None:
    """Take one call of `caller` (directory.callers). Raises TooMany.

    It writes, so it waits among those who wait to write: on the endpoints' own threads it could
    keep the one who may write from going on (api.deps.get_session).
    """
    calls = services.settings.key_rate
    if calls:
        await to_thread.run_sync(
            partial(_spend, services, caller, Rate(calls)), limiter=services.waiting_writers
        )


def _spend(services: Services, caller: str, rate: Rate) -> None:
    wall = wall_now()
    with services.database.session_scope() as session:
        waiting = callers.call(session, caller, rate, wall=wall)
    if waiting:
        raise TooMany(
            "too_many_requests",
            "This key or account has asked too often. Slow down.",
            retry_after=waiting,
        )
