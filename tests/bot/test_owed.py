"""What is owed: an answer while it helps, not at night once it is late; a day later a person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from api.services import Services, build
from bot.conversation import Conversation
from bot.owed import Fate, Owed, fate
from bot.turn import Situation, Turn
from bot.wording import say
from directory import database
from directory.checkins import service as checkins
from directory.checkins.models import CheckIn
from directory.conversations import service as conversations
from directory.database import Database
from directory.messages import inbox
from directory.messages.models import AnsweredBy, InboundMessage, OutboundMessage
from directory.notices.models import NoticeKind
from directory.people.models import Person
from directory.tasks.models import Task, TaskKind
from tests.bot.test_answering import EN, an_answerer, found, inbound, replies
from tests.bot.texting import got
from tests.directory.referrals.builders import a_referral
from tests.factories import CHICAGO, QUIET, a_search, met, received, texted, visited
from tests.fakes import MORNING, Clock, FakeGateway, FakeRasa

EVENING = datetime(2026, 3, 19, 0, 30, tzinfo=UTC)  # 19:30 in Chicago
NIGHT = datetime(2026, 3, 19, 8, 0, tzinfo=UTC)  # 3:00
NEXT_MORNING = datetime(2026, 3, 19, 14, 0, tzinfo=UTC)  # 9:00
UNCLEAR = "qwerty uiop"


class Waiting:
    """A text that got the holding reply, and Rasa, which was down and is back."""

    def __init__(self, came: datetime = MORNING, **changes: Any) -> None:
        self.clock, self.rasa = Clock(came), FakeRasa(answers=[(found(),)], down=True)
        self.answerer = an_answerer(self.rasa, now=self.clock)
        self.owed = Owed(self.answerer, QUIET)
        self.id = received(UNCLEAR, now=came, **changes).inbound_id
        self.answerer.answer(met())
        self.rasa.down = False
        self.rasa.asked.clear()

    def settled(self, at: datetime) -> list[str]:
        """What the person gets more."""
        before, self.clock.at = len(replies()), at
        self.owed.settle(self.id)
        return replies()[before:]


def tasks() -> list[Task]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task)))


def changed(**changes: Any) -> None:
    person_id = met()
    with database.session_scope() as session:
        session.execute(update(Person).where(Person.id == person_id).values(changes))


def test_what_was_held_while_rasa_was_down_is_answered_once_it_is_back(
    any_database: Database,
) -> None:
    waiting = Waiting()
    assert replies() == [say("holding", EN)]
    waiting.rasa.down = True
    assert waiting.settled(MORNING) == []
    waiting.rasa.down = False
    waiting.rasa.asked.clear()
    (late,) = waiting.settled(MORNING)
    assert late.startswith(say("late_answer", EN) + "\n1 Pantry 1")
    assert waiting.settled(MORNING) == []
    assert not inbound(waiting.id).owed
    assert inbound(waiting.id).answered_by == AnsweredBy.RASA
    assert tasks() == []


def test_nothing_is_owed_to_who_opted_out_meanwhile(db: Database) -> None:
    waiting = Waiting()
    texted("STOP")
    waiting.answerer.answer(met())
    assert waiting.settled(MORNING) == []
    assert replies() == [say("holding", EN), say("stopped", EN)]
    assert not inbound(waiting.id).owed


def test_nor_do_they_get_a_call_a_day_later(db: Database) -> None:
    waiting = Waiting()
    texted("STOP")
    waiting.answerer.answer(met())
    assert waiting.settled(MORNING + timedelta(hours=25)) == []
    assert not inbound(waiting.id).owed
    assert tasks() == []


def test_an_owed_text_waits_while_somebody_answers_the_person(db: Database) -> None:
    waiting, person_id = Waiting(), met()
    with database.session_scope() as session:
        assert conversations.lease(session, person_id, by="another run", wall=MORNING)
    assert waiting.settled(MORNING) == []
    assert inbound(waiting.id).owed


# --- the hour -------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [timedelta(minutes=40), timedelta(hours=2)])
def test_a_fresh_text_is_answered_at_any_hour(db: Database, after: timedelta) -> None:
    waiting = Waiting(EVENING)
    assert len(waiting.settled(EVENING + after)) == 1


def test_a_later_answer_waits_for_the_end_of_quiet_hours_and_asks_nobody_before(
    any_database: Database,
) -> None:
    waiting = Waiting(EVENING)
    assert waiting.settled(NIGHT) == []
    assert waiting.settled(NEXT_MORNING - timedelta(seconds=1)) == []
    assert inbound(waiting.id).owed
    assert waiting.rasa.asked == []
    assert len(waiting.settled(NEXT_MORNING)) == 1
    assert tasks() == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Clocks go forward on 8 March 2026 and back on 1 November: quiet until 9:00 by the wall.
        (datetime(2026, 3, 8, 13, 59, tzinfo=UTC), Fate.WAIT),
        (datetime(2026, 3, 8, 14, 0, tzinfo=UTC), Fate.ANSWER),
        (datetime(2026, 11, 1, 14, 59, tzinfo=UTC), Fate.WAIT),
        (datetime(2026, 11, 1, 15, 0, tzinfo=UTC), Fate.ANSWER),
    ],
)
def test_nine_is_nine_on_the_days_when_clocks_change(now: datetime, expected: Fate) -> None:
    came = now - timedelta(hours=10)
    assert fate(came, opted_out=False, safe_to_text=True, quiet=QUIET, now=now) is expected


# --- a person instead -----------------------------------------------------------------------------


def test_after_a_day_a_person_answers(any_database: Database) -> None:
    waiting = Waiting()
    assert waiting.settled(MORNING + timedelta(hours=24, seconds=1)) == []
    waiting.owed.settle(waiting.id)
    assert waiting.rasa.asked == []
    settled = inbound(waiting.id)
    assert (settled.owed, settled.answered_by) == (False, AnsweredBy.STAFF)
    (task,) = tasks()
    assert (task.kind, task.inbound_id) == (TaskKind.CALL_BACK, waiting.id)
    assert task.note is not None
    assert task.note.count("please read it and answer") == 1


def test_a_day_later_to_the_second_it_is_still_answered(db: Database) -> None:
    assert len(Waiting().settled(MORNING + timedelta(hours=24))) == 1


@pytest.mark.parametrize("at", [MORNING + timedelta(hours=1), NIGHT])
def test_nothing_goes_to_a_phone_that_was_found_unsafe(db: Database, at: datetime) -> None:
    waiting = Waiting()
    changed(safe_to_text=False)
    assert waiting.settled(at) == []
    assert [task.kind for task in tasks()] == [TaskKind.CALL_BACK]
    assert not inbound(waiting.id).owed


# --- what it is read as ---------------------------------------------------------------------------


class Seeing(Conversation):
    """Keeps what it was told."""

    def respond_to(self, text: str, situation: Situation) -> Turn:
        SEEN.append(situation)
        return Turn(AnsweredBy.RASA, situation.memory, (text,))


SEEN: list[Situation] = []


def read_as(waiting: Waiting, at: datetime) -> Situation:
    SEEN.clear()
    seeing = Seeing(rasa=FakeRasa(), search=a_search(), zone=CHICAGO)
    object.__setattr__(waiting.answerer, "conversation", seeing)
    assert waiting.settled(at) != []
    (seen,) = SEEN
    return seen


@pytest.mark.parametrize("safe_first", [False, True])
@pytest.mark.parametrize(("sent_after", "answers"), [(-1, True), (1, False)])
def test_a_text_is_no_answer_to_a_check_in_that_was_sent_after_it(
    db: Database, safe_first: bool, sent_after: int, answers: bool
) -> None:
    waiting = Waiting()
    _, planned = visited()
    with database.session_scope() as session:
        session.get_one(CheckIn, planned[0].id).safety_asked = safe_first
        session.flush()
        checkins.mark_sent(session, planned[0].id, now=MORNING + timedelta(minutes=sent_after))
    seen = read_as(waiting, MORNING + timedelta(hours=1))
    assert (seen.safety_asked is not None) == (answers and safe_first)
    assert (seen.checkin is not None) == (answers and not safe_first)


def test_the_check_in_stays_open_for_its_own_answer(any_database: Database) -> None:
    waiting = Waiting()
    _, planned = visited()
    with database.session_scope() as session:
        checkins.mark_sent(session, planned[0].id, now=MORNING + timedelta(minutes=1))
    (late,) = waiting.settled(MORNING + timedelta(hours=1))
    assert "Pantry 1" in late
    with database.read_scope() as session:
        assert session.get_one(CheckIn, planned[0].id).answer is None
    assert tasks() == []


@pytest.mark.usefixtures("partners")
def test_nor_to_a_text_on_a_referral_that_was_sent_after_it() -> None:
    waiting = Waiting()
    with database.session_scope() as session:
        referral_id = a_referral(session)
    later = MORNING + timedelta(minutes=1)
    got(NoticeKind.REFERRAL_SENT, referral_id, at=later)
    got(NoticeKind.OUTCOME_QUESTION, referral_id, at=later)
    seen = read_as(waiting, MORNING + timedelta(hours=1))
    assert (seen.told, seen.told_of, seen.outcome_asked) == (None, (), None)


# --- which are looked at --------------------------------------------------------------------------


def test_what_waits_for_the_morning_does_not_stand_before_what_came_just_now(
    db: Database,
) -> None:
    waiting = Waiting(EVENING)
    ids = {}
    for name, came in {
        "just now": NIGHT - timedelta(minutes=1),
        "long ago": NIGHT - timedelta(hours=25),
    }.items():
        ids[name] = received(name, now=came).inbound_id
        with database.session_scope() as session:
            text = session.get_one(InboundMessage, ids[name])
            inbox.mark_answered(session, text, AnsweredBy.HOLDING, now=came)
    waiting.clock.at = NIGHT
    assert waiting.owed.to_settle(rasa=True) == [ids["long ago"], ids["just now"]]
    assert waiting.owed.to_settle(rasa=False) == [ids["long ago"]]
    waiting.clock.at = NEXT_MORNING
    assert waiting.owed.to_settle(rasa=True) == [ids["long ago"], waiting.id, ids["just now"]]


@pytest.mark.parametrize("ready", [False, True])
def test_a_person_is_asked_also_while_rasa_is_down(db: Database, ready: bool) -> None:
    """As its sweep does, and once."""
    rasa = FakeRasa(down=True)
    rasa.ready = lambda: ready  # type: ignore[attr-defined]
    services: Services = build(db.settings, gateway=FakeGateway(), rasa=rasa)
    now = services.clock.now()
    inbound_id = received(UNCLEAR, now=now - timedelta(hours=25)).inbound_id
    with database.session_scope() as session:
        text = session.get_one(InboundMessage, inbound_id)
        inbox.mark_answered(session, text, AnsweredBy.HOLDING, now=now)
    for _ in range(2):
        services.workers._slow_sweep(now, now)
    services.workers._answers.shutdown(wait=True)
    services.workers._notices.shutdown(wait=True, cancel_futures=True)
    assert [task.inbound_id for task in tasks()] == [inbound_id]
    with database.read_scope() as session:
        assert session.scalars(select(OutboundMessage)).all() == []
    services.database.close()
