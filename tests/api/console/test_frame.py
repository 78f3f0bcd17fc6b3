"""The frame of the console in a real browser: readable by everybody, on any screen."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect

from directory.staff.models import Role
from tests.api.browsing import needs_browser
from tests.api.console.console import Console
from tests.api.web.browser import DESKTOP, PHONE, TIMEOUT, served, sticks_out, violations

pytestmark = needs_browser


@pytest.fixture
def opened(browser: Browser, console: Console) -> Iterator[BrowserContext]:
    """A browser that is signed in as a supervisor."""
    console.as_(Role.SUPERVISOR)
    with served(console.api.client.app) as url:
        context = browser.new_context(base_url=url, viewport=DESKTOP)
        context.add_cookies([console.cookie(url)])
        context.set_default_timeout(TIMEOUT)
        yield context
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_frame_passes_axe(
    opened: BrowserContext, screen: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    page = opened.new_page()
    page.set_viewport_size(screen)
    page.emulate_media(color_scheme=scheme)
    page.goto("/console/account")
    assert violations(page) == []
    assert not sticks_out(page)


def test_the_menu_is_there_with_the_keyboard_alone(opened: BrowserContext) -> None:
    page = opened.new_page()
    page.set_viewport_size(PHONE)
    page.goto("/console")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.get_by_text("Menu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="CIT training")).to_be_visible()


def test_a_page_that_was_only_looked_for_speaks_of_nothing_written(console: Console) -> None:
    console.as_()
    looked = console.get("/console/listings/gone")
    assert looked.status_code == 404 and "What you wrote" not in looked.text
    wrote = console.post("/console/referrals/gone", {"once": "12345678", "act": "ask"})
    assert wrote.status_code == 404 and "What you wrote is still there" in wrote.text


def test_a_clinician_sees_no_entries_of_supervisors(console: Console) -> None:
    assert "Audit log" not in console.as_(Role.CLINICIAN).get("/console").text
    assert "Audit log" in console.as_(Role.SUPERVISOR).get("/console").text
