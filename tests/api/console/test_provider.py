"""Signing in through an identity provider: who is let in, and what is not believed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest
from httpx import Response
from joserfc.jwk import RSAKey

from api.console.access import COOKIE
from directory import database
from directory.clock import wall_now
from directory.settings import Settings
from directory.staff import queries, second_step
from directory.staff import service as staff
from directory.staff.models import Role
from tests.api.conftest import EMAIL, Api, running
from tests.api.console.identity_provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.api.web.browser import served
from tests.fakes import MORNING

GO = "/console/sign-in/provider"
SUBJECT = "1234"


@dataclass
class Desk:
    """The console, and the provider that it sends people to."""

    api: Api
    provider: Provider

    def go(self, **query: str) -> Response:
        return self.api.client.get(GO, params=query, follow_redirects=False)

    def back(self, **query: str) -> Response:
        """To the provider by real HTTP, and back to the console as a browser would."""
        there = httpx.get(self.go(**query).headers["location"])
        returned = urlsplit(there.headers["location"])
        assert returned.path == f"{GO}/back"
        return self.come(returned.query)

    def come(self, query: str) -> Response:
        return self.api.client.get(f"{GO}/back?{query}", follow_redirects=False)

    def signed_in(self) -> bool:
        return COOKIE.name(self.api.services) in self.api.client.cookies


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    provider = Provider(now=int(wall_now().timestamp()))
    with served(provider.app()) as url:
        provider.issuer = url
        given = {
            "oidc_issuer": url,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
        }
        with running(sqlite_settings.model_copy(update=given)) as api:
            yield Desk(api, provider)


def test_the_first_time_the_verified_address_ties_the_account_to_the_person(desk: Desk) -> None:
    desk.api.add_account()
    assert "Sign in with my work account" in desk.api.client.get("/console/sign-in").text
    answer = desk.back(next="/console/account?done=language")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/console/account?done=language",
    )
    assert EMAIL in desk.api.client.get("/console/account").text
    with database.read_scope() as session:
        member = queries.active_by_email(session, EMAIL)
        assert member is not None
        assert member.oidc_subject == f"{desk.provider.issuer} {SUBJECT}"


def test_afterwards_it_is_the_person_who_counts_whatever_their_address(desk: Desk) -> None:
    desk.api.add_account()
    desk.back()
    desk.api.client.cookies.clear()
    desk.provider.email, desk.provider.email_verified = "married@naperville.example", False
    assert desk.back().status_code == 303
    assert EMAIL in desk.api.client.get("/console/account").text


def test_nobody_becomes_staff_by_signing_in(desk: Desk) -> None:
    answer = desk.back()
    assert answer.status_code == 403
    assert "no account for you" in answer.text
    assert not desk.signed_in()
    with database.read_scope() as session:
        assert queries.everyone(session) == []


@pytest.mark.parametrize("verified", [False, "true", None])
def test_an_address_that_is_not_vouched_for_is_nobody_s(desk: Desk, verified: Any) -> None:
    desk.api.add_account()
    desk.provider.email_verified = verified
    assert "does not vouch" in desk.back().text
    assert not desk.signed_in()


def test_an_address_that_was_given_to_somebody_new_opens_nothing(desk: Desk) -> None:
    desk.api.add_account()
    desk.back()
    desk.api.client.cookies.clear()
    desk.provider.sub = "5678"
    answer = desk.back()
    assert (answer.status_code, desk.signed_in()) == (403, False)
    assert "belonged to somebody else" in answer.text


def test_a_removed_account_is_refused(desk: Desk) -> None:
    desk.api.add_account()
    desk.back()
    desk.api.client.cookies.clear()
    with database.session_scope() as session:
        staff.remove(session, EMAIL, now=MORNING)
    assert (desk.back().status_code, desk.signed_in()) == (403, False)


def test_who_has_a_second_step_is_asked_for_it_here_too(desk: Desk) -> None:
    desk.api.add_account()
    with database.session_scope() as session:
        member = queries.active_by_email(session, EMAIL)
        assert member is not None
        second_step.begin(member)
        code = pyotp.TOTP(member.totp_secret or "").at(MORNING)
        assert second_step.confirm(session, member, code, wall=MORNING)
    assert desk.back().headers["location"].startswith("/console/sign-in/code")
    assert not desk.signed_in()


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"aud": "another client"},
        {"iss": "https://login.example.org"},
        {"exp": 1_000_000_000},
        {"sub": None},
    ],
    ids=["nonce", "no nonce", "audience", "issuer", "too old", "no subject"],
)
def test_a_token_that_says_something_wrong_is_not_believed(
    desk: Desk, claims: dict[str, Any]
) -> None:
    desk.api.add_account()
    desk.provider.claims = claims
    assert desk.provider.claims == claims
    assert (desk.back().status_code, desk.signed_in()) == (401, False)


def test_a_token_that_somebody_else_signed_is_not_believed(desk: Desk) -> None:
    desk.api.add_account()
    desk.provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert (desk.back().status_code, desk.signed_in()) == (401, False)


def test_an_answer_for_another_browser_or_another_attempt_is_none(desk: Desk) -> None:
    desk.api.add_account()
    there = httpx.get(desk.go().headers["location"])
    answer = urlsplit(there.headers["location"]).query
    code = answer.split("&")[0]
    assert desk.come(f"{code}&state=made-up").status_code == 401
    desk.api.client.cookies.clear()
    assert desk.come(answer).status_code == 401, "the browser did not begin it"
    desk.go()
    assert desk.come(answer).status_code == 401, "it has begun anew"
    assert not desk.signed_in()


def test_an_answer_counts_once(desk: Desk) -> None:
    desk.api.add_account()
    there = httpx.get(desk.go().headers["location"])
    answer = urlsplit(there.headers["location"]).query
    kept = dict(desk.api.client.cookies)
    assert desk.come(answer).status_code == 303
    desk.api.client.cookies.clear()
    desk.api.client.cookies.update(kept)
    assert desk.come(answer).status_code == 401, "the provider gives a code out once"


def test_the_provider_may_say_no_or_be_away(desk: Desk) -> None:
    there = urlsplit(desk.go().headers["location"])
    state = dict(part.split("=") for part in there.query.split("&"))["state"]
    refused = desk.come(f"error=access_denied&state={state}")
    assert refused.status_code == 401 and "did not sign you in" in refused.text
    desk.provider.named = "https://somebody.else.example"
    away = desk.go()
    assert away.status_code == 401 and "cannot be asked now" in away.text
    assert 'name="password"' in away.text, "the password still opens"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/phone"])
def test_it_leads_into_the_console_only(desk: Desk, target: str) -> None:
    desk.api.add_account(role=Role.ADMIN)
    assert desk.back(next=target).headers["location"] == "/console"


def test_without_a_provider_there_is_no_such_page(api: Api) -> None:
    assert api.client.get(GO, follow_redirects=False).status_code == 404
    assert api.client.get(f"{GO}/back", follow_redirects=False).status_code == 404
    assert "work account" not in api.client.get("/console/sign-in").text
