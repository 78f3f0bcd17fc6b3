"""Check-in plans and wordings at the console."""

from typing import Any

import pytest

from directory import database
from directory.checkins import plans
from directory.checkins.plan import Plan
from directory.languages import Language
from directory.staff.models import Role
from directory.wordings import queries
from directory.wordings.models import Wording
from tests.api.console.console import Console
from tests.api.console.listing_pages import fields

PLANS, WORDINGS = "/console/plans", "/console/wordings"
EVIL = "<script>alert(1)</script>"
HELLO = "Hi{name}.{sender} A hello. STOP to end."
pytestmark = pytest.mark.usefixtures("morning")


def plan(plan_id: str) -> Plan:
    with database.read_scope() as session:
        return plans.plan(session, plan_id)


def versions(key: str, language: Language = Language.EN) -> list[Wording]:
    with database.read_scope() as session:
        return queries.versions(session, key, language)


def form(console: Console, path: str) -> dict[str, Any]:
    return fields(console.get(path), action=f'action="{path}"')


# --- plans --------------------------------------------------------------------------------------


def test_everybody_reads_plans_and_clinicians_change_none(console: Console) -> None:
    page = console.as_(Role.CLINICIAN).get(PLANS)
    assert page.status_code == 200
    assert "checking in as we agreed" in page.text and "Change this plan" not in page.text
    for path in (f"{PLANS}/standard", f"{PLANS}/new"):
        assert console.get(path).status_code == 403
        assert console.post(path).status_code == 403
    console.as_(Role.SUPERVISOR)
    assert console.post(f"{PLANS}/standard", {"csrf": "another"}).status_code == 403
    assert console.get(f"{PLANS}/nothing").status_code == 404


def test_a_plan_is_changed_step_by_step(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    path = f"{PLANS}/standard"
    sent = form(console, path)
    sent |= {"name": EVIL, "working_days_only": "1", "steps-1-days": "", "steps-1-hours": ""}
    for _ in range(2):  # a double click
        assert console.post(path, sent).headers["location"] == f"{PLANS}?done=saved"
    changed = plan("standard")
    assert [step.after.days for step in changed.steps] == [1, 14]
    assert changed.working_days_only and changed.version == 2
    page = console.get(PLANS).text
    assert EVIL not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "A name has 1 to 80 characters."),
        ({"steps-0-days": "soon"}, "as whole numbers"),
        ({"steps-0-days": "9"}, "Each step comes later"),
        ({"steps-0-wording": "caring_contact"}, "wrong-step-0"),
    ],
)
def test_a_mistake_in_a_plan_keeps_what_was_typed(
    console: Console, change: dict[str, str], said: str
) -> None:
    console.as_(Role.SUPERVISOR)
    path = f"{PLANS}/standard"
    answer = console.post(path, form(console, path) | {"safe_first": "1"} | change)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'name="safe_first" value="1" checked' in answer.text
    assert plan("standard").version == 1


def test_who_was_overtaken_at_a_plan_is_told_and_loses_nothing(console: Console) -> None:
    path = f"{PLANS}/standard"
    console.as_(Role.ADMIN)
    theirs = form(console, path)
    console.as_(Role.SUPERVISOR)
    mine = form(console, path)
    console.as_(Role.ADMIN).post(path, theirs | {"name": "Theirs", "safe_first": "1"})
    answer = console.as_(Role.SUPERVISOR).post(path, mine | {"name": "Mine"})
    assert answer.status_code == 409
    assert "Nothing of yours was saved yet" in answer.text and "Theirs" in answer.text
    again = fields(answer, action=f'action="{path}"')
    assert again["name"] == "Mine" and "safe_first" in again
    assert console.post(path, again).status_code == 303
    assert (plan("standard").name, plan("standard").safe_first) == ("Mine", True)


