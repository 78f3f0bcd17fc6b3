"""Where the wrong person may read along: asked first whether it is a good time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import database
from directory.checkins import service
from directory.checkins.models import CheckIn, CheckInStatus
from directory.database import Database
from directory.messages.models import OutboundMessage
from directory.people.models import Person
from directory.tasks.models import Task, TaskKind
from directory.visits.models import CallType
from tests.factories import CLINICIAN, QUIET, read_checkin, visited
from tests.fakes import MORNING

DAY = timedelta(days=1)


def words(_: Session, checkin: CheckIn, __: Person) -> service.Worded:
    if checkin.safety_asked and checkin.safety_confirmed_at is None:
        return service.Worded("good time?")
    return service.Worded(f"step {checkin.step}", 3)


def violence() -> list[CheckIn]:
    _, planned = visited(call_type=CallType.DOMESTIC_VIOLENCE, follow_up="standard")
    return planned


def sent(at: datetime) -> list[str]:
    """What is due goes out and is taken by the carrier."""
    with database.session_scope() as session:
        queued = service.send_due(session, wording=words, quiet=QUIET, now=at)
    for message in queued:
        with database.session_scope() as session:
            service.mark_sent(session, message.checkin_id or "", now=at)
    return [message.body for message in queued]


def refused(checkin: CheckIn, at: datetime, *, wrong_word: bool = False) -> None:
    with database.session_scope() as session:
        row = session.get_one(CheckIn, checkin.id)
        service.safety_refused(session, row, quiet=QUIET, now=at, wrong_word=wrong_word)


def safety_open(person_id: str, at: datetime) -> CheckIn | None:
    with database.read_scope() as session:
        return service.safety_open_for(session, person_id, now=at)


def open_tasks() -> list[Task]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task)))


def test_after_domestic_violence_nothing_goes_out_unless_asked_for(db: Database) -> None:
    visit, planned = visited(call_type=CallType.DOMESTIC_VIOLENCE)
    assert (visit.follow_up, planned) == ("none", [])


def test_asked_for_it_is_unsigned_and_asks_first(any_database: Database) -> None:
    _, planned = visited(call_type=CallType.DOMESTIC_VIOLENCE, follow_up="caring_contacts")
    assert len(planned) == 10
    assert all(each.safe_first and not each.named_sender for each in planned)


def test_the_check_in_goes_out_as_the_reply_to_a_yes(any_database: Database) -> None:
    (first, *_) = violence()
    at = MORNING + DAY
    assert sent(at) == ["good time?"]
    assert read_checkin(first.id).status == CheckInStatus.SENT
    with database.read_scope() as session:
        assert service.open_for(session, first.person_id, now=at) is None
    waiting = safety_open(first.person_id, at)
    assert waiting is not None
    with database.session_scope() as session:
        row = session.get_one(CheckIn, first.id)
        text = service.safety_confirmed(session, row, wording=words, now=at + timedelta(minutes=5))
    assert text == "step 1"
    confirmed = read_checkin(first.id)
    assert (confirmed.wording_version, confirmed.safety_confirmed_at) == (
        3,
        at + timedelta(minutes=5),
    )
    assert safety_open(first.person_id, at) is None
    with database.read_scope() as session:
        opened = service.open_for(session, first.person_id, now=at)
        assert opened is not None
        assert opened.id == first.id


def test_each_check_in_asks_anew(db: Database) -> None:
    (first, *_) = violence()
    assert sent(MORNING + DAY) == ["good time?"]
    with database.session_scope() as session:
        row = session.get_one(CheckIn, first.id)
        service.safety_confirmed(session, row, wording=words, now=MORNING + DAY)
    assert sent(MORNING + 3 * DAY) == ["good time?"]


def test_a_yes_of_the_next_day_is_no_answer_to_it(db: Database) -> None:
    (first, *_) = violence()
    sent(MORNING + DAY)
    late = MORNING + DAY + service.SAFETY_OPEN_FOR + timedelta(seconds=1)
    assert safety_open(first.person_id, late) is None
    with database.read_scope() as session:
        assert service.open_for(session, first.person_id, now=late) is None


def test_a_no_is_asked_once_more_a_day_later(any_database: Database) -> None:
    (first, *_) = violence()
    sent(MORNING + DAY)
    refused(first, MORNING + DAY + timedelta(hours=1))
    again = read_checkin(first.id)
    assert (again.status, again.due_at) == (
        CheckInStatus.PLANNED,
        MORNING + 2 * DAY + timedelta(hours=1),
    )
    assert sent(MORNING + 2 * DAY) == []
    assert sent(MORNING + 2 * DAY + timedelta(hours=1)) == ["good time?"]
    assert open_tasks() == []


def test_asked_again_never_in_quiet_hours(db: Database) -> None:
    (first, *_) = violence()
    sent(MORNING + DAY)
    evening = MORNING + DAY + timedelta(hours=11)  # 21:00: answers come at any hour
    refused(first, evening)
    assert not QUIET.covers(read_checkin(first.id).due_at)
    assert read_checkin(first.id).due_at > evening


def test_after_the_second_no_the_clinician_decides_by_phone(any_database: Database) -> None:
    (first, *others) = violence()
    sent(MORNING + DAY)
    refused(first, MORNING + DAY)
    sent(MORNING + 2 * DAY)
    refused(first, MORNING + 2 * DAY)
    assert read_checkin(first.id).status == CheckInStatus.ANSWERED
    assert {read_checkin(each.id).status for each in others} == {CheckInStatus.CANCELLED}
    (task,) = open_tasks()
    assert (task.kind, task.assigned_to) == (TaskKind.CALL_BACK, CLINICIAN)
    assert sent(MORNING + 20 * DAY) == []


def test_a_wrong_word_ends_it_at_once(any_database: Database) -> None:
    (first, *others) = violence()
    sent(MORNING + DAY)
    refused(first, MORNING + DAY, wrong_word=True)
    answered = read_checkin(first.id)
    assert (answered.status, answered.answer) == (CheckInStatus.ANSWERED, "wrong_word")
    assert {read_checkin(each.id).reason for each in others} == {"wrong_word"}
    (task,) = open_tasks()
    assert task.kind == TaskKind.CALL_BACK
    assert sent(MORNING + 20 * DAY) == []


def test_three_questions_without_an_answer_are_given_to_a_person(any_database: Database) -> None:
    violence()
    for days in (1, 3, 14):
        assert sent(MORNING + days * DAY) == ["good time?"]
    with database.session_scope() as session:
        now = MORNING + 14 * DAY + service.TIME_TO_ANSWER
        assert service.give_up_on_silent(session, now=now) == 1
    assert [task.kind for task in open_tasks()] == [TaskKind.UNANSWERED_CHECKINS]


@pytest.mark.parametrize("follow_up", ["standard", "caring_contacts"])
def test_who_agreed_on_a_word_is_asked_for_it_whichever_plan(db: Database, follow_up: str) -> None:
    _, planned = visited(follow_up=follow_up)
    with database.session_scope() as session:
        session.get_one(Person, planned[0].person_id).code_word = "bluebird"
    assert sent(MORNING + DAY) == ["good time?"]
    assert read_checkin(planned[0].id).safe_first


def test_after_domestic_violence_what_a_later_visit_has_planned_asks_too(db: Database) -> None:
    violence()
    _, planned = visited(MORNING + DAY, occurred_at=MORNING + DAY)
    assert not planned[0].safe_first
    assert sent(MORNING + 2 * DAY) == ["good time?"]


def test_each_question_is_a_text_of_its_own(db: Database) -> None:
    (first, *_) = violence()
    sent(MORNING + DAY)
    refused(first, MORNING + DAY)
    sent(MORNING + 2 * DAY)
    with database.read_scope() as session:
        texts = session.scalars(
            select(OutboundMessage.sequence).where(OutboundMessage.checkin_id == first.id)
        ).all()
    assert sorted(texts) == [1, 2]
