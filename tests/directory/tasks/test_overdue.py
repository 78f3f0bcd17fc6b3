"""What nobody does in time is told to the supervisors, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.notices.models import Notice, NoticeKind
from directory.staff.models import Role
from directory.tasks import overdue, queries, service
from directory.tasks.models import Task, TaskKind, TaskStatus
from tests.directory.on_call.builders import a_colleague, danger
from tests.fakes import MORNING
from tests.plans import plan_of

QUARTER = timedelta(minutes=15)
DAY = timedelta(hours=24)


@pytest.fixture(name="supervisor")
def _supervisor(any_database: Database) -> str:
    a_colleague(61)
    return a_colleague(71, role=Role.SUPERVISOR)


def escalate(after: timedelta) -> int:
    with database.session_scope() as session:
        return overdue.escalate(session, now=MORNING + after, wall=MORNING + after)


def told() -> list[Notice]:
    with database.read_scope() as session:
        statement = select(Notice).where(Notice.kind == NoticeKind.TASK_OVERDUE)
        return list(session.scalars(statement.order_by(Notice.channel)))


def test_danger_is_told_after_a_quarter_of_an_hour_by_text_too(supervisor: str) -> None:
    task_id = danger()
    assert escalate(QUARTER - timedelta(seconds=1)) == 0
    assert escalate(QUARTER) == 1
    assert escalate(QUARTER + DAY) == 0
    assert [(each.channel, each.staff_id, each.task_id) for each in told()] == [
        ("email", supervisor, task_id),
        ("sms", supervisor, task_id),
    ]
    assert all(each.facts == {"count": 1, "danger": True} for each in told())


def test_the_rest_is_one_e_mail(supervisor: str) -> None:
    danger(TaskKind.CALL_BACK)
    danger(TaskKind.SEND_FAILED)
    assert escalate(DAY) == 2
    [letter] = told()
    assert (letter.channel, letter.task_id) == ("email", None)
    assert letter.facts == {"count": 2, "danger": False}


def test_a_claim_does_not_stop_the_clock_and_being_done_does(supervisor: str) -> None:
    claimed, done = danger(), danger()
    with database.session_scope() as session:
        service.claim(session.get_one(Task, claimed), by="me", now=MORNING)
        service.finish(session.get_one(Task, done), by="me", now=MORNING)
    assert escalate(QUARTER) == 1
    assert {each.task_id for each in told()} == {claimed}


def test_what_is_opened_again_may_be_late_again(supervisor: str) -> None:
    task_id = danger()
    escalate(QUARTER)
    with database.session_scope() as session:
        task = session.get_one(Task, task_id)
        service.finish(task, by="me", now=MORNING + QUARTER)
        service.reopen(task, now=MORNING + DAY)
    assert escalate(DAY + QUARTER) == 1
    assert len(told()) == 4


def test_without_supervisors_the_admins_are_told(db: Database) -> None:
    admin = a_colleague(81, role=Role.ADMIN)
    danger()
    escalate(QUARTER)
    assert {each.staff_id for each in told()} == {admin}


def test_what_is_past_its_time_and_not_done_is_counted_and_the_rest_not_read(
    any_database: Database,
) -> None:
    with database.session_scope() as session:
        for status in TaskStatus:
            for age in (DAY * 30, timedelta(0)):
                task = service.open_task(
                    session, TaskKind.CALL_BACK, person_id=None, now=MORNING - age
                )
                task.status = status
    with database.read_scope() as session:
        assert queries.overdue_count(session, now=MORNING) == 2  # one open, one claimed
    plan = plan_of(any_database, lambda session: queries.overdue_count(session, now=MORNING))
    assert "ix_tasks_status_due_at" in plan
