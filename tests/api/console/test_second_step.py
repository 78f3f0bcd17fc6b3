"""The second step in the console and at the token's door."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pyotp
import pytest
import time_machine
from httpx import Response
from playwright.sync_api import Browser, ViewportSize

from api.console.access import COOKIE
from directory import database
from directory.clock import wall_now
from directory.people import queries as people
from directory.settings import SecondStepFor, Settings
from directory.staff import queries, second_step
from directory.staff import service as staff
from directory.staff.models import Role
from tests.api.browsing import needs_browser
from tests.api.conftest import EMAIL, PASSWORD, Api, problem, running
from tests.api.console.console import SAME_ORIGIN, Console
from tests.api.web.browser import DESKTOP, PHONE, TIMEOUT, served, sticks_out, violations
from tests.fakes import MORNING

PAGE = "/console/account/second-step"
SIGN_IN = "/console/sign-in"
CODE = f"{SIGN_IN}/code"
STEP = timedelta(seconds=30)
# Once it has arrived; an error where it is no picture.
DRAWN = "image => image.decode().then(() => image.naturalWidth > 0)"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still until a test moves it."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def enrol(api: Api, email: str = EMAIL) -> tuple[pyotp.TOTP, list[str]]:
    """The account has a second step from now on: its app, and its recovery codes."""
    with database.session_scope() as session:
        member = queries.active_by_email(session, email)
        assert member is not None
        second_step.begin(member)
        app = pyotp.TOTP(member.totp_secret or "")
        wall = wall_now()
        return app, second_step.confirm(session, member, app.at(wall), wall=wall)


def send(api: Api, path: str, **form: str) -> Response:
    return api.client.post(path, data=form, headers=SAME_ORIGIN, follow_redirects=False)


def take_over(api: Api, answer: Response) -> str:
    """Go on with the session that an answer has opened, and with no other."""
    value = str(answer.cookies[COOKIE.name(api.services)])
    api.client.cookies.clear()
    api.client.cookies.set(COOKIE.name(api.services), value)
    return value


def half_way(api: Api) -> tuple[pyotp.TOTP, list[str]]:
    """The password was right, the code is asked for."""
    api.add_account()
    made = enrol(api)
    answer = send(api, SIGN_IN, email=EMAIL, password=PASSWORD, next="/console/account")
    assert answer.headers["location"] == f"{CODE}?next=%2Fconsole%2Faccount"
    return made


def test_one_sets_it_up_and_gets_codes_once(
    console: Console, clock: time_machine.Traveller
) -> None:
    console.as_()
    before = console._cookie
    assert console.post(f"{PAGE}/begin").headers["location"] == PAGE
    page = console.get(PAGE)
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    assert found is not None
    picture = console.get(f"{PAGE}/code.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.headers["cache-control"] == "no-store"
    wrong = console.post(f"{PAGE}/confirm", {"code": "000000"})
    assert wrong.status_code == 422 and "This code is wrong" in wrong.text
    assert console.member().totp_since is None

    code = pyotp.TOTP(found[1].replace(" ", "")).at(wall_now())
    shown = console.post(f"{PAGE}/confirm", {"code": code})
    assert shown.status_code == 200
    assert len(re.findall(r"<code>(?:[a-z2-9]{4}-){5}[a-z2-9]{4}</code>", shown.text)) == 10
    after = take_over(console.api, shown)
    assert after != before, "a new session"
    assert console.get("/console").status_code == 200
    again = console.get(PAGE).text
    assert "10 recovery codes are left" in again and "<code>" not in again
    assert console.get(f"{PAGE}/code.svg").status_code == 404


def test_setting_it_up_signs_every_other_browser_out(
    console: Console, clock: time_machine.Traveller
) -> None:
    other = console.as_()._cookie
    console.as_()
    console.post(f"{PAGE}/begin")
    app = pyotp.TOTP(console.member().totp_secret or "")
    console.post(f"{PAGE}/confirm", {"code": app.at(wall_now())})
    console.api.client.cookies.clear()
    console.api.client.cookies.set(COOKIE.name(console.api.services), other)
    assert console.get("/console").status_code == 303


def test_the_password_alone_opens_nothing(api: Api, clock: time_machine.Traveller) -> None:
    half_way(api)
    assert COOKIE.name(api.services) not in api.client.cookies
    for path in ("/console", "/console/account", PAGE, "/console/events", "/console/staff"):
        answer = api.client.get(path, follow_redirects=False)
        assert answer.headers["location"].startswith(SIGN_IN), path
    value = api.client.cookies[f"{COOKIE.name(api.services)}-half"]
    api.client.cookies.set(COOKIE.name(api.services), value)
    assert api.client.get("/console", follow_redirects=False).status_code == 303


def test_password_and_code_sign_in_once(api: Api, clock: time_machine.Traveller) -> None:
    app, _ = half_way(api)
    clock.shift(STEP)
    code = app.at(wall_now())
    answer = send(api, CODE, code=code, next="/console/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/account")
    assert api.client.get("/console/account").status_code == 200
    api.client.cookies.clear()
    send(api, SIGN_IN, email=EMAIL, password=PASSWORD)
    replayed = send(api, CODE, code=code)
    assert replayed.status_code == 401
    assert "set-cookie" not in replayed.headers


def test_a_recovery_code_signs_in_and_is_audited(api: Api, clock: time_machine.Traveller) -> None:
    _, codes = half_way(api)
    assert send(api, CODE, code=codes[3]).status_code == 303
    with database.read_scope() as session:
        assert "second_step.recovery_code" in people.audit_actions(session)


def test_the_time_between_the_steps_ends(api: Api, clock: time_machine.Traveller) -> None:
    app, _ = half_way(api)
    clock.shift(timedelta(minutes=5, seconds=1))
    answer = send(api, CODE, code=app.at(wall_now()))
    assert answer.headers["location"].startswith(f"{SIGN_IN}?")
    assert COOKIE.name(api.services) not in api.client.cookies


def test_a_forged_or_borrowed_half_way_cookie_is_none(
    api: Api, clock: time_machine.Traveller
) -> None:
    app, _ = half_way(api)
    clock.shift(STEP)
    name = f"{COOKIE.name(api.services)}-half"
    staff_id, ends, mark = api.client.cookies[name].split(".")
    forged = [f"{staff_id}.{int(ends) + 60}.{mark}", f"{staff_id}.{ends}.", f"x.{ends}.{mark}", "."]
    for value in forged:
        api.client.cookies.clear()
        api.client.cookies.set(name, value)
        answer = send(api, CODE, code=app.at(wall_now()))
        assert answer.headers["location"].startswith(f"{SIGN_IN}?"), value
    with database.session_scope() as session:
        staff.set_password(session, EMAIL, "another long password")
    api.client.cookies.clear()
    api.client.cookies.set(name, f"{staff_id}.{ends}.{mark}")
    assert send(api, CODE, code=app.at(wall_now())).headers["location"].startswith(f"{SIGN_IN}?")


def test_ten_wrong_codes_close_the_door_and_today_tells_the_admins(
    api: Api, clock: time_machine.Traveller
) -> None:
    app, _ = half_way(api)
    clock.shift(STEP)
    for _ in range(10):
        assert send(api, CODE, code="000000").status_code == 401
    closed = send(api, CODE, code=app.at(wall_now()))
    assert (closed.status_code, closed.headers["retry-after"]) == (429, "900")
    assert "try again in 15 minutes" in closed.text
    api.client.cookies.clear()
    said = "Ten wrong passwords or codes"
    assert said in Console(api).as_(Role.ADMIN).get("/console").text
    assert said not in Console(api).as_(Role.CLINICIAN).get("/console").text


def test_a_form_of_another_site_is_refused(api: Api, clock: time_machine.Traveller) -> None:
    app, _ = half_way(api)
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = api.client.post(CODE, data={"code": app.at(wall_now())}, headers=headers)
    assert answer.status_code == 403


def signed_in(console: Console, clock: time_machine.Traveller) -> pyotp.TOTP:
    """An account with a password and a second step, at a browser."""
    console.api.add_account()
    console.as_(email=EMAIL)
    with database.session_scope() as session:
        member = queries.active_by_email(session, EMAIL)
        assert member is not None
        second_step.begin(member)
        app = pyotp.TOTP(member.totp_secret or "")
        second_step.confirm(session, member, app.at(wall_now()), wall=wall_now())
    console.as_(email=EMAIL)
    clock.shift(STEP)
    return app


def test_turning_it_off_asks_for_password_and_code(
    console: Console, clock: time_machine.Traveller
) -> None:
    app = signed_in(console, clock)
    for password, code in [("", app.at(wall_now())), (PASSWORD, ""), (PASSWORD, "000000")]:
        refused = console.post(f"{PAGE}/off", {"password": password, "code": code})
        assert refused.status_code == 422
        assert console.member().totp_since is not None
    answer = console.post(f"{PAGE}/off", {"password": PASSWORD, "code": app.at(wall_now())})
    assert answer.headers["location"] == f"{PAGE}?done=off"
    assert console.member().totp_secret is None


def test_new_recovery_codes_ask_for_a_code(console: Console, clock: time_machine.Traveller) -> None:
    app = signed_in(console, clock)
    assert console.post(f"{PAGE}/codes", {"code": "000000"}).status_code == 422
    assert "Your recovery codes" in console.post(f"{PAGE}/codes", {"code": app.now()}).text


def test_only_an_admin_resets_a_colleague_s_and_it_is_audited(
    console: Console, clock: time_machine.Traveller
) -> None:
    signed_in(console, clock)
    theirs, cookie = console.member_id, console._cookie
    door = f"/console/staff/{theirs}/second-step"
    assert console.as_(Role.SUPERVISOR).post(door).status_code == 403
    console.as_(Role.ADMIN)
    assert "Phone and codes lost" in console.get("/console/staff").text
    assert console.post(door).status_code == 303
    assert console.post(f"/console/staff/{console.member_id}/second-step").status_code == 409
    with database.read_scope() as session:
        member = queries.by_id(session, theirs)
        assert member is not None and member.totp_since is None
        assert "staff.second_step" in people.audit_actions(session)
    console.api.client.cookies.set(COOKIE.name(console.api.services), cookie)
    assert console.get("/console").status_code == 303


def token(api: Api, **more: str) -> Response:
    form = {"username": EMAIL, "password": PASSWORD} | more
    return api.client.post("/api/v1/auth/token", data=form)


def test_the_token_s_door_asks_for_the_code_behind_the_right_password_only(
    any_api: Api, clock: time_machine.Traveller
) -> None:
    any_api.add_account()
    app, codes = enrol(any_api)
    clock.shift(STEP)
    problem(token(any_api), 401, "otp_required")
    problem(token(any_api, password="not the password"), 401, "login_failed")
    problem(token(any_api, otp="000000"), 401, "otp_wrong")
    code = app.at(wall_now())
    assert token(any_api, otp=code).status_code == 200
    problem(token(any_api, otp=code), 401, "otp_wrong")
    assert token(any_api, otp=codes[0]).status_code == 200
    for _ in range(8):
        problem(token(any_api, otp="000000"), 401, "otp_wrong")
    clock.shift(STEP)
    problem(token(any_api, otp=app.at(wall_now())), 429, "too_many_failures")
    clock.shift(timedelta(minutes=15))
    assert token(any_api, otp=app.at(wall_now())).status_code == 200


def requiring(settings: Settings, of: SecondStepFor) -> AbstractContextManager[Api]:
    return running(settings.model_copy(update={"require_second_step": of}))


@pytest.fixture
def strict(sqlite_settings: Settings) -> Iterator[Api]:
    """The second step is required of supervisors and admins."""
    with requiring(sqlite_settings, SecondStepFor.SUPERVISORS) as api:
        yield api


def test_where_it_is_required_nothing_opens_before_it_is_set_up(strict: Api) -> None:
    console = Console(strict).as_(Role.SUPERVISOR)
    for path in ("/console", "/console/account", "/console/staff", "/console/events"):
        assert console.get(path).headers["location"] == PAGE
    assert console.post("/console/account/language", {"language": "es"}).status_code == 303
    assert console.member().language is None
    assert "Your role needs the second step" in console.get(PAGE).text
    told = console.get("/console", headers={"HX-Request": "true"})
    assert (told.status_code, told.headers["hx-redirect"]) == (401, PAGE)
    console.post(f"{PAGE}/begin")
    app = pyotp.TOTP(console.member().totp_secret or "")
    take_over(strict, console.post(f"{PAGE}/confirm", {"code": app.now()}))
    assert console.get("/console").status_code == 200
    assert Console(strict).as_(Role.CLINICIAN).get("/console").status_code == 200


@pytest.mark.parametrize(
    ("public_url", "carrier_api", "said", "required"),
    [
        ("https://handoff.city.example", "https://api.carrier.example", None, "everyone"),
        ("https://handoff.city.example", "https://api.carrier.example", "nobody", "nobody"),
        ("https://handoff.city.example", "http://127.0.0.1:9000", None, "nobody"),
        ("http://handoff.city.example", "https://api.carrier.example", None, "nobody"),
        ("", "", None, "nobody"),
        ("", "", "supervisors", "supervisors"),
    ],
    ids=["live", "live, taken back", "made-up carrier", "http", "trial", "trial, asked for"],
)
def test_it_is_required_where_the_product_is_live(
    sqlite_settings: Settings, public_url: str, carrier_api: str, said: str | None, required: str
) -> None:
    update = {"public_url": public_url, "twilio_api_base_url": carrier_api}
    wanted = None if said is None else SecondStepFor(said)
    settings = sqlite_settings.model_copy(update=update | {"require_second_step": wanted})
    assert second_step.required_of(settings) == required


def test_where_it_is_required_of_everyone_clinicians_set_it_up_too(
    sqlite_settings: Settings,
) -> None:
    with requiring(sqlite_settings, SecondStepFor.EVERYONE) as api:
        console = Console(api).as_(Role.CLINICIAN)
        assert console.get("/console").headers["location"] == PAGE
        assert "Your role needs the second step" in console.get(PAGE).text
        held = api.client.get("/api/v1/tasks", headers=api.staff())
        problem(held, 403, "second_step_missing")


def test_where_it_is_required_tokens_are_refused_too(strict: Api) -> None:
    strict.add_account("admin@naperville.example", Role.ADMIN)
    problem(token(strict, username="admin@naperville.example"), 403, "second_step_missing")
    held = strict.client.get("/api/v1/staff", headers=strict.staff(Role.SUPERVISOR))
    problem(held, 403, "second_step_missing")
    assert strict.client.get("/api/v1/tasks", headers=strict.staff()).status_code == 200


@needs_browser
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_sign_in_and_set_up_pass_axe(api: Api, browser: Browser, screen: ViewportSize) -> None:
    """One journey: sign in, set up, keep the codes, out, and in again with a recovery code."""
    api.add_account()
    with served(api.client.app) as url:
        context = browser.new_context(base_url=url, viewport=screen)
        context.set_default_timeout(TIMEOUT)
        page = context.new_page()

        def fine() -> None:
            assert violations(page) == []
            assert not sticks_out(page)

        def sign_in() -> None:
            page.goto(SIGN_IN)
            page.get_by_label("E-mail address").fill(EMAIL)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()

        page.goto(SIGN_IN)
        fine()
        sign_in()
        page.goto("/console/account")
        page.get_by_role("link", name="Set it up").click()
        fine()
        page.get_by_role("button", name="Set it up").click()
        assert page.get_by_role("img").evaluate(DRAWN)
        page.get_by_text("The phone cannot read it").click()
        fine()
        secret = page.locator("details code").inner_text().replace(" ", "")
        page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
        page.get_by_role("button", name="Turn the second step on").click()
        fine()
        codes = page.locator("main li code").all_inner_texts()
        assert len(codes) == 10
        page.get_by_role("link", name="go on").click()
        page.goto(PAGE)
        fine()
        page.get_by_role("button", name="Sign out").click()
        sign_in()
        fine()
        page.get_by_text("I do not have my phone").click()
        fine()
        page.get_by_label("Recovery code").fill(codes[0])
        page.get_by_role("button", name="Sign in with a recovery code").click()
        page.get_by_role("heading", level=1, name="Today").wait_for()
        context.close()
