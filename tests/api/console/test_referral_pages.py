"""The board and a referral's page: moved once, stale forms told, nothing typed is lost."""

from datetime import timedelta

import pytest

from directory import database
from directory.clock import wall_now
from directory.listings import publication
from directory.listings.models import Service
from directory.people.models import AuditEntry
from directory.referrals import queries
from directory.referrals import service as referrals
from directory.referrals.models import Referral
from directory.referrals.states import Status
from directory.staff.models import Role
from tests.api.conftest import Api
from tests.api.console.console import Console
from tests.directory.referrals.builders import BY_CLINICIAN, a_referral, read

ONCE = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def console(listed: Api) -> Console:
    return Console(listed).as_()


@pytest.fixture
def referral_id(console: Console) -> str:
    with database.session_scope() as session:
        return a_referral(session, reason="No <b>groceries</b>", now=wall_now())


def version(console: Console, referral_id: str) -> str:
    page = console.get(f"/console/referrals/{referral_id}").text
    return page.partition('name="version" value="')[2].partition('"')[0]


def test_the_board_shows_who_waits_and_for_how_long(console: Console, referral_id: str) -> None:
    with database.session_scope() as session:
        session.get_one(Referral, referral_id).changed_at -= timedelta(days=3)
    page = console.get("/console/referrals").text
    assert "Waits for an answer" in page and "for long" in page and referral_id in page
    mine = console.get("/console/referrals?mine=true").text
    assert referral_id not in mine and "No referral fits" in mine
    assert referral_id not in console.get("/console/referrals?need=housing").text
    assert (
        referral_id
        in console.get(
            f"/console/referrals?need=food&partner={read(referral_id).organization_id}"
        ).text
    )


def test_what_ended_long_ago_is_left_out(console: Console, referral_id: str) -> None:
    with database.session_scope() as session:
        referrals.move(
            session,
            referral_id,
            Status.CANCELLED,
            actor=BY_CLINICIAN,
            reason="Moved away",
            now=wall_now() - timedelta(days=40),
        )
    assert referral_id not in console.get("/console/referrals").text


def test_a_referral_is_read_with_its_history_and_the_reading_is_noted(
    console: Console, referral_id: str
) -> None:
    page = console.get(f"/console/referrals/{referral_id}").text
    assert "No &lt;b&gt;groceries" in page and "Waits for an answer" in page
    with database.read_scope() as session:
        assert session.query(AuditEntry).filter_by(action="referral.read").count() == 1
    assert console.get("/console/referrals/gone").status_code == 404


def test_whom_nobody_tells_somebody_calls_and_the_page_says_so_until_they_answer(
    console: Console,
) -> None:
    with database.session_scope() as session:
        untold = a_referral(session, contact=False, now=wall_now())
        session.get_one(Referral, untold).clinician_id = console.member_id
        service = session.get_one(Service, session.get_one(Referral, untold).service_id)
        number = publication.published_phones(service)[0].number
    for address in (f"/console/referrals/{untold}?done=referred", f"/console/referrals/{untold}"):
        page = console.get(address).text
        assert "nobody there was told: call them" in page and "It is your task." in page
        assert number in page and "The partner is told" not in page
    assert "Call the partner" in console.get("/console").text
    with database.session_scope() as session:
        referrals.move(
            session, untold, Status.ACCEPTED, actor=BY_CLINICIAN, reason=None, now=wall_now()
        )
    assert "call them" not in console.get(f"/console/referrals/{untold}").text


def test_a_partner_that_was_told_needs_no_call(console: Console, referral_id: str) -> None:
    page = console.get(f"/console/referrals/{referral_id}?done=referred").text
    assert "The partner is told without name and number" in page and "call them" not in page


def test_a_move_is_made_once(console: Console, referral_id: str) -> None:
    form = {
        "once": ONCE,
        "version": version(console, referral_id),
        "act": "status",
        "status": "accepted",
    }
    for _ in range(2):
        assert console.post(f"/console/referrals/{referral_id}", form).status_code == 303
    with database.read_scope() as session:
        statuses = [each.status for each in queries.history(session, referral_id)]
    assert statuses == ["requested", "accepted"]


