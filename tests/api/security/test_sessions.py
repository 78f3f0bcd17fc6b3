"""Whoever loses an account or a role loses what it opened, at once."""

import pytest

from directory import database
from directory.staff import service as staff
from directory.staff.models import Role
from tests.api.conftest import Api, problem
from tests.api.console.console import Console
from tests.fakes import MORNING

EMAIL = "supervisor@naperville.example"


@pytest.fixture
def console(api: Api) -> Console:
    return Console(api).as_(Role.SUPERVISOR)


def change(how: str) -> None:
    with database.session_scope() as session:
        match how:
            case "removed":
                staff.remove(session, EMAIL, now=MORNING)
            case "password":
                staff.set_password(session, EMAIL, "another long password")
            case "phone lost":
                staff.revoke_phone(session, EMAIL)


@pytest.mark.parametrize("how", ["removed", "password", "phone lost"])
def test_every_token_and_every_session_ends(api: Api, console: Console, how: str) -> None:
    headers = api.staff(Role.SUPERVISOR)
    assert console.get("/console").status_code == 200
    assert api.client.get("/api/v1/staff", headers=headers).status_code == 200
    change(how)
    assert console.get("/console").headers["location"].startswith("/console/sign-in")
    assert console.post("/console/sign-out").headers["location"].startswith("/console/sign-in")
    problem(api.client.get("/api/v1/staff", headers=headers), 401, "token_invalid")
    assert api.client.get("/fhir/Task", headers=headers).status_code == 401


def test_a_role_that_was_taken_away_opens_nothing_any_more(api: Api, console: Console) -> None:
    headers = api.staff(Role.SUPERVISOR)
    with database.session_scope() as session:
        staff.set_role(session, EMAIL, Role.CLINICIAN)
    assert console.get("/console/audit").status_code == 403
    problem(api.client.get("/api/v1/staff", headers=headers), 403, "role_missing")


def test_a_removed_account_that_comes_back_does_not_bring_its_old_sessions(
    api: Api, console: Console
) -> None:
    headers = api.staff(Role.SUPERVISOR)
    change("removed")
    with database.session_scope() as session:
        staff.add(session, EMAIL, Role.SUPERVISOR, password=None, phone=None, now=MORNING)
    assert console.get("/console").status_code == 303
    assert api.client.get("/api/v1/staff", headers=headers).status_code == 401
