"""Who may come in, and what they may do."""

from datetime import timedelta

import pytest
import time_machine

from directory import database
from directory.clock import wall_now
from directory.people.models import AuditEntry
from directory.staff import first_codes, queries
from directory.staff import service as staff
from directory.staff.models import Role
from tests.api.conftest import EMAIL, PASSWORD, Api, a_visit, problem
from tests.fakes import MORNING

UNKNOWN = "00000000-0000-4000-8000-000000000000"
DOORS = [
    ("POST", "/api/v1/visits"),
    ("GET", "/api/v1/checkins"),
    ("GET", "/api/v1/tasks"),
    ("PATCH", f"/api/v1/tasks/{UNKNOWN}"),
    ("GET", f"/api/v1/people/{UNKNOWN}"),
    ("GET", "/api/v1/staff"),
]


def test_logging_in_gives_a_bearer_token_that_opens_the_staff_s_doors(api: Api) -> None:
    api.add_account()
    answer = api.log_in()
    body = answer.json()
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 12 * 3600
    assert answer.headers["cache-control"] == "no-store"
    assert api.client.get("/api/v1/tasks", headers=headers).json() == {"items": [], "next": None}


def test_each_log_in_is_in_the_audit_log(api: Api) -> None:
    api.add_account()
    assert api.log_in().status_code == 200
    assert api.log_in(password="not the password").status_code == 401
    form = {"email": EMAIL, "password": PASSWORD}
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert api.client.post("/console/sign-in", data=form, headers=headers).status_code == 200
    with database.read_scope() as session:
        member = queries.active_by_email(session, EMAIL)
        assert member is not None
        noted = session.query(AuditEntry).filter(AuditEntry.action.startswith("sign_in"))
        found = sorted((entry.action, entry.actor, entry.subject_id) for entry in noted)
        assert found == [
            ("sign_in.browser", member.id, member.id),
            ("sign_in.token", member.id, member.id),
        ]


def test_the_address_may_be_written_in_capitals_and_with_spaces(api: Api) -> None:
    api.add_account()
    assert api.log_in(f"  {EMAIL.upper()} ").status_code == 200


@pytest.mark.parametrize(("method", "path"), DOORS)
@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"Authorization": "Bearer never-issued"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"X-API-Key": "a partner's key opens nothing here"},
    ],
    ids=["none", "unknown", "empty", "basic", "key"],
)
def test_every_staff_door_asks_for_a_token(
    api: Api, method: str, path: str, credentials: dict[str, str]
) -> None:
    answer = api.client.request(method, path, headers=credentials)
    assert answer.json()["code"] in ("token_missing", "token_invalid")
    problem(answer, 401, answer.json()["code"])
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"nonsense": 1}},
        {"json": []},
        {"content": b"{not json", "headers": {"Content-Type": "application/json"}},
        {"content": b"[" * 100_000, "headers": {"Content-Type": "application/json"}},
        {"content": b"\xff\xfe", "headers": {"Content-Type": "application/json"}},
        {"content": b"phone=1", "headers": {"Content-Type": "text/plain"}},
        {"params": {"limit": "many", "cursor": "%"}},
    ],
    ids=["fields", "list", "broken", "deep", "bytes", "type", "query"],
)
@pytest.mark.parametrize(("method", "path"), DOORS)
def test_without_a_token_nobody_learns_what_is_wrong_with_a_request(
    api: Api, method: str, path: str, sent: dict[str, object]
) -> None:
    problem(api.client.request(method, path, **sent), 401, "token_missing")


def test_with_a_token_an_unreadable_body_is_malformed(api: Api) -> None:
    headers = api.staff() | {"Content-Type": "application/json"}
    answer = api.client.post("/api/v1/visits", content=b"{not json", headers=headers)
    problem(answer, 422, "malformed")


def test_only_supervisors_and_admins_see_the_accounts(api: Api) -> None:
    problem(api.client.get("/api/v1/staff", headers=api.staff()), 403, "role_missing")
    for role in (Role.SUPERVISOR, Role.ADMIN):
        answer = api.client.get("/api/v1/staff", headers=api.staff(role))
        page = answer.json()
        assert page["next"] is None
        assert role in {each["role"] for each in page["items"]}


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(api: Api) -> None:
    api.add_account()
    wrong = api.log_in(password="not the password")
    unknown = api.log_in("nobody@naperville.example")
    problem(wrong, 401, "login_failed")
    assert wrong.content == unknown.content


