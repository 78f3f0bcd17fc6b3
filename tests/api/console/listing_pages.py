"""Listings as the tests of the console need them, and what a browser would send of their forms."""

import re
from html.parser import HTMLParser
from typing import Any

from httpx import Response

from directory import database
from directory.listings.approvals import propose
from directory.listings.models import Service
from tests.directory.freshness.builders import a_listing, an_organization
from tests.fakes import MORNING

LISTINGS = "/console/listings"
EVIL = "<script>alert(1)</script>"


def listed(name: str = "Food pantry", **parts: Any) -> str:
    with database.session_scope() as session:
        return a_listing(session, an_organization(session), name, **parts).id


def stored(service_id: str) -> Service:
    with database.read_scope() as session:
        service = session.get_one(Service, service_id)
        for rows in (service.phones, service.service_areas, service.service_at_locations):
            assert rows is not None
        return service


def proposed(service_id: str, status: str = "inactive", by: str = "partner:key-1") -> str:
    """A change of the partner that waits."""
    with database.session_scope() as session:
        service = session.get_one(Service, service_id)
        values = {"status": (service.status, status)}
        made = propose(session, service, values, by=by, now=MORNING, change_set="set-1")
        return made[0].id


def seen(page: Response) -> dict[str, str]:
    """The hidden fields of the page's first form about the listing as it was seen."""
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]  # type: ignore[index]
        for name in ("version", "seen")
    }


def fields(page: Response, action: str = '/edit"') -> dict[str, Any]:
    """Every field of one form of a page, as a browser would send it."""
    reader = FormReader()
    start = page.text.index("<form", page.text.rindex("\n", 0, page.text.index(action)))
    reader.feed(page.text[start : page.text.index("</form>", start)])
    return reader.found


class FormReader(HTMLParser):
    """Collects what a browser would send of a form."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        if tag == "input" and said.get("type") == "checkbox":
            if "checked" in said:
                self.found.setdefault(name, []).append(value)
        elif tag == "input" and name != "csrf":
            self.found[name] = value
        elif tag == "textarea":
            self._area, self.found[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and (self._select not in self.found or "selected" in said):
            self.found[self._select] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] += data
