"""Every route as every caller: let in or refused as tools/access/routes.yml says, default deny."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog

from directory.settings import Settings
from tests.api.conftest import Api, running
from tests.api.security.callers import ROLES, Doors, is_let_in
from tests.conftest import settings_for
from tools.access.table import PAGE, Caller, declared, page, routes_of, who_may

MAY = who_may(declared())
# What is down in a test, and says so to whoever asks.
DOWN = {"GET /readyz": 503, "HEAD /readyz": 503, "GET /phone/api/messages": 503}


@pytest.fixture
def site(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The whole application, with what never ends or takes seconds cut short."""

    async def at_once(*_: Any, **__: Any) -> AsyncIterator[str]:
        yield ": here\n\n"

    monkeypatch.setattr("api.console.events.stream", at_once)
    monkeypatch.setattr("api.console.measures.report.printed", lambda *_, **__: b"%PDF-")
    settings = settings_for(
        sqlite_settings.data_dir,
        security_contact="security@naperville.example",
        address_rate=0,
        key_rate=0,
    )
    with running(settings) as api, structlog.testing.capture_logs():
        yield api


def knocks(may: frozenset[Caller]) -> Iterator[tuple[Caller, ...]]:
    """Who comes to a door: everybody, as few times as it takes.

    Staff come one by one, as they show the same kind of proof. Of the others those that are to be
    refused come together: if all of their proofs at once open nothing, none of them does. Where
    nobody needs a proof, having one must not get in the way either.
    """
    if may == frozenset(Caller):
        yield (Caller.NOBODY,)
        yield (Caller.CLINICIAN, Caller.KEY, Caller.PARTNER, Caller.LINK, Caller.CARRIER)
        return
    yield from ((caller,) for caller in Caller if caller in ROLES or caller in may)
    yield tuple(caller for caller in Caller if caller not in ROLES and caller not in may)


def test_every_route_lets_in_whom_it_should_and_nobody_else(site: Api) -> None:
    async def knock_everywhere() -> list[str]:
        doors, wrong = Doors(site), []
        for route in routes_of(site.client.app):
            may = MAY.get(route, frozenset())
            for callers in knocks(may):
                answer = await doors.knock(route, *callers)
                status, who = answer.status_code, " + ".join(callers)
                if status >= 500 and DOWN.get(route) != status:
                    wrong.append(f"{route} as {who}: {status}")
                elif is_let_in(route, answer) != may.issuperset(callers):
                    wrong.append(f"{route} as {who}: {status}, declared {sorted(may)}")
        return wrong

    assert asyncio.run(knock_everywhere()) == []


def test_a_route_that_nobody_has_declared_is_an_error(site: Api) -> None:
    routes = set(routes_of(site.client.app))
    assert routes - set(MAY) == set(), "declare these in tools/access/routes.yml"
    assert set(MAY) - routes == set(), "these are gone"


def test_the_page_says_what_is_declared() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(declared()), "run python -m tools.access"


def test_nobody_but_the_carrier_comes_in_by_its_signature() -> None:
    webhooks = {route for route in MAY if " /webhooks/" in route}
    assert webhooks and all(MAY[route] == {Caller.CARRIER} for route in webhooks)


def test_what_is_about_people_is_open_to_staff_partners_and_nobody_else() -> None:
    inside = {Caller.CLINICIAN, Caller.SUPERVISOR, Caller.ADMIN}
    for route, callers in MAY.items():
        if "/people" in route or "/visits" in route:
            assert callers <= inside, route
