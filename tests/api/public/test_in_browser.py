"""The public pages in a real browser: for everybody, on any screen, with and without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from directory.settings import Settings
from tests.api.browsing import needs_browser
from tests.api.conftest import running
from tests.api.public.pages import HOTLINE, PANTRY
from tests.api.web.browser import DESKTOP, PHONE, TIMEOUT, served, sticks_out, violations

pytestmark = needs_browser
SEARCH = "/search?q=no+groceries+till+friday&place=Lisle"
NARROW = {"width": 320, "height": 640}
WEATHER = "https://www.weather.gov/"


@pytest.fixture(scope="module")
def address(library: Settings) -> Iterator[str]:
    with running(library) as api, served(api.client.app) as url:
        yield url


@pytest.fixture
def screen(browser: Browser, address: str) -> Iterator[Any]:
    """Opens contexts; the weather is answered here and nothing else leaves the machine."""
    opened: list[BrowserContext] = []

    def open_page(**settings: Any) -> Page:
        context = browser.new_context(base_url=address, **({"viewport": DESKTOP} | settings))
        context.set_default_timeout(TIMEOUT)
        context.route(f"{WEATHER}**", _weather)
        opened.append(context)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


def _weather(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<title>Weather</title><h1>Sunny</h1>")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_pass_axe(screen: Any, size: Any) -> None:
    page = screen(viewport=size)
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    for scheme, path in (
        ("light", "/"),
        ("dark", SEARCH),
        ("light", "/search?q=i+need+a+job&lang=es"),
        ("dark", f"/services/{HOTLINE}?lang=es"),
        ("light", "/needs/food"),
    ):
        page.emulate_media(color_scheme=scheme)
        page.goto(path)
        assert (path, violations(page)) == (path, [])
        assert not sticks_out(page)
    # The structured data is no script, so the policy has nothing to block.
    assert blocked == []


def test_nothing_sticks_out_of_the_narrowest_screen(screen: Any) -> None:
    page = screen(viewport=NARROW)
    for path in ("/", SEARCH, "/needs/mental_health", f"/services/{PANTRY}"):
        page.goto(path)
        assert not sticks_out(page), path


def test_long_numbers_to_text_fit_the_narrowest_screen_and_large_letters(screen: Any) -> None:
    page = screen(viewport=NARROW)
    needs = ("legal?lang=en", "legal?lang=es", "domestic_violence?lang=es")
    for path in (*needs, "domestic_violence?lang=en"):
        page.goto(f"/needs/{path}")
        assert not sticks_out(page), path
    page.set_viewport_size(PHONE)
    page.goto("/needs/domestic_violence?lang=es")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not sticks_out(page)


def test_from_the_need_to_the_number_to_the_mistake_without_scripts(screen: Any) -> None:
    page = screen(java_script_enabled=False, viewport=PHONE)
    page.goto("/")
    page.get_by_role("link", name="Español").click()
    page.get_by_role("link", name="English").click()
    page.get_by_label("What do you need?").fill("groceries")
    page.get_by_label("Town or ZIP").fill("60540")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Loaves & Fishes Grocery Market").click()
    assert page.get_by_role("link", name="Call 630-355-3663").get_attribute("href")
    page.get_by_text("Report a mistake").click()
    page.get_by_label("Something else").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Please write in a few words")).to_be_visible()
    page.get_by_label("What should it say?").fill("The door is on the other side.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_have_text("Thank you. Somebody will check it with them.")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_page_can_be_left_by_the_link_without_scripts(screen: Any) -> None:
    page = screen(java_script_enabled=False)
    page.goto(f"/services/{HOTLINE}")
    page.get_by_role("link", name="Leave this site now").click()
    assert page.title() == "Weather"


@pytest.mark.parametrize("way", ["button", "escape"])
def test_with_scripts_the_page_is_not_behind_the_back_button(screen: Any, way: str) -> None:
    page = screen()
    page.goto("/")
    page.goto("/needs/domestic_violence")
    if way == "button":
        page.get_by_role("link", name="Leave this site now").click()
    else:
        for _ in range(3):
            page.keyboard.press("Escape")
    page.wait_for_url(WEATHER)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Find help near you")


def test_two_escapes_leave_nothing(screen: Any) -> None:
    page = screen()
    page.goto("/needs/domestic_violence")
    for _ in range(2):
        page.keyboard.press("Escape")
    assert page.title().startswith("Domestic violence")


def test_on_paper_there_are_numbers_and_the_square_and_no_forms(screen: Any) -> None:
    page = screen()
    page.goto(f"/services/{PANTRY}")
    page.emulate_media(media="print")
    expect(page.get_by_text("Call 630-355-3663")).to_be_visible()
    expect(page.get_by_role("img", name="QR code of this page")).to_be_visible()
    expect(page.get_by_text("In danger now?")).to_be_visible()
    expect(page.get_by_text("Report a mistake")).not_to_be_visible()
    expect(page.get_by_text("hours not known")).not_to_be_visible()
    page.goto("/needs/food")
    expect(page.get_by_text("opens ").first).not_to_be_visible()
    expect(page.get_by_text("Tue,Thu 9am-2pm")).to_be_visible()
    expect(page.get_by_label("Town or ZIP")).not_to_be_visible()
