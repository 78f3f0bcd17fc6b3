"""The understanding keeps its gates on a validation set that nothing was trained on."""

import time
from pathlib import Path

from bot.conversation import Conversation
from bot.evaluation.gates import judge, read_gates
from bot.evaluation.measures import measure, paired
from bot.evaluation.messages import read_messages
from bot.evaluation.predict import CountingRasa, predict
from directory.search import FindResult, Query
from tests.factories import CHICAGO
from tests.fakes import MORNING
from tests.rasa_fixtures import RunningRasa

VALIDATION = Path(__file__).parent.parent / "validation"


def test_every_gate_is_kept(rasa: RunningRasa) -> None:
    client = rasa.client()
    counting = CountingRasa(client)
    conversation = Conversation(rasa=counting, search=_no_search, zone=CHICAGO)
    messages = read_messages(VALIDATION / "messages.jsonl")
    predictions = predict(
        conversation,
        messages,
        now=lambda: MORNING,
        stopwatch=time.perf_counter,
        forget=lambda sender: None,
    )
    measures = measure(paired(messages, list(predictions)))
    assert counting.failed == 0
    verdicts = judge(measures, read_gates(VALIDATION / "gates.yml"))
    assert [str(verdict) for verdict in verdicts if verdict.kept is not True] == []


def _no_search(query: Query) -> FindResult:
    raise AssertionError("Rasa's actions search; the rule search only stands in for them")
