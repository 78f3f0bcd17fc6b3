"""A visit put right or voided from its person's page: by whom may, once, and from what it says."""

import re
from functools import partial

import pytest

from directory import database
from directory.checkins.models import CheckIn
from directory.people.models import AuditEntry
from directory.staff.models import Role
from directory.visits.models import Visit
from tests.api.console.console import Console
from tests.threads import all_at_once

ONCE = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def visit(console: Console) -> Visit:
    """Logged by the clinician who is signed in."""
    console.as_(Role.CLINICIAN)
    form = {
        "once": ONCE,
        "phone": "630-555-0100",
        "call_type": "mental_health",
        "safe_to_text": "yes",
        "sms": "yes",
        "disposition": "Talked <b>long</b>",
    }
    assert console.post("/console/people/visits", form).status_code == 303
    return read()


def read() -> Visit:
    with database.read_scope() as session:
        return session.query(Visit).one()


def path(visit: Visit) -> str:
    return f"/console/people/{visit.person_id}/visits/{visit.id}"


def shown(console: Console, visit: Visit) -> dict[str, str]:
    """The form as it is filled in."""
    page = console.get(path(visit)).text
    fields = dict(
        re.findall(r'name="(version|type_was|plan_was|occurred_at)"[^>]*value="([^"]*)"', page)
    )
    plan = re.search(r'<option value="(\w*)" selected>', page.partition('name="follow_up"')[2])
    assert plan is not None
    return {**fields, "call_type": read().call_type, "follow_up": plan[1]}


def checkins() -> set[str]:
    with database.read_scope() as session:
        return {each.status for each in session.query(CheckIn)}


