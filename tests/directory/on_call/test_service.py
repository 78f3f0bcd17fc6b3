"""The roster: who may be put on it, and who is on call at a moment."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from directory import database
from directory.database import Database
from directory.errors import Conflict, Invalid, NotFound
from directory.on_call import queries, service
from directory.people import queries as people
from directory.people import service as people_service
from directory.staff import service as staff
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskStatus
from tests.directory.on_call.builders import (
    DAY,
    a_colleague,
    danger,
    look,
    on_call,
    texts_stop,
)
from tests.fakes import MORNING

HOUR = timedelta(hours=1)


def roster(at: datetime = MORNING) -> list[str]:
    with database.read_scope() as session:
        return [member.id for member in queries.on_call(session, now=at)]


def test_they_are_paged_in_the_order_of_their_positions(any_database: Database) -> None:
    second, first = a_colleague(61), a_colleague(62)
    on_call(second, 2)
    on_call(first, 1)
    assert roster() == [first, second]


def test_a_shift_begins_at_its_start_and_is_over_at_its_end(db: Database) -> None:
    night, day = a_colleague(61), a_colleague(62)
    on_call(night, ends_at=MORNING + HOUR)
    on_call(day, starts_at=MORNING + HOUR)
    assert roster(MORNING - timedelta(seconds=1)) == []
    assert roster(MORNING) == [night]
    assert roster(MORNING + HOUR) == [day]


def test_who_has_lost_the_phone_or_the_account_is_passed_over(db: Database) -> None:
    lost, gone, there = a_colleague(61), a_colleague(62), a_colleague(63)
    for position, member in enumerate([lost, gone, there], start=1):
        on_call(member, position)
    with database.session_scope() as session:
        staff.revoke_phone(session, "clinician61@city.example")
        staff.remove(session, "clinician62@city.example", now=MORNING)
    assert roster() == [there]


@pytest.mark.parametrize("because", [None, "unknown_number"])
def test_whose_phone_gets_no_text_is_passed_over_until_it_does(
    any_database: Database, because: str | None
) -> None:
    silent, there = a_colleague(61), a_colleague(62)
    for position, member in enumerate([silent, there], start=1):
        on_call(member, position)
    texts_stop(61, because=because)
    assert roster() == [there]
    with database.session_scope() as session:
        assert set(queries.getting_no_text(session)) == {silent}
        person = people.by_phone(session, "+16305550161")
        assert person is not None
        people_service.opt_in(session, person, now=MORNING)
    assert roster() == [silent, there]


@pytest.mark.parametrize(
    ("because", "code"), [(None, "phone_stopped"), ("unknown_number", "phone_unreachable")]
)
def test_whose_phone_gets_no_text_is_not_put_on_the_roster(
    db: Database, because: str | None, code: str
) -> None:
    member = a_colleague()
    texts_stop(because=because)
    with pytest.raises(Invalid) as refused:
        on_call(member)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends_at": MORNING}, "shift_over"),
        ({"starts_at": MORNING + 2 * DAY}, "shift_length"),
        ({"starts_at": MORNING + DAY}, "shift_length"),
        ({"ends_at": MORNING + 32 * DAY}, "shift_length"),
        ({"ends_at": MORNING + 400 * DAY}, "shift_implausible"),
        ({"starts_at": datetime.min.replace(tzinfo=timezone(14 * HOUR))}, "shift_implausible"),
        ({"ends_at": datetime.max.replace(tzinfo=UTC)}, "shift_implausible"),
    ],
)
def test_times_that_make_no_sense_are_refused(
    db: Database, change: dict[str, datetime], code: str
) -> None:
    times = {"starts_at": MORNING, "ends_at": MORNING + DAY} | change
    with pytest.raises(Invalid) as refused:
        on_call(a_colleague(), **times)
    assert refused.value.code == code


def test_without_a_phone_nobody_can_be_on_call(db: Database) -> None:
    with pytest.raises(Invalid) as refused:
        on_call(a_colleague(phone=False))
    assert refused.value.code == "phone_missing"
    with pytest.raises(NotFound):
        on_call("nobody")


def test_one_colleague_and_one_position_at_a_time(db: Database) -> None:
    one, two = a_colleague(61), a_colleague(62)
    on_call(one)
    for member, position, code in ((one, 2, "shift_overlaps"), (two, 1, "position_taken")):
        with pytest.raises(Conflict) as refused:
            on_call(member, position, starts_at=MORNING + HOUR, ends_at=MORNING + 2 * DAY)
        assert refused.value.code == code
    on_call(one, starts_at=MORNING + DAY, ends_at=MORNING + 2 * DAY)
    on_call(two, 2)


def off_call(shift_id: str) -> None:
    with database.session_scope() as session:
        service.remove_shift(session, shift_id)


def test_a_shift_is_taken_off_the_roster_once(db: Database) -> None:
    shift_id = on_call(a_colleague())
    off_call(shift_id)
    assert roster() == []
    with database.session_scope() as session, pytest.raises(NotFound):
        service.remove_shift(session, shift_id)


def acknowledge(staff_id: str) -> bool:
    with database.session_scope() as session:
        return service.acknowledge(session, staff_id, now=MORNING + HOUR)


def read(task_id: str) -> Task:
    with database.read_scope() as session:
        return session.get_one(Task, task_id)


def test_acknowledging_claims_every_danger_that_one_was_paged_for(any_database: Database) -> None:
    member, other = a_colleague(61), a_colleague(62)
    on_call(member)
    first, second = danger(), danger(phone="+16305550101")
    look()
    later = danger(phone="+16305550102")
    assert not acknowledge(other)
    assert acknowledge(member)
    for task_id in (first, second):
        assert (read(task_id).status, read(task_id).claimed_by) == (TaskStatus.CLAIMED, member)
    assert read(later).status == TaskStatus.OPEN
    assert not acknowledge(member)


def test_the_second_to_acknowledge_has_nothing_left(db: Database) -> None:
    first, second = a_colleague(61), a_colleague(62)
    on_call(first, 1)
    on_call(second, 2)
    task_id = danger()
    look()
    look(timedelta(minutes=5))
    assert acknowledge(second)
    assert not acknowledge(first)
    assert read(task_id).claimed_by == second


def give_back(task_id: str, at: timedelta) -> None:
    with database.session_scope() as session:
        tasks.reopen(session.get_one(Task, task_id), now=MORNING + at)


def waits_for_a_word_of(staff_id: str) -> datetime | None:
    with database.read_scope() as session:
        return queries.last_page_at(session, staff_id)


def test_what_was_given_back_is_not_claimed_by_an_answer_to_another_page(
    any_database: Database,
) -> None:
    member, other = a_colleague(61), a_colleague(62)
    shift = on_call(member)
    given_back = danger()
    look()
    acknowledge(member)
    give_back(given_back, 2 * HOUR)
    off_call(shift)
    shift = on_call(other)
    look(2 * HOUR)
    assert not acknowledge(member), "it is the other's to answer"
    off_call(shift)
    on_call(member)
    new = danger(phone="+16305550101", now=MORNING + 2 * HOUR)
    look(2 * HOUR)
    assert acknowledge(member)
    assert (read(new).claimed_by, read(given_back).status) == (member, TaskStatus.OPEN)
    assert acknowledge(other)
    assert read(given_back).claimed_by == other


def test_who_is_paged_again_for_what_they_gave_back_may_take_it(any_database: Database) -> None:
    member = a_colleague()
    on_call(member)
    task_id = danger()
    look()
    acknowledge(member)
    give_back(task_id, 2 * HOUR)
    assert waits_for_a_word_of(member) is None
    look(2 * HOUR)
    assert waits_for_a_word_of(member) == MORNING + 2 * HOUR
    assert acknowledge(member)


def test_a_page_from_before_it_was_given_back_waits_for_no_word(any_database: Database) -> None:
    silent, other = a_colleague(61), a_colleague(62)
    on_call(silent, 1)
    on_call(other, 2)
    task_id = danger()
    look()
    look(timedelta(minutes=5))
    assert waits_for_a_word_of(silent) == MORNING
    assert acknowledge(other)
    give_back(task_id, 2 * HOUR)
    assert waits_for_a_word_of(silent) is None
    assert not acknowledge(silent)
