"""Accounts, CIT training and the audit log, as those who are responsible use them."""

import re
from datetime import date

import pytest
from httpx import Response
from playwright.sync_api import Browser

from directory import database
from directory.on_call import paging
from directory.on_call import queries as on_call_queries
from directory.on_call.service import acknowledge
from directory.people.models import AuditEntry
from directory.staff import queries
from directory.staff.models import Role
from directory.tasks.models import Task
from directory.training import queries as training
from tests.api.browsing import needs_browser
from tests.api.conftest import EMAIL
from tests.api.console.console import Console
from tests.api.console.in_browser import opened
from tests.api.web.browser import PHONE, TIMEOUT, served, sticks_out, violations
from tests.directory.on_call.builders import a_colleague, danger, look, on_call
from tests.fakes import MORNING

NEW = {
    "email": "new@naperville.example",
    "name": "Ana",
    "role": "clinician",
    "once": "0a1b2c3d-the-form",
}
GOOD = "a long enough password"
SURE = {"sure": "true"}


@pytest.mark.parametrize("page", ["staff", "training", "audit"])
def test_clinicians_see_none_of_it(console: Console, page: str) -> None:
    assert console.as_(Role.CLINICIAN).get(f"/console/{page}").status_code == 403


def test_only_an_administrator_makes_accounts(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    assert "New account" not in console.get("/console/staff").text
    assert console.post("/console/staff", NEW).status_code == 403
    console.as_(Role.ADMIN)
    answer = console.post("/console/staff", NEW | {"phone": "630-555-0142"})
    assert (answer.status_code, "The account was made." in answer.text) == (200, True)
    with database.read_scope() as session:
        member = queries.active_by_email(session, NEW["email"])
        assert member is not None
        assert (member.name, member.role, member.phone) == ("Ana", "clinician", "+16305550142")


def test_a_form_with_a_mistake_keeps_what_was_typed(console: Console) -> None:
    page = console.as_(Role.ADMIN).post("/console/staff", NEW | {"phone": "1"})
    assert page.status_code == 422
    assert NEW["email"] in page.text and not codes_on(page.text)


def test_a_form_that_is_sent_twice_makes_one_account_and_a_code_that_holds(
    console: Console,
) -> None:
    console.as_(Role.ADMIN)
    [first] = codes_on(console.post("/console/staff", NEW).text)
    [second] = codes_on(console.post("/console/staff", NEW).text)
    assert choose(console, first).status_code == 422
    assert choose(console, second).status_code == 303
    again = console.post("/console/staff", NEW)
    assert again.status_code == 303, "there is a password by now: no code is made"
    assert console.post("/console/staff", NEW | {"once": "another-form"}).status_code == 409


def test_a_forgotten_password_is_chosen_anew_with_a_code(console: Console) -> None:
    console.api.add_account(EMAIL)
    victim = Console(console.api).as_(email=EMAIL).member_id
    console.as_(Role.ADMIN)
    page = console.post(f"/console/staff/{victim}/code").text
    [code] = codes_on(page)
    assert f"{console.api.services.settings.base_url}/console/sign-in/first" in page
    assert code not in console.get("/console/staff").text
    assert console.api.log_in().status_code == 401
    assert choose(console, code).headers["location"] == "/console/sign-in?chosen=1"
    assert console.api.log_in(EMAIL, GOOD).status_code == 200
    with database.read_scope() as session:
        done = [(entry.action, entry.actor) for entry in session.query(AuditEntry)]
    assert ("staff.code", console.member_id) in done
    assert ("staff.first_password", victim) in done


def test_nobody_makes_a_code_for_themselves(console: Console) -> None:
    console.as_(Role.ADMIN)
    assert console.post(f"/console/staff/{console.member_id}/code").status_code == 409
    assert console.get("/console").status_code == 200


def codes_on(page: str) -> list[str]:
    return re.findall(r"<code>((?:[a-z2-9]{4}-){5}[a-z2-9]{4})</code>", page)


def choose(console: Console, given: str, **form: str) -> Response:
    usual = {"code": given, "new": GOOD, "again": GOOD}
    return console.post("/console/sign-in/first", usual | form)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"again": "another long password"}, "typed in two ways"),
        ({"new": "short", "again": "short"}, "at least 12 characters"),
        ({"new": "worldofwarcraft", "again": "worldofwarcraft"}, "leaked"),
        ({"code": "made-up"}, "wrong, was used before or has ended"),
    ],
)
def test_a_first_password_that_is_not_taken_is_explained(
    console: Console, form: dict[str, str], said: str
) -> None:
    [code] = codes_on(console.as_(Role.ADMIN).post("/console/staff", NEW).text)
    page = choose(console, code, **form)
    assert (page.status_code, said in page.text) == (422, True)
    assert choose(console, code).status_code == 303, "the code holds"


