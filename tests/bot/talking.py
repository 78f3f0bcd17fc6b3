"""What the tests of the conversation share: situations, payloads of Rasa, and one call to talk."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.conversation import Conversation
from bot.turn import OpenCheckIn, Situation, Turn
from directory.conversations.memory import Memory, Question
from directory.languages import Language
from directory.search import Query
from tests.factories import CHICAGO, a_search
from tests.fakes import MORNING, FakeRasa

EN, ES = Language.EN, Language.ES
DANGER = "I am going to kill myself tonight"
CHECKIN = OpenCheckIn("checkin-1", MORNING - timedelta(hours=1))
NOBODY = Situation(
    person_id="person-1",
    message_id="message-1",
    opted_out=False,
    language=EN,
    memory=Memory(),
    checkin=None,
    media_count=0,
    on_shift=True,
    now=MORNING,
)
SAID_CLARIFY: tuple[dict[str, Any], ...] = ({"say": "clarify"},)


def found(*needs: str, place: str | None = "60540", count: int = 5) -> dict[str, Any]:
    query = Query(needs=needs, place=place, at=MORNING)
    return {"found": {"result": a_search(count=count)(query).as_json()}}


def unclear(*needs: str) -> dict[str, Any]:
    return {"say": "clarify", "needs": list(needs)}


def conversation(
    *answer: dict[str, Any], down: bool = False, unserved: tuple[str, ...] = ()
) -> tuple[Conversation, FakeRasa]:
    rasa = FakeRasa(answers=[answer or SAID_CLARIFY], down=down)
    return Conversation(rasa=rasa, search=a_search(unserved=unserved), zone=CHICAGO), rasa


def respond(
    text: str, situation: Situation = NOBODY, *answer: dict[str, Any], **given: Any
) -> Turn:
    talk, _ = conversation(*answer, **given)
    return talk.respond_to(text, situation)


def later(turn: Turn, situation: Situation = NOBODY, **changes: Any) -> Situation:
    """The situation of the next text, after this turn."""
    language = Language(turn.memory.language or situation.language)
    return replace(situation, memory=turn.memory, language=language, **changes)


def after_a_list(*, shown: int = 3, at: timedelta = timedelta(0), **changes: Any) -> Situation:
    result = found("food")["found"]["result"]
    memory = Memory(results=result, shown=shown, results_at=MORNING - at, needs=("food",))
    return replace(NOBODY, memory=memory, **changes)


def asked_which(
    *needs: str, text: str = "its about the landlord", at: timedelta = timedelta(0), **changes: Any
) -> Situation:
    """We asked which of these needs an unclear text was about."""
    question = Question(MORNING - at, needs=needs or ("rent", "legal", "housing"), text=text)
    memory = Memory(question=question, needs=question.needs, misses=1)
    return replace(NOBODY, memory=memory, **changes)
