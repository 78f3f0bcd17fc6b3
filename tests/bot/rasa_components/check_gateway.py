"""Run in Rasa's Python by test_rasa_components.py: the channel's pieces and its store."""

import asyncio
import tempfile
import unittest
from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    SessionStarted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa_components.conversation_store import ConversationStore
from rasa_components.gateway import (
    LONG,
    Gateway,
    Question,
    UnreadableRequestError,
    is_long,
    kept_answer,
)
from rasa_components.turn import begin_turn


def texted(text, message_id, intent="food"):
    ranking = [
        {"name": "nlu_fallback", "confidence": 0.3},
        {"name": intent, "confidence": 0.2},
        {"name": "rent", "confidence": 0.1},
    ]
    parsed = {"intent": {"name": intent, "confidence": 0.2}, "intent_ranking": ranking}
    return UserUttered(
        text, parsed["intent"], parse_data={"text": text, **parsed}, message_id=message_id
    )


def said(payload):
    return BotUttered(None, {"custom": payload})


def conversation(*events, sender="p"):
    # Earlier than the events given, which were made before this line runs.
    start = [ActionExecuted("action_session_start", timestamp=1), SessionStarted(timestamp=1)]
    return DialogueStateTracker.from_events(sender, [*start, *events])


class KeptAnswerTests(unittest.TestCase):
    def test_it_is_what_was_said_after_the_latest_text(self):
        tracker = conversation(
            texted("hi", "1"),
            said({"say": "greeting"}),
            texted("food", "2"),
            said({"say": "clarify"}),
            said({"ask": "place"}),
        )
        answer = kept_answer(tracker, "2")
        self.assertEqual(answer["messages"], [{"say": "clarify"}, {"ask": "place"}])
        self.assertEqual(answer["intent"], {"name": "food", "confidence": 0.2})
        self.assertEqual([guess["name"] for guess in answer["ranking"]], ["food", "rent"])

    def test_there_is_none_for_another_text(self):
        tracker = conversation(texted("hi", "1"), said({"say": "greeting"}))
        self.assertIsNone(kept_answer(tracker, "2"))
        self.assertIsNone(kept_answer(None, "1"))

    def test_silence_is_no_answer(self):
        self.assertIsNone(kept_answer(conversation(texted("hi", "1")), "1"))


class LengthTests(unittest.TestCase):
    def test_a_long_conversation_is_begun_anew_unless_a_question_is_open(self):
        texts = [texted("hi", str(number)) for number in range(LONG)]
        self.assertTrue(is_long(conversation(*texts)))
        self.assertFalse(is_long(conversation(*texts[1:])))
        self.assertFalse(is_long(conversation(*texts, ActiveLoop("find_form"))))
        self.assertFalse(is_long(None))


GOOD = {"sender": "p", "message_id": "1", "text": "hi", "metadata": {"language": "en"}}


class QuestionTests(unittest.TestCase):
    def test_a_full_body_is_read(self):
        self.assertEqual(Question.read(GOOD).metadata, {"language": "en"})

    def test_whatever_lacks_or_is_of_another_kind_is_refused(self):
        for field in ("sender", "message_id", "text"):
            for value in (None, "", " ", 5, ["x"]):
                with self.assertRaises(UnreadableRequestError):
                    Question.read({**GOOD, field: value})
        for body in (None, [], "text", {**GOOD, "metadata": "x"}):
            with self.assertRaises(UnreadableRequestError):
                Question.read(body)

    def test_the_refusal_does_not_repeat_what_was_sent(self):
        with self.assertRaises(UnreadableRequestError) as raised:
            Question.read({**GOOD, "text": ["my secret"]})
        self.assertNotIn("secret", str(raised.exception))


class TokenTests(unittest.TestCase):
    def test_without_a_token_the_channel_does_not_open(self):
        for credentials in (None, {}, {"token": ""}, {"token": "${HANDOFF_RASA_TOKEN}"}):
            with self.assertRaises(RasaException):
                Gateway.from_credentials(credentials)


class StoreTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        path = str(Path(self.folder.name) / "conversations.sqlite")
        self.store = ConversationStore(Domain.empty(), db=path)
        self.addCleanup(self.store.engine.dispose)

    def run_turn(self, tracker, *, failing=None):
        async def turn():
            turn = begin_turn()
            if failing:
                turn.failed_actions.append(failing)
            await self.store.save(tracker)
            return await self.store.retrieve(tracker.sender_id)

        return asyncio.run(turn())

    def test_an_answered_turn_is_kept(self):
        kept = self.run_turn(conversation(texted("hi", "1"), said({"say": "greeting"})))
        self.assertEqual(kept_answer(kept, "1")["messages"], [{"say": "greeting"}])

    def test_a_turn_without_an_answer_leaves_no_trace(self):
        self.assertIsNone(self.run_turn(conversation(texted("hi", "1"))))

    def test_half_an_answer_leaves_no_trace(self):
        tracker = conversation(texted("hi", "1"), said({"say": "greeting"}))
        self.assertIsNone(self.run_turn(tracker, failing="action_find_services"))

    def test_a_forgotten_person_leaves_no_row(self):
        other = conversation(texted("hi", "1"), said({"say": "greeting"}), sender="q")
        self.run_turn(other)
        self.run_turn(conversation(texted("hi", "1"), said({"say": "greeting"})))
        asyncio.run(self.store.forget("p"))
        self.assertIsNone(asyncio.run(self.store.retrieve("p")))
        self.assertIsNotNone(asyncio.run(self.store.retrieve("q")))

    def test_a_broken_database_is_no_answer_and_no_exception(self):
        self.store.SQLEvent.__table__.drop(self.store.engine)
        self.addCleanup(self.store.SQLEvent.__table__.create, self.store.engine)
        tracker = conversation(texted("hi", "1"), said({"say": "greeting"}))
        asyncio.run(self.store.save(tracker))
