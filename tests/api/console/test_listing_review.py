"""What of the listings waits for a decision: changes, reports, doubles."""

import re

import pytest

from directory import database
from directory.duplicates.find import find_doubles
from directory.freshness import queries as freshness
from directory.freshness import reports
from directory.freshness.models import Reported
from directory.listings.change_models import ListingChange
from directory.listings.models import Service
from directory.people.models import AuditEntry
from directory.referrals import actors
from directory.staff.models import Role
from tests.api.console.console import Console
from tests.api.console.listing_pages import EVIL, LISTINGS, listed, proposed, stored
from tests.factories import met
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")


# --- the queue ----------------------------------------------------------------------------------


def test_a_change_is_approved_once_and_a_colleague_is_told(console: Console) -> None:
    service_id = listed()
    change_id = proposed(service_id)
    console.as_(Role.SUPERVISOR)
    assert "waits" in console.get(f"{LISTINGS}/{service_id}").text
    path = f"{LISTINGS}/changes/{change_id}/approve"
    for _ in range(2):
        answer = console.post(path)
        assert answer.headers["location"] == f"{LISTINGS}/review?done=approved_unseen"
    assert "shown to nobody as it stands" in console.get(answer.headers["location"]).text
    assert stored(service_id).status == "inactive"
    late = console.as_(Role.ADMIN).post(path)
    assert late.status_code == 409 and "approved already" in late.text


def test_a_change_is_refused_with_a_reason(console: Console) -> None:
    change_id = proposed(listed())
    console.as_(Role.SUPERVISOR)
    answer = console.post(f"{LISTINGS}/changes/{change_id}/decline", {"reason": "Call us."})
    assert answer.headers["location"].endswith("done=declined")
    with database.read_scope() as session:
        change = session.get_one(ListingChange, change_id)
        assert (change.status, change.reason) == ("declined", "Call us.")


def test_what_people_see_once_it_is_approved_is_said_so(console: Console) -> None:
    change_id = proposed(listed(), status="temporarily closed")
    console.as_(Role.SUPERVISOR)
    answer = console.post(f"{LISTINGS}/changes/{change_id}/approve")
    assert "People see it from now on" in console.get(answer.headers["location"]).text


def test_nothing_is_refused_without_a_reason(console: Console) -> None:
    change_id = proposed(listed())
    console.as_(Role.SUPERVISOR)
    assert 'name="reason" maxlength="2000" required>' in console.get(f"{LISTINGS}/review").text
    for empty in ("", " \r\n"):
        answer = console.post(f"{LISTINGS}/changes/{change_id}/decline", {"reason": empty})
        assert answer.status_code == 422 and "<details open>" in answer.text
        assert "Write why: the organization reads it." in answer.text
    with database.read_scope() as session:
        assert session.get_one(ListingChange, change_id).status == "pending"


def test_what_was_proposed_of_something_else_shows_what_it_says_now(console: Console) -> None:
    service_id = listed()
    change_id = proposed(service_id)
    with database.session_scope() as session:
        session.get_one(Service, service_id).status = "temporarily closed"
    answer = console.as_(Role.SUPERVISOR).post(f"{LISTINGS}/changes/{change_id}/approve")
    assert answer.status_code == 409
    assert "It says now:" in answer.text and "temporarily closed" in answer.text


def test_who_made_a_change_is_told_that_somebody_else_approves_it(console: Console) -> None:
    console.as_(Role.ADMIN).as_(Role.SUPERVISOR)
    change_id = proposed(listed(), by=actors.staff(console.member_id).by)
    page = console.get(f"{LISTINGS}/review")
    assert "another supervisor or administrator has to approve it" in page.text
    assert f"{change_id}/approve" not in page.text
    answer = console.post(f"{LISTINGS}/changes/{change_id}/approve")
    assert answer.status_code == 403
    assert f"{change_id}/approve" in console.as_(Role.ADMIN).get(f"{LISTINGS}/review").text
    done = console.post(f"{LISTINGS}/changes/{change_id}/approve")
    assert done.headers["location"].endswith("done=approved_unseen")


def test_a_residents_report_is_settled_and_its_reading_noted(console: Console) -> None:
    service_id, person_id = listed(), met()
    with database.session_scope() as session:
        report_id = reports.report(
            session,
            service_id,
            Reported.WRONG_NUMBER,
            by=f"resident:{person_id}",
            note=EVIL,
            now=MORNING,
        ).id
    console.as_(Role.SUPERVISOR)
    page = console.get(f"{LISTINGS}/review").text
    assert "a resident" in page and EVIL not in page and person_id not in page
    for _ in range(2):
        path = f"{LISTINGS}/reports/{report_id}/settle"
        assert console.post(path, {"note": "It rings."}).status_code == 303
    with database.read_scope() as session:
        assert freshness.open_reports(session, service_id) == []
        noted = session.query(AuditEntry).filter_by(action="listing_reports.read").all()
    assert {each.person_id for each in noted} == {person_id}


# --- doubles ------------------------------------------------------------------------------------


def two_alike(console: Console) -> tuple[str, str, str]:
    """The ids of two listings that look like one, and of their pair."""
    first, second = listed("Grace Pantry"), listed("Grace Food Pantry")
    find_doubles(console.api.services.database, now=MORNING)
    page = console.get(f"{LISTINGS}/duplicates").text
    found = re.search(r"/duplicates/([0-9a-f-]{36})/merge", page)
    assert found is not None
    return first, second, found[1]


def test_two_are_made_one_and_taken_apart_again(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    first, second, pair_id = two_alike(console)
    path = f"{LISTINGS}/duplicates/{pair_id}"
    assert console.post(f"{path}/merge", {"keep": "somebody-else"}).status_code == 422
    for _ in range(2):  # a double click
        answer = console.post(f"{path}/merge", {"keep": first})
        assert answer.status_code == 303
    assert stored(second).merged_into_id == first
    assert "Take it back" in console.get(answer.headers["location"]).text
    assert console.get(f"{LISTINGS}/{second}/edit").status_code == 409
    for _ in range(2):
        assert console.post(f"{path}/undo").status_code == 303
    assert stored(second).merged_into_id is None


def test_a_merge_that_would_tell_a_confidential_place_says_so_and_changes_nothing(
    console: Console,
) -> None:
    console.as_(Role.SUPERVISOR)
    first, second, pair_id = two_alike(console)
    with console.api.services.database.session_scope() as session:
        session.get_one(Service, first).confidential = True
        session.get_one(Service, second).fees_description = "Pay at 12 Example Street."
    answer = console.post(f"{LISTINGS}/duplicates/{pair_id}/merge", {"keep": first})
    assert answer.status_code == 409
    assert "One of the two is confidential" in answer.text
    assert (stored(first).fees_description, stored(second).merged_into_id) == (None, None)


def test_two_are_kept_apart(console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    first, _second, pair_id = two_alike(console)
    path = f"{LISTINGS}/duplicates/{pair_id}"
    for _ in range(2):
        assert console.post(f"{path}/distinct").status_code == 303
    assert "No two listings" in console.get(f"{LISTINGS}/duplicates").text
    assert console.post(f"{path}/merge", {"keep": first}).status_code == 409
    assert "Grace" in console.get(f"{LISTINGS}/duplicates?status=distinct").text
