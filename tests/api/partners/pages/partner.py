"""A partner's contact at a browser without scripts."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any, Self

from httpx import Response
from playwright._impl._api_structures import SetCookieParam
from sqlalchemy import select

from api.partners.pages.access import COOKIE
from api.web import forms
from directory import database
from directory.clock import wall_now
from directory.listings.models import Organization, Service
from directory.partners import sessions
from directory.partners.models import PartnerContact, PartnerSession
from tests.api.conftest import Api
from tests.directory.freshness.builders import DESK, a_contact, a_listing, an_organization
from tests.fakes import MORNING

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Partner:
    """One organisation with a contact and listings; pages by GET, forms by POST as a page sends."""

    api: Api
    organization_id: str = ""
    contact_id: str = ""
    csrf: str = ""
    ids: list[str] = field(default_factory=list)
    _cookie: str = ""

    def with_listings(self, *names: str, address: str = DESK) -> Self:
        with database.session_scope() as session:
            organization = an_organization(session)
            self.organization_id = organization.id
            self.contact_id = a_contact(session, organization, address=address).id
            self.ids = [a_listing(session, organization, name).id for name in names]
        return self

    def another_listing(self, name: str = "Somebody else's") -> str:
        with database.session_scope() as session:
            return a_listing(session, an_organization(session, "Other House"), name).id

    def ask(self, address: str, **headers: str) -> Response:
        answer: Response = self.api.client.post(
            "/partner/sign-in", data={"address": address}, headers=SAME_ORIGIN | headers
        )
        return answer

    def links(self) -> list[str]:
        """The paths of the links that were made, the oldest first."""
        with database.read_scope() as session:
            rows = session.scalars(select(PartnerSession).order_by(PartnerSession.created_at))
            return [f"/partner/link/{sessions.link_token(row.id)}" for row in rows]

    def use(self, path: str, **form: str) -> Response:
        answer: Response = self.api.client.post(
            path, data=form, headers=SAME_ORIGIN, follow_redirects=False
        )
        return answer

    def signed_in(self, contact_id: str = "") -> Self:
        """Without the message: asked for, and used."""
        wall = wall_now()
        with database.session_scope() as session:
            contact = session.get_one(PartnerContact, contact_id or self.contact_id)
            row = sessions.ask_for_link(session, contact.address, now=MORNING, wall=wall)
            assert row is not None
            token = sessions.link_token(row.id)
            _, self._cookie = sessions.sign_in(session, token, contact.id, now=MORNING, wall=wall)
            self.csrf = forms.token_for(self.api.services.settings.secret_key, row.id)
        self.api.client.cookies.set(COOKIE.name(self.api.services), self._cookie)
        return self

    def cookie(self, url: str) -> SetCookieParam:
        return {"name": COOKIE.name(self.api.services), "value": self._cookie, "url": url}

    def get(self, path: str = "/partner", **options: Any) -> Response:
        answer: Response = self.api.client.get(path, follow_redirects=False, **options)
        return answer

    def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> Response:
        answer: Response = self.api.client.post(
            path,
            data={"csrf": self.csrf} | (form or {}),
            headers=SAME_ORIGIN | headers,
            follow_redirects=False,
        )
        return answer

    def form(self, page: str, action: str) -> dict[str, Any]:
        """The fields of a form as a browser would send them back untouched."""
        answer = self.get(page)
        assert answer.status_code == 200, answer.text
        return fields_of(answer.text, action)

    def listing(self, number: int = 0) -> Service:
        with database.read_scope() as session:
            found = session.get_one(Service, self.ids[number])
            _ = found.capacities, found.phones, found.schedules
            for row in found.capacities:
                _ = row.unit.name
            return found

    def organization(self) -> Organization:
        with database.read_scope() as session:
            return session.get_one(Organization, self.organization_id)


def text_of(answer: Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def fields_of(html: str, action: str) -> dict[str, Any]:
    reader = _FormReader(action)
    reader.feed(html)
    assert reader.met, f"no form with action {action}"
    return reader.fields


class _FormReader(HTMLParser):
    """Reads the first form of this action."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self._action = action
        self._inside = False
        self._area = self._select = ""
        self.met = False
        self.fields: dict[str, Any] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("action") == self._action and not self.met:
            self._inside = self.met = True
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                several = self.fields.get(name, [])
                value = given.get("value", "on")
                self.fields[name] = [*several, value] if given["type"] == "checkbox" else value
        elif tag == "input" and name:
            self.fields[name] = given.get("value", "")
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False