def test_a_stale_form_is_told_and_keeps_its_words(console: Console, referral_id: str) -> None:
    old = version(console, referral_id)
    with database.session_scope() as session:
        referrals.move(
            session,
            referral_id,
            Status.ACCEPTED,
            actor=BY_CLINICIAN,
            reason=None,
            now=wall_now() + timedelta(seconds=1),
        )
    form = {"once": ONCE, "version": old, "act": "status", "status": "cancelled", "words": "Mine"}
    answer = console.post(f"/console/referrals/{referral_id}", form)
    assert answer.status_code == 409
    assert "changed since you opened it" in answer.text and ">Mine</textarea>" in answer.text
    assert read(referral_id).status == "accepted"


def test_to_take_back_needs_a_reason(console: Console, referral_id: str) -> None:
    form = {
        "once": ONCE,
        "version": version(console, referral_id),
        "act": "status",
        "status": "cancelled",
    }
    refused = console.post(f"/console/referrals/{referral_id}", form)
    assert refused.status_code == 422
    assert "Write why it becomes &#34;Taken back&#34;." in refused.text
    assert "becomes cancelled" not in refused.text
    form |= {"words": "They found help"}
    assert console.post(f"/console/referrals/{referral_id}", form).status_code == 303
    assert read(referral_id).status == "cancelled"


def test_what_came_of_it_is_written_down_with_why(console: Console, referral_id: str) -> None:
    form = {
        "once": ONCE,
        "version": version(console, referral_id),
        "act": "outcome",
        "outcome": "not_received",
        "why": "full",
        "words": "came twice",
    }
    assert console.post(f"/console/referrals/{referral_id}", form).status_code == 303
    assert (read(referral_id).outcome, read(referral_id).outcome_reason) == ("not_received", "full")
    page = console.get(f"/console/referrals/{referral_id}").text
    assert "Refer there instead" in page
    suggested = read(referral_id).suggestions[0]
    answer = console.post(
        f"/console/referrals/{referral_id}",
        {
            "once": ONCE[:-1] + "2",
            "version": version(console, referral_id),
            "act": "next",
            "service": suggested,
        },
    )
    with database.read_scope() as session:
        newest = session.query(Referral).filter_by(replaces_id=referral_id).all()
    if newest:  # the next best may take no referrals
        assert answer.headers["location"].startswith(f"/console/referrals/{newest[0].id}")
    else:
        assert answer.status_code == 422


def test_the_person_is_asked_again_and_the_partner_is_written_to(
    console: Console, referral_id: str
) -> None:
    form = {"once": ONCE, "version": version(console, referral_id), "act": "ask"}
    assert console.post(f"/console/referrals/{referral_id}", form).status_code == 303
    assert read(referral_id).asked_times == 1
    form = {
        "once": ONCE[:-1] + "2",
        "version": version(console, referral_id),
        "act": "remark",
        "words": "Please call after noon",
    }
    assert console.post(f"/console/referrals/{referral_id}", form).status_code == 303
    assert "Please call after noon" in console.get(f"/console/referrals/{referral_id}").text


def test_no_form_counts_without_its_token(console: Console, referral_id: str) -> None:
    form = {"csrf": "wrong", "once": ONCE, "act": "ask"}
    assert console.post(f"/console/referrals/{referral_id}", form).status_code == 403


def test_tasks_and_the_audit_log_lead_to_people_and_referrals(
    console: Console, referral_id: str
) -> None:
    person_id = read(referral_id).person_id
    console.get(f"/console/referrals/{referral_id}")
    audit = console.as_(Role.SUPERVISOR).get("/console/audit").text
    assert f'href="/console/people/{person_id}"' in audit
    assert f'href="/console/referrals/{referral_id}"' in audit
