"""A browser without scripts at the console, signed in as one role."""

from dataclasses import dataclass, field
from typing import Any, Self

from httpx import Response
from playwright._impl._api_structures import SetCookieParam

from api.console.access import COOKIE
from api.web import forms
from directory import database
from directory.clock import wall_now
from directory.staff import queries, sessions
from directory.staff import service as staff
from directory.staff.models import Role, StaffMember
from tests.api.conftest import MORNING, Api

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Console:
    """Pages by GET, forms by POST with the session's token, as a page of ours would send them."""

    api: Api
    member_id: str = ""
    csrf: str = ""
    _cookie: str = field(default="", repr=False)

    def as_(self, role: Role = Role.CLINICIAN, *, email: str = "") -> Self:
        """Sign in as somebody of this role, without the time that a password takes."""
        email = email or f"{role.value}@naperville.example"
        wall = wall_now()
        with database.session_scope() as session:
            member = queries.active_by_email(session, email)
            if member is None:
                member = staff.add(session, email, role, password=None, phone=None, now=MORNING)
            token = sessions.open_session(session, member, agent="a test", wall=wall)
            self.member_id = member.id
            found = sessions.find(session, token, wall=wall)
            assert found is not None
            secret = self.api.services.settings.secret_key
            self.csrf = forms.token_for(secret, found.session.id)
        self._cookie = token
        self.api.client.cookies.set(COOKIE.name(self.api.services), token)
        return self

    def cookie(self, url: str) -> SetCookieParam:
        """For a real browser's context (`add_cookies`)."""
        return {"name": COOKIE.name(self.api.services), "value": self._cookie, "url": url}

    def get(self, path: str, **options: Any) -> Response:
        return self.api.client.get(path, follow_redirects=False, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Response:
        headers = SAME_ORIGIN | options.pop("headers", {})
        form = {"csrf": self.csrf} | (data or {})
        return self.api.client.post(
            path, data=form, headers=headers, follow_redirects=False, **options
        )

    def member(self) -> StaffMember:
        with database.read_scope() as session:
            found = queries.by_id(session, self.member_id)
            assert found is not None
            return found
