"""Programme figures at the console: who may see them, what is held back, files, and axe."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from api.console.measures import sections
from directory import database
from directory.clock import wall_now
from directory.people.models import AuditEntry
from directory.staff.models import Role
from directory.visits.models import CallType
from tests.api.browsing import needs_browser
from tests.api.console.console import Console
from tests.api.console.in_browser import opened
from tests.api.web.browser import DESKTOP, PHONE, sticks_out, violations
from tests.directory.measures.worlds import a_person, a_visit

PAGE = "/console/measures"


def visits(**counts: int) -> None:
    """So many visits of these kinds, a minute ago."""
    with database.session_scope() as session:
        person = a_person(session, 1)
        for kind, number in counts.items():
            for _ in range(number):
                at = wall_now() - timedelta(minutes=1)
                a_visit(session, person, at, call_type=CallType(kind))


@pytest.mark.parametrize("path", ["", "/calls", "/calls/calls.csv", "/calls/calls.svg"])
def test_clinicians_and_strangers_see_none(console: Console, path: str) -> None:
    assert console.get(PAGE + path).status_code == 303
    assert console.as_(Role.CLINICIAN).get(PAGE + path).status_code == 403


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN])
def test_supervisors_and_admins_see_them_and_it_is_noted(console: Console, role: Role) -> None:
    page = console.as_(role).get(PAGE)
    assert page.status_code == 200
    for title in ("Calls for service", "Unmet needs", "CIT training"):
        assert title in page.text
    with database.read_scope() as session:
        assert "measures.read" in set(session.scalars(select(AuditEntry.action)))


def test_small_counts_and_what_would_tell_them_are_held_back(console: Console) -> None:
    visits(mental_health=30, elderly=3, substance_use=15)
    text = console.as_(Role.SUPERVISOR).get(f"{PAGE}/calls/calls.csv").text
    assert text.splitlines() == [
        "Type,Number,Share",
        "Mental health,30,0.6250",
        "Domestic violence,0,0.0000",
        "Older adults,held back,held back",
        "Substance use,held back,held back",
        "Other crisis,0,0.0000",
        "All,48,1.0000",
    ]


def test_the_page_and_the_plot_hold_back_the_same(console: Console) -> None:
    visits(mental_health=30, elderly=3, substance_use=15)
    console.as_(Role.SUPERVISOR)
    page = console.get(f"{PAGE}/calls").text
    assert "<td>30</td>" in page and "<td>3</td>" not in page and "<td>15</td>" not in page
    drawn = console.get(f"{PAGE}/calls/calls.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "held back" in drawn.text and ">3 <" not in drawn.text
    assert drawn.text == console.get(f"{PAGE}/calls/calls.svg").text


def test_files_are_named_and_for_keeping(console: Console) -> None:
    answer = console.as_(Role.SUPERVISOR).get(f"{PAGE}/referrals/referrals-by-need.csv?period=2026")
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="referrals-by-need-2026.csv"' in answer.headers["content-disposition"]


def test_a_name_that_is_a_formula_is_text_in_a_file() -> None:
    from api.console.measures.pages import lines_of
    from api.console.measures.tables import Row, Table, count

    table = Table("k", "c", "Partner", ("Number",), (Row('=HYPERLINK("x")', (count(12),)),))
    assert list(lines_of(table))[1].startswith("\"'=HYPERLINK(")


def test_the_report_comes_as_a_pdf(console: Console) -> None:
    answer = console.as_(Role.SUPERVISOR).get(f"{PAGE}/report.pdf?period=2026-10")
    assert answer.content.startswith(b"%PDF-")
    assert 'filename="report-2026-10.pdf"' in answer.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/nothing", "/calls/nothing.csv", "/calls/nothing.svg"])
def test_what_is_not_there_is_not_found(console: Console, path: str) -> None:
    assert console.as_(Role.SUPERVISOR).get(PAGE + path).status_code == 404


def test_a_period_that_is_none_is_said_so(console: Console) -> None:
    answer = console.as_(Role.SUPERVISOR).get(f"{PAGE}?period=%3Cb%3E")
    assert answer.status_code == 422
    assert "<b>" not in answer.text


def test_the_page_is_in_spanish_for_who_reads_it(console: Console) -> None:
    page = console.as_(Role.SUPERVISOR).get(PAGE, headers={"Accept-Language": "es"}).text
    assert "Cifras del programa" in page and "Programme figures" not in page


@needs_browser
def test_the_figures_pass_axe_and_fit(console: Console, browser: Browser) -> None:
    visits(mental_health=30, elderly=3, substance_use=15)
    console.as_(Role.SUPERVISOR)
    with opened(browser, console, viewport=DESKTOP) as page:
        for screen, path in ((DESKTOP, "/calls"), (PHONE, "")):
            page.set_viewport_size(screen)
            page.goto(PAGE + path)
            assert violations(page) == []
            assert not sticks_out(page)


def test_figures_of_a_large_programme_are_kept_and_say_since_when(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.console.measures.kept.is_large", lambda session: True)
    supervisor, page = console.as_(Role.SUPERVISOR), f"{PAGE}/calls"
    visits(mental_health=30)
    first = supervisor.get(page).text
    visits(mental_health=10)
    again, anew = supervisor.get(page).text, supervisor.get(f"{page}?anew=true").text
    assert [">30<" in each for each in (first, again, anew)] == [True, True, False]
    assert ["Counted at" in each for each in (first, again, anew)] == [False, True, False]
    assert ">40<" in anew
    assert ">40<" in supervisor.get(page).text  # what was counted anew is what is kept
    visits(mental_health=10)
    # What is passed on is counted anew.
    assert "Mental health,50," in supervisor.get(f"{page}/calls.csv").text


def test_a_large_programme_is_counted_side_by_side_and_says_the_same(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits(mental_health=30, elderly=12)
    supervisor = console.as_(Role.SUPERVISOR)
    one_by_one = sections_of(supervisor.get(PAGE).text)
    monkeypatch.setattr("api.console.measures.kept.is_large", lambda session: True)
    assert sections_of(supervisor.get(PAGE).text) == one_by_one
    assert len(one_by_one) == len(sections.SECTIONS)


def sections_of(page: str) -> list[str]:
    return page.partition("</main>")[0].split('<h2 id="')[1:]


def test_figures_of_a_small_programme_are_counted_each_time(console: Console) -> None:
    supervisor, page = console.as_(Role.SUPERVISOR), f"{PAGE}/calls"
    for number in (30, 60):
        visits(mental_health=30)
        assert f">{number}<" in supervisor.get(page).text
