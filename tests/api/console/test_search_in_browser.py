"""Search in a real browser: answered as it is typed, and nothing is lost when it answers again."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.browsing import needs_browser
from tests.api.conftest import Api
from tests.api.console.console import Console
from tests.api.console.in_browser import opened
from tests.api.web.browser import DESKTOP

pytestmark = needs_browser


@pytest.fixture
def console(listed: Api) -> Console:
    return Console(listed).as_()


def asked_again(page: Page) -> None:
    """The server has answered once more, and the page has had it."""
    with page.expect_response(lambda answer: "/console/search?" in answer.url) as answered:
        page.get_by_label("Town or ZIP").dispatch_event("change")
    answered.value.finished()
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")


def test_what_is_ticked_stays_ticked_when_the_same_comes_again(
    browser: Browser, console: Console
) -> None:
    with opened(browser, console, viewport=DESKTOP) as page:
        page.goto("/console/search")
        page.get_by_label("In any words").fill("food 60540")
        page.get_by_role("button", name="Search").click()
        ticked = page.get_by_role("checkbox", name="Compare").first
        ticked.check()
        asked_again(page)
        expect(ticked).to_be_checked()


def test_what_is_typed_is_answered_without_a_button(browser: Browser, console: Console) -> None:
    with opened(browser, console, viewport=DESKTOP) as page:
        page.goto("/console/search")
        words = page.get_by_label("In any words")
        words.fill("food 60540")
        page.get_by_role("checkbox", name="Compare").first.check()
        words.fill("zzzzqqq")
        page.get_by_text("Nothing fits.").wait_for()
        words.fill("food 60540")
        expect(page.get_by_role("checkbox", name="Compare").first).not_to_be_checked()
