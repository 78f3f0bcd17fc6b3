"""One's own password: asked for the old one, and every browser signs in anew."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from httpx import Response

from directory import database
from directory.clock import wall_now
from directory.errors import TooMany
from directory.people.models import AuditEntry
from directory.staff import log_ins, queries, second_step
from directory.staff import service as staff
from directory.staff.models import StaffMember
from tests.api.conftest import EMAIL, PASSWORD, Api, problem
from tests.api.console.console import SAME_ORIGIN, Console

PAGE = "/console/account/password"
NEW = "four plain words here"


@pytest.fixture(name="mine")
def _mine(api: Api) -> Console:
    api.add_account()
    return Console(api).as_(email=EMAIL)


def sent(console: Console, **changes: str) -> Response:
    form = {"old": PASSWORD, "new": NEW, "again": NEW} | changes
    return console.post(PAGE, form)


def opens(password: str) -> bool:
    with database.session_scope() as session:
        wall = wall_now()
        return staff.check_password(session, EMAIL, password, wall=wall) is not None


def test_a_new_password_ends_every_log_in_and_is_noted(mine: Console, api: Api) -> None:
    token = api.log_in().json()["access_token"]
    Console(api).as_(email=EMAIL)  # a second browser
    mine.as_(email=EMAIL)
    answer = sent(mine)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in")
    assert opens(NEW)
    assert not opens(PASSWORD)
    assert mine.get("/console").status_code == 303
    headers = {"Authorization": f"Bearer {token}"}
    problem(api.client.get("/api/v1/tasks", headers=headers), 401, "token_invalid")
    with database.read_scope() as session:
        assert queries.sessions_of(session, mine.member_id) == []
        noted = session.query(AuditEntry).filter_by(action="staff.own_password").one()
        assert (noted.actor, noted.subject_id) == (mine.member_id, mine.member_id)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"old": "not the password"}, "Your present password is wrong"),
        ({"old": ""}, "Your present password is wrong"),
        ({"again": NEW + "!"}, "typed in two ways"),
        ({"new": "short", "again": "short"}, "at least 12 characters"),
        ({"new": "Handoff-2026!", "again": "Handoff-2026!"}, "Anybody would try this"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    mine: Console, changes: dict[str, str], said: str
) -> None:
    answer = sent(mine, **changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert PASSWORD not in answer.text
    assert NEW not in answer.text
    assert opens(PASSWORD)
    assert mine.get("/console").status_code == 200


def test_guessing_the_old_one_is_counted_as_signing_in_is(mine: Console) -> None:
    for _ in range(10):
        sent(mine, old="not the password")
    assert sent(mine).status_code == 429
    with pytest.raises(TooMany):
        opens(PASSWORD)


def test_who_signs_in_elsewhere_has_none_to_change(api: Api) -> None:
    console = Console(api).as_()
    assert "Your present password" not in console.get("/console/account").text
    assert sent(console).status_code == 404


def test_a_password_that_somebody_gave_is_changed_before_anything_else_opens(
    mine: Console, api: Api
) -> None:
    with database.session_scope() as session:
        member = queries.active_by_email(session, EMAIL)
        assert member is not None
        member.password_until = wall_now() + timedelta(days=3)
    for path in ("/console", "/console/account/second-step", "/console/people"):
        assert mine.get(path).headers["location"] == "/console/account", path
    assert "Somebody else gave you your password" in mine.get("/console/account").text
    assert sent(mine).headers["location"] == "/console/sign-in"
    mine.as_(email=EMAIL)
    assert mine.get("/console").status_code == 200
    with time_machine.travel(wall_now() + timedelta(days=30)):
        assert opens(NEW)


# --- where I am signed in -----------------------------------------------------------------------

END = "/console/account/sessions/end"


def shown(page: str) -> list[str]:
    """What may be chosen to be ended."""
    return re.findall(r'name="which" value="([^"]+)"', page)


def test_browsers_and_tokens_are_listed_with_what_they_call_themselves(
    mine: Console, api: Api
) -> None:
    form = {"username": EMAIL, "password": PASSWORD}
    headers = {"User-Agent": "nightly-report/2 \x07<b>"}
    answer = api.client.post("/api/v1/auth/token", data=form, headers=headers)
    page = mine.get("/console/account").text
    assert "a test" in page and "this browser" in page
    assert "nightly-report/2 &lt;b&gt;" in page and "program with a token" in page
    assert len(shown(page)) == 2, "the token, and all of them"
    assert answer.json()["access_token"] not in page


def test_a_token_is_ended_by_its_owner_and_by_nobody_else(mine: Console, api: Api) -> None:
    token = {"Authorization": f"Bearer {api.log_in().json()['access_token']}"}
    [which, _all] = shown(mine.get("/console/account").text)
    api.add_account("other@naperville.example")
    Console(api).as_(email="other@naperville.example").post(
        END, {"which": which, "proof": PASSWORD}
    )
    assert api.client.get("/api/v1/tasks", headers=token).status_code == 200
    mine.as_(email=EMAIL)
    assert mine.post(END, {"which": which, "proof": PASSWORD}).status_code == 303
    problem(api.client.get("/api/v1/tasks", headers=token), 401, "token_invalid")
    assert mine.get("/console").status_code == 200


def test_everything_else_is_ended_at_once(mine: Console, api: Api) -> None:
    token = {"Authorization": f"Bearer {api.log_in().json()['access_token']}"}
    mine.as_(email=EMAIL)
    assert mine.post(END, {"which": "others", "proof": PASSWORD}).status_code == 303
    problem(api.client.get("/api/v1/tasks", headers=token), 401, "token_invalid")
    assert shown(mine.get("/console/account").text) == []
    with database.read_scope() as session:
        assert len(queries.sessions_of(session, mine.member_id)) == 1
        noted = session.query(AuditEntry).filter_by(action="staff.log_ins_ended").one()
        assert noted.actor == mine.member_id


@pytest.mark.parametrize("proof", ["", "not the password"])
def test_who_does_not_say_the_password_again_ends_nothing(
    mine: Console, api: Api, proof: str
) -> None:
    token = {"Authorization": f"Bearer {api.log_in().json()['access_token']}"}
    answer = mine.post(END, {"which": "others", "proof": proof})
    assert (answer.status_code, "present password is wrong" in answer.text) == (422, True)
    assert api.client.get("/api/v1/tasks", headers=token).status_code == 200


def test_guessing_it_there_is_counted_as_signing_in_is(mine: Console) -> None:
    for _ in range(10):
        mine.post(END, {"which": "others", "proof": "not the password"})
    assert mine.post(END, {"which": "others", "proof": PASSWORD}).status_code == 429


def test_without_a_password_the_second_step_is_asked_for(api: Api) -> None:
    console = Console(api).as_()
    with database.session_scope() as session:
        member = session.get_one(StaffMember, console.member_id)
        second_step.begin(member)
        member.totp_since = wall_now()
        app = pyotp.TOTP(member.totp_secret or "")
    Console(api).as_()
    console.as_()
    assert console.post(END, {"proof": "000000"}).status_code == 422
    assert console.post(END, {"proof": app.at(wall_now())}).status_code == 303
    assert shown(console.get("/console/account").text) == []


def test_with_neither_a_new_sign_in_is(api: Api) -> None:
    """Through the identity provider: who signs in again has shown it there."""
    Console(api).as_()
    console = Console(api).as_()
    later = wall_now() + log_ins.FRESH
    with time_machine.travel(later):
        answer = console.post(END)
        assert (answer.status_code, "Sign out here and in again" in answer.text) == (422, True)
        console.as_()
        assert console.post(END).status_code == 303


def test_another_site_cannot_send_the_form(mine: Console) -> None:
    form = {"csrf": mine.csrf, "old": PASSWORD, "new": NEW, "again": NEW}
    foreign = SAME_ORIGIN | {"Sec-Fetch-Site": "cross-site"}
    assert mine.api.client.post(PAGE, data=form, headers=foreign).status_code == 403
    assert mine.post(PAGE, form | {"csrf": "made up"}).status_code == 403
    assert opens(PASSWORD)
