"""Danger is paged at once, then to the next, until somebody takes it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.notices.models import Notice, NoticeKind
from directory.on_call import paging, queries, service
from directory.on_call.models import AlarmKind
from directory.on_call.paging import turn
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind
from tests.directory.on_call.builders import DAY, a_colleague, danger, look, on_call, texts_stop
from tests.fakes import MORNING

FIVE = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


def pages(channel: str = "sms") -> list[str]:
    """Who was paged by this channel, in order."""
    with database.read_scope() as session:
        statement = (
            select(Notice.staff_id)
            .where(Notice.kind == NoticeKind.ON_CALL, Notice.channel == channel)
            .order_by(Notice.created_at, Notice.id)
        )
        return [each for each in session.scalars(statement) if each is not None]


def nobody_on_call() -> bool:
    with database.read_scope() as session:
        return queries.standing_alarm(session, AlarmKind.NOBODY_ON_CALL) is not None


def change(task_id: str, to: str, *, after: timedelta) -> None:
    with database.session_scope() as session:
        task = session.get_one(Task, task_id)
        if to == "claimed":
            tasks.claim(task, by="me", now=MORNING + after)
        elif to == "done":
            tasks.finish(task, by="me", now=MORNING + after)
        else:
            tasks.reopen(task, now=MORNING + after)


@pytest.fixture(name="two")
def _two(any_database: Database) -> list[str]:
    both = [a_colleague(61), a_colleague(62)]
    for position, member in enumerate(both, start=1):
        on_call(member, position)
    return both


def test_the_first_is_paged_at_once_and_the_next_after_five_minutes(two: list[str]) -> None:
    danger()
    look()
    assert pages() == two[:1]
    look(FIVE - SECOND)
    assert pages() == two[:1]
    look(FIVE)
    look(FIVE + SECOND)
    assert pages() == two
    look(2 * FIVE)
    assert pages() == [*two, two[0]], "then from the first again"


def test_whose_phone_goes_silent_after_a_page_is_followed_by_the_next(two: list[str]) -> None:
    third = a_colleague(63)
    on_call(third, 3)
    danger()
    look()
    look(FIVE)
    texts_stop(62)
    look(2 * FIVE)
    assert pages() == [*two, third]
    look(3 * FIVE)
    assert pages()[3:] == two[:1]


def test_where_texts_to_all_on_call_are_stopped_the_supervisors_are_told(
    any_database: Database,
) -> None:
    on_call(a_colleague(61))
    supervisor = a_colleague(70, role=Role.SUPERVISOR)
    texts_stop(61)
    danger()
    look()
    assert pages() == [supervisor]
    assert nobody_on_call()


def test_a_page_goes_by_e_mail_as_well_and_says_nothing(two: list[str]) -> None:
    task_id = danger()
    look()
    assert pages("email") == two[:1]
    with database.read_scope() as session:
        notices = session.scalars(select(Notice)).all()
    assert {notice.task_id for notice in notices} == {task_id}
    assert all(notice.facts == {"nobody_on_call": False} for notice in notices)
    assert all(notice.expires_at == MORNING + timedelta(hours=1) for notice in notices)


@pytest.mark.parametrize("to", ["claimed", "done"])
def test_who_takes_it_ends_the_paging(two: list[str], to: str) -> None:
    task_id = danger()
    look()
    change(task_id, to, after=SECOND)
    look(FIVE)
    assert pages() == two[:1]


def test_a_claim_that_is_given_back_begins_from_the_first(two: list[str]) -> None:
    task_id = danger()
    look()
    look(FIVE)
    change(task_id, "claimed", after=2 * FIVE)
    change(task_id, "open", after=3 * FIVE)
    look(3 * FIVE)
    assert pages() == [*two, two[0]]


def test_acknowledging_ends_the_paging(two: list[str]) -> None:
    danger(TaskKind.OPTED_OUT_DANGER)
    look()
    with database.session_scope() as session:
        assert service.acknowledge(session, two[0], now=MORNING)
    look(FIVE)
    assert pages() == two[:1]


def test_other_tasks_page_nobody(two: list[str]) -> None:
    for kind in set(TaskKind) - {TaskKind.DANGER, TaskKind.OPTED_OUT_DANGER}:
        danger(kind)
    assert look() == 0
    assert pages() == []


def test_each_danger_is_paged_by_itself(two: list[str]) -> None:
    danger()
    danger()
    look()
    assert pages() == [two[0], two[0]]


def test_when_nobody_is_on_call_the_supervisors_are_told_once(any_database: Database) -> None:
    supervisor, silent = (
        a_colleague(71, role=Role.SUPERVISOR),
        a_colleague(72, role=Role.SUPERVISOR, phone=False),
    )
    danger()
    for after in (timedelta(0), SECOND, FIVE, timedelta(hours=3)):
        look(after)
    assert pages() == [supervisor]
    assert sorted(pages("email")) == sorted([supervisor, silent])
    assert nobody_on_call()
    with database.session_scope() as session:
        assert service.acknowledge(session, supervisor, now=MORNING)


def test_what_waits_already_told_keeps_no_later_danger_from_the_supervisors(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "AT_ONCE", 3)
    a_colleague(71, role=Role.SUPERVISOR, phone=False)
    early = [danger() for _ in range(7)]
    for after in range(4):
        look(after * SECOND)
    assert len(pages("email")) == len(early)
    danger(now=MORNING + FIVE)
    assert look(FIVE) == 1
    assert look(FIVE + SECOND) == 0
    assert len(pages("email")) == len(early) + 1


def test_who_comes_on_call_later_is_paged_at_once_and_the_alarm_ends(db: Database) -> None:
    a_colleague(71, role=Role.SUPERVISOR, phone=False)
    danger()
    look()
    late = a_colleague(61)
    on_call(late, starts_at=MORNING + SECOND)
    look(SECOND)
    assert pages() == [late]
    assert not nobody_on_call()


def test_when_the_last_shift_ends_the_supervisors_are_told(db: Database) -> None:
    supervisor = a_colleague(71, role=Role.SUPERVISOR)
    on_call(a_colleague(61), ends_at=MORNING + FIVE)
    danger()
    look()
    look(FIVE)
    assert pages()[1:] == [supervisor]


def test_without_anybody_at_all_there_is_still_the_alarm(db: Database) -> None:
    danger()
    look()
    look(DAY)
    assert (pages(), pages("email")) == ([], [])
    assert nobody_on_call()


ROSTERS = st.lists(st.text("abcdef", min_size=1, max_size=2), min_size=1, max_size=5, unique=True)


@given(roster=ROSTERS)
def test_every_round_pages_everybody_once_in_order(roster: list[str]) -> None:
    last, round_, paged = None, 0, []
    for _ in range(2 * len(roster)):
        last, round_ = turn(roster, last, round_)
        paged.append((last, round_))
    assert paged == [(each, 1) for each in roster] + [(each, 2) for each in roster]


@given(roster=ROSTERS, round_=st.integers(1, 9))
def test_who_has_left_the_roster_is_followed_by_the_first(roster: list[str], round_: int) -> None:
    assert turn(roster, "gone away", round_) == (roster[0], round_ + 1)
