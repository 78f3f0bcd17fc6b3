"""What each page weighs and how long it takes, over the fictional year.

    make bench ARGS="pages"                                 SQLite, the year made up anew
    make bench ARGS="pages --folder /tmp/year"              kept there, and taken from there
    make bench ARGS="pages --database-url postgresql://…"   an empty database, or one filled by this
    make bench ARGS="pages --postgres"                      in a PostgreSQL started for it
    make bench ARGS="pages --postgres --texts 1000000"      many times over (benchmarks/load_set.py)
    make bench ARGS="pages --times 5 --dry"                 fewer requests; prints, writes no docs

Every page is asked for over HTTP, one request at a time, by everybody who may see it. Writes the
table of docs/pages.md between its marks: of the year, or of the load set.
"""

import argparse
import asyncio
import platform
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import psutil
from sqlalchemy import event
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks import load_set
from benchmarks.demo_site import DemoSite, Visitor, demo_site
from benchmarks.measures import percentile
from benchmarks.page_list import LEFT_OUT, PageAddress, pages_of, unlisted
from directory.settings import ROOT
from tests.api.web.browser import served
from tools import guides
from tools.wheel_postgres import running_postgres

GUIDE = ROOT / "docs" / "pages.md"
MOST_KILOBYTES = 100
MOST_MILLISECONDS = 200
_WARM = 2
_ASKED_FOR = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"[^>]*>')
_NOT_LOADED = re.compile(r'rel="(?:canonical|alternate|icon|manifest)"')
_NOT_QUERIES = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True)
class Measured:
    """Bytes as they came over the wire, head lines left out; times on the server."""

    page: PageAddress
    visitor: Visitor
    status: int
    page_bytes: int
    with_files: int
    milliseconds: tuple[float, ...]
    statements: int

    @property
    def p50(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        return percentile(self.milliseconds, 0.95)


@dataclass
class Stopwatch:
    """Stands before the application: how long each answer takes until its last byte."""

    app: ASGIApp
    seconds: list[float] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def timed(message: Message) -> None:
            last = message["type"] == "http.response.body" and not message.get("more_body")
            if last:
                self.seconds.append(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, timed)
        await asyncio.sleep(0)


@contextmanager
def statements_of(site: DemoSite) -> Iterator[list[str]]:
    """The statements that run meanwhile; beginning and ending a transaction are none."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_NOT_QUERIES):
            seen.append(statement)

    engine = site.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A page as one visitor got it: bytes as they came over the wire, head lines left out."""

    page: PageAddress
    visitor: Visitor
    status: int
    page_bytes: int
    with_files: int


def measure(site: DemoSite, *, times: int) -> Iterator[Measured]:
    """Every page by everybody who may see it."""
    watch = Stopwatch(site.app)
    with _clients(site, watch) as clients:
        for each in _weighed(site, clients):
            client, address = clients[each.visitor], each.page.address
            with statements_of(site) as seen:
                client.get(address)
            for _ in range(_WARM):
                client.get(address)
            watch.seconds.clear()
            for _ in range(times):
                client.get(address)
            yield Measured(
                each.page,
                each.visitor,
                each.status,
                each.page_bytes,
                each.with_files,
                tuple(1000 * taken for taken in watch.seconds),
                len(seen),
            )


def weigh(site: DemoSite) -> Iterator[Weighed]:
    """The same pages asked for once, and not timed."""
    with _clients(site, site.app) as clients:
        yield from _weighed(site, clients)


@contextmanager
def _clients(site: DemoSite, app: ASGIApp) -> Iterator[dict[Visitor, httpx.Client]]:
    """A browser of each visitor, at the site over HTTP."""
    with served(app) as url, ExitStack() as open_now:
        yield {
            who: open_now.enter_context(httpx.Client(base_url=url, cookies=cookies, timeout=60))
            for who, cookies in site.cookies.items()
        }


def _weighed(site: DemoSite, clients: Mapping[Visitor, httpx.Client]) -> Iterator[Weighed]:
    weights: dict[str, int] = {}
    for page in pages_of(site.app, site.examples):
        for visitor in page.visitors:
            client = clients[visitor]
            answer, wire = _fetched(client, page.address)
            if answer.status_code == 403:
                continue
            for file in _files_of(answer):
                if file not in weights:
                    weights[file] = _fetched(client, file)[1]
            with_files = wire + sum(weights[file] for file in _files_of(answer))
            yield Weighed(page, visitor, answer.status_code, wire, with_files)


def _fetched(client: httpx.Client, address: str) -> tuple[httpx.Response, int]:
    """The answer, and the bytes of its body as they came: compressed, where the server does."""
    answer = client.get(address)
    return answer, answer.num_bytes_downloaded


def _files_of(answer: httpx.Response) -> list[str]:
    """What a browser loads with the page before it stands; pictures too."""
    if "html" not in answer.headers.get("content-type", ""):
        return []
    found = [
        match[1]
        for match in _ASKED_FOR.finditer(answer.text)
        if not _NOT_LOADED.search(match[0]) and not match[1].startswith("data:")
    ]
    return [urljoin(str(answer.url), each) for each in dict.fromkeys(found)]


def table(measured: Iterable[Measured]) -> str:
    """One line for each address: the heaviest and the slowest of those who may see it."""
    by_address: dict[str, list[Measured]] = {}
    for each in measured:
        by_address.setdefault(each.page.address, []).append(each)
    lines = [
        "| page | seen by | page, kB | with its files, kB | p50, ms | p95, ms | statements |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for found in by_address.values():
        heaviest = max(found, key=lambda each: each.with_files)
        slowest = max(found, key=lambda each: each.p95)
        who = ", ".join(each.visitor for each in found)
        lines.append(
            f"| `{_short(found[0].page)}` | {who} | {heaviest.page_bytes / 1000:.1f} "
            f"| {heaviest.with_files / 1000:.1f} | {slowest.p50:.0f} | {slowest.p95:.0f} "
            f"| {max(each.statements for each in found)} |"
        )
    return "\n".join(lines)


def _short(page: PageAddress) -> str:
    """The address without the ids that mean nothing to a reader."""
    hexadecimal = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/[rl]/)[0-9a-f]{32}")
    return hexadecimal.sub("…", page.address)


def _beside() -> str:
    """What a load above the number of cores means for the times."""
    if psutil.getloadavg()[1] <= (psutil.cpu_count() or 1):
        return ""
    return ", more than its cores: other work ran beside it, and the times are longer for it"


def report(measured: Sequence[Measured], site: DemoSite, *, times: int) -> str:
    """The table with what it was measured on, and what was left out."""
    memory = psutil.virtual_memory().total / 2**30
    slowest = max(measured, key=lambda each: each.p95)
    heaviest = max(measured, key=lambda each: each.with_files)
    left_out = [f"- `{path}`: {why}" for path, why in LEFT_OUT.items()]
    return "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d}, {site.services.database.engine.dialect.name}, "
            f"{psutil.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}; "
            f"{times} requests each, one at a time, after {_WARM + 2} that were not counted.",
            f"The machine's load was {psutil.getloadavg()[1]:.1f}{_beside()}.",
            "",
            f"Heaviest: `{_short(heaviest.page)}`, {heaviest.with_files / 1000:.1f} kB of "
            f"{MOST_KILOBYTES}. Slowest: `{_short(slowest.page)}`, p95 {slowest.p95:.0f} ms of "
            f"{MOST_MILLISECONDS}.",
            "",
            table(measured),
            "",
            "Left out:",
            "",
            *left_out,
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="handoff-pages-") as made, ExitStack() as open_now:
        folder, url = Path(options.folder or made), options.database_url
        if options.postgres:
            url = open_now.enter_context(running_postgres(folder / "server"))
        site = open_now.enter_context(demo_site(folder, database_url=url, texts=options.texts))
        missing = unlisted(site.app)
        if missing:
            print(f"pages: no address in benchmarks/page_list.py for {', '.join(missing)}")
        sizes = _sizes(site)
        print(sizes, flush=True)
        measured = []
        for each in measure(site, times=options.times):
            measured.append(each)
            print(
                f"{each.page.address[:70]:70} {each.visitor:10} {each.status} "
                f"{each.with_files / 1000:6.1f} kB  p50 {each.p50:5.0f}  p95 {each.p95:5.0f} ms"
                f"  {each.statements:3} statements",
                flush=True,
            )
        text = f"{report(measured, site, times=options.times)}\n\nRows: {sizes}."
    if options.dry:
        print(text)
    else:
        guides.put(GUIDE, "load set" if options.texts else "measured", text)
        print(f"written: {GUIDE.relative_to(ROOT)}")
    return 1 if missing or any(each.status != 200 for each in measured) else 0


def _sizes(site: DemoSite) -> str:
    with site.services.database.engine.connect() as connection:
        return ", ".join(f"{name} {rows:,}" for name, rows in load_set.sizes(connection))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pages", description="Weight and time of pages.")
    add = parser.add_argument
    add("--folder", help="where the year is, or is to be kept; without it, nowhere")
    add("--database-url", default="", help="of a PostgreSQL database, instead of SQLite")
    add("--postgres", action="store_true", help="in a PostgreSQL that is started for it")
    add("--texts", type=int, default=0, help="the year many times over: so many texts at least")
    add("--times", type=int, default=20, help="requests to each page (20)")
    add("--dry", action="store_true", help="print the table; leave docs/pages.md as it is")
    options = parser.parse_args(arguments)
    if options.texts and not (options.postgres or options.database_url):
        parser.error("--texts needs PostgreSQL: add --postgres or --database-url")
    return options


if __name__ == "__main__":
    sys.exit(main())
