"""One's own password: asked for the old one, and every browser signs in anew."""

import pytest
from httpx import Response

from directory import database
from directory.clock import wall_now
from directory.errors import TooMany
from directory.people.models import AuditEntry
from directory.staff import queries
from directory.staff import service as staff
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


def test_another_site_cannot_send_the_form(mine: Console) -> None:
    form = {"csrf": mine.csrf, "old": PASSWORD, "new": NEW, "again": NEW}
    foreign = SAME_ORIGIN | {"Sec-Fetch-Site": "cross-site"}
    assert mine.api.client.post(PAGE, data=form, headers=foreign).status_code == 403
    assert mine.post(PAGE, form | {"csrf": "made up"}).status_code == 403
    assert opens(PASSWORD)
