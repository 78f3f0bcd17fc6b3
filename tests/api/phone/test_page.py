"""The phone page in a browser, where there is one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.browsing import needs_browser
from tests.api.phone.hosting import StandingClock, phone_app
from tests.api.web import browser as web
from tests.bot.carrier.running import OTHER, RESIDENT, Product, RunningCarrier

pytestmark = needs_browser

TIMEOUT = 10_000  # milliseconds


@contextmanager
def served(carrier: RunningCarrier, clock: StandingClock) -> Iterator[str]:
    with web.served(phone_app(carrier.control, clock)) as url:
        yield f"{url}/phone"


@contextmanager
def opened(browser: Browser, url: str, *, width: int = 1280) -> Iterator[Page]:
    """The page; fails when the browser has anything to complain of."""
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.set_default_timeout(TIMEOUT)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(url)
    page.wait_for_selector(".phone")
    try:
        yield page
        assert complaints == []
    finally:
        page.close()


def test_a_text_is_typed_sent_and_shown_as_text(
    browser: Browser, carrier: RunningCarrier, product: Product
) -> None:
    hostile = '<img src=x onerror="document.title=1"> & <b>'
    product.twiml = b"<Response><Message>&lt;i&gt;hola&lt;/i&gt;</Message></Response>"
    with served(carrier, StandingClock()) as url, opened(browser, url) as page:
        phone = page.locator(f"#phone-{RESIDENT[1:]}")
        phone.get_by_label("Text from the phone: Resident").fill(hostile)
        phone.get_by_label("Text from the phone: Resident").press("Enter")
        phone.get_by_text("Received").wait_for()
        phone.get_by_text("Delivered").wait_for()
        assert phone.locator(".own .text").inner_text().endswith(hostile)
        assert phone.locator(".theirs .text").inner_text().endswith("<i>hola</i>")
        expect(phone.locator(".log img, .log b, .log i")).to_have_count(0)
        assert phone.get_by_label("Text from the phone: Resident").input_value() == ""
    assert product.inbound[0].form["Body"] == hostile


def test_a_suggestion_fills_the_box_and_waits_to_be_sent(
    browser: Browser, carrier: RunningCarrier, product: Product
) -> None:
    with served(carrier, StandingClock()) as url, opened(browser, url) as page:
        phone = page.locator(f"#phone-{RESIDENT[1:]}")
        phone.get_by_role("button", name="Necesito comida").click()
        assert "Necesito" in phone.get_by_label("Text from the phone: Resident").input_value()
        assert product.inbound == []
        phone.get_by_role("button", name="Send").click()
        phone.get_by_text("Received").wait_for()


def test_the_clock_is_set_with_the_keyboard(browser: Browser, carrier: RunningCarrier) -> None:
    clock = StandingClock()
    with served(carrier, clock) as url, opened(browser, url) as page:
        page.get_by_text("Real time.").wait_for()
        expect(page.locator("#clock-time")).to_have_text("12:30 PM")  # in Chicago
        page.get_by_label("1×").focus()
        page.keyboard.press("ArrowRight")
        page.get_by_text("A minute passes each second.").wait_for()
        assert clock.speed == 60


def test_phones_can_be_added_and_those_that_text_appear(
    browser: Browser, carrier: RunningCarrier
) -> None:
    with served(carrier, StandingClock()) as url, opened(browser, url) as page:
        carrier.control.text(OTHER, "from elsewhere")
        page.locator(f"#phone-{OTHER[1:]}").get_by_text("from elsewhere").wait_for()
        page.get_by_role("button", name="Add another resident").click()
        expect(page.locator("section.phone")).to_have_count(5)


@pytest.mark.parametrize("width", [320, 360])
def test_a_small_screen_shows_one_phone_at_a_time_and_never_scrolls_sideways(
    browser: Browser, carrier: RunningCarrier, width: int
) -> None:
    carrier.control.text(RESIDENT, "x" * 400)
    with served(carrier, StandingClock()) as url, opened(browser, url, width=width) as page:
        page.get_by_text("xxx").wait_for()
        expect(page.locator("section.phone:visible")).to_have_count(1)
        page.get_by_role("navigation").get_by_role("button", name="Partner").click()
        expect(page.locator("section.phone:visible h2")).to_have_text("Partner")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_product_that_went_away_is_said_and_the_text_is_kept(
    browser: Browser, carrier: RunningCarrier
) -> None:
    with served(carrier, StandingClock()) as url:
        page = browser.new_page()
        page.set_default_timeout(TIMEOUT)
        page.goto(url)
        page.wait_for_selector(".phone")
    box = page.locator(f"#phone-{RESIDENT[1:]} textarea")
    box.fill("still here")
    box.press("Enter")
    page.get_by_text("The product doesn’t answer").wait_for()
    assert box.input_value() == "still here"
    page.close()
