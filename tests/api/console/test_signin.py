"""Signing in: what works, what does not, and what an attacker may try."""

import pytest
from httpx import Response

from api.console.access import COOKIE
from directory import database
from directory.clock import wall_now
from directory.staff import queries
from directory.staff.models import Role
from tests.api.conftest import EMAIL, PASSWORD, Api
from tests.api.console.console import SAME_ORIGIN, Console

SIGN_IN = "/console/sign-in"


def sign_in(api: Api, password: str = PASSWORD, **more: str) -> Response:
    form = {"email": EMAIL, "password": password, **more}
    return api.client.post(SIGN_IN, data=form, headers=SAME_ORIGIN, follow_redirects=False)


def test_who_is_not_signed_in_is_asked_to_and_led_back(api: Api) -> None:
    answer = api.client.get("/console/account?done=language", follow_redirects=False)
    assert answer.status_code == 303
    expected = "/console/sign-in?next=%2Fconsole%2Faccount%3Fdone%3Dlanguage"
    assert answer.headers["location"] == expected
    page = api.client.get(answer.headers["location"])
    assert 'name="next" value="/console/account?done=language"' in page.text


def test_htmx_is_told_to_load_the_sign_in(api: Api) -> None:
    answer = api.client.get("/console", headers={"HX-Request": "true"}, follow_redirects=False)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"].startswith(SIGN_IN)


def test_the_right_password_signs_in_and_the_cookie_is_kept_from_scripts(api: Api) -> None:
    api.add_account()
    answer = sign_in(api, next="/console/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/account")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie
    page = api.client.get("/console/account")
    assert page.status_code == 200
    assert EMAIL in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(api: Api) -> None:
    api.add_account()
    wrong = sign_in(api, "not the password at all")
    unknown = api.client.post(
        SIGN_IN, data={"email": "x@y.example", "password": PASSWORD}, headers=SAME_ORIGIN
    )
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    said = "E-mail address and password do not fit."
    assert said in wrong.text and said in unknown.text
    assert "set-cookie" not in wrong.headers


def test_ten_wrong_passwords_close_the_door_for_a_while(api: Api) -> None:
    api.add_account()
    for _ in range(10):
        sign_in(api, "not the password at all")
    answer = sign_in(api)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "900"
    assert "try again in 15 minutes" in answer.text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/phone"],
)
def test_a_sign_in_leads_into_the_console_only(api: Api, target: str) -> None:
    api.add_account()
    assert sign_in(api, next=target).headers["location"] == "/console"


def test_a_session_that_was_planted_before_is_not_taken_over(api: Api) -> None:
    api.add_account()
    planted = "a-token-that-the-attacker-knows"
    api.client.cookies.set(COOKIE.name(api.services), planted)
    answer = sign_in(api)
    assert planted not in answer.headers["set-cookie"]
    api.client.cookies.clear()
    api.client.cookies.set(COOKIE.name(api.services), planted)
    assert api.client.get("/console", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Referer": "https://evil.example/"},
        {},
    ],
)
def test_a_form_of_another_site_is_refused(console: Console, headers: dict[str, str]) -> None:
    console.as_()
    answer = console.api.client.post(
        "/console/sign-out", data={"csrf": console.csrf}, headers=headers, follow_redirects=False
    )
    assert answer.status_code == 403
    assert console.get("/console").status_code == 200


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_the_token_of_its_session_is_refused(console: Console, token: str) -> None:
    console.as_()
    answer = console.post("/console/sign-out", {"csrf": token})
    assert answer.status_code == 403
    assert "load it again" in answer.text


def test_signing_out_ends_the_session_on_the_server_too(console: Console) -> None:
    console.as_()
    cookie = console.api.client.cookies.get(COOKIE.name(console.api.services))
    assert cookie is not None
    assert console.post("/console/sign-out").headers["location"] == SIGN_IN
    console.api.client.cookies.set(COOKIE.name(console.api.services), cookie)
    assert console.get("/console").status_code == 303


def test_one_ends_other_browsers_but_not_those_of_colleagues(console: Console) -> None:
    colleague = Console(console.api).as_(Role.ADMIN)
    with database.read_scope() as session:
        theirs = queries.sessions_of(session, colleague.member_id)[0].id
    console.as_(Role.CLINICIAN)
    assert console.post("/console/account/sessions/end", {"which": theirs}).status_code == 404
    Console(console.api).as_(Role.CLINICIAN)  # a second browser, the newest
    console.as_(Role.CLINICIAN)
    assert console.post("/console/account/sessions/end").status_code == 303
    with database.read_scope() as session:
        assert len(queries.sessions_of(session, console.member_id)) == 1
        assert len(queries.sessions_of(session, colleague.member_id)) == 1


def test_the_language_is_remembered(console: Console) -> None:
    console.as_()
    console.post("/console/account/language", {"language": "es"})
    assert 'lang="es"' in console.get("/console").text
    assert console.member().language == "es"
    assert console.post("/console/account/language", {"language": "xx"}).status_code == 422


def test_a_removed_account_is_signed_out_at_once(console: Console) -> None:
    from directory.staff import service as staff

    console.as_()
    with database.session_scope() as session:
        staff.remove(session, "clinician@naperville.example", now=wall_now())
    assert console.get("/console").status_code == 303


def test_a_style_sheet_is_kept_for_ever_under_its_hash(api: Api) -> None:
    from api.web.static_files import static

    answer = api.client.get(static("handoff.css"))
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    old = api.client.get("/static/000000000000/handoff.css")
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
    assert api.client.get("/static/0/../../app.py").status_code == 404
