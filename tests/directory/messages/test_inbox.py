"""Texts that reached us: stored once, in order, whatever the webhook does."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from directory import database
from directory.conversations import service as conversations
from directory.conversations.models import Conversation
from directory.database import Database
from directory.messages import inbox, outbox
from directory.messages.inbox import Beside, Received, Run
from directory.messages.models import AnsweredBy, InboundMessage, MessageKind
from directory.people.models import Person
from tests.factories import PHONE, met, queued, read_person, received, texted
from tests.fakes import MORNING
from tests.threads import all_at_once


def receive(provider_id: str = "SM1", body: str = "food 60540", phone: str = PHONE) -> Received:
    return received(body, phone=phone, provider_id=provider_id)


def stored() -> list[InboundMessage]:
    with database.read_scope() as session:
        return list(session.scalars(select(InboundMessage).order_by(InboundMessage.sequence)))


def jobs_enqueued(opened: Database) -> int:
    schema = "dbos." if opened.engine.dialect.name == "postgresql" else ""
    with opened.engine.connect() as connection:
        query = f"SELECT count(*) FROM {schema}workflow_status"
        return int(connection.exec_driver_sql(query).scalar_one())


def test_a_repeated_provider_id_changes_nothing(any_database: Database) -> None:
    first = receive()
    again = receive(body="other words")
    assert first.new
    assert again == Received(first.inbound_id, first.person_id, new=False)
    assert [row.body for row in stored()] == ["food 60540"]
    assert jobs_enqueued(any_database) == 1


def test_a_repeated_provider_id_from_another_number_changes_nothing(
    any_database: Database,
) -> None:
    first = receive()
    assert receive(phone="+16305550101").inbound_id == first.inbound_id
    assert len(stored()) == 1


def test_the_same_webhook_many_times_at_once_is_one_text(any_database: Database) -> None:
    results = all_at_once([receive] * 6)
    assert sum(result.new for result in results) == 1
    assert len({result.inbound_id for result in results}) == 1
    assert len(stored()) == 1


def test_different_texts_of_a_new_person_at_once_make_one_person_and_a_gapless_order(
    any_database: Database,
) -> None:
    results = all_at_once([partial(receive, f"SM{number}") for number in range(6)])
    assert all(result.new for result in results)
    assert len({result.person_id for result in results}) == 1
    assert [row.sequence for row in stored()] == [1, 2, 3, 4, 5, 6]
    with database.read_scope() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_a_text_whose_transaction_fails_leaves_no_job(any_database: Database) -> None:
    with pytest.raises(RuntimeError), database.session_scope() as session:
        inbox.record_inbound(session, provider_id="SM1", phone=PHONE, body="hi", now=MORNING)
        raise RuntimeError
    assert stored() == []
    assert jobs_enqueued(any_database) == 0


def test_the_oldest_unanswered_text_comes_first(db: Database) -> None:
    first, second = texted("first"), texted("second")
    person_id = stored()[0].person_id
    with database.session_scope() as session:
        assert conversations.lease(session, person_id, by="a run", wall=MORNING)
        found = inbox.next_unanswered(session, person_id)
        assert found is not None
        waiting, person, _ = found
        assert (waiting.id, person.id) == (first, person_id)
        assert inbox.beside(session, waiting).unanswered
        inbox.mark_answered(session, waiting, AnsweredBy.RASA, now=MORNING)
    with database.session_scope() as session:
        following = inbox.next_unanswered(session, person_id)
        assert following is not None
        assert following[0].id == second
        assert not inbox.beside(session, following[0]).unanswered
        inbox.mark_answered(session, following[0], AnsweredBy.RASA, now=MORNING)
    with database.read_scope() as session:
        assert inbox.next_unanswered(session, person_id) is None


def test_a_text_is_leased_as_it_is_stored_when_no_other_waits(any_database: Database) -> None:
    assert received("first", run=Run("one", MORNING)).leased
    assert not received("second", run=Run("two", MORNING)).leased  # its turn is after the first
    assert [row.attempts for row in stored()] == [1, 0]
    with database.read_scope() as session:
        held = session.get_one(Conversation, stored()[0].person_id)
        assert held.leased_by == "one"


def test_a_text_is_stored_without_a_lease_while_somebody_else_has_it(
    any_database: Database,
) -> None:
    person_id = met()
    with database.session_scope() as session:
        assert conversations.lease(session, person_id, by="another", wall=MORNING)
    assert not received("first", run=Run("one", MORNING)).leased
    assert [row.attempts for row in stored()] == [0]


def test_what_else_was_written_to_a_person_is_counted_with_what_is_not_stored_yet(
    any_database: Database,
) -> None:
    texted("food 60540")
    (row,) = stored()
    queued("one"), queued("two"), queued("to another", person_id=met("+16305550101"))
    with database.session_scope() as session:
        inbound = session.get_one(InboundMessage, row.id)
        assert inbox.beside(session, inbound) == Beside(unanswered=False, sent=2)
        outbox.queue_text(
            session, person_id=row.person_id, body="three", kind=MessageKind.REPLY, now=MORNING
        )
        assert inbox.beside(session, inbound).sent == 3


def test_a_holding_answer_leaves_the_text_owed_until_it_is_answered_fully(db: Database) -> None:
    texted("hm")
    with database.session_scope() as session:
        (row,) = session.scalars(select(InboundMessage))
        inbox.mark_answered(session, row, AnsweredBy.HOLDING, now=MORNING)
    with database.session_scope() as session:
        (owed,) = inbox.owed(session)
        inbox.mark_answered(session, owed, AnsweredBy.RASA, now=MORNING + timedelta(hours=1))
    with database.read_scope() as session:
        assert inbox.owed(session) == []
        assert session.scalars(select(InboundMessage)).one().answered_at == MORNING


def test_people_wait_only_from_the_moment_after_their_text(db: Database) -> None:
    texted("hi")
    with database.read_scope() as session:
        assert inbox.people_waiting(session, before=MORNING) == []
        assert len(inbox.people_waiting(session, before=MORNING + timedelta(seconds=1))) == 1
        assert inbox.waiting_count(session) == 1


def test_who_texts_us_can_be_texted_again(db: Database) -> None:
    person_id = receive().person_id
    with database.session_scope() as session:
        session.get_one(Person, person_id).unreachable_because = "landline"
    receive("SM2")
    assert read_person(person_id).unreachable_because is None


def test_texts_are_counted_by_what_answered_them(db: Database) -> None:
    texted("one")
    texted("two")
    with database.session_scope() as session:
        first, second = session.scalars(select(InboundMessage))
        inbox.mark_answered(session, first, AnsweredBy.RASA, now=MORNING)
        inbox.mark_answered(session, second, AnsweredBy.FALLBACK, now=MORNING)
    with database.read_scope() as session:
        assert inbox.turns_by_answerer(session) == {"rasa": 1, "fallback": 1}
