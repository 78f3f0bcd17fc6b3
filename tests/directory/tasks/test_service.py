"""Tasks: opened once, claimed by one, done once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from directory import database
from directory.database import Database
from directory.errors import Conflict
from directory.settings import Settings
from directory.tasks import queries, service
from directory.tasks.models import Task, TaskKind, TaskStatus
from tests.factories import met
from tests.fakes import MORNING
from tests.plans import plan_of


def open_task(kind: TaskKind, person_id: str | None, note: str | None = None) -> str:
    with database.session_scope() as session:
        task = service.open_task(session, kind, person_id=person_id, now=MORNING, note=note)
        session.flush()
        return task.id


def read(task_id: str) -> Task:
    with database.read_scope() as session:
        return session.get_one(Task, task_id)


@pytest.mark.parametrize("kind", TaskKind)
def test_every_kind_has_a_time_by_which_a_person_looks(db: Database, kind: TaskKind) -> None:
    due_at = read(open_task(kind, met())).due_at
    assert MORNING < due_at <= MORNING + timedelta(hours=24)


def test_danger_is_due_within_a_quarter_of_an_hour(db: Database) -> None:
    for kind in (TaskKind.DANGER, TaskKind.OPTED_OUT_DANGER):
        assert read(open_task(kind, met())).due_at == MORNING + timedelta(minutes=15)


def test_a_task_that_waits_is_added_to_and_not_doubled(any_database: Database) -> None:
    person_id = met()
    first = open_task(TaskKind.CALL_BACK, person_id, "asked once")
    again = open_task(TaskKind.CALL_BACK, person_id, "asked twice")
    assert again == first
    assert read(first).note == "asked once\nasked twice"
    assert open_task(TaskKind.CALL_BACK, met("+16305550101")) != first


def test_what_comes_while_a_task_is_being_finished_is_a_new_one(
    postgres_settings: Settings,
) -> None:
    opened = database.use(Database(postgres_settings))
    person_id = met()
    first = open_task(TaskKind.CALL_BACK, person_id, "asked once")
    with ThreadPoolExecutor(1) as pool:
        with database.session_scope() as session:
            task = queries.by_id(session, first, for_update=True)
            assert task is not None
            service.finish(task, by="me", now=MORNING)
            session.flush()
            coming = pool.submit(open_task, TaskKind.CALL_BACK, person_id, "it got worse")
            wait_until_it_waits(opened)
        again = coming.result(timeout=30)
    assert again != first
    assert (read(first).note, read(again).note) == ("asked once", "it got worse")
    opened.close()


def wait_until_it_waits(opened: Database) -> None:
    """Until another connection to this database waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(500):
        with opened.engine.connect() as connection:
            if connection.scalar(waiting):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for a lock")


def test_every_danger_is_a_task_of_its_own(db: Database) -> None:
    person_id = met()
    assert open_task(TaskKind.DANGER, person_id) != open_task(TaskKind.DANGER, person_id)


def test_after_a_task_is_done_the_next_is_a_new_one(any_database: Database) -> None:
    person_id = met()
    first = open_task(TaskKind.CALL_BACK, person_id)
    with database.session_scope() as session:
        service.finish(session.get_one(Task, first), by="me", now=MORNING)
    assert open_task(TaskKind.CALL_BACK, person_id) != first


def test_a_task_is_claimed_by_one_and_finished_once(db: Database) -> None:
    task_id = open_task(TaskKind.CALL_BACK, met())
    with database.session_scope() as session:
        task = session.get_one(Task, task_id)
        service.claim(task, by="me", now=MORNING)
        with pytest.raises(Conflict) as caught:
            service.claim(task, by="you", now=MORNING)
        assert caught.value.code == "task_not_open"
        service.finish(task, by="me", now=MORNING)
        with pytest.raises(Conflict):
            service.finish(task, by="you", now=MORNING)
    done = read(task_id)
    assert (done.status, done.claimed_by, done.done_by) == (TaskStatus.DONE, "me", "me")


def test_pages_list_the_earliest_due_first_and_each_task_once(any_database: Database) -> None:
    person_id = met()
    calls = {open_task(TaskKind.CALL_BACK, met(f"+163055501{n:02}")) for n in range(1, 4)}
    danger = open_task(TaskKind.DANGER, person_id)
    seen: list[str] = []
    after = None
    while True:
        with database.read_scope() as session:
            rows = queries.page(session, after=after, limit=2)
        if not rows:
            break
        seen += [row.id for row in rows]
        after = queries.position(rows[-1])
    assert seen[0] == danger
    assert set(seen) == calls | {danger}
    assert len(seen) == 4


def test_open_tasks_are_counted_by_kind(db: Database) -> None:
    open_task(TaskKind.DANGER, met())
    open_task(TaskKind.DANGER, met())
    open_task(TaskKind.LISTING_REPORT, None)
    with database.read_scope() as session:
        assert queries.open_counts(session) == {"danger": 2, "listing_report": 1}


