"""The pictures of the guides: docs/pictures, made anew from the fictional year.

    make screenshots                            all of them
    make screenshots ARGS="today measures"      these only
    make screenshots ARGS="--folder /tmp/year"  the year is kept there, and taken from there

A real Chromium at a fixed instant, without animations; the same code makes nearly the same pictures
(accounts have new ids). Each is reduced to a palette, so that it stays under MOST_KILOBYTES.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import time_machine
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.demo_site import DemoSite, Examples, Visitor, demo_site
from directory.settings import ROOT
from tests.api.browsing import CHROMIUM
from tests.api.web.browser import served

PICTURES = ROOT / "docs" / "pictures"
# A Wednesday at 10:05 in Chicago.
NOW = datetime(2026, 11, 18, 16, 5, tzinfo=UTC)
MOST_KILOBYTES = 150
MOST_MEGABYTES = 2.5
_COLOURS = 96
_WIDE: ViewportSize = {"width": 1200, "height": 860}
_NARROW: ViewportSize = {"width": 390, "height": 844}
_STILL = "*, *::before, *::after { animation: none !important; caret-color: transparent; }"


@dataclass(frozen=True, slots=True)
class Picture:
    """`tall`: how many pixels of the page are shown; None: one screen.
    `alarm`: with the line that tells of danger, which comes a moment after the page."""

    name: str
    visitor: Visitor
    address: Callable[[Examples], str]
    narrow: bool = False
    tall: int | None = None
    alarm: bool = False


def _at(path: str) -> Callable[[Examples], str]:
    return lambda _: path


def _compared(the: Examples) -> str:
    chosen = "&".join(f"s={each}" for each in the.compared)
    return f"/console/search/compare?need=food&place=Naperville&{chosen}"


PICTURES_TO_TAKE = (
    Picture("public-home", Visitor.PUBLIC, _at("/")),
    Picture("public-results", Visitor.PUBLIC, _at("/search?q=food+near+60540"), narrow=True),
    Picture("public-results-spanish", Visitor.PUBLIC, _at("/needs/food?lang=es"), narrow=True),
    Picture("public-service", Visitor.PUBLIC, lambda the: f"/services/{the.slug}", tall=1100),
    Picture(
        "public-sensitive",
        Visitor.PUBLIC,
        lambda the: f"/services/{the.sensitive_slug}",
        narrow=True,
    ),
    Picture("console-sign-in", Visitor.PUBLIC, _at("/console/sign-in"), narrow=True),
    Picture("console-today", Visitor.CLINICIAN, _at("/console"), alarm=True),
    Picture("console-today-phone", Visitor.CLINICIAN, _at("/console"), narrow=True, alarm=True),
    Picture("console-search", Visitor.CLINICIAN, _at("/console/search?need=food&place=Naperville")),
    Picture("console-compare", Visitor.CLINICIAN, _compared),
    Picture(
        "console-person",
        Visitor.CLINICIAN,
        lambda the: f"/console/people/{the.person_id}",
        tall=1300,
    ),
    Picture("console-referrals", Visitor.SUPERVISOR, _at("/console/referrals"), tall=1000),
    Picture("console-listings", Visitor.SUPERVISOR, _at("/console/listings")),
    Picture("console-checklist", Visitor.SUPERVISOR, _at("/console/checklist"), tall=1000),
    Picture(
        "console-wording", Visitor.SUPERVISOR, _at("/console/wordings/checkin_first/en"), tall=1000
    ),
    Picture("console-measures", Visitor.SUPERVISOR, _at("/console/measures/calls"), tall=1200),
    Picture("partner-listings", Visitor.PARTNER, _at("/partner"), narrow=True, tall=1000),
    Picture(
        "partner-referral",
        Visitor.PUBLIC,
        lambda the: f"/r/{the.referral_token}",
        narrow=True,
        tall=1000,
    ),
)


def take(site: DemoSite, pictures: Iterable[Picture], into: Path) -> list[Path]:
    """The files that were written. A page that is not there is told and left out."""
    written = []
    with ExitStack() as stack:
        url = stack.enter_context(served(site.app))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in pictures:
            taken = _taken(browser, url, site, picture)
            if taken is None:
                print(f"{picture.name}: the page does not answer, left out")
                continue
            path = into / f"{picture.name}.png"
            path.write_bytes(taken)
            written.append(path)
            print(f"{path.name}: {len(taken) / 1000:.0f} kB", flush=True)
        browser.close()
    return written


def _taken(browser: Browser, url: str, site: DemoSite, picture: Picture) -> bytes | None:
    size = _NARROW if picture.narrow else _WIDE
    if picture.tall:
        size = ViewportSize(width=size["width"], height=picture.tall)
    context = browser.new_context(
        base_url=url,
        viewport=size,
        locale="en-US",
        reduced_motion="reduce",
        color_scheme="light",
    )
    cookies = site.cookies[picture.visitor]
    context.add_cookies([{"name": name, "value": cookies[name], "url": url} for name in cookies])
    page = context.new_page()
    if not picture.alarm:
        page.route("**/console/events", lambda route: route.abort())
    answer = page.goto(picture.address(site.examples))
    there = answer is not None and answer.ok
    if there and picture.alarm:
        page.wait_for_selector("#alarm:not([hidden])")
    found = _picture_of(page) if there else None
    context.close()
    return found


def _picture_of(page: Page) -> bytes:
    page.wait_for_load_state("load")
    whole = Image.open(BytesIO(page.screenshot(style=_STILL))).convert("RGB")
    few = whole.quantize(_COLOURS, dither=Image.Dither.NONE)
    out = BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    chosen = [each for each in PICTURES_TO_TAKE if not options.names or each.name in options.names]
    into = Path(options.into)
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="handoff-pictures-") as made:
        folder = Path(options.folder or made)
        with time_machine.travel(NOW, tick=True), demo_site(folder) as site:
            written = take(site, chosen, into)
    heavy = [each.name for each in written if each.stat().st_size > 1000 * MOST_KILOBYTES]
    total = sum(each.stat().st_size for each in into.glob("*.png")) / 1e6
    print(f"{total:.2f} MB in all")
    if heavy or total > MOST_MEGABYTES:
        print(f"too heavy: {', '.join(heavy) or 'all of them together'}")
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screenshots", description="Pictures for docs.")
    add = parser.add_argument
    add("names", nargs="*", choices=[[], *(each.name for each in PICTURES_TO_TAKE)])
    add("--folder", help="where the year is, or is to be kept; without it, nowhere")
    add("--into", default=str(PICTURES), help="where the pictures go (docs/pictures)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
