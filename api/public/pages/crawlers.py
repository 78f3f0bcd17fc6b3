"""robots.txt and the map of the site: what search engines should find, and what they should not."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from xml.sax.saxutils import escape

from fastapi import Path, Response

from api.deps import ReadingSession, TheServices
from api.public.pages.site import public_router
from directory.errors import NotFound
from directory.languages import Language
from directory.listings import queries
from directory.needs import taxonomy

router = public_router()
# A file may have 50,000 addresses (sitemaps.org); each of ours stands there in two languages.
A_FILE = 20_000
_CHECKED = "public, no-cache"
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Naming a door gives nothing away: behind /r/ and /l/ stands nothing without its token.
_NOT_FOR_ROBOTS = (
    "/api/",
    "/console",
    "/fhir",
    "/l/",
    "/partner",
    "/phone",
    "/r/",
    "/search",
    "/webhooks/",
)


@router.get("/robots.txt")
def robots(services: TheServices) -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS)]
    lines += ["", f"Sitemap: {services.settings.base_url}/sitemap.xml", ""]
    return Response("\n".join(lines), media_type="text/plain; charset=utf-8")


@router.get("/sitemap.xml")
def sitemap(session: ReadingSession, services: TheServices) -> Response:
    """All pages; in a large directory the list of the files that have them."""
    base = services.settings.base_url
    count = queries.count_published(session)
    if count <= A_FILE:
        return _xml([*_own_pages(base), *_service_pages(session, base, part=1)])
    files = range(1, -(-count // A_FILE) + 1)
    named = [f"<sitemap><loc>{escape(f'{base}/sitemap-{n}.xml')}</loc></sitemap>" for n in files]
    return _xml(named, kind="sitemapindex")


@router.get("/sitemap-{part}.xml")
def sitemap_part(
    part: Annotated[int, Path(ge=1, le=50_000)], session: ReadingSession, services: TheServices
) -> Response:
    base = services.settings.base_url
    pages = _service_pages(session, base, part=part)
    if not pages:
        raise NotFound("page_unknown", "There is no such page.")
    return _xml([*(_own_pages(base) if part == 1 else ()), *pages])


def _own_pages(base: str) -> list[str]:
    return [_entry(f"{base}{path}") for path in ("/", *(f"/needs/{code}" for code in taxonomy()))]


def _service_pages(session: ReadingSession, base: str, *, part: int) -> list[str]:
    found = queries.addresses_of_published(session, skip=(part - 1) * A_FILE, limit=A_FILE)
    return [_entry(f"{base}/services/{slug}", changed) for slug, changed in found]


def _entry(address: str, changed: datetime | None = None) -> str:
    where = escape(address)
    other = "".join(
        f'<xhtml:link rel="alternate" hreflang="{each}" href="{where}{_suffix(each)}"/>'
        for each in Language
    )
    when = f"<lastmod>{changed.date().isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{where}</loc>{when}{other}</url>"


def _suffix(language: Language) -> str:
    return "" if language is Language.EN else f"?lang={language}"


def _xml(entries: Iterable[str], *, kind: str = "urlset") -> Response:
    links = ' xmlns:xhtml="http://www.w3.org/1999/xhtml"' if kind == "urlset" else ""
    body = "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<{kind} xmlns="{_SPACE}"{links}>',
            *entries,
            f"</{kind}>",
            "",
        ]
    )
    return Response(
        body, media_type="application/xml; charset=utf-8", headers={"Cache-Control": _CHECKED}
    )
