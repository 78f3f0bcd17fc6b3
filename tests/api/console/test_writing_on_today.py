"""Today while somebody writes on it: the list waits for them, the danger does not."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from api.console import events
from directory.tasks.models import TaskKind
from tests.api.browsing import needs_browser
from tests.api.console.console import Console
from tests.api.console.in_browser import opened
from tests.api.console.test_today import a_task, stored
from tests.api.web.browser import DESKTOP

pytestmark = needs_browser

BAR = "Danger: a person needs a call now."
HEADING = "Danger: call now"


def is_refresh(request: Request) -> bool:
    return request.headers.get("hx-source") == "section#tasks"


@pytest.fixture
def mine(console: Console) -> str:
    """The id of a task that has its field for a note."""
    task_id = a_task()
    console.as_().post(f"/console/tasks/{task_id}", {"status": "claimed"})
    return task_id


@pytest.fixture
def today(
    browser: Browser, console: Console, mine: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Page]:
    monkeypatch.setattr(events, "EVERY", 0.1)
    with opened(browser, console, viewport=DESKTOP) as page:
        a_task(TaskKind.DANGER)
        page.goto("/console")
        told_of(page, 1)  # from now on it hears of changes
        yield page


def told_of(page: Page, dangers: int) -> None:
    expect(page.get_by_text(BAR)).to_be_visible()
    expect(page).to_have_title(re.compile(rf"^\({dangers}\) !"))


def two_more(page: Page) -> None:
    """Once it is told of the second, it was told that the list had changed by the first."""
    for dangers in (2, 3):
        a_task(TaskKind.DANGER)
        told_of(page, dangers)


def test_what_is_typed_stays_while_danger_is_told_at_once(today: Page, mine: str) -> None:
    asked: list[Request] = []
    today.on("request", lambda each: asked.append(each) if is_refresh(each) else None)
    note = today.get_by_label("How it went")
    note.fill("Talked, will call ag")
    note.blur()
    two_more(today)
    expect(today.get_by_role("heading", name=HEADING)).to_have_count(1)
    expect(note).to_have_value("Talked, will call ag")
    assert asked == []
    today.get_by_role("button", name="Done").click()
    expect(today.get_by_text("Done, and noted.")).to_be_visible()
    expect(today.get_by_role("heading", name=HEADING)).to_have_count(3)
    assert stored(mine).done_note == "Talked, will call ag"


@pytest.mark.parametrize("written", ["", "Tal"])
def test_the_list_comes_once_the_field_is_left_as_it_was(today: Page, written: str) -> None:
    note = today.get_by_label("How it went")
    note.fill(written)
    expect(note).to_be_focused()
    two_more(today)
    expect(today.get_by_role("heading", name=HEADING)).to_have_count(1)
    expect(note).to_be_focused()
    note.fill("")
    note.blur()
    expect(today.get_by_role("heading", name=HEADING)).to_have_count(3)


def test_a_list_on_its_way_does_not_wipe_what_is_typed_before_it_comes(today: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    today.route("**/console", hold)
    with today.expect_request(is_refresh):
        a_task(TaskKind.DANGER)
    note = today.get_by_label("How it went")
    note.fill("Talked")
    with today.expect_response("**/console"):
        held[0].continue_()
    today.unroute("**/console")
    dangers = today.get_by_role("heading", name=HEADING)
    a_task(TaskKind.DANGER)
    told_of(today, 3)
    expect(note).to_have_value("Talked")
    expect(dangers).to_have_count(1)
    note.fill("")
    note.blur()
    expect(dangers).to_have_count(3)


def test_a_danger_is_taken_beside_a_note_that_stays(today: Page, mine: str) -> None:
    note = today.get_by_label("How it went")
    note.fill("Talked, will call ag")
    with today.context.expect_page() as taken:
        today.get_by_role("button", name="I take it").click()
    expect(taken.value.get_by_text("It is yours now.")).to_be_visible()
    with today.context.expect_page():
        today.get_by_role("link", name="Maria <b>Example</b>").first.click()
    expect(note).to_have_value("Talked, will call ag")
    today.get_by_role("button", name="Done").click()
    expect(today.get_by_text("Done, and noted.")).to_be_visible()
    assert stored(mine).done_note == "Talked, will call ag"
    assert len(today.context.pages) == 3, "what is written on no more opens nothing beside"