def test_ten_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(api: Api) -> None:
    api.add_account()
    with time_machine.travel(MORNING) as traveller:
        for _ in range(10):
            problem(api.log_in(password="not the password"), 401, "login_failed")
        for password in ("not the password", PASSWORD):
            closed = api.log_in(password=password)
            problem(closed, 429, "too_many_failures")
            assert closed.headers["retry-after"] == "900"
        assert api.log_in("supervisor@naperville.example").status_code == 401, "of this name only"
        traveller.shift(timedelta(minutes=15, seconds=1))
        assert api.log_in().status_code == 200


def test_nine_wrong_passwords_are_forgiven(api: Api) -> None:
    api.add_account()
    for _ in range(9):
        api.log_in(password="not the password")
    assert api.log_in().status_code == 200


def test_a_token_ends_after_twelve_hours(api: Api) -> None:
    api.add_account()
    with time_machine.travel(MORNING) as traveller:
        headers = {"Authorization": f"Bearer {api.log_in().json()['access_token']}"}
        traveller.shift(timedelta(hours=11, minutes=59))
        assert api.client.get("/api/v1/tasks", headers=headers).status_code == 200
        traveller.shift(timedelta(minutes=2))
        problem(api.client.get("/api/v1/tasks", headers=headers), 401, "token_invalid")


def test_removing_an_account_ends_its_access_at_once(api: Api) -> None:
    api.add_account()
    headers = {"Authorization": f"Bearer {api.log_in().json()['access_token']}"}
    with database.session_scope() as session:
        staff.remove(session, EMAIL, now=wall_now())
    answer = api.client.post("/api/v1/visits", json=a_visit(), headers=headers)
    problem(answer, 401, "token_invalid")
    problem(api.log_in(), 401, "login_failed")


def test_a_token_ends_itself_and_no_other(any_api: Api) -> None:
    one, other = any_api.staff(), any_api.staff()
    answer = any_api.client.delete("/api/v1/auth/token", headers=one)
    assert (answer.status_code, answer.content) == (204, b"")
    problem(any_api.client.get("/api/v1/tasks", headers=one), 401, "token_invalid")
    problem(any_api.client.delete("/api/v1/auth/token", headers=one), 401, "token_invalid")
    assert any_api.client.get("/api/v1/tasks", headers=other).status_code == 200
    with database.read_scope() as session:
        assert session.query(AuditEntry).filter_by(action="sign_out.token").count() == 1


def test_a_password_that_somebody_gave_opens_by_token_for_three_days(api: Api) -> None:
    """The console asks for another at once; a program may begin, and not go on for ever."""
    with database.session_scope() as session:
        until = wall_now() + first_codes.LASTS
        staff.add(
            session, EMAIL, Role.CLINICIAN,
            password=PASSWORD, phone=None, now=MORNING, password_until=until,
        )  # fmt: skip
    assert api.log_in().status_code == 200
    with time_machine.travel(until):
        problem(api.log_in(), 401, "login_failed")


def test_a_form_without_a_password_is_malformed_and_not_repeated(api: Api) -> None:
    answer = api.client.post("/api/v1/auth/token", data={"username": "typed-in-password"})
    problem(answer, 422, "malformed")
    assert "typed-in-password" not in answer.text


@pytest.mark.parametrize(
    "name",
    ["\x00", "a\x00b@naperville.example", "a@b.example\x00", "ñ@ejemplo.example", "x" * 9999],
)
def test_no_name_breaks_the_log_in(any_api: Api, name: str) -> None:
    problem(any_api.log_in(name), 401, "login_failed")
    problem(any_api.log_in(EMAIL, f"{name}{PASSWORD}"), 401, "login_failed")


def test_a_form_in_a_charset_that_hides_half_a_character_is_refused(any_api: Api) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n+2AA-\r\n'
    body += b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n+2AA-\r\n--x--\r\n'
    kind = 'multipart/form-data; boundary=x; charset="utf-7"'
    answer = any_api.client.post("/api/v1/auth/token", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 401, 422), answer.text