def test_a_new_plan_is_made_once(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    path = f"{PLANS}/new"
    sent = form(console, path) | {"plan_id": "two_weeks", "name": "Two weeks"}
    sent |= {"steps-0-days": "1", "steps-0-wording": "checkin_first", "steps-0-asks": "1"}
    for _ in range(2):
        assert console.post(path, sent).status_code == 303
    assert plan("two_weeks").version == 1
    other = console.post(path, sent | {"name": "Another"})
    assert other.status_code == 422 and "There is a plan of this id" in other.text
    assert console.post(path, sent | {"plan_id": "Not An Id"}).status_code == 422


# --- wordings -----------------------------------------------------------------------------------


def test_a_draft_is_kept_once_and_approved_by_another(console: Console) -> None:
    path = f"{WORDINGS}/our_hello/en"
    console.as_(Role.SUPERVISOR)
    sent = {"text": HELLO, "based_on": "0"}
    for _ in range(2):  # a double click
        assert console.post(path, sent).headers["location"] == f"{WORDINGS}?done=kept"
    [draft] = versions("our_hello")
    approve = f"{WORDINGS}/versions/{draft.id}/approve"
    page = console.get(WORDINGS).text
    assert "You wrote it: a colleague approves it." in page and approve not in page
    own = console.post(approve)
    assert own.status_code == 409 and "A second person approves" in own.text
    assert console.as_(Role.CLINICIAN).post(approve).status_code == 403
    console.as_(Role.ADMIN)
    for _ in range(2):
        assert console.post(approve).headers["location"] == f"{WORDINGS}?done=approved"
    assert versions("our_hello")[0].status == "approved"
    assert "Not yet approved in this language" in console.get(WORDINGS).text  # Spanish


def test_the_phone_shows_segments_and_what_reveals(console: Console) -> None:
    console.as_(Role.CLINICIAN)
    sent = {"key": "our_hello", "language": "en", "text": f"The police {EVIL} \N{WAVING HAND SIGN}"}
    part = console.post(f"{WORDINGS}/preview", sent, headers={"HX-Request": "true"}).text
    assert "<html" not in part and EVIL not in part
    assert "UCS-2" in part and "costs twice as much" in part
    assert "Leave out" in part and "police" in part
    good = console.post(f"{WORDINGS}/preview", sent | {"text": HELLO}).text
    assert "Hi Maria. Alex here. A hello." in good and "neutral" in good and "GSM-7" in good
    assert versions("our_hello") == []


def test_without_scripts_a_button_shows_the_phone_and_keeps_nothing(console: Console) -> None:
    console.as_(Role.CLINICIAN)
    sent = {"text": HELLO, "based_on": "0", "do": "preview"}
    page = console.post(f"{WORDINGS}/our_hello/en", sent).text
    assert "Hi Maria. Alex here. A hello." in page and HELLO in page
    assert versions("our_hello") == []


def test_what_breaks_a_rule_is_refused_with_the_text_kept(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    text = f"The police were here {EVIL}"
    answer = console.post(f"{WORDINGS}/our_hello/en", {"text": text, "based_on": "0"})
    assert answer.status_code == 422
    assert "&lt;script&gt;" in answer.text and EVIL not in answer.text
    assert "The police were here" in answer.text
    assert versions("our_hello") == []


def test_a_version_that_somebody_wrote_meanwhile_is_shown_beside_mine(console: Console) -> None:
    path = f"{WORDINGS}/our_hello/en"
    console.as_(Role.ADMIN).post(path, {"text": "Theirs. STOP to end.", "based_on": "0"})
    console.as_(Role.SUPERVISOR)
    answer = console.post(path, {"text": "Mine. STOP to end.", "based_on": "0"})
    assert answer.status_code == 409
    assert "Theirs. STOP" in answer.text and "Mine. STOP" in answer.text
    again = fields(answer, action=f'action="{path}"')
    assert console.post(path, again).status_code == 303
    assert [each.text[:4] for each in versions("our_hello")] == ["Mine", "Thei"]


def test_a_key_is_named_before_it_is_written(console: Console) -> None:
    console.as_(Role.CLINICIAN)
    assert console.get(f"{WORDINGS}/new").status_code == 200
    good = console.post(f"{WORDINGS}/new", {"key": "our_hello", "language": "es"})
    assert good.headers["location"] == f"{WORDINGS}/our_hello/es"
    for key in ("safety_question", "Our Hello", ""):
        assert console.post(f"{WORDINGS}/new", {"key": key, "language": "es"}).status_code == 422
    assert console.get(good.headers["location"]).status_code == 200
