"""A number that sends more than anybody writes: kept, screened, answered once, and then silence."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.answering import Answerer
from bot.wording import say
from directory import database
from directory.database import Database
from directory.languages import Language
from directory.messages import inbox
from directory.messages.models import InboundMessage
from directory.settings import Settings
from directory.tasks.models import TaskKind
from tests.bot.test_answering import an_answerer, replies, tasks
from tests.conftest import settings_for
from tests.factories import PHONE, read_person
from tests.fakes import MORNING, Clock, FakeRasa

WE_READ_THEM = say("flood", Language.EN)
MANY = 5
DANGER = "i am going to kill myself"


@pytest.fixture(autouse=True)
def _limited(sqlite_settings: Settings) -> Iterator[None]:
    opened = database.use(Database(settings_for(sqlite_settings.data_dir, sender_rate=MANY)))
    yield
    opened.close()


class Sender:
    """One number, answered as its texts come."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.rasa = FakeRasa(answers=[({"say": "greeting"},)] * 300)
        self.answerer: Answerer = an_answerer(self.rasa, now=self.clock)
        self.person_id = ""

    def send(self, *bodies: str, every: float = 1.0) -> list[str]:
        """The replies to these texts."""
        before = len(replies())
        for body in bodies:
            self.clock.at += timedelta(seconds=every)
            with database.session_scope() as session:
                self.person_id = inbox.record_inbound(
                    session,
                    provider_id=database.new_id(),
                    phone=PHONE,
                    body=body,
                    now=self.clock.at,
                ).person_id
            self.answerer.answer(self.person_id)
        return replies()[before:]


def test_as_many_texts_as_are_allowed_in_a_minute_are_answered_one_by_one() -> None:
    assert len(Sender().send(*["hello"] * MANY)) == MANY


def test_of_more_one_reply_says_that_a_person_reads_them_and_then_there_is_silence() -> None:
    sender = Sender()
    sender.send(*["hello"] * MANY)
    assert sender.send(*["hello"] * 20) == [WE_READ_THEM]
    assert tasks().count(TaskKind.CALL_BACK) == 1
    with database.read_scope() as session:
        stored = list(session.scalars(select(InboundMessage)))
    assert len(stored) == MANY + 20 and all(each.answered_at for each in stored)


def test_when_it_is_over_texts_are_answered_again() -> None:
    sender = Sender()
    sender.send(*["hello"] * (MANY + 10))
    sender.clock.at += timedelta(minutes=2)
    assert len(sender.send("hello")) == 1


def test_two_machines_that_answer_each_other_at_leisure_fall_silent_too() -> None:
    answered = Sender().send(*["hello"] * (4 * MANY + 10), every=15)
    assert answered.count(WE_READ_THEM) == 1
    assert len(answered) == 4 * MANY + 1


def test_danger_in_a_flood_is_answered_and_told_though_not_a_hundred_times() -> None:
    sender = Sender()
    sender.send(*["hello"] * (MANY + 5))
    said = sender.send(*[DANGER] * 10)
    assert said and "988" in said[0]
    assert tasks().count(TaskKind.DANGER) == 1
    sender.send(*["hello"] * 61)
    assert sender.send(DANGER)
    assert tasks().count(TaskKind.DANGER) == 2


def test_opting_out_counts_in_a_flood_and_is_confirmed_once() -> None:
    sender = Sender()
    sender.send(*["hello"] * (MANY + 5))
    assert sender.send(*["STOP"] * 5) == [say("stopped", Language.EN)]
    assert read_person(sender.person_id).opted_out_at is not None
    assert sender.send("START") == []
    assert read_person(sender.person_id).opted_out_at is None


def test_rasa_is_not_asked_about_a_flood() -> None:
    sender = Sender()
    sender.send(*["where is food in naperville"] * (MANY + 40))
    assert len(sender.rasa.asked) == MANY


def test_another_number_is_answered_as_ever() -> None:
    sender = Sender()
    sender.send(*["hello"] * (MANY + 5))
    with database.session_scope() as session:
        other = inbox.record_inbound(
            session, provider_id="other", phone="+16305550177", body="hello", now=MORNING
        ).person_id
    before = len(replies())
    sender.answerer.answer(other)
    assert len(replies()) == before + 1
