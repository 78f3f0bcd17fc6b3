"""The launch checklist at the console."""

import pytest

from directory import database
from directory.listings.dialled_models import NumberCheck
from directory.people.models import AuditEntry
from directory.staff.models import Role
from directory.tasks.models import Task
from tests.api.console.console import Console
from tests.directory.freshness.builders import a_listing, an_organization

CHECKLIST = "/console/checklist"
EVIL = "<script>alert(1)</script>"
pytestmark = pytest.mark.usefixtures("morning")


def listed(name: str = "Crisis line", kind: str = "hotline", number: str = "630-555-0140") -> str:
    with database.session_scope() as session:
        return a_listing(session, an_organization(session), name, kind=kind, number=number).id


def checks() -> list[NumberCheck]:
    with database.read_scope() as session:
        return session.query(NumberCheck).order_by(NumberCheck.at).all()


def test_it_is_of_those_who_are_responsible(console: Console) -> None:
    console.as_(Role.CLINICIAN)
    assert console.get(CHECKLIST).status_code == 403
    assert console.get(f"{CHECKLIST}/others").status_code == 403
    form = {"number": "6305550140", "outcome": "reached"}
    assert console.post(CHECKLIST, form).status_code == 403
    console.as_(Role.SUPERVISOR)
    assert console.post(CHECKLIST, form | {"csrf": "another"}).status_code == 403
    assert "No published listing" in console.get(CHECKLIST).text


def test_a_tick_says_who_and_when_and_counts_once(console: Console) -> None:
    listed(EVIL)
    console.as_(Role.SUPERVISOR)
    page = console.get(CHECKLIST).text
    assert "Hotlines: 0 of 1 dialled and right" in page and "never dialled" in page
    assert "attested: read on a page on Nov 3, 2025" in page
    assert EVIL not in page and "&lt;script&gt;" in page
    for _ in range(2):
        answer = console.post(CHECKLIST, {"number": "6305550140", "outcome": "reached"})
        assert answer.headers["location"] == f"{CHECKLIST}?done=reached"
    [check] = checks()
    assert (check.outcome, check.by) == ("reached", f"staff:{console.member_id}")
    page = console.get(CHECKLIST).text
    assert "Every hotline was dialled this quarter." in page
    assert "again by Jun 17, 2026" in page and "supervisor@naperville.example" in page
    with database.read_scope() as session:
        assert session.query(AuditEntry).filter_by(action="number.dialled").count() == 2


def test_wrong_opens_a_task_and_the_way_back_is_kept(console: Console) -> None:
    service_id = listed("Pantry", kind="voice")
    console.as_(Role.ADMIN)
    form = {"number": "6305550140", "outcome": "wrong", "note": "A private phone."}
    answer = console.post(CHECKLIST, form | {"view": "others", "undone": "true", "page": "0"})
    assert answer.headers["location"] == f"{CHECKLIST}/others?done=wrong&page=0&undone=true"
    page = console.get(answer.headers["location"]).text
    assert "A private phone." in page and "There is a task" in page
    with database.read_scope() as session:
        [task] = session.query(Task).filter_by(service_id=service_id).all()
    assert task.kind == "listing_report"


@pytest.mark.parametrize("day", ["tomorrow", "2027-01-01", "2020-01-01"])
def test_a_mistake_keeps_what_was_typed(console: Console, day: str) -> None:
    listed()
    console.as_(Role.SUPERVISOR)
    form = {"number": "6305550140", "outcome": "no_answer", "note": "Rang long", "day": day}
    answer = console.post(CHECKLIST, form)
    assert answer.status_code == 422
    assert 'value="Rang long"' in answer.text and f'value="{day}"' in answer.text
    assert checks() == []


def test_a_number_that_is_listed_nowhere_is_404(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    form = {"number": "6305550199", "outcome": "reached"}
    assert console.post(CHECKLIST, form).status_code == 404
    assert console.post(CHECKLIST, form | {"number": "x"}).status_code == 422
