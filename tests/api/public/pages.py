"""Reading public pages: as a person does, and as a browser that takes nothing from elsewhere."""

import re
from datetime import datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

from httpx import Response

from directory import database
from directory.listings.models import Service
from directory.listings.service import changed
from tests.api.conftest import Api
from tests.fakes import MORNING

PANTRY = "loaves-fishes--naperville-grocery-market"
HOTLINE = "ndvh--national-hotline"
LIFELINE = "988--988-call-text-and-chat"
SECRET_PLACE = "fss--emergency-shelter"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def page(api: Api, path: str, *, status: int = 200, **headers: str) -> Response:
    """A page, not followed anywhere, and without the cookies of pages before."""
    api.client.cookies.clear()
    answer = api.client.get(path, headers=BROWSER | headers, follow_redirects=False)
    assert answer.status_code == status, answer.text
    return answer


def words(answer: Response) -> str:
    """What the page says, on one line."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.text, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


class Parts(HTMLParser):
    """The addresses that a page takes files from, and what a strict policy would block."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.files: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.inline += [name for name in said if name == "style" or name.startswith("on")]
        is_data = said.get("type") == "application/ld+json"
        if tag == "style" or (tag == "script" and not is_data and not said.get("src")):
            self.inline.append(tag)
        if tag in ("script", "img", "iframe", "link") and not is_data:
            loaded = tag != "link" or said.get("rel") in ("stylesheet", "icon")
            self.files += [said.get("src") or said.get("href") or ""] if loaded else []
        if tag == "a":
            self.links.append(said.get("href") or "")


def edit(slug: str, *, now: datetime = MORNING, **values: Any) -> str:
    """Change columns of a listing; its id."""
    with database.session_scope() as session:
        service = session.query(Service).filter_by(slug=slug).one()
        for name, value in values.items():
            setattr(service, name, value)
        changed(session, service, now=now)
        return service.id