def test_another_site_sends_no_first_password(console: Console) -> None:
    [code] = codes_on(console.as_(Role.ADMIN).post("/console/staff", NEW).text)
    form = {"code": code, "new": GOOD, "again": GOOD}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = console.post("/console/sign-in/first", form, headers=foreign)
    assert answer.status_code == 403
    assert choose(console, code).status_code == 303


@needs_browser
def test_the_way_from_the_code_to_the_console(browser: Browser, console: Console) -> None:
    [code] = codes_on(console.as_(Role.ADMIN).post("/console/staff", NEW).text)
    with served(console.api.client.app) as url:
        context = browser.new_context(base_url=url, viewport=PHONE)
        context.set_default_timeout(TIMEOUT)
        page = context.new_page()
        page.goto("/console/sign-in")
        page.get_by_role("link", name="I have a code for my first password").click()
        assert violations(page) == []
        assert not sticks_out(page)
        page.get_by_label("Code").fill(code.upper())
        page.get_by_label("New password", exact=True).fill(GOOD)
        page.get_by_label("New password, again").fill(GOOD)
        page.get_by_role("button", name="Keep this password").click()
        page.get_by_label("E-mail address").fill(NEW["email"])
        page.get_by_label("Password").fill(GOOD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Today").wait_for()
        context.close()


def test_the_last_administrator_stays_one(console: Console) -> None:
    console.as_(Role.ADMIN)
    path = f"/console/staff/{console.member_id}"
    assert console.post(f"{path}/role", {"role": "clinician"}).status_code == 409
    assert console.post(f"{path}/remove", SURE).status_code == 409
    assert console.member().role == "admin"


def test_an_account_ends_only_with_the_tick_and_the_page_says_what_follows(
    console: Console,
) -> None:
    leaving = a_colleague(61)
    page = console.as_(Role.ADMIN).get("/console/staff").text
    fold = page.partition(f'<details id="end-{leaving}">')[2].partition("</details>")[0]
    assert "waits for somebody again" in fold and "Shifts of theirs" in fold
    assert re.search(r'name="sure" value="true" required> Yes, end the account of \S+', fold)
    assert f"end-{console.member_id}" not in page, "nobody ends their own"
    refused = console.post(f"/console/staff/{leaving}/remove")
    assert refused.status_code == 422 and f'<details id="end-{leaving}" open>' in refused.text
    assert refused.text.count("Tick that the account is to end.") == 1
    answer = console.post(f"/console/staff/{leaving}/remove", SURE)
    assert answer.headers["location"] == "/console/staff?done=removed"
    with database.read_scope() as session:
        assert queries.active_by_id(session, leaving) is None


@pytest.mark.usefixtures("morning")
def test_a_danger_of_whose_account_ends_is_paged_anew(console: Console) -> None:
    gone, there = a_colleague(61), a_colleague(62)
    for position, member in enumerate((gone, there), start=1):
        on_call(member, position)
    task_id = danger()
    look()
    with database.session_scope() as session:
        assert acknowledge(session, gone, now=MORNING) == 1
    console.as_(Role.ADMIN)
    assert console.post(f"/console/staff/{gone}/remove", SURE).status_code == 303
    with database.read_scope() as session:
        task = session.get_one(Task, task_id)
        assert (task.status, task.claimed_by) == ("open", None)
        noted = session.query(AuditEntry).filter_by(action="task.open", subject_id=task_id).one()
        assert (noted.actor, noted.person_id) == (console.member_id, task.person_id)
        paged_from = task.reopened_at
    assert paged_from is not None
    with database.session_scope() as session:
        assert paging.look(session, now=paged_from, wall=paged_from) == 1
        assert [page.staff_id for page in on_call_queries.pages_of(session, task)] == [there]


def test_a_lost_phone_and_a_new_code_end_the_log_ins(console: Console) -> None:
    victim = Console(console.api).as_(Role.CLINICIAN).member_id
    console.as_(Role.ADMIN)
    for kind, form, status in (("phone", {"phone": ""}, 303), ("code", {}, 200)):
        Console(console.api).as_(Role.CLINICIAN)
        console.as_(Role.ADMIN)
        assert console.post(f"/console/staff/{victim}/{kind}", form).status_code == status
        with database.read_scope() as session:
            assert queries.sessions_of(session, victim) == []


def test_training_is_written_down_and_the_goals_are_counted(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    form = {"name": "J. Example", "unit": "patrol", "hours": "40", "certified_on": "2020-03-18"}
    assert console.post("/console/training", form).status_code == 303
    form = {"name": "K. Example", "unit": "patrol", "hours": "12.5"}
    console.post("/console/training", form)
    page = console.get("/console/training").text
    assert "1 of 2 = 50%" in page
    with database.read_scope() as session:
        first = training.members(session)[0]
    assert (first.hours, first.certified_on) == (40.0, date(2020, 3, 18))
    console.post(f"/console/training/{first.id}", form | {"left_on": "2021-01-01"})
    assert "0 of 1 = 0%" in console.get("/console/training").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "A name has 1 to 120 characters."),
        ({"hours": "many"}, "Hours are a number, like 40 or 12.5."),
        ({"hours": "-1"}, "Hours are a number from 0 to 1000."),
        ({"hours": "nan"}, "Hours are a number from 0 to 1000."),
        ({"certified_on": "18.3.2020"}, "Write a day as year-month-day"),
        ({"certified_on": "2999-01-01"}, "This day is not yet"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_kept(
    console: Console, change: dict[str, str], said: str
) -> None:
    form = {"name": "J. Example", "unit": "patrol", "hours": "40"} | change
    answer = console.as_(Role.SUPERVISOR).post("/console/training", form)
    assert (answer.status_code, said in answer.text) == (422, True)
    with database.read_scope() as session:
        assert training.members(session) == []


def test_the_audit_log_shows_who_did_what_and_notes_the_look(console: Console) -> None:
    console.as_(Role.SUPERVISOR).get("/console/training")
    page = console.get("/console/audit", params={"action": "training.read"}).text
    assert page.count("<td>training.read</td>") == 1
    with database.read_scope() as session:
        assert session.query(AuditEntry).filter_by(action="audit.read").count() == 1
    assert console.get("/console/audit", params={"cursor": "x"}).status_code == 422


@needs_browser
def test_the_pages_pass_axe_and_fit_a_phone(browser: Browser, console: Console) -> None:
    console.as_(Role.ADMIN)
    console.post("/console/training", {"name": "J. Example", "unit": "fire", "hours": "8"})
    with opened(browser, console, viewport=PHONE) as page:
        for path in ("staff", "training", "audit"):
            page.goto(f"/console/{path}")
            for closed in page.locator("main summary").all():
                closed.click()
            assert violations(page) == [], path
            assert not sticks_out(page), path
