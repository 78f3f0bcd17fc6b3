"""What the bot makes of each message, by the very path that answers residents.

Each message comes from a new person: a fresh sender, an empty memory. Of the labels only the kind
counts, and only to open a check-in before the answer to one.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.conversation import Conversation, Rasa
from bot.evaluation.messages import Kind, LabelledMessage
from bot.evaluation.prediction import Prediction
from bot.rasa_client import Look, RasaAnswer, RasaUnavailable
from bot.turn import ConsentChange, OpenCheckIn, Situation, Turn
from directory.conversations.memory import Memory
from directory.database import new_id
from directory.languages import Language

MOST_NEEDS = 3
CHECKIN_ASKED_BEFORE = timedelta(hours=1)


class CountingRasa:
    """Rasa, and how often it was asked and failed.

    Without Rasa the rule search answers, so figures alone can't tell whom they measure.
    """

    def __init__(self, rasa: Rasa) -> None:
        self._rasa = rasa
        self.asked = 0
        self.failed = 0

    def ask(
        self, *, sender: str, message_id: str, text: str, metadata: dict[str, Any]
    ) -> RasaAnswer:
        self.asked += 1
        try:
            return self._rasa.ask(
                sender=sender, message_id=message_id, text=text, metadata=metadata
            )
        except RasaUnavailable:
            self.failed += 1
            raise

    def look(self, text: str) -> Look:
        self.asked += 1
        try:
            return self._rasa.look(text)
        except RasaUnavailable:
            self.failed += 1
            raise

    @property
    def failed_share(self) -> float:
        return self.failed / self.asked if self.asked else 0.0


def predict(
    conversation: Conversation,
    messages: Iterable[LabelledMessage],
    *,
    now: Callable[[], datetime],
    stopwatch: Callable[[], float],
    forget: Callable[[str], None],
) -> Iterator[Prediction]:
    """The prediction for each message, in order.

    `stopwatch`: seconds from any start. `forget`: gets each sender once its text is answered.
    """
    for message in messages:
        situation = new_person(message, now=now())
        started = stopwatch()
        turn = conversation.respond_to(message.text, situation)
        milliseconds = (stopwatch() - started) * 1000
        forget(situation.person_id)
        yield prediction_of(message.id, turn, milliseconds)


def new_person(message: LabelledMessage, *, now: datetime) -> Situation:
    """The situation of somebody who has never texted; visited before, if answering a check-in."""
    checkin = None
    if message.kind is Kind.CHECKIN_REPLY:
        checkin = OpenCheckIn(new_id(), now - CHECKIN_ASKED_BEFORE)
    return Situation(
        person_id=new_id(),
        message_id=new_id(),
        opted_out=False,
        language=Language.EN,
        memory=Memory(),
        checkin=checkin,
        media_count=0,
        on_shift=True,
        now=now,
    )


def prediction_of(message_id: str, turn: Turn, milliseconds: float) -> Prediction:
    """Read a turn. In immediate danger no need is predicted: the fixed reply is all that goes out.

    Whatever ends our texting is an opt-out, also when it was said in answer to a check-in.
    """
    understood = turn.understood
    danger = understood.danger
    immediate = danger is not None and danger.immediate
    return Prediction(
        id=message_id,
        needs=() if immediate else understood.needs[:MOST_NEEDS],
        risk=danger.risk.value if danger else None,
        immediate=immediate,
        optout=understood.optout or turn.consent is ConsentChange.STOP,
        checkin=understood.checkin.value if understood.checkin else None,
        place=understood.place,
        acted_on=() if immediate or understood.offered else turn.memory.needs,
        offered=understood.offered,
        confidence=understood.confidence,
        milliseconds=milliseconds,
    )
