"""Check-ins: handed over when due, answered, cancelled, given up."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import database
from directory.checkins import plans, queries, service
from directory.checkins.models import CheckIn, CheckInStatus
from directory.checkins.plan import Step
from directory.database import Database
from directory.follow_up import end_texting
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.on_call import pause
from directory.people import service as people
from directory.people.models import Person
from directory.tasks.models import Task, TaskKind
from directory.visits.models import CallType
from tests.factories import QUIET, consent, read_checkin, visited
from tests.fakes import MORNING
from tests.threads import all_at_once

DAY = timedelta(days=1)


def words(_: Session, checkin: CheckIn, __: Person) -> service.Worded:
    asked_first = checkin.safety_asked and checkin.safety_confirmed_at is None
    return service.Worded("good time?" if asked_first else f"step {checkin.step}", 7)


def send_due(at: timedelta, **given: int) -> list[OutboundMessage]:
    with database.session_scope() as session:
        return service.send_due(session, wording=words, quiet=QUIET, now=MORNING + at, **given)


def sent(at: timedelta) -> None:
    """What is due goes out and is taken by the carrier."""
    for message in send_due(at):
        with database.session_scope() as session:
            service.mark_sent(session, message.checkin_id or "", now=MORNING + at)


def change(person_id: str, what: str) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        if what == "opted_out":
            people.opt_out(session, person, now=MORNING)
        elif what == "not_safe_to_text":
            person.safe_to_text = None
        elif what == "consent_missing":
            consent(session, person, given=False, now=MORNING + timedelta(hours=1))
        else:
            person.unreachable_because = what


def give_up(at: timedelta) -> int:
    with database.session_scope() as session:
        return service.give_up_on_silent(session, now=MORNING + at)


def tasks() -> list[str]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task.kind)))


def test_each_check_in_goes_out_once_and_in_its_turn(any_database: Database) -> None:
    visited()
    assert send_due(DAY - timedelta(seconds=1)) == []
    assert [message.body for message in send_due(DAY)] == ["step 1"]
    assert send_due(DAY) == []
    assert [message.body for message in send_due(3 * DAY)] == ["step 2"]
    assert [message.body for message in send_due(14 * DAY)] == ["step 3"]


def test_two_processes_that_look_at_once_queue_a_check_in_once(any_database: Database) -> None:
    visited()
    results = all_at_once([partial(send_due, DAY)] * 4)
    assert sum(map(len, results)) == 1


def test_nothing_is_started_in_quiet_hours(db: Database) -> None:
    visited()
    assert send_due(DAY + timedelta(hours=12)) == []
    assert len(send_due(DAY + timedelta(hours=23))) == 1


def test_a_check_in_is_something_we_start_and_ends_with_its_staleness(db: Database) -> None:
    visited()
    (message,) = send_due(DAY)
    assert message.initiated
    assert message.expires_at == MORNING + 3 * DAY


def test_a_number_that_gets_no_texts_is_called_once_for_all_its_check_ins(
    any_database: Database,
) -> None:
    _, planned = visited()
    change(planned[0].person_id, "unknown_number")
    assert send_due(DAY) == []
    ended = [read_checkin(each.id) for each in planned]
    assert [each.status for each in ended] == ["failed", "cancelled", "cancelled"]
    assert {each.reason for each in ended} == {"unknown_number"}
    assert send_due(3 * DAY) == []
    assert tasks() == [TaskKind.SEND_FAILED]


def test_of_two_that_are_due_one_calls_for_both(db: Database) -> None:
    _, planned = visited()
    with database.session_scope() as session:
        session.get_one(CheckIn, planned[1].id).due_at = planned[0].due_at
    change(planned[0].person_id, "landline")
    assert send_due(DAY) == []
    with database.read_scope() as session:
        (task,) = session.scalars(select(Task))
    assert task.note == "A check-in could not be sent (landline). Please call."


def test_a_stale_check_in_is_dropped(any_database: Database) -> None:
    _, planned = visited()
    assert [message.body for message in send_due(4 * DAY)] == ["step 2"]
    assert read_checkin(planned[0].id).status == CheckInStatus.DROPPED


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("opted_out", CheckInStatus.CANCELLED),
        ("not_safe_to_text", CheckInStatus.CANCELLED),
        ("consent_missing", CheckInStatus.CANCELLED),
        ("landline", CheckInStatus.FAILED),
    ],
)
def test_what_has_changed_meanwhile_forbids_it(
    any_database: Database, what: str, status: CheckInStatus
) -> None:
    _, planned = visited()
    change(planned[0].person_id, what)
    assert send_due(DAY) == []
    checkin = read_checkin(planned[0].id)
    assert (checkin.status, checkin.reason) == (status, what)


def test_a_sent_check_in_is_open_until_it_is_answered(any_database: Database) -> None:
    _, planned = visited()
    person_id = planned[0].person_id
    sent(DAY)
    with database.session_scope() as session:
        now = MORNING + DAY + timedelta(hours=1)
        opened = service.open_for(session, person_id, now=now)
        assert opened is not None
        assert opened.id == planned[0].id
        service.record_answer(session, opened.id, "better", now=now)
        assert service.open_for(session, person_id, now=now) is None
    answered = read_checkin(planned[0].id)
    assert (answered.status, answered.answer) == (CheckInStatus.ANSWERED, "better")


def test_an_old_check_in_is_no_longer_what_a_text_answers(db: Database) -> None:
    _, planned = visited()
    sent(DAY)
    with database.read_scope() as session:
        late = MORNING + DAY + service.OPEN_FOR + timedelta(seconds=1)
        assert service.open_for(session, planned[0].person_id, now=late) is None


def test_an_answer_is_recorded_once(db: Database) -> None:
    _, planned = visited()
    sent(DAY)
    with database.session_scope() as session:
        service.record_answer(session, planned[0].id, "worse", now=MORNING + DAY)
        service.record_answer(session, planned[0].id, "better", now=MORNING + DAY)
    assert read_checkin(planned[0].id).answer == "worse"


def test_three_without_an_answer_are_given_to_a_person_once(any_database: Database) -> None:
    visited()
    for days in (1, 3, 14):
        sent(days * DAY)
        assert give_up(days * DAY) == 0
    assert tasks() == []
    assert give_up(14 * DAY + service.TIME_TO_ANSWER) == 1
    assert give_up(15 * DAY + service.TIME_TO_ANSWER) == 0
    assert tasks() == [TaskKind.UNANSWERED_CHECKINS]


def test_an_answer_in_between_starts_the_count_anew(db: Database) -> None:
    _, planned = visited()
    sent(DAY)
    sent(3 * DAY)
    with database.session_scope() as session:
        service.record_answer(session, planned[1].id, "same", now=MORNING + 4 * DAY)
    sent(14 * DAY)
    assert give_up(20 * DAY) == 0
    assert tasks() == []


def test_a_pause_holds_everything_back_and_what_got_stale_meanwhile_is_dropped(
    any_database: Database,
) -> None:
    _, planned = visited()
    with database.session_scope() as session:
        pause.start(session, by="command", now=MORNING)
    assert send_due(DAY) == []
    assert read_checkin(planned[0].id).status == CheckInStatus.PLANNED
    with database.session_scope() as session:
        pause.end(session, by="command", now=MORNING + DAY)
    assert [message.body for message in send_due(4 * DAY)] == ["step 2"]
    assert read_checkin(planned[0].id).status == CheckInStatus.DROPPED


def test_no_more_are_handed_over_than_there_is_room_for(any_database: Database) -> None:
    for number in range(5):
        visited(phone=f"+1630555010{number}")
    assert len(send_due(DAY, at_most=3)) == 3
    assert send_due(DAY, at_most=3) == []
    with database.session_scope() as session:
        for message in session.scalars(select(OutboundMessage).limit(2)):
            outbox.mark_sent(
                session, message, provider_id=message.id, segments=1, now=MORNING + DAY
            )
            message.status = OutboundStatus.SENT
    assert len(send_due(DAY, at_most=3)) == 2
    assert send_due(DAY) == []


def test_contacts_that_ask_for_nothing_are_open_for_an_answer_and_never_count(
    any_database: Database,
) -> None:
    _, planned = visited(follow_up="caring_contacts")
    person_id = planned[0].person_id
    assert [each.asks for each in planned] == [True] + [False] * 9
    for checkin in planned:
        sent(checkin.due_at - MORNING)
        with database.read_scope() as session:
            opened = service.open_for(session, person_id, now=checkin.due_at + DAY)
        assert opened is not None
        assert opened.id == checkin.id
    assert give_up(400 * DAY) == 0
    assert tasks() == []


def test_only_those_that_ask_make_three_in_a_row(db: Database) -> None:
    steps = [("checkin_first", True), ("caring_contact", False), ("checkin_again", True)]
    steps += [("caring_contact_hello", False), ("checkin_last", True), ("caring_contact", False)]
    change = plans.PlanChange(
        name="Mixed",
        steps=tuple(Step((n + 1) * DAY, key, asks) for n, (key, asks) in enumerate(steps)),
    )
    with database.session_scope() as session:
        plans.edit(session, "mixed", change, by="s", now=MORNING)
    _, planned = visited(follow_up="mixed")
    for number in range(5):
        sent((number + 1) * DAY)
        assert give_up((number + 1) * DAY + timedelta(hours=1)) == 0
    assert give_up(5 * DAY + service.TIME_TO_ANSWER) == 1
    assert tasks() == [TaskKind.UNANSWERED_CHECKINS]
    assert read_checkin(planned[5].id).status == CheckInStatus.CANCELLED


def test_an_edited_plan_leaves_what_is_planned_as_it_was(any_database: Database) -> None:
    _, planned = visited()
    change = plans.PlanChange(
        name="Standard",
        steps=(Step(timedelta(hours=30), "caring_contact", asks=False),),
        default_for=(CallType.MENTAL_HEALTH,),
    )
    with database.session_scope() as session:
        plans.edit(session, "standard", change, by="s", now=MORNING, based_on=1)
    assert [(read_checkin(each.id).wording, each.asks) for each in planned] == [
        ("checkin_first", True),
        ("checkin_again", True),
        ("checkin_last", True),
    ]
    _, others = visited(phone="+16305550101")
    assert [(each.wording, each.due_at) for each in others] == [
        ("caring_contact", MORNING + timedelta(hours=30))
    ]


def test_the_version_that_was_sent_is_kept(db: Database) -> None:
    _, planned = visited()
    send_due(DAY)
    assert read_checkin(planned[0].id).wording_version == 7
    assert read_checkin(planned[1].id).wording_version is None


def test_stop_ends_every_kind_of_plan(any_database: Database) -> None:
    _, planned = visited(follow_up="caring_contacts")
    sent(DAY)
    send_due(7 * DAY)  # in the outbox, not sent
    with database.session_scope() as session:
        person = session.get_one(Person, planned[0].person_id)
        people.opt_out(session, person, now=MORNING)
        end_texting(session, person, reason="stop", now=MORNING + 7 * DAY)
    for each in planned[1:]:
        assert read_checkin(each.id).status == CheckInStatus.CANCELLED
    assert send_due(30 * DAY) == []
    with database.read_scope() as session:
        left = session.scalars(
            select(OutboundMessage.id).where(OutboundMessage.status == OutboundStatus.QUEUED)
        ).all()
    assert list(left) == []


def test_a_cancelled_check_in_cannot_be_marked_sent(db: Database) -> None:
    _, planned = visited()
    with database.session_scope() as session:
        service.cancel_planned(session, planned[0].person_id, reason="opted_out")
        service.mark_sent(session, planned[0].id, now=MORNING)
    assert read_checkin(planned[0].id).status == CheckInStatus.CANCELLED


def test_pages_list_each_check_in_once(any_database: Database) -> None:
    _, planned = visited()
    visited(phone="+16305550101")
    with database.read_scope() as session:
        assert [row.id for row in queries.page(session, person_id=planned[0].person_id)] == [
            each.id for each in planned
        ]
        first: list[CheckIn] = queries.page(session, limit=4)
        rest = queries.page(session, after=(first[-1].due_at, first[-1].id), limit=4)
    assert len({row.id for row in [*first, *rest]}) == 6
