"""While a member of staff speaks with a person the bot stands aside; nobody waits in silence."""

from datetime import timedelta
from functools import partial

import pytest

from bot import due, staff_texts
from bot.held import hand_back_silent
from bot.staff_texts import Facts, Footing, Obstacle, footing, size_of
from bot.wording import say
from directory import database
from directory.conversations import holding
from directory.database import Database
from directory.errors import Conflict, Invalid
from directory.languages import Language
from directory.messages import inbox
from directory.messages.models import AnsweredBy, MessageKind, OutboundMessage, OutboundStatus
from directory.people import service as people
from directory.people.models import Person
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks.models import Task, TaskKind, TaskStatus
from tests.bot.test_answering import an_answerer, inbound, replies, tasks
from tests.directory.referrals.builders import agreed
from tests.factories import (
    PHONE,
    QUIET,
    a_sender,
    met,
    queued,
    read_message,
    read_person,
    texted,
    visited,
)
from tests.fakes import MORNING, Clock, FakeGateway
from tests.threads import all_at_once

EN = Language.EN
NIGHT = MORNING + timedelta(hours=12)  # 22:00


def a_colleague(name: str = "Alex", email: str = "alex@naperville.example") -> str:
    with database.session_scope() as session:
        return staff.add(
            session, email, Role.CLINICIAN, password=None, phone=None, name=name, now=MORNING
        ).id


def held_by(staff_id: str, *, instead_of: str | None = None, phone: str = PHONE) -> str:
    with database.session_scope() as session:
        person = people.find_or_create(session, phone, now=MORNING)
        holding.take(session, person, by=staff_id, now=MORNING, instead_of=instead_of)
        return person.id


def holder_of(person_id: str) -> str | None:
    with database.read_scope() as session:
        hold = holding.standing(session, person_id)
        return hold.staff_id if hold else None


def answer(body: str, clock: Clock | None = None) -> str:
    inbound_id = texted(body)
    an_answerer(now=clock).answer(met())
    return inbound_id


def written(text: str, staff_id: str, *, now: Clock | None = None) -> str:
    with database.session_scope() as session:
        person = people.find_or_create(session, PHONE, now=MORNING)
        at = now() if now else MORNING
        return staff_texts.write(session, person, text, by=staff_id, quiet=QUIET, now=at).message.id


def task_of(kind: TaskKind) -> Task:
    with database.read_scope() as session:
        return session.query(Task).filter_by(kind=kind).one()


def test_a_text_gets_one_word_that_it_arrived_and_is_a_task_of_who_holds_it(
    any_database: Database,
) -> None:
    alex = a_colleague()
    held_by(alex)
    first = answer("thank you so much for calling me")
    answer("can you tell me the address again")
    assert replies() == [say("held_by_name", EN, sender="Alex")]
    assert inbound(first).answered_by == AnsweredBy.STAFF
    task = task_of(TaskKind.TEXT_WAITING)
    assert (task.assigned_to, task.inbound_id) == (alex, first)


def test_nobody_is_named_on_a_phone_that_others_read(db: Database) -> None:
    visited(number_shared=True)
    held_by(a_colleague())
    answer("ok thanks")
    assert replies() == [say("held", EN)]


def test_danger_stop_and_help_are_answered_as_always(db: Database) -> None:
    held_by(a_colleague())
    answer("i am going to kill myself tonight")
    assert "988" in replies()[0]
    assert TaskKind.DANGER in tasks() and TaskKind.TEXT_WAITING not in tasks()
    answer("HELP")
    assert replies()[-1] == say("help", EN)
    answer("STOP")
    assert replies()[-1] == say("stopped", EN)
    assert read_person(met()).opted_out_at is not None


def test_an_answer_to_a_checkin_is_noted_meanwhile(db: Database) -> None:
    _, (first, *_) = visited()
    with database.session_scope() as session:
        row = session.merge(first)
        row.status, row.sent_at = "sent", MORNING
    held_by(a_colleague())
    answer("1", Clock(MORNING + timedelta(minutes=5)))
    with database.read_scope() as session:
        found = session.merge(first)
        session.refresh(found)
        assert found.answer == "better"