def test_danger_comes_first_however_late_the_rest_is(any_database: Database) -> None:
    late = open_task(TaskKind.CALL_BACK, met())
    with database.session_scope() as session:
        session.get_one(Task, late).due_at = MORNING - timedelta(days=3)
    danger = open_task(TaskKind.OPTED_OUT_DANGER, met())
    with database.read_scope() as session:
        first, second = queries.page(session)
        rest = queries.page(session, after=queries.position(first))
    assert [first.id, second.id] == [danger, late]
    assert [each.id for each in rest] == [late]


def test_mine_is_what_i_have_claimed_and_what_waits_for_me(db: Database) -> None:
    assigned, claimed, taken = (
        open_task(TaskKind.CALL_BACK, met(f"+163055501{n:02}")) for n in (1, 2, 3)
    )
    with database.session_scope() as session:
        for task_id in (assigned, taken):
            session.get_one(Task, task_id).assigned_to = "me"
        service.claim(session.get_one(Task, claimed), by="me", now=MORNING)
        service.claim(session.get_one(Task, taken), by="you", now=MORNING)
        found = queries.page(session, mine="me")
        assert {task.id for task in found} == {assigned, claimed}
        assert [task.id for task in queries.page(session, mine="you")] == [taken]


def test_a_claim_is_given_back_without_a_new_time(db: Database) -> None:
    task_id = open_task(TaskKind.DANGER, met())
    with database.session_scope() as session:
        task = session.get_one(Task, task_id)
        service.claim(task, by="me", now=MORNING)
        service.reopen(task, now=MORNING + timedelta(minutes=9), note="No answer")
    task = read(task_id)
    assert (task.status, task.claimed_by, task.claimed_at) == (TaskStatus.OPEN, None, None)
    assert task.due_at == MORNING + timedelta(minutes=15)
    assert (task.note, task.reopened_at) == ("No answer", MORNING + timedelta(minutes=9))


def test_what_was_done_is_opened_with_its_whole_time_and_what_was_noted(db: Database) -> None:
    task_id = open_task(TaskKind.DANGER, met(), "Call now")
    later = MORNING + timedelta(hours=5)
    with database.session_scope() as session:
        task = session.get_one(Task, task_id)
        service.finish(task, by="me", now=MORNING, note="Left a message")
        assert task.done_note == "Left a message"
        task.escalated_at = MORNING
        service.reopen(task, now=later, note="She called back")
        with pytest.raises(Conflict):
            service.reopen(task, now=later)
    task = read(task_id)
    assert task.due_at == later + timedelta(minutes=15)
    assert (task.done_at, task.done_note, task.escalated_at) == (None, None, None)
    assert task.note == "Call now\nLeft a message\nShe called back"


def test_what_a_colleague_had_claimed_waits_again_and_the_rest_stays(
    any_database: Database,
) -> None:
    claimed, assigned, done, others = (
        open_task(TaskKind.CALL_BACK, met(f"+163055501{n:02}")) for n in range(1, 5)
    )
    with database.session_scope() as session:
        session.get_one(Task, assigned).assigned_to = "me"
        for task_id, by in ((claimed, "me"), (done, "me"), (others, "you")):
            service.claim(session.get_one(Task, task_id), by=by, now=MORNING)
        service.finish(session.get_one(Task, done), by="me", now=MORNING)
    later = MORNING + timedelta(minutes=5)
    with database.session_scope() as session:
        given = service.give_back_all(session, "me", now=later)
        assert [task.id for task in given] == [claimed]
    task = read(claimed)
    assert (task.status, task.claimed_by, task.reopened_at) == (TaskStatus.OPEN, None, later)
    assert (read(done).status, read(others).claimed_by) == (TaskStatus.DONE, "you")
    assert read(assigned).assigned_to == "me"


def test_what_is_done_is_not_read_to_list_or_watch_what_waits(any_database: Database) -> None:
    def listed(session: Session) -> object:
        return queries.page(session, not_done=True)

    def overdue(session: Session) -> object:
        return queries.page(session, overdue_at=MORNING)

    for ask in (listed, overdue, queries.fingerprint, queries.open_dangers):
        assert "ix_tasks_status_due_at" in plan_of(any_database, ask)


def test_the_fingerprint_changes_with_whatever_the_list_shows(any_database: Database) -> None:
    person_id = met()
    seen = [fingerprint()]

    def then(work: Callable[[Session, Task], object]) -> None:
        with database.session_scope() as session:
            work(session, session.get_one(Task, task_id))
        seen.append(fingerprint())

    task_id = open_task(TaskKind.CALL_BACK, person_id, "asked once")
    seen.append(fingerprint())
    open_task(TaskKind.CALL_BACK, person_id, "asked twice")
    seen.append(fingerprint())
    then(lambda _, task: service.claim(task, by="me", now=MORNING))
    then(lambda session, _: service.hand_over(session, from_id="me", to_id="you", now=MORNING))
    then(lambda _, task: service.finish(task, by="you", now=MORNING))
    assert seen[-1] == seen[0], "nothing waits, as before"
    then(lambda _, task: service.reopen(task, now=MORNING + timedelta(minutes=1)))
    assert len(set(seen)) == len(seen) - 1
    assert fingerprint() == seen[-1]


def fingerprint() -> str:
    with database.read_scope() as session:
        return queries.fingerprint(session)
