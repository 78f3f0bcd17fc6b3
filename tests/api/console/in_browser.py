"""The console in a real browser, by somebody who is signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.api.console.console import Console
from tests.api.web.browser import TIMEOUT, served


@contextmanager
def opened(browser: Browser, console: Console, **options: Any) -> Iterator[Page]:
    """A page of the console as it is served over HTTP. `options`: of the browser's context."""
    with served(console.api.client.app) as url:
        context = browser.new_context(base_url=url, **options)
        context.add_cookies([console.cookie(url)])
        context.set_default_timeout(TIMEOUT)
        yield context.new_page()
        context.close()