def test_consent_that_is_taken_back_ends_at_once(db: Database) -> None:
    with database.session_scope() as session:
        person_id = agreed(session)
    held_by(a_colleague())
    answer("I revoke my consent to share my information")
    with database.read_scope() as session:
        consents = people.queries.consents_of(session, person_id)
    assert [each.purpose for each in consents if each.revoked_at] == ["referral"]


def test_after_it_was_handed_back_the_bot_answers(db: Database) -> None:
    person_id = held_by(a_colleague())
    with database.session_scope() as session:
        assert holding.hand_back(session, person_id)
        assert not holding.hand_back(session, person_id)
    answer("hello")
    assert inbound(texted("x")).answered_by is None and replies() == [say("greeting", EN)]


def test_of_two_colleagues_who_take_it_one_is_told(any_database: Database) -> None:
    ids = [a_colleague("Alex", "a@naperville.example"), a_colleague("Sam", "s@naperville.example")]
    person_id = met()
    outcomes: list[str] = []

    def take(staff_id: str) -> None:
        try:
            held_by(staff_id)
            outcomes.append("held")
        except Conflict as error:
            outcomes.append(error.code + str(error.context["held_by"] in ids))

    all_at_once([partial(take, each) for each in ids])
    assert sorted(outcomes) == ["held", "heldTrue"]
    other = next(each for each in ids if each != holder_of(person_id))
    held_by(other, instead_of=holder_of(person_id))
    assert holder_of(person_id) == other


def test_the_phone_of_a_colleague_is_not_held(db: Database) -> None:
    with database.session_scope() as session:
        staff.add(
            session, "b@naperville.example", Role.CLINICIAN, password=None, phone=PHONE, now=MORNING
        )
    with pytest.raises(Conflict, match="colleague"):
        held_by(a_colleague())


# --- nobody waits in silence ----------------------------------------------------------------------


def look(at: Clock) -> None:
    due.look(due.Moment(at(), at(), QUIET), (due._conversations,))


def test_a_text_that_waited_for_two_hours_is_answered_and_the_bot_is_back(
    any_database: Database,
) -> None:
    person_id = held_by(a_colleague())
    clock = Clock(MORNING + timedelta(minutes=30))
    with database.session_scope() as session:
        inbox.record_inbound(
            session, provider_id="late", phone=PHONE, body="are you there", now=clock()
        )
    an_answerer(now=clock).answer(person_id)
    clock.forward(hours=1, minutes=59)
    look(clock)
    assert holder_of(person_id) is not None
    clock.forward(minutes=1)
    look(clock)
    look(clock)
    assert holder_of(person_id) is None
    assert replies()[1:] == [say("held_too_long", EN)]
    assert task_of(TaskKind.TEXT_WAITING).status == TaskStatus.OPEN


def test_a_hold_in_which_nobody_waits_ends_without_a_word(db: Database) -> None:
    person_id = held_by(a_colleague())
    clock = Clock(MORNING + timedelta(hours=2))
    look(clock)
    assert holder_of(person_id) is None and replies() == []


def test_staffs_word_begins_the_two_hours_anew(db: Database) -> None:
    texted("hello")
    alex = a_colleague()
    person_id = held_by(alex)
    clock = Clock(MORNING + timedelta(hours=1))
    written("Is it still cold at home?", alex, now=clock)
    with database.session_scope() as session:
        assert hand_back_silent(session, now=MORNING + timedelta(hours=2, minutes=30)) == 0
        assert hand_back_silent(session, now=MORNING + timedelta(hours=3)) == 1
    assert holder_of(person_id) is None


