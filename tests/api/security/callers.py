"""Everybody who can come to a door, and what they send. One request after another, in process."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from api.console.access import COOKIE as CONSOLE_COOKIE
from api.partners.pages.access import COOKIE as PARTNER_COOKIE
from api.web import forms
from directory import database
from directory.clock import wall_now
from directory.database import new_id
from directory.partners import links, listing_links
from directory.partners import service as partners
from directory.partners import sessions as partner_sessions
from directory.partners.models import PartnerContact
from directory.people import service as people
from directory.referrals.models import Referral, ReferralEvent
from directory.staff import queries as staff_queries
from directory.staff import service as staff
from directory.staff import sessions as staff_sessions
from directory.staff.models import Role, StaffToken
from tests.api.conftest import Api
from tests.directory.freshness.builders import a_contact, a_listing, an_organization
from tests.fakes import MORNING
from tools.access.table import Caller

ROLES = {
    Caller.CLINICIAN: Role.CLINICIAN,
    Caller.SUPERVISOR: Role.SUPERVISOR,
    Caller.ADMIN: Role.ADMIN,
}
NOTHING = "00000000-0000-4000-8000-000000000000"
GIVEN = {"version": "0", "of": "en", "part": "1", "step": "accepted", "slug": "nothing"}
# Behind these a session may end, or another begin.
ENDS = re.compile(r"sign-out|sessions|second-step|/partner/link|/remove|auth/token")
SIGN_IN = ("/console/sign-in", "/partner/sign-in")
FORMS = ("/console", "/partner", "/r/", "/l/", "/services/", "/webhooks/", "/api/v1/auth/")


@dataclass
class Doors:
    """The application with one organisation, one referral and one of each caller."""

    api: Api
    contact_id: str = ""
    referral_id: str = ""
    organization_id: str = ""
    client: httpx.AsyncClient = field(init=False)
    _proofs: dict[Caller, tuple[dict[str, str], dict[str, str], str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        transport = httpx.ASGITransport(self.api.client.app, raise_app_exceptions=False)
        base = self.api.services.settings.base_url
        self.client = httpx.AsyncClient(transport=transport, base_url=base)
        with database.session_scope() as session:
            organization = an_organization(session)
            contact = a_contact(session, organization)
            service = a_listing(session, organization)
            person = people.find_or_create(session, "+16305550142", now=MORNING)
            referral = Referral(
                person_id=person.id,
                service_id=service.id,
                organization_id=organization.id,
                status="requested",
                created_by="system",
                created_at=MORNING,
                changed_at=MORNING,
            )
            session.add(referral)
            session.flush()
            session.add(
                ReferralEvent(
                    referral_id=referral.id, sequence=1, status="requested", at=MORNING, by="system"
                )
            )
            self.organization_id, self.contact_id = organization.id, contact.id
            self.referral_id = referral.id

    async def knock(self, route: str, *callers: Caller) -> httpx.Response:
        """One request to a route, with all that these callers can show and nothing that exists."""
        method, template = route.split(" ", 1)
        wanted = Caller.LINK in callers and "{token}" in template
        path = _filled(template, self._secret(template) if wanted else "0" * 32)
        headers, cookies, csrf = {"Sec-Fetch-Site": "same-origin"}, [], ""
        for caller in callers:
            if caller not in self._proofs or ENDS.search(template):
                self._proofs[caller] = self._credentials(caller)
            shown, cookie, token = self._proofs[caller]
            headers |= shown
            cookies += [f"{name}={value}" for name, value in cookie.items()]
            csrf = token or csrf
        sent = self._body(method, template, csrf)
        if Caller.CARRIER in callers:
            signed = sent.get("data", {}) if method == "POST" else {}
            headers["X-Twilio-Signature"] = self._signature(path, signed)
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        self.client.cookies.clear()
        answer = await self.client.request(method, path, headers=headers, **sent)
        if ENDS.search(template):
            for caller in callers:
                self._proofs.pop(caller, None)
        return answer

    def _signature(self, path: str, form: dict[str, str]) -> str:
        settings = self.api.services.settings
        signer = RequestValidator(settings.twilio_auth_token)
        return str(signer.compute_signature(f"{settings.base_url}{path}", form))

    def _body(self, method: str, template: str, csrf: str) -> dict[str, Any]:
        if method in ("GET", "HEAD"):
            return {}
        if template.endswith(".csv"):
            return {"content": b"id\n"}
        if template.startswith(FORMS) and not template.startswith("/phone"):
            return {"data": {"csrf": csrf}}
        return {"json": {}}

    def _credentials(self, caller: Caller) -> tuple[dict[str, str], dict[str, str], str]:
        """Headers, cookies and the token of forms."""
        services, wall = self.api.services, wall_now()
        secret_key = services.settings.secret_key
        with database.session_scope() as session:
            if caller in ROLES:
                role, token = ROLES[caller], new_id()
                email = f"{role.value}@naperville.example"
                member = staff_queries.active_by_email(session, email)
                if member is None:
                    member = staff.add(session, email, role, password=None, phone=None, now=MORNING)
                session.add(
                    StaffToken(
                        token_hash=staff.hash_of(token),
                        staff_id=member.id,
                        expires_at=wall + staff.TOKEN_LIFETIME,
                    )
                )
                cookie = staff_sessions.open_session(session, member, agent=None, wall=wall)
                found = staff_sessions.find(session, cookie, wall=wall)
                assert found is not None
                csrf = forms.token_for(secret_key, found.session.id)
                bearer = {"Authorization": f"Bearer {token}"}
                return bearer, {CONSOLE_COOKIE.name(services): cookie}, csrf
            if caller is Caller.KEY:
                key = partners.issue_key(session, self.organization_id, now=wall)
                return {"X-API-Key": key}, {}, ""
            if caller is Caller.PARTNER:
                row_id, cookie = self._signed_in(session, wall)
                csrf = forms.token_for(secret_key, row_id)
                return {}, {PARTNER_COOKIE.name(services): cookie}, csrf
        return {}, {}, ""

    def _sign_in_link(self, session: Any, wall: Any) -> str:
        row = partner_sessions.PartnerSession(
            id=new_id(),
            contact_id=self.contact_id,
            link_expires_at=wall + partner_sessions.LINK_LIFETIME,
            created_at=wall,
        )
        token = partner_sessions.link_token(row.id)
        row.link_hash = partner_sessions._hash(token)
        session.add(row)
        session.flush()
        return token

    def _signed_in(self, session: Any, wall: Any) -> tuple[str, str]:
        token = self._sign_in_link(session, wall)
        row, _ = partner_sessions.opened(session, token, wall=wall)
        _, cookie = partner_sessions.sign_in(session, token, None, now=MORNING, wall=wall)
        return row.id, cookie

    def _secret(self, template: str) -> str:
        """The secret of the link that this route takes."""
        wall = wall_now()
        with database.session_scope() as session:
            contact = session.get_one(PartnerContact, self.contact_id)
            if template.startswith("/partner/link"):
                return self._sign_in_link(session, wall)
            if template.startswith("/l/"):
                return listing_links.token_of(listing_links.link_for(session, contact, wall=wall))
            referral = session.get_one(Referral, self.referral_id)
            return links.token_of(links.link_for(session, referral, contact, wall=wall))


def _filled(template: str, secret: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1].partition(":")[0]
        return secret if name == "token" else GIVEN.get(name, NOTHING)

    return re.sub(r"\{([^}]+)\}", value, template)


def is_let_in(route: str, answer: httpx.Response) -> bool:
    """Whether the door was open, whatever was found behind it."""
    path = route.split(" ", 1)[1]
    if path.startswith(SIGN_IN):  # 401 says that the form does not fit, not that it is closed
        return answer.status_code != 403
    if answer.status_code in (401, 403) or ("{token}" in path and answer.status_code == 404):
        return False
    led = answer.headers.get("location", "") if answer.status_code == 303 else ""
    # Who signs out is led to the same page, with the cookie taken back.
    return not led.startswith(SIGN_IN) or "set-cookie" in answer.headers
