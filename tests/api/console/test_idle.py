"""A session ends after two hours without its owner, also while a page of theirs stays open."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser

from api.console import access, events
from directory import database
from directory.staff import queries, sessions
from directory.staff.models import StaffSession
from directory.tasks.models import TaskKind
from tests.api.browsing import needs_browser
from tests.api.console.console import Console
from tests.api.console.in_browser import opened
from tests.api.console.test_today import a_task
from tests.api.web.browser import DESKTOP
from tests.factories import met
from tests.fakes import MORNING

TEMPLATES = Path(access.__file__).parent / "templates"
LATER = timedelta(minutes=90)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def signed_in(clock: Any, console: Console) -> Console:
    return console.as_()


async def once(
    still_there: Callable[[], Awaitable[bool]], *, wait: Callable[[], Awaitable[None]], drawn: str
) -> AsyncIterator[str]:
    """The stream of events for one look."""
    yield f"{await still_there()}"


def is_over(console: Console) -> bool:
    return console.get("/console").status_code == 303


def test_a_page_that_is_open_is_no_use_of_the_session(
    signed_in: Console, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "stream", once)
    clock.shift(LATER)
    assert signed_in.get("/console/events").text == "True"
    clock.shift(sessions.IDLE - LATER)
    assert is_over(signed_in)


@pytest.mark.parametrize("part", sorted(access.REFRESHED))
def test_what_a_page_fetches_by_itself_is_no_use_of_the_session(
    signed_in: Console, clock: Any, part: str
) -> None:
    page = {"section#tasks": "/console", "section#timeline": f"/console/people/{met()}"}[part]
    clock.shift(LATER)
    assert signed_in.get(page, headers=HTMX | {"HX-Source": part}).status_code == 200
    clock.shift(sessions.IDLE - LATER)
    assert is_over(signed_in)


@pytest.mark.parametrize(
    "headers", [{}, HTMX, HTMX | {"HX-Source": "textarea#text"}, {"HX-Source": "section#tasks"}]
)
def test_what_a_person_asks_for_keeps_the_session(
    signed_in: Console, clock: Any, headers: dict[str, str]
) -> None:
    clock.shift(LATER)
    assert signed_in.get("/console", headers=headers).status_code == 200
    clock.shift(LATER)
    assert not is_over(signed_in)


def test_every_part_that_fetches_itself_is_known() -> None:
    parts = [
        tag
        for page in TEMPLATES.rglob("*.html")
        for tag in re.findall(r"<[^>]*hx-trigger=[^>]*>", page.read_text(encoding="utf-8"))
        if "tasks-changed" in tag or "every " in tag
    ]
    named = (re.match(r'<(\w+) [^>]*?\bid="([^"]+)"', tag) for tag in parts)
    found = {"#".join(each.groups()) for each in named if each}
    assert (len(parts), found) == (len(access.REFRESHED), access.REFRESHED)


def seen_at(console: Console) -> Any:
    with database.read_scope() as session:
        [row] = queries.sessions_of(session, console.member_id)
        return row.seen_at


@needs_browser
def test_a_browser_that_is_left_alone_is_not_seen_and_then_asks_to_sign_in(
    browser: Browser, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "EVERY", 0.1)
    console.as_()
    with opened(browser, console, viewport=DESKTOP) as page:
        page.goto("/console")
        monkeypatch.setattr(sessions, "SEEN_EVERY", timedelta(0))
        before = seen_at(console)
        a_task(TaskKind.DANGER, note="says it is bad")
        page.get_by_role("heading", name="Danger: call now").wait_for()
        assert seen_at(console) == before
        with database.session_scope() as session:
            [row] = queries.sessions_of(session, console.member_id)
            session.get_one(StaffSession, row.id).seen_at = before - sessions.IDLE
        page.wait_for_url("**/console/sign-in?next=*")
