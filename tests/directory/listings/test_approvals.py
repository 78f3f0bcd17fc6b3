"""What waits for staff: a hotline's numbers, the confidential flag, closing. Nothing else."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.errors import Conflict, Forbidden, NotFound
from directory.listings import approvals
from directory.listings.change_models import ChangeStatus, ListingChange
from directory.listings.ids import service_id
from directory.listings.models import Service
from directory.notices.models import NoticeKind
from directory.partners.models import Channel
from directory.referrals import actors
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks.models import Task, TaskKind, TaskStatus
from tests.directory.listings.editing import (
    PANTRY,
    SHELTER,
    STAFF,
    a_listener,
    change,
    history,
    read,
    told,
)
from tests.directory.listings.files import NOW, load
from tests.threads import all_at_once

LATER = NOW + timedelta(hours=1)
NEW_LINE = [{"number": "630-555-0177", "type": "hotline"}]


@pytest.fixture(autouse=True)
def _small(request: pytest.FixtureRequest) -> Iterator[None]:
    both = "any_database" in request.fixturenames
    request.getfixturevalue("any_database" if both else "db")
    load()
    yield


def approve(change_id: str) -> ListingChange:
    with database.session_scope() as session:
        return approvals.approve(session, change_id, by=STAFF, now=LATER)


def decline(change_id: str, reason: str | None = None) -> ListingChange:
    with database.session_scope() as session:
        return approvals.decline(session, change_id, by=STAFF, now=LATER, reason=reason)


def proposed(body: dict[str, Any], slug: str = PANTRY) -> str:
    """The id of what this makes wait."""
    [waiting] = change(body, slug=slug).pending
    return waiting.id


def tasks() -> list[Task]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task).order_by(Task.created_at)))


def statuses(field: str, slug: str = PANTRY) -> list[str]:
    return sorted(each.status for each in history(slug, field=field))


@pytest.mark.parametrize(
    ("slug", "body", "field"),
    [
        (SHELTER, {"phones": NEW_LINE}, "phones"),
        (SHELTER, {"phones": []}, "phones"),
        (PANTRY, {"phones": NEW_LINE}, "phones"),
        (PANTRY, {"phones": [{"number": "988"}]}, "phones"),
        (PANTRY, {"confidential": True}, "confidential"),
        (SHELTER, {"confidential": False}, "confidential"),
        (PANTRY, {"status": "inactive"}, "status"),
        (PANTRY, {"status": "defunct"}, "status"),
    ],
)
def test_these_wait_and_the_listing_stays_as_it_is(
    slug: str, body: dict[str, Any], field: str
) -> None:
    before = read(slug)
    done = change(body | {"alert": "New"}, slug=slug)
    assert done.applied == ("alert",), "what was sent beside it does not wait"
    assert [each.field for each in done.pending] == [field]
    after = read(slug)
    assert (after.status, after.confidential) == (before.status, before.confidential)
    assert [each.number for each in after.phones] == [each.number for each in before.phones]
    assert after.alert == "New"


@pytest.mark.parametrize(
    "body",
    [
        {"phones": [{"number": "630-555-0177"}]},
        {"status": "temporarily closed"},
        {"service_at_locations": []},
    ],
)
def test_these_do_not_wait(body: dict[str, Any]) -> None:
    assert change(body).pending == ()
    assert tasks() == []


def test_what_waits_is_a_task_until_it_is_decided() -> None:
    done = change({"status": "inactive", "confidential": True})
    [task] = tasks()
    assert (task.kind, task.service_id) == (TaskKind.LISTING_REPORT, service_id(PANTRY))
    assert task.due_at == NOW + approvals.DECIDE_WITHIN
    first, second = done.pending
    decline(first.id)
    assert tasks()[0].status == TaskStatus.OPEN
    decline(second.id)
    [task] = tasks()
    assert (task.status, task.done_by) == (TaskStatus.DONE, "member-1")


def test_approved_it_counts_at_once(any_database: Database) -> None:
    a_listener()
    change_id = proposed({"phones": NEW_LINE}, SHELTER)
    approved = approve(change_id)
    assert (approved.status, approved.decided_by) == (ChangeStatus.APPROVED, STAFF)
    service = read(SHELTER)
    assert [each.number for each in service.phones] == ["630-555-0177"]
    assert (service.phones[0].attested, service.phones[0].as_of) == (True, date(2026, 11, 23))
    assert service.version == 2
    assert statuses("phones", SHELTER) == ["approved"], "one line, not two"


def test_its_people_hear_of_the_decision_and_its_systems_of_the_change() -> None:
    a_listener()
    a_listener(Channel.EMAIL)
    approve(proposed({"status": "inactive"}))
    decline(proposed({"confidential": True}))
    decided = {(each["field"], each["approved"]) for each in told(NoticeKind.LISTING_DECIDED)}
    assert decided == {("status", True), ("confidential", False)}
    assert len(told(NoticeKind.LISTING_DECIDED)) == 4
    [changed] = told(NoticeKind.LISTING_CHANGED)
    assert changed["fields"] == ["status"]


def test_declined_it_leaves_everything_and_says_why() -> None:
    declined = decline(proposed({"status": "inactive"}), "We have heard otherwise.")
    assert (declined.status, declined.reason) == (ChangeStatus.DECLINED, "We have heard otherwise.")
    assert (read().status, read().version) == ("active", 1)


def test_a_place_that_becomes_confidential_loses_its_address(any_database: Database) -> None:
    approve(proposed({"confidential": True}))
    service = read()
    assert service.confidential and service.service_at_locations == []
    [lost] = history(field="service_at_locations")
    assert lost.before and lost.after == []
    other = read("oak-pantry--rent")
    assert other.service_at_locations[0].location.addresses, "the other service keeps it"


def test_a_text_that_tells_the_place_holds_the_flag_back() -> None:
    change({"description": "Come to 12 Oak St., in the back."})
    change_id = proposed({"confidential": True})
    with pytest.raises(Conflict) as error:
        approve(change_id)
    assert error.value.code == "place_told"
    assert error.value.context["fields"] == ["description"]
    assert not read().confidential and read().service_at_locations


def test_a_newer_change_takes_the_older_ones_place() -> None:
    older = proposed({"status": "inactive"})
    newer = proposed({"status": "defunct"})
    assert statuses("status") == ["pending", "withdrawn"]
    with pytest.raises(Conflict) as error:
        approve(older)
    assert error.value.code == "change_decided"
    approve(newer)
    assert read().status == "defunct"
    assert [task.status for task in tasks()] == [TaskStatus.DONE, TaskStatus.DONE]


def test_the_same_again_waits_once() -> None:
    assert proposed({"status": "inactive"}) == proposed({"status": "inactive"})
    assert len(tasks()) == 1


@pytest.mark.parametrize("word", ["active", "temporarily closed"])
def test_who_says_otherwise_has_taken_it_back(word: str) -> None:
    change_id = proposed({"status": "inactive"})
    change({"status": word})
    assert read().status == word
    with pytest.raises(Conflict):
        approve(change_id)


def test_a_field_that_has_changed_since_is_not_written_over() -> None:
    change_id = proposed({"phones": NEW_LINE}, SHELTER)
    with database.session_scope() as session:
        session.get_one(Service, service_id(SHELTER)).phones[0].number = "630-555-0121"
    with pytest.raises(Conflict) as error:
        approve(change_id)
    assert error.value.code == "listing_changed_since"
    current = error.value.context["current"]
    assert "630-555-0121" in [each["number"] for each in current]
    decline(change_id)


def test_of_two_who_decide_at_once_one_has_decided(any_database: Database) -> None:
    change_id = proposed({"status": "inactive"})

    def decide(verdict: Any) -> str:
        try:
            return str(verdict(change_id).status)
        except Conflict as error:
            return error.code

    outcomes = all_at_once([partial(decide, approve), partial(decide, decline)] * 3)
    assert outcomes.count("change_decided") == 5
    assert read().status == ("inactive" if "approved" in outcomes else "active")


def test_what_nobody_has_sent_cannot_be_decided() -> None:
    for verdict in (approve, decline):
        with pytest.raises(NotFound):
            verdict("nothing")


# --- four eyes ----------------------------------------------------------------------------------


def colleague(number: int, role: Role) -> str:
    """How a change log names a new member of staff of this role."""
    with database.session_scope() as session:
        email = f"colleague-{number}@naperville.example"
        member = staff.add(session, email, role, password=None, phone=None, now=NOW)
        return actors.staff(member.id).by


def decided_by(by: str, change_id: str) -> str:
    with database.session_scope() as session:
        return approvals.approve(session, change_id, by=by, now=LATER).status


def test_who_made_a_change_does_not_approve_it_and_a_colleague_does() -> None:
    one, other = colleague(1, Role.SUPERVISOR), colleague(2, Role.ADMIN)
    [waiting] = change({"phones": NEW_LINE}, slug=SHELTER, by=one).pending
    with pytest.raises(Forbidden, match="You made this change yourself") as refused:
        decided_by(one, waiting.id)
    assert refused.value.code == "own_change"
    assert statuses("phones", SHELTER) == ["pending"]
    assert decided_by(other, waiting.id) == ChangeStatus.APPROVED


def test_where_nobody_else_could_decide_one_decides_alone() -> None:
    """A clinician may not, so that one does not count; the log names who it was, both times."""
    alone = colleague(1, Role.SUPERVISOR)
    colleague(2, Role.CLINICIAN)
    [waiting] = change({"phones": NEW_LINE}, slug=SHELTER, by=alone).pending
    assert decided_by(alone, waiting.id) == ChangeStatus.APPROVED


def test_one_takes_back_one_s_own_change_without_asking() -> None:
    one = colleague(1, Role.SUPERVISOR)
    colleague(2, Role.SUPERVISOR)
    [waiting] = change({"phones": NEW_LINE}, slug=SHELTER, by=one).pending
    with database.session_scope() as session:
        declined = approvals.decline(session, waiting.id, by=one, now=LATER)
    assert declined.status == ChangeStatus.DECLINED
