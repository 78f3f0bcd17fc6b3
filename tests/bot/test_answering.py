"""Texts of a person are answered in order, once, and in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from sqlalchemy import select

from bot.answering import ATTEMPTS, STARTS, Answerer, Outgoing
from bot.conversation import Conversation
from bot.leases import Leases
from bot.turn import Situation, Turn
from bot.wording import say
from directory import database
from directory.checkins import service as checkins
from directory.checkins.models import CheckInStatus
from directory.conversations import service as conversations
from directory.conversations.memory import Memory
from directory.database import Database
from directory.languages import Language
from directory.messages import inbox, outbox
from directory.messages.inbox import Run
from directory.messages.models import AnsweredBy, InboundMessage, OutboundMessage, OutboundStatus
from directory.people.models import Person
from directory.tasks.models import Task, TaskKind
from tests.factories import (
    CHICAGO,
    PHONE,
    a_search,
    a_sender,
    met,
    queued,
    read_checkin,
    read_message,
    read_person,
    received,
    texted,
    visited,
)
from tests.fakes import MORNING, AtOnce, Clock, FakeGateway, FakeRasa, NobodySends
from tests.threads import all_at_once

EN = Language.EN


def found() -> dict[str, object]:
    from directory.search import Query

    query = Query(needs=("food",), place="60540", at=MORNING)
    return {"found": {"result": a_search()(query).as_json()}}


def an_answerer(
    rasa: FakeRasa | None = None,
    *,
    sender: Outgoing | None = None,
    now: Clock | None = None,
) -> Answerer:
    clock = now or Clock()
    return Answerer(
        conversation=Conversation(
            rasa=rasa or FakeRasa(answers=[({"say": "greeting"},)]), search=a_search(), zone=CHICAGO
        ),
        sender=sender or NobodySends(),
        lanes=AtOnce(),
        now=clock,
        wall=clock,
        on_shift=lambda _: True,
        leases=Leases("a process", clock),
    )


class Echo(Conversation):
    """Answers a text with itself."""

    def respond_to(self, text: str, situation: Situation) -> Turn:
        return Turn(AnsweredBy.RASA, situation.memory, (text,))


def echoing(instead: Callable[[str], None] = lambda _: None) -> Answerer:
    answerer = an_answerer(sender=NobodySends(instead))
    echo = Echo(rasa=FakeRasa(), search=a_search(), zone=CHICAGO)
    return replace(answerer, conversation=echo)


def replies() -> list[str]:
    with database.read_scope() as session:
        rows = session.scalars(select(OutboundMessage).order_by(OutboundMessage.sequence))
        return [row.body for row in rows]


def inbound(inbound_id: str) -> InboundMessage:
    with database.read_scope() as session:
        return session.get_one(InboundMessage, inbound_id)


def tasks() -> list[str]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task.kind)))


def test_waiting_texts_are_answered_in_the_order_they_came(any_database: Database) -> None:
    for number in range(4):
        texted(f"text {number}")
    assert echoing().answer(met())
    assert replies() == ["text 0", "text 1", "text 2", "text 3"]


def leased_as_stored(answerer: Answerer, body: str) -> tuple[str, Run]:
    """The person and the run that is to answer this text."""
    run = answerer.leases.run()
    stored = received(body, run=run)
    assert stored.leased
    return stored.person_id, run


def is_free(person_id: str) -> bool:
    with database.session_scope() as session:
        return conversations.lease(session, person_id, by="another run", wall=MORNING)


def test_who_got_the_lease_with_the_text_answers_it_and_what_came_meanwhile(
    any_database: Database,
) -> None:
    answerer = echoing()
    person_id, run = leased_as_stored(answerer, "first")
    texted("second")
    assert not answerer.answer(person_id)  # a second run stays away
    answerer.answer_leased(person_id, run)
    assert replies() == ["first", "second"]
    assert is_free(person_id)


@pytest.mark.parametrize("taken", [False, True])
def test_a_lease_that_has_grown_old_in_the_queue_is_renewed_or_has_gone_to_another(
    any_database: Database, taken: bool
) -> None:
    clock = Clock()
    answerer = replace(echoing(), leases=Leases("a process", clock))
    person_id, run = leased_as_stored(answerer, "first")
    clock.forward(seconds=conversations.LEASE.total_seconds() + 1)
    with database.session_scope() as session:
        if taken:
            assert conversations.lease(session, person_id, by="another run", wall=clock())
    answerer.answer_leased(person_id, run)
    assert replies() == ([] if taken else ["first"])


def test_a_lease_got_with_the_text_is_given_back_when_nothing_is_left_to_answer(
    any_database: Database,
) -> None:
    answerer = echoing()
    person_id, run = leased_as_stored(answerer, "first")
    with database.session_scope() as session:
        for text in session.scalars(select(InboundMessage)):
            inbox.mark_answered(session, text, AnsweredBy.STAFF, now=MORNING)
    answerer.answer_leased(person_id, run)
    assert replies() == []
    assert is_free(person_id)


def test_a_lease_got_with_the_text_is_given_back_by_who_fails(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise RuntimeError

    answerer = echoing()
    person_id, run = leased_as_stored(answerer, "first")
    with monkeypatch.context() as patched:
        patched.setattr("bot.answering.situation_of", failing)
        with pytest.raises(RuntimeError):
            answerer.answer_leased(person_id, run)
    assert answerer.answer(person_id)
    assert replies() == ["first"]


def test_many_threads_answer_each_text_once_and_in_order(any_database: Database) -> None:
    for number in range(4):
        texted(f"text {number}")
    person_id = met()
    all_at_once([partial(echoing().answer, person_id)] * 5)
    echoing().answer(person_id)
    assert replies() == ["text 0", "text 1", "text 2", "text 3"]


def test_while_one_thread_answers_another_of_the_same_process_stays_away(
    any_database: Database,
) -> None:
    texted("hello")
    person_id = met()
    others: list[bool] = []

    class Meanwhile(Echo):
        def respond_to(self, text: str, situation: Situation) -> Turn:
            others.append(answerer.answer(person_id))
            return super().respond_to(text, situation)

    conversation = Meanwhile(rasa=FakeRasa(), search=a_search(), zone=CHICAGO)
    answerer = replace(an_answerer(), conversation=conversation)
    assert answerer.answer(person_id)
    assert others == [False]
    assert replies() == ["hello"]


def test_who_texts_while_an_answer_is_sent_is_answered_by_whoever_comes(
    any_database: Database,
) -> None:
    """No slow carrier keeps a person waiting for the next answer to be decided."""
    texted("hello")
    person_id = met()
    others: list[bool] = []

    def sending(_: str) -> None:
        if not others:
            others.append(True)
            texted("and then?")
            others.append(answerer.answer(person_id))

    answerer = echoing(sending)
    assert answerer.answer(person_id)
    assert others == [True, True]
    assert replies() == ["hello", "and then?"]


def test_a_turn_applied_twice_at_once_is_applied_once(any_database: Database) -> None:
    """As after a lease that ran out while its holder was still thinking."""
    inbound_id, person_id = texted("hello"), met()
    with database.session_scope() as session:
        conversations.begin(session, person_id)
    turn = Turn(AnsweredBy.RASA, Memory(), ("an answer",))
    applied = all_at_once([partial(an_answerer()._apply, inbound_id, turn, "a run")] * 4)
    assert sorted(each.taken is not None for each in applied) == [False, False, False, True]
    assert replies() == ["an answer"]


def test_the_lease_is_given_back_also_when_sending_fails(any_database: Database) -> None:
    texted("hello")
    person_id = met()

    def deliver(_: str) -> None:
        raise OSError("no carrier")

    with pytest.raises(OSError, match="no carrier"):
        echoing(deliver).answer(person_id)
    assert echoing().answer(person_id)
    assert replies() == ["hello"]


def test_a_text_whose_answer_fails_gets_the_holding_reply_and_stays_owed(
    db: Database,
) -> None:
    class Broken(Conversation):
        def respond_to(self, text: str, situation: Situation) -> Turn:
            if text == "breaks it":
                raise RuntimeError("a bug")
            return Turn(AnsweredBy.RASA, situation.memory, (text,))

    broken = Broken(rasa=FakeRasa(), search=a_search(), zone=CHICAGO)
    first = texted("breaks it")
    texted("fine")
    replace(an_answerer(), conversation=broken).answer(met())
    assert replies() == [say("holding", EN), "fine"]
    assert inbound(first).attempts == ATTEMPTS
    assert inbound(first).owed
    assert to_be_forgotten() == [met()]  # it may have got as far as Rasa


def test_a_text_that_ends_its_process_each_time_is_given_to_a_person(db: Database) -> None:
    """Each process that tried it died: it must not take the next ones with it."""

    class Deadly(Conversation):
        def respond_to(self, text: str, situation: Situation) -> Turn:
            raise AssertionError("it would have died here")

    inbound_id = texted("the text")
    with database.session_scope() as session:
        session.get_one(InboundMessage, inbound_id).attempts = STARTS
    deadly = Deadly(rasa=FakeRasa(), search=a_search(), zone=CHICAGO)
    replace(an_answerer(), conversation=deadly).answer(met())
    assert replies() == [say("holding", EN)]
    assert not inbound(inbound_id).owed
    with database.read_scope() as session:
        (task,) = session.scalars(select(Task))
    assert (task.kind, task.inbound_id) == (TaskKind.CALL_BACK, inbound_id)
    assert to_be_forgotten() == [met()]


def test_a_session_is_not_open_while_the_answer_is_thought_of(any_database: Database) -> None:
    class Writing(Conversation):
        def respond_to(self, text: str, situation: Situation) -> Turn:
            met("+16305550101")  # waits if anybody holds the database
            return Turn(AnsweredBy.RASA, situation.memory, (text,))

    texted("hello")
    writing = Writing(rasa=FakeRasa(), search=a_search(), zone=CHICAGO)
    assert replace(an_answerer(), conversation=writing).answer(met())
    assert replies() == ["hello"]


def test_rasa_is_given_neither_number_nor_name(any_database: Database) -> None:
    visited()
    rasa = FakeRasa(answers=[({"say": "greeting"},)])
    texted("this is Maria Example at 630-555-0100, i need groceries")
    an_answerer(rasa).answer(met())
    (asked,) = rasa.asked
    assert asked["sender"] == met()
    for secret in (PHONE, "5550100", "555-0100", "Maria", "Example"):
        assert secret not in str(asked)


# --- what a turn changes ------------------------------------------------------------------------


def test_stop_is_confirmed_ends_the_check_ins_and_drops_what_waits(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    sender = a_sender(gateway)
    _, planned = visited()
    waiting = queued("an earlier list", person_id=planned[0].person_id)
    texted("STOP")
    an_answerer(sender=sender).answer(planned[0].person_id)
    sender.deliver(waiting)
    assert [carried.body for carried in gateway.carried] == [say("stopped", EN)]
    assert read_message(waiting).status == OutboundStatus.DROPPED
    assert {read_checkin(each.id).status for each in planned} == {CheckInStatus.CANCELLED}
    assert read_person(planned[0].person_id).opted_out_at == MORNING


def test_after_stop_nothing_is_sent_until_start(any_database: Database) -> None:
    gateway = FakeGateway()
    answerer = an_answerer(sender=a_sender(gateway))
    for text in ("STOP", "food 60540", "HELP", "STOP"):
        texted(text)
        answerer.answer(met())
    assert [carried.body for carried in gateway.carried] == [say("stopped", EN)]
    texted("START")
    answerer.answer(met())
    assert gateway.carried[-1].body == say("started", EN)
    assert read_person(met()).opted_out_at is None


def test_a_wrong_person_gets_an_apology_and_nothing_more(any_database: Database) -> None:
    _, planned = visited()
    person_id = planned[0].person_id
    with database.session_scope() as session:
        checkins.mark_sent(session, planned[0].id, now=MORNING)
    texted("wrong number")
    gateway = FakeGateway()
    an_answerer(sender=a_sender(gateway)).answer(person_id)
    assert [carried.body for carried in gateway.carried] == [say("checkin_wrong_person", EN)]
    person = read_person(person_id)
    assert person.opted_out_at is not None
    assert person.safe_to_text is False
    assert read_checkin(planned[0].id).status == CheckInStatus.ANSWERED
    assert read_checkin(planned[1].id).status == CheckInStatus.CANCELLED


def test_the_answer_to_a_check_in_is_recorded_with_its_task(any_database: Database) -> None:
    _, planned = visited()
    with database.session_scope() as session:
        checkins.mark_sent(session, planned[0].id, now=MORNING)
    texted("3")
    an_answerer().answer(planned[0].person_id)
    answered = read_checkin(planned[0].id)
    assert (answered.status, answered.answer) == (CheckInStatus.ANSWERED, "call_me")
    assert tasks() == [TaskKind.CALL_BACK]


def test_danger_opens_a_task_also_for_a_number_that_opted_out(any_database: Database) -> None:
    texted("I am going to kill myself tonight")
    texted("STOP")
    texted("I am going to kill myself tonight")
    an_answerer(FakeRasa(down=True)).answer(met())
    assert sorted(tasks()) == [TaskKind.DANGER, TaskKind.OPTED_OUT_DANGER]
    assert replies()[-1] == say("stopped", EN)


def test_the_language_a_person_first_texts_in_is_kept(db: Database) -> None:
    texted("necesito comida por favor")
    an_answerer(FakeRasa(down=True)).answer(met())
    assert read_person(met()).language == "es"


def test_a_conversation_that_rasa_saw_is_marked_to_be_forgotten(db: Database) -> None:
    texted("hello there")
    an_answerer().answer(met())
    assert to_be_forgotten() == [met()]


def to_be_forgotten() -> list[str]:
    """Whose conversation Rasa is told to forget tomorrow."""
    with database.read_scope() as session:
        return conversations.to_forget(session, idle_since=MORNING + timedelta(days=1))


def test_a_crash_before_the_turn_is_applied_loses_nothing(any_database: Database) -> None:
    """The text is still unanswered and the lease ends by itself."""
    texted("hello")
    person_id = met()
    with database.session_scope() as session:
        conversations.lease(session, person_id, by="a run that died", wall=MORNING)
    clock = Clock()
    answerer = replace(echoing(), leases=Leases("a process", clock))
    assert not answerer.answer(person_id)
    clock.forward(seconds=conversations.LEASE.total_seconds() + 1)
    assert answerer.answer(person_id)
    assert replies() == ["hello"]


def test_texts_of_different_people_do_not_wait_for_each_other(any_database: Database) -> None:
    texted("slow")
    texted("quick", phone="+16305550101")
    quick_is_done = Event()

    class Slow(Conversation):
        def respond_to(self, text: str, situation: Situation) -> Turn:
            if text == "slow":
                assert quick_is_done.wait(10)
            return Turn(AnsweredBy.RASA, situation.memory, (text,))

    slow = replace(
        an_answerer(), conversation=Slow(rasa=FakeRasa(), search=a_search(), zone=CHICAGO)
    )

    def answer_quick() -> bool:
        done = slow.answer(met("+16305550101"))
        quick_is_done.set()
        return done

    def answer_slow() -> bool:
        return slow.answer(met())

    assert all_at_once([answer_slow, answer_quick]) == [True, True]


def test_inbox_and_outbox_agree_after_everything(db: Database) -> None:
    texted("hello")
    an_answerer().answer(met())
    with database.read_scope() as session:
        person = session.scalars(select(Person)).one()
        assert inbox.next_unanswered(session, person.id) is None
        assert len(outbox.queued_for(session, person.id)) == 1
