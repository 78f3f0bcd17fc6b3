"""Pages in a real browser: served over HTTP, measured by axe-core."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Page, ViewportSize, expect

from tests.bot.carrier.running import eventually

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
TIMEOUT = 30_000  # milliseconds
expect.set_options(timeout=TIMEOUT)
_AXE = Path(__file__).parent / "vendor" / "axe.min.js"
# WCAG 2.2 AA and what it builds on.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The application over HTTP on a free port; gives its address."""
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert eventually(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA: rule, what is wrong, and where.

    The page must let scripts run; ours allow none but their own, so axe comes by the debugger.
    """
    page.wait_for_load_state()
    page.evaluate(_AXE.read_text(encoding="utf-8") + "; 0")
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", _RULES
    )
    return [
        f"{each['id']}: {each['help']} ({', '.join(str(node['target']) for node in each['nodes'])})"
        for each in found["violations"]
    ]


def sticks_out(page: Page) -> bool:
    """Whether the page is wider than the screen, once its stylesheet has arrived."""
    page.wait_for_load_state()
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )
