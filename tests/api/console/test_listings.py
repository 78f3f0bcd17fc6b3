"""Listings at the console: who may see them, how they are found, what is done with one."""

import re
from datetime import timedelta

import pytest

from directory import database
from directory.freshness import queries as freshness
from directory.listings import edit_queries as queries
from directory.listings.models import Phone, Service
from directory.people.models import AuditEntry
from directory.staff.models import Role
from directory.tasks.models import Task
from tests.api.conftest import Api
from tests.api.console.console import Console
from tests.api.console.listing_pages import (
    EVIL,
    LISTINGS,
    fields,
    listed,
    proposed,
    seen,
    stored,
)
from tests.directory.freshness.builders import a_listing, an_organization
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/history"])
def test_clinicians_read(console: Console, path: str) -> None:
    address = LISTINGS + path.format(id=listed())
    assert console.as_(Role.CLINICIAN).get(address).status_code == 200


@pytest.mark.parametrize("path", ["/review", "/duplicates", "/{id}/edit"])
def test_the_queue_and_the_form_are_of_those_who_are_responsible(
    console: Console, path: str
) -> None:
    address = LISTINGS + path.format(id=listed())
    assert console.as_(Role.CLINICIAN).get(address).status_code == 403
    assert console.as_(Role.ADMIN).get(address).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/{id}/edit", "/{id}/ask", "/{id}/withhold", "/{id}/notices", "/{id}/notices/x/remove",
        "/changes/x/approve", "/changes/x/decline", "/reports/x/settle", "/duplicates/x/merge",
        "/duplicates/x/distinct", "/duplicates/x/undo",
    ],
)  # fmt: skip
def test_a_clinician_decides_nothing_and_a_foreign_form_does_nothing(
    console: Console, path: str
) -> None:
    address = LISTINGS + path.format(id=listed())
    assert console.as_(Role.CLINICIAN).post(address).status_code == 403
    console.as_(Role.SUPERVISOR)
    assert console.post(address, {"csrf": "another"}).status_code == 403
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert console.post(address, headers=elsewhere).status_code == 403


def test_what_is_not_there_is_404(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    for path in ("/nothing", "/nothing/edit", "/nothing/history"):
        assert console.get(LISTINGS + path).status_code == 404
    for path in ("/changes/x/approve", "/reports/x/settle", "/duplicates/x/undo"):
        assert console.post(LISTINGS + path).status_code == 404


# --- the list -----------------------------------------------------------------------------------


def test_listings_are_found_by_name_number_need_and_state(any_api: Api) -> None:
    console = Console(any_api)
    listed("Grace pantry")
    other = listed("Elm shelter", number="630-555-0199")
    with database.session_scope() as session:
        service = session.get_one(Service, other)
        service.needs, service.freshness = ["shelter"], "asked"
        session.add(Phone(service_id=other, number="630-555-0177", attested=False))
    proposed(other)
    console.as_()
    for query in ("q=elm", "q=555-0199", "need=shelter", "state=asked", "only=unattested",
                  "only=waiting"):  # fmt: skip
        page = console.get(f"{LISTINGS}?{query}", headers={"HX-Request": "true"}).text
        assert ("Elm shelter" in page, "Grace pantry" in page) == (True, False), query
        assert "<html" not in page
    assert "No listing fits" in console.get(f"{LISTINGS}?q=nothing+such").text
    assert "Elm shelter" not in console.get(f"{LISTINGS}?q=%25").text


def test_the_list_goes_on_where_it_ended(console: Console) -> None:
    with database.session_scope() as session:
        organization = an_organization(session)
        for number in range(53):
            a_listing(session, organization, f"Pantry {number:02}")
    page = console.as_().get(LISTINGS).text
    assert "Pantry 49" in page and "Pantry 50" not in page
    following = re.search(r'href="(/console/listings\?[^"]*cursor[^"]*)"', page)
    assert following is not None
    page = console.get(following[1].replace("&amp;", "&")).text
    assert "Pantry 52" in page and "Pantry 49" not in page
    assert console.get(f"{LISTINGS}?cursor=x").status_code == 422


# --- one listing --------------------------------------------------------------------------------


def test_a_number_that_goes_to_nobody_says_so_and_html_is_text(console: Console) -> None:
    service_id = listed(EVIL)
    with database.session_scope() as session:
        session.add(Phone(service_id=service_id, number="630-555-0177", attested=False, note=EVIL))
    page = console.as_().get(f"{LISTINGS}/{service_id}").text
    assert "not attested: no page gives it" in page
    assert EVIL not in page and "&lt;script&gt;" in page


def test_a_listing_is_confirmed_with_who_said_so(console: Console) -> None:
    service_id = listed()
    console.as_(Role.CLINICIAN)
    form = seen(console.get(f"{LISTINGS}/{service_id}"))
    answer = console.post(f"{LISTINGS}/{service_id}/confirm", form | {"note": "The desk."})
    assert answer.headers["location"] == f"{LISTINGS}/{service_id}?done=confirmed"
    assert stored(service_id).assured_date == MORNING.date()
    again = console.post(f"{LISTINGS}/{service_id}/confirm", form | {"note": "The desk."})
    assert again.status_code == 303  # a double click is no mistake
    with database.read_scope() as session:
        assert session.query(AuditEntry).filter_by(action="listing.confirm").count() == 1


def test_only_what_was_seen_is_confirmed(console: Console) -> None:
    service_id = listed()
    console.as_(Role.SUPERVISOR)
    form = seen(console.get(f"{LISTINGS}/{service_id}"))
    edit = f"{LISTINGS}/{service_id}/edit"
    console.post(edit, fields(console.get(edit)) | {"name": "Another name"})
    answer = console.post(f"{LISTINGS}/{service_id}/confirm", form | {"note": "The desk."})
    assert answer.status_code == 409
    assert "has changed since you opened it" in answer.text
    assert "Another name" in answer.text and 'value="The desk."' in answer.text
    assert stored(service_id).assured_date is None


def test_a_listing_is_taken_away_and_a_confirmation_brings_it_back(console: Console) -> None:
    service_id = listed()
    console.as_(Role.SUPERVISOR)
    path = f"{LISTINGS}/{service_id}"
    form = seen(console.get(path))
    assert console.post(f"{path}/withhold", form | {"reason": " "}).status_code == 422
    assert console.post(f"{path}/withhold", form | {"reason": "Dead."}).status_code == 303
    assert stored(service_id).freshness == "withheld"
    page = console.get(path)
    assert "To show it again, confirm it." in page.text
    console.post(f"{path}/confirm", seen(page))
    assert stored(service_id).freshness == "fresh"


def test_a_line_that_must_be_found_is_never_taken_away(console: Console) -> None:
    service_id = listed(number="988", kind="hotline")
    console.as_(Role.SUPERVISOR)
    path = f"{LISTINGS}/{service_id}"
    answer = console.post(f"{path}/withhold", seen(console.get(path)) | {"reason": "Dead."})
    assert answer.status_code == 409
    assert "must always be found" in answer.text and 'value="Dead."' in answer.text


def test_the_partner_is_asked_at_once_but_not_twice(console: Console) -> None:
    service_id = listed()
    console.as_(Role.SUPERVISOR)
    path = f"{LISTINGS}/{service_id}/ask"
    assert console.post(path).headers["location"].endswith("done=asked")
    with database.read_scope() as session:
        assert freshness.open_check(session, service_id) is not None
        assert session.query(Task).filter_by(service_id=service_id).count() == 1
    assert console.post(path).status_code == 409


def test_a_closure_is_put_up_once_and_taken_down(console: Console) -> None:
    service_id = listed()
    console.as_(Role.SUPERVISOR)
    path = f"{LISTINGS}/{service_id}/notices"
    last = (MORNING + timedelta(days=3)).date().isoformat()
    form = {"once": "0123456789", "kind": "closure", "text": EVIL, "last_day": last}
    assert console.post(path, form).status_code == 303
    assert console.post(path, form).status_code == 303
    with database.read_scope() as session:
        [notice] = queries.notices_of(session, [service_id], now=MORNING + timedelta(minutes=5))
    assert notice.ends_at.isoformat() == "2026-03-22T05:00:00+00:00"  # midnight in Chicago
    assert EVIL not in console.get(f"{LISTINGS}/{service_id}").text
    wrong = console.post(path, form | {"once": "9876543210", "last_day": "soon"})
    assert wrong.status_code == 422 and 'value="soon"' in wrong.text
    assert console.post(f"{path}/{notice.id}/remove").status_code == 303
    with database.read_scope() as session:
        assert queries.notices_of(session, [service_id], now=MORNING) == []


def test_what_a_colleague_reports_is_one_task(console: Console) -> None:
    service_id = listed()
    console.as_(Role.CLINICIAN)
    for _ in range(2):
        form = {"kind": "wrong_hours", "note": "They open at ten."}
        assert console.post(f"{LISTINGS}/{service_id}/report", form).status_code == 303
    with database.read_scope() as session:
        assert len(freshness.open_reports(session, service_id)) == 1
        assert len(freshness.listing_tasks(session, service_id)) == 1
