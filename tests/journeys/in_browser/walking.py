"""How the journeys walk: on a desk, on the narrowest phone, and on one without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, ViewportSize

from tests.api.conftest import Api
from tests.api.web.browser import DESKTOP, TIMEOUT, served, sticks_out

NARROW: ViewportSize = {"width": 320, "height": 640}


@dataclass(frozen=True, slots=True)
class Screen:
    size: ViewportSize
    scripts: bool = True


ON_SCREENS = pytest.mark.parametrize(
    "screen",
    [Screen(DESKTOP), Screen(NARROW), Screen(NARROW, scripts=False)],
    ids=["desktop", "phone", "no-scripts"],
)


@dataclass
class Walk:
    """One person at one browser."""

    page: Page
    screen: Screen

    def to(self, path: str) -> None:
        self.page.goto(path)

    def menu(self, entry: str) -> None:
        """By the menu of the console, which a phone keeps folded."""
        folded = self.page.locator("header summary")
        if folded.is_visible():
            folded.click()
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=entry).click()

    def press(self, name: str, *, within: Locator | None = None, twice: bool = False) -> None:
        button = (within or self.page).get_by_role("button", name=name, exact=True).first
        if twice:
            button.dblclick()
        else:
            button.click()

    def follow(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("link", name=name, exact=True).first.click()

    def fill(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=True).fill(words)

    def reads(self, words: str) -> None:
        """The page says so; and it is no wider than the screen."""
        self.page.get_by_text(words).first.wait_for()
        assert not sticks_out(self.page), self.page.url

    def is_at(self, heading: str) -> None:
        self.page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()
        assert not sticks_out(self.page), self.page.url

    def press_without_connection(self, button: str) -> None:
        """Pressed while there is none; then there is one again, and what was typed is sent.

        The page keeps the form where it has scripts. Elsewhere the browser shows an error page, and
        sends the form when that is loaded anew.
        """
        context = self.page.context
        context.set_offline(True)
        self.press(button)
        if self.screen.scripts:
            self.reads("No connection: nothing was sent")
            context.set_offline(False)
            self.page.get_by_text("No connection: nothing was sent").wait_for(state="hidden")
            self.press(button, twice=True)
        else:
            self.page.wait_for_url("chrome-error://**")
            context.set_offline(False)
            self.page.reload()


@contextmanager
def walk(browser: Browser, api: Api, screen: Screen) -> Iterator[Walk]:
    """Nothing on the way was an error of ours, of a script, or blocked by the policy."""
    wrong: list[str] = []

    def look(answer: Response) -> None:
        if answer.status >= 500:
            wrong.append(f"{answer.status} {answer.url}")

    def listen(said: ConsoleMessage) -> None:
        if "Content Security" in said.text:
            wrong.append(said.text)

    with served(api.client.app) as url:
        context = browser.new_context(
            base_url=url, viewport=screen.size, java_script_enabled=screen.scripts
        )
        context.set_default_timeout(TIMEOUT)
        page = context.new_page()
        page.on("response", look)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", listen)
        try:
            yield Walk(page, screen)
        finally:
            context.close()
    assert wrong == []