def put_right(console: Console, visit: Visit, **changes: str) -> tuple[str, str, bool]:
    """Change only this on the form; the plan, what the page then says, and whether any check-in
    is still planned."""
    form = shown(console, visit) | changes
    answers = [console.post(f"{path(visit)}/correct", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    page = console.get(answers[0].headers["location"]).text
    notice = page.partition('role="status">')[2].partition("</p>")[0]
    return read().follow_up, notice, "planned" in checkins()


def test_what_the_form_shows_is_planned_whatever_the_visit_becomes(
    console: Console, visit: Visit
) -> None:
    plan, notice, planned = put_right(console, visit, follow_up="none")
    assert (plan, planned) == ("none", False) and "No check-ins are planned now." in notice
    plan, notice, planned = put_right(console, visit, call_type="domestic_violence")
    assert (plan, planned) == ("none", False) and "chosen before" not in notice
    plan, notice, planned = put_right(console, visit, call_type="mental_health")
    assert (plan, planned) == ("none", False), "the form still shows no check-ins"
    plan, notice, planned = put_right(console, visit, follow_up="standard")
    assert (plan, planned) == ("standard", True)
    assert "3 check-ins are planned now, the first for" in notice
    plan, _, planned = put_right(console, visit, call_type="elderly")
    assert (plan, planned) == ("standard", True)


def test_checkins_chosen_before_it_was_domestic_violence_end_and_the_page_says_so(
    console: Console, visit: Visit
) -> None:
    assert "Only where it turns out to have been domestic violence" in console.get(path(visit)).text
    plan, notice, planned = put_right(console, visit, call_type="domestic_violence")
    assert (plan, planned) == ("none", False)
    assert "do not go out" in notice and "No check-ins are planned now." in notice
    plan, notice, planned = put_right(console, visit, follow_up="standard")
    assert (plan, planned) == ("standard", True) and "do not go out" not in notice


def test_a_plan_that_is_chosen_with_domestic_violence_is_planned(
    console: Console, visit: Visit
) -> None:
    changes = {"call_type": "domestic_violence", "follow_up": "caring_contacts"}
    assert put_right(console, visit, **changes)[0] == "caring_contacts"
    usual = put_right(console, visit, call_type="elderly", follow_up="")
    assert (usual[0], usual[2]) == ("standard", True), "as usual for this kind of call"


def test_no_checkins_stand_once_in_the_list_of_plans(console: Console, visit: Visit) -> None:
    for page in (path(visit), f"/console/people/{visit.person_id}/visit"):
        assert console.get(page).text.lower().count(">no check-ins</option>") == 1


def test_a_visit_is_put_right_and_noted(console: Console, visit: Visit) -> None:
    assert f'href="{path(visit)}"' in console.get(f"/console/people/{visit.person_id}").text
    form = shown(console, visit) | {"call_type": "elderly", "disposition": "Talked short"}
    answer = console.post(f"{path(visit)}/correct", form)
    assert answer.headers["location"] == f"/console/people/{visit.person_id}?done=corrected"
    changed = read()
    assert (changed.call_type, changed.disposition) == ("elderly", "Talked short")
    assert changed.occurred_at == visit.occurred_at, "a time that was left alone keeps its seconds"
    with database.read_scope() as session:
        assert session.query(AuditEntry).filter_by(action="visit.correct").one().subject_id


def test_many_lines_are_as_long_as_the_browser_counts_them(console: Console, visit: Visit) -> None:
    text = "\n".join(["a line that is forty characters long...."] * 48)
    form = shown(console, visit) | {"disposition": text.replace("\n", "\r\n")}
    assert console.post(f"{path(visit)}/correct", form).status_code == 303
    assert read().disposition == text


def test_a_form_from_before_a_change_is_told_and_keeps_what_was_typed(
    console: Console, visit: Visit
) -> None:
    form = shown(console, visit)
    assert console.post(f"{path(visit)}/correct", form | {"disposition": "One"}).status_code == 303
    late = console.post(f"{path(visit)}/correct", form | {"disposition": "Two <i>"})
    assert late.status_code == 409
    assert "One" in late.text and "Two &lt;i&gt;" in late.text
    assert read().disposition == "One"


def test_of_two_corrections_at_once_the_second_is_told(console: Console, visit: Visit) -> None:
    form = shown(console, visit)

    def correct(word: str) -> int:
        return console.post(f"{path(visit)}/correct", form | {"disposition": word}).status_code

    answers = all_at_once([partial(correct, f"Text {number}") for number in range(4)])
    assert sorted(answers) == [303, 409, 409, 409]


def test_a_button_that_is_pressed_twice_puts_right_once_and_tells_of_no_conflict(
    console: Console, visit: Visit
) -> None:
    form = shown(console, visit) | {"call_type": "elderly", "disposition": "Talked short"}
    answers = [console.post(f"{path(visit)}/correct", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with database.read_scope() as session:
        assert session.query(AuditEntry).filter_by(action="visit.correct").count() == 1
    other = console.post(f"{path(visit)}/correct", form | {"call_type": "mental_health"})
    assert other.status_code == 409


def test_a_voided_visit_counts_nowhere_and_its_checkins_end(console: Console, visit: Visit) -> None:
    without = console.post(f"{path(visit)}/void", {"reason": " "})
    assert without.status_code == 422 and "Write why" in without.text
    answer = console.post(f"{path(visit)}/void", {"reason": "Logged twice"})
    assert answer.headers["location"] == f"/console/people/{visit.person_id}?done=voided"
    assert read().voided_at is not None
    assert checkins() == {"cancelled"}
    twice = console.post(f"{path(visit)}/void", {"reason": "Logged twice"})
    assert twice.headers["location"] == answer.headers["location"]
    again = console.post(f"{path(visit)}/void", {"reason": "Another reason"})
    assert again.status_code == 409
    page = console.get(f"/console/people/{visit.person_id}").text
    assert "voided: it counts nowhere" in page and path(visit) not in page


def test_a_colleagues_visit_is_a_supervisors_to_put_right(console: Console, visit: Visit) -> None:
    console.as_(Role.CLINICIAN, email="another@naperville.example")
    assert path(visit) not in console.get(f"/console/people/{visit.person_id}").text
    assert console.get(path(visit)).status_code == 403
    assert console.post(f"{path(visit)}/void", {"reason": "No"}).status_code == 403
    console.as_(Role.SUPERVISOR)
    assert console.get(path(visit)).status_code == 200


def test_who_reads_no_notes_puts_the_rest_right_and_leaves_the_note(
    console: Console, visit: Visit
) -> None:
    console.as_(Role.ADMIN)
    assert "Talked" not in console.get(path(visit)).text
    form = shown(console, visit) | {"call_type": "elderly"}
    for said in ({}, {"disposition": "Overwritten"}, {}):  # the last ones are pressed again
        assert console.post(f"{path(visit)}/correct", form | said).status_code == 303
        assert (read().call_type, read().disposition) == ("elderly", "Talked <b>long</b>")
    late = console.post(f"{path(visit)}/correct", form | {"call_type": "mental_health"})
    assert late.status_code == 409 and "Talked" not in late.text


def test_the_visit_of_somebody_else_is_not_found(console: Console, visit: Visit) -> None:
    other = path(visit).replace(visit.person_id, visit.id)
    assert console.get(other).status_code == 404