# --- what staff writes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"texted_at": MORNING - timedelta(hours=1)}, Footing.REPLY),
        ({"texted_at": MORNING - timedelta(hours=1), "safe_to_text": False}, Footing.REPLY),
        ({"texted_at": MORNING - timedelta(hours=5)}, Footing.LATE_REPLY),
        ({"texted_at": MORNING - timedelta(hours=5), "safe_to_text": False}, Obstacle.NOT_SAFE),
        ({"texted_at": MORNING - timedelta(hours=25)}, Obstacle.NOT_SAFE),
        ({"safe_to_text": True}, Obstacle.NO_CONSENT),
        ({"safe_to_text": True, "agreed": True}, Footing.AGREED),
        ({"agreed": True}, Obstacle.NOT_SAFE),
        ({"texted_at": MORNING, "opted_out": True}, Obstacle.OPTED_OUT),
        ({"texted_at": MORNING, "reachable": False}, Obstacle.UNREACHABLE),
    ],
)
def test_on_what_ground_a_text_may_go(changes: dict[str, object], expected: str) -> None:
    usual: dict[str, object] = {
        "opted_out": False,
        "reachable": True,
        "safe_to_text": None,
        "agreed": False,
        "texted_at": None,
    }
    assert footing(Facts(**(usual | changes)), now=MORNING) is expected  # type: ignore[arg-type]


def test_a_reply_to_who_has_just_texted_goes_out_at_night(db: Database) -> None:
    texted("are you there")  # at 10:00
    gateway, night = FakeGateway(), Clock(NIGHT)
    with database.session_scope() as session:
        inbox.record_inbound(session, provider_id="n", phone=PHONE, body="hello?", now=NIGHT)
    message_id = written("Yes, I am here.", a_colleague(), now=night)
    a_sender(gateway, now=night).deliver(message_id)
    assert [each.body for each in gateway.carried] == ["Yes, I am here."]
    row = read_message(message_id)
    assert (row.kind, bool(row.written_by)) == (MessageKind.STAFF, True)


def test_what_we_start_at_night_waits_for_the_morning(db: Database) -> None:
    with database.session_scope() as session:
        agreed(session)
    gateway, night = FakeGateway(), Clock(NIGHT)
    message_id = written("How are you today?", a_colleague(), now=night)
    a_sender(gateway, now=night).deliver(message_id)
    assert gateway.carried == []
    assert read_message(message_id).status == OutboundStatus.QUEUED


def test_what_the_bot_would_start_waits_while_staff_speaks(db: Database) -> None:
    held_by(a_colleague())
    gateway = FakeGateway()
    message_id = queued("news", initiated=True)
    a_sender(gateway).deliver(message_id)
    assert gateway.carried == []
    reply = queued("an answer to danger")
    a_sender(gateway).deliver(reply)
    assert [each.body for each in gateway.carried] == ["an answer to danger"]


def test_writing_takes_the_conversation_and_ends_what_waits(db: Database) -> None:
    alex = a_colleague()
    held_by(alex)
    answer("hello?")
    written("Here I am.", alex)
    assert task_of(TaskKind.TEXT_WAITING).status == TaskStatus.DONE
    assert task_of(TaskKind.TEXT_WAITING).done_by == alex


def test_who_has_opted_out_is_not_written_to(db: Database) -> None:
    answer("STOP")
    with pytest.raises(Conflict) as refused:
        written("Hello", a_colleague())
    assert refused.value.code == Obstacle.OPTED_OUT
    with database.read_scope() as session:
        assert session.query(OutboundMessage).filter_by(kind=MessageKind.STAFF).count() == 0


@pytest.mark.parametrize(("text", "code"), [("  ", "text_empty"), ("x" * 613, "text_too_long")])
def test_an_empty_or_endless_text_is_refused(db: Database, text: str, code: str) -> None:
    texted("hello")
    with pytest.raises(Invalid) as refused:
        written(text, a_colleague())
    assert refused.value.code == code
    assert holder_of(met()) is None


def test_the_size_of_a_text_is_told_before_it_goes() -> None:
    assert size_of("It’s fine").segments == 1
    assert size_of("á" * 71).segments == 2
    assert size_of("x" * 612).too_long is False


def test_a_person_who_gave_up_the_number_is_not_written_to(db: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        people.give_up_number(session, session.get_one(Person, person_id), now=MORNING)
        person = session.get_one(Person, person_id)
        with pytest.raises(Conflict, match="do not reach"):
            staff_texts.queue(session, person, "Hello", by="x", quiet=QUIET, now=MORNING)
