"""The log of mandated reports at the console: clinical staff only, each look noted."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from directory import database
from directory.mandated_reports.models import MandatedReport
from directory.people.models import AuditEntry
from directory.staff.models import Role
from tests.api.browsing import needs_browser
from tests.api.console.console import Console
from tests.api.web.browser import DESKTOP, PHONE, TIMEOUT, served, sticks_out, violations
from tests.factories import PHONE as NUMBER
from tests.factories import met
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")
ONCE = "11111111-1111-4111-8111-11111111111"
OTHER_NUMBER = f"{NUMBER[:-2]}77"


def path(person_id: str) -> str:
    return f"/console/people/{person_id}/mandated-reports"


def form(**changes: str) -> dict[str, str]:
    return {
        "once": f"{ONCE}1",
        "kind": "elder",
        "agency": "adult_protective_services",
        "made_at": "2026-03-18T09:15",
        "reference": "A-12/34",
    } | changes


def reports() -> list[MandatedReport]:
    with database.read_scope() as session:
        return session.query(MandatedReport).order_by(MandatedReport.recorded_at).all()


def noted() -> list[str]:
    with database.read_scope() as session:
        entries = session.query(AuditEntry).filter(AuditEntry.action.like("mandated%"))
        return sorted(each.action for each in entries)


def test_it_is_written_shown_and_each_look_is_noted(console: Console) -> None:
    person = met()
    console.as_(Role.CLINICIAN)
    assert path(person) in console.get(f"/console/people/{person}").text
    answer = console.post(path(person), form())
    assert answer.headers["location"] == f"{path(person)}?done=recorded"
    [report] = reports()
    assert (report.kind, report.agency, report.reference) == (
        "elder",
        "adult_protective_services",
        "A-12/34",
    )
    assert report.made_at == MORNING - timedelta(minutes=45)
    assert (report.person_id, report.recorded_by) == (person, console.member_id)
    page = console.get(answer.headers["location"]).text
    assert "A-12/34" in page and "Adult Protective Services" in page
    assert noted() == ["mandated_report.record", "mandated_reports.read"]


def test_administrators_have_no_part_in_it(console: Console) -> None:
    person = met()
    console.as_(Role.ADMIN)
    assert "mandated-reports" not in console.get(f"/console/people/{person}").text
    assert console.get(path(person)).status_code == 403
    assert console.post(path(person), form()).status_code == 403
    console.as_(Role.SUPERVISOR)
    assert console.post(path(person), form(csrf="another")).status_code == 403
    assert reports() == []
    assert console.post(path(person), form()).status_code == 303


def test_a_mistake_is_put_right_by_another_entry(console: Console) -> None:
    person = met()
    console.as_(Role.CLINICIAN).post(path(person), form())
    [first] = reports()
    page = console.get(path(person), params={"corrects": first.id}).text
    assert f'<option value="{first.id}" selected>' in page
    better = form(once=f"{ONCE}2", kind="disability", corrects=first.id)
    assert console.post(path(person), better).status_code == 303
    assert [each.corrects_id for each in reports()] == [None, first.id]
    page = console.get(path(person)).text
    assert "put right by a later entry" in page and "Puts right: older person" in page
    another = met(OTHER_NUMBER)
    foreign = console.post(path(another), form(once=f"{ONCE}3", corrects=first.id))
    assert foreign.status_code == 422
    assert "There is no such report about this person." in foreign.text


def test_a_double_click_writes_one_entry(console: Console) -> None:
    person = met()
    console.as_(Role.CLINICIAN)
    for _ in range(2):
        assert console.post(path(person), form()).status_code == 303
    assert len(reports()) == 1
    other = console.post(path(person), form(kind="child"))
    assert other.status_code == 409 and "This form was sent before." in other.text
    assert f'value="{ONCE}1"' not in other.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"made_at": ""}, "Write when the report was made"),
        ({"made_at": "yesterday"}, "Write when it was, as date and time."),
        ({"made_at": "2026-03-19T09:00"}, "lies in the past"),
        ({"made_at": "9999-12-31T23:59"}, "lies in the past"),
        ({"made_at": "0001-01-01T00:00:00+14:00"}, "lies in the past"),
        ({"reference": "She said <b>he</b> hit her!"}, "What the report says has no place here."),
        ({"reference": "1" * 61}, "at most 60 of them"),
    ],
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(
    console: Console, change: dict[str, str], said: str
) -> None:
    wrong = form() | change
    answer = console.as_(Role.CLINICIAN).post(path(met()), wrong)
    assert answer.status_code == 422
    assert said in answer.text and 'aria-invalid="true"' in answer.text
    assert '<option value="elder" selected>' in answer.text
    assert "<b>he" not in answer.text
    assert reports() == []


def test_of_an_unknown_person_there_is_no_log(console: Console) -> None:
    nobody = path("00000000-0000-4000-8000-000000000000")
    console.as_(Role.CLINICIAN)
    assert console.get(nobody).status_code == 404
    assert console.post(nobody, form()).status_code == 404
    assert noted() == []


def test_it_speaks_spanish(console: Console) -> None:
    spanish = {"Accept-Language": "es"}
    wrong = form(made_at="2026-03-19T09:00")
    page = console.as_(Role.CLINICIAN).post(path(met()), wrong, headers=spanish).text
    assert "Denuncias obligatorias" in page
    assert "Una denuncia ya hecha está en el pasado" in page


@needs_browser
def test_a_report_is_noted_in_a_browser(browser: Browser, console: Console) -> None:
    person = met()
    console.as_(Role.CLINICIAN)
    with served(console.api.client.app) as url:
        for size in (DESKTOP, PHONE):
            context = browser.new_context(base_url=url, viewport=size)
            context.add_cookies([console.cookie(url)])
            context.set_default_timeout(TIMEOUT)
            page = context.new_page()
            page.goto(f"/console/people/{person}")
            page.get_by_role("link", name="Mandated reports").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Mandated reports")
            if size is PHONE:
                page.get_by_role("link", name=re.compile("^put right")).first.click()
                expect(page.get_by_label("Puts an earlier entry right")).not_to_have_value("")
            page.get_by_label("Whom the report is about").select_option("child")
            page.get_by_label("The agency's number").fill("12-345")
            page.get_by_role("button", name="Write it down").click()
            expect(page.get_by_role("status")).to_contain_text("The entry was written.")
            assert violations(page) == []
            assert not sticks_out(page)
            context.close()
    assert [bool(each.corrects_id) for each in reports()] == [False, True]
