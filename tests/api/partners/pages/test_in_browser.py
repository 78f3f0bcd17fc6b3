"""The partner pages in a real browser: on a desk, on a phone, with scripts and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.api.browsing import needs_browser
from tests.api.partners.pages.partner import Partner
from tests.api.web.browser import DESKTOP, PHONE, TIMEOUT, served, sticks_out, violations

pytestmark = needs_browser
NARROW: ViewportSize = {"width": 320, "height": 640}


@pytest.fixture(name="address")
def _address(partner: Partner) -> Iterator[str]:
    partner.signed_in()
    with served(partner.api.client.app) as url:
        yield url


def opened(browser: Browser, partner: Partner, url: str, *, scripts: bool) -> BrowserContext:
    context = browser.new_context(base_url=url, viewport=DESKTOP, java_script_enabled=scripts)
    context.add_cookies([partner.cookie(url)])
    context.set_default_timeout(TIMEOUT)
    return context


def no_harm(page: Page, path: str) -> None:
    """Every reader can use the page, on any screen."""
    for screen in (DESKTOP, PHONE):
        page.set_viewport_size(screen)
        page.emulate_media(color_scheme="dark" if screen is PHONE else "light")
        page.goto(path)
        assert violations(page) == [], path
        assert not sticks_out(page), path
    page.set_viewport_size(NARROW)
    assert not sticks_out(page), path


def test_every_page_passes_axe_and_a_count_is_one_tap(
    browser: Browser, partner: Partner, address: str
) -> None:
    listing = f"/partner/listings/{partner.ids[0]}"
    context = opened(browser, partner, address, scripts=True)
    page = context.new_page()
    page.goto("/partner")
    pantry = page.get_by_role("region", name="Food pantry")
    pantry.get_by_role("button", name="There is room").click()
    pantry.get_by_role("button", name="One more: 2 free").click()
    pantry.get_by_text("2 places free").wait_for()
    assert page.url.endswith("/partner")
    page.goto(f"{listing}/edit")
    page.get_by_label("Web page", exact=True).fill("example")
    page.locator("#note-url .wrong-field").wait_for()
    for path in ("/partner", listing, f"{listing}/edit", f"{listing}/history"):
        no_harm(page, path)
    for path in ("/partner/referrals", "/partner/account"):
        no_harm(page, path)
    context.clear_cookies()
    no_harm(page, "/partner/sign-in?lang=es")
    context.close()


def test_without_scripts_everything_works(browser: Browser, partner: Partner, address: str) -> None:
    context = opened(browser, partner, address, scripts=False)
    page = context.new_page()
    page.set_viewport_size(NARROW)
    page.goto("/partner")
    page.get_by_role("button", name="Everything is right").click()
    page.get_by_text("They are marked as checked today").first.wait_for()
    page.get_by_role("link", name="Food pantry", exact=True).click()
    page.get_by_role("button", name="There is room").click()
    page.get_by_text("Counted.").first.wait_for()
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Saturday: from").fill("10 am")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nothing was saved yet").first.wait_for()
    page.get_by_label("Saturday: to", exact=True).fill("1 pm")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. People see it within a second.").first.wait_for()
    page.get_by_role("link", name="Referrals").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/partner/sign-in")
    assert partner.listing().opening_hours == "Mo-Fr 09:00-17:00; Sa 10:00-13:00"
    context.close()
