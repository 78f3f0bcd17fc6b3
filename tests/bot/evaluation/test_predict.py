"""Messages go through the path that answers residents, each from a new person."""

from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from bot.checkin_answers import CheckinAnswer
from bot.conversation import Conversation
from bot.evaluation.messages import LabelledMessage
from bot.evaluation.predict import CountingRasa, new_person, predict, prediction_of
from bot.evaluation.prediction import Prediction
from bot.rasa_client import RasaUnavailable
from bot.safety.risks import Risk
from bot.safety.screen import Danger
from bot.turn import ConsentChange, Turn, Understood
from directory.conversations.memory import Memory
from directory.messages.models import AnsweredBy
from directory.search import FindResult, Query
from tests.bot.evaluation.builders import message
from tests.bot.evaluation.fake_rasa import FakeRasa

NOW = datetime(2030, 1, 2, 18, tzinfo=UTC)


def no_search(query: Query) -> FindResult:
    raise AssertionError("no search is expected")


def predicted(
    rasa: FakeRasa, *messages: LabelledMessage, forgotten: list[str] | None = None
) -> list[Prediction]:
    conversation = Conversation(rasa, no_search, ZoneInfo("America/Chicago"))
    clock = count(0.0, 0.25)
    forget = [] if forgotten is None else forgotten
    return list(
        predict(
            conversation,
            messages,
            now=lambda: NOW,
            stopwatch=lambda: next(clock),
            forget=forget.append,
        )
    )


def turn(understood: Understood, *, consent: ConsentChange | None = None) -> Turn:
    return Turn(AnsweredBy.RASA, Memory(), ("a reply",), consent=consent, understood=understood)


def test_each_message_comes_from_somebody_new_and_is_forgotten() -> None:
    rasa, forgotten = FakeRasa(), []
    predicted(
        rasa,
        message(id="a", text="food please"),
        message(id="b", text="food please"),
        forgotten=forgotten,
    )
    assert len(set(rasa.senders)) == 2
    assert rasa.senders == forgotten
    assert [(asked["place"], asked["needs"]) for asked in rasa.metadata] == [(None, [])] * 2


def test_needs_and_place_are_those_that_the_conversation_understood() -> None:
    rasa = FakeRasa(
        (("food", 0.6), ("greet", 0.2), ("rent", 0.1), ("legal", 0.05), ("grief", 0.01))
    )
    [found] = predicted(rasa, message(text="food in Naperville please"))
    assert found.needs == ("food", "rent", "legal")
    assert found.place == "Naperville"
    assert (found.risk, found.immediate, found.optout, found.checkin) == (None, False, False, None)


def test_the_time_is_that_of_the_answer() -> None:
    first, second = predicted(FakeRasa(), message(id="a"), message(id="b"))
    assert (first.milliseconds, second.milliseconds) == (250.0, 250.0)


def test_a_check_in_is_open_only_for_an_answer_to_one() -> None:
    asked = new_person(message(kind="checkin_reply", checkin="same"), now=NOW)
    assert asked.checkin is not None
    assert asked.checkin.sent_at < NOW
    assert new_person(message(), now=NOW).checkin is None


def test_in_immediate_danger_no_need_is_predicted() -> None:
    danger = Danger(Risk.SUICIDE, immediate=True, rule="a-rule")
    found = prediction_of("m1", turn(Understood(needs=("grief",), danger=danger)), 1.0)
    assert (found.needs, found.risk, found.immediate) == ((), "suicide", True)


def test_danger_that_is_not_immediate_leaves_the_needs() -> None:
    danger = Danger(Risk.SUICIDE, immediate=False, rule="a-rule")
    found = prediction_of("m1", turn(Understood(needs=("grief",), danger=danger)), 1.0)
    assert (found.needs, found.risk, found.immediate) == (("grief",), "suicide", False)


@pytest.mark.parametrize(
    ("understood", "consent", "optout"),
    [
        (Understood(optout=True), ConsentChange.STOP, True),
        (Understood(checkin=CheckinAnswer.STOP), ConsentChange.STOP, True),
        (Understood(checkin=CheckinAnswer.WRONG_PERSON), ConsentChange.WRONG_PERSON, False),
        (Understood(), ConsentChange.START, False),
        (Understood(), None, False),
    ],
)
def test_whatever_ends_our_texting_is_an_opt_out(
    understood: Understood, consent: ConsentChange | None, optout: bool
) -> None:
    assert prediction_of("m1", turn(understood, consent=consent), 1.0).optout is optout


def test_answers_of_the_rule_search_are_counted() -> None:
    rasa = CountingRasa(FakeRasa(down=True))
    assert rasa.failed_share == 0.0
    with pytest.raises(RasaUnavailable):
        rasa.ask(sender="s", message_id="m", text="t", metadata={})
    assert (rasa.asked, rasa.failed, rasa.failed_share) == (1, 1, 1.0)
