"""A caseload is handed over whole."""

from datetime import timedelta

import pytest

from directory import database
from directory.database import Database
from directory.errors import Invalid, NotFound
from directory.people import caseload, queries
from directory.people.caseload import Moved
from directory.people.models import Person
from directory.referrals.models import Referral
from directory.staff import service as staff
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind, TaskStatus
from tests.directory.on_call.builders import a_colleague
from tests.directory.referrals.builders import a_referral, agreed
from tests.fakes import MORNING

LATER = MORNING + timedelta(days=1)


def hand_over(from_id: str, to_id: str) -> Moved:
    with database.session_scope() as session:
        return caseload.hand_over(session, from_id=from_id, to_id=to_id, by="chief", now=LATER)


@pytest.mark.usefixtures("partners")
def test_people_tasks_and_referrals_move_and_a_claim_waits_for_the_new_colleague() -> None:
    old, new = a_colleague(61), a_colleague(62)
    with database.session_scope() as session:
        person_id = agreed(session)
        session.get_one(Person, person_id).clinician_id = old
        referral_id = a_referral(session, person_id=person_id)
        session.get_one(Referral, referral_id).clinician_id = old
        claimed = tasks.open_task(session, TaskKind.CALL_BACK, person_id=person_id, now=MORNING)
        done = tasks.open_task(session, TaskKind.SEND_FAILED, person_id=person_id, now=MORNING)
        session.flush()
        tasks.claim(claimed, by=old, now=MORNING)
        tasks.finish(done, by=old, now=MORNING)
    assert hand_over(old, new) == Moved(people=1, tasks=1, referrals=1)
    with database.read_scope() as session:
        assert session.get_one(Person, person_id).clinician_id == new
        assert session.get_one(Referral, referral_id).clinician_id == new
        moved, kept = session.get_one(Task, claimed.id), session.get_one(Task, done.id)
        assert (moved.status, moved.assigned_to) == (TaskStatus.OPEN, new)
        assert (kept.status, kept.assigned_to) == (TaskStatus.DONE, old)
        [entry] = queries.audit_of(session, person_id)
    assert (entry.actor, entry.action, entry.subject_id) == ("chief", "person.handover", new)
    assert hand_over(old, new) == Moved(0, 0, 0)


def test_who_has_left_can_be_handed_over_from_and_not_to(any_database: Database) -> None:
    gone, there = a_colleague(61), a_colleague(62)
    with database.session_scope() as session:
        staff.remove(session, "clinician61@city.example", now=MORNING)
    assert hand_over(gone, there) == Moved(0, 0, 0)
    for from_id, to_id in ((there, gone), (there, "nobody"), ("nobody", there)):
        with pytest.raises(NotFound):
            hand_over(from_id, to_id)
    with pytest.raises(Invalid):
        hand_over(there, there)
