"""Run in Rasa's Python by test_rasa_components.py: the channel's pieces and its store."""

import asyncio
import tempfile
import unittest
from pathlib import Path

from rasa.core.tracker_store import SQLTrackerStore
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


class LaneTests(unittest.TestCase):
    def test_one_at_a_time_for_each_person_in_the_order_of_arrival(self):
        gateway, order = Gateway("token"), []

        async def text(sender, number):
            async with gateway._lane(sender):
                order.append((sender, number, "begins"))
                await asyncio.sleep(0)
                order.append((sender, number, "ends"))

        async def everybody():
            await asyncio.gather(*(text(sender, n) for n in range(3) for sender in "pq"))

        asyncio.run(everybody())
        for sender in "pq":
            own = [(number, step) for who, number, step in order if who == sender]
            self.assertEqual(own, [(n, step) for n in range(3) for step in ("begins", "ends")])
        self.assertEqual(len(gateway._lanes), 0)


class StoreTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        path = str(Path(self.folder.name) / "conversations.sqlite")
        self.store = ConversationStore(Domain.empty(), db=path)
        self.addCleanup(self.store.engine.dispose)

    def run_turn(self, tracker, *, failing=None):
        async def turn():
            turn = begin_turn(tracker.sender_id, self.store.read(tracker.sender_id))
            if failing:
                turn.failed_actions.append(failing)
            await self.store.save(tracker)
            return self.store.read(tracker.sender_id)

        return asyncio.run(turn())

    def test_an_answered_turn_is_kept(self):
        kept = self.run_turn(conversation(texted("hi", "1"), said({"say": "greeting"})))
        self.assertEqual(kept_answer(kept, "1")["messages"], [{"say": "greeting"}])

    def test_a_turn_without_an_answer_leaves_no_trace(self):
        self.assertIsNone(self.run_turn(conversation(texted("hi", "1"))))

    def test_half_an_answer_leaves_no_trace(self):
        tracker = conversation(texted("hi", "1"), said({"say": "greeting"}))
        self.assertIsNone(self.run_turn(tracker, failing="validate_find_form"))

    def test_a_forgotten_person_leaves_no_row(self):
        other = conversation(texted("hi", "1"), said({"say": "greeting"}), sender="q")
        self.run_turn(other)
        self.run_turn(conversation(texted("hi", "1"), said({"say": "greeting"})))
        asyncio.run(self.store.forget("p"))
        self.assertIsNone(asyncio.run(self.store.retrieve("p")))
        self.assertIsNotNone(asyncio.run(self.store.retrieve("q")))

    def test_a_later_turn_adds_only_what_is_new(self):
        first = conversation(texted("hi", "1"), said({"say": "greeting"}))
        kept = self.run_turn(first)
        for event in (texted("food", "2"), said({"ask": "place"})):
            kept.update(event)
        self.assertEqual(list(self.run_turn(kept).events), list(kept.events))
        asyncio.run(self.store.save(kept))  # outside of a turn, nothing new
        self.assertEqual(len(self.store.read("p").events), len(first.events) + 2)

    def test_during_a_turn_the_conversation_is_read_once(self):
        self.run_turn(conversation(texted("hi", "1"), said({"say": "greeting"}), sender="q"))
        mine = conversation()

        async def turn():
            begin_turn("p", mine)
            return await self.store.retrieve("p"), await self.store.retrieve("q")

        own, other = asyncio.run(turn())
        self.assertIs(own, mine)
        self.assertEqual(other.latest_message.text, "hi")

    def test_it_reads_what_rasas_own_store_reads(self):
        kept = self.run_turn(conversation(texted("old", "1"), said({"say": "greeting"})))
        for event in (SessionStarted(), texted("new", "2"), said({"ask": "place"})):
            kept.update(event)
        ours = self.run_turn(kept)
        rasas = SQLTrackerStore(Domain.empty(), db=self.store.engine.url.database)
        self.addCleanup(rasas.engine.dispose)
        theirs = asyncio.run(rasas.retrieve("p"))
        self.assertEqual(list(ours.events), list(theirs.events))
        self.assertEqual(ours.events[0].type_name, "session_started")

    def test_what_is_forgotten_is_in_no_file(self):
        self.run_turn(conversation(texted("my secret", "1"), said({"say": "greeting"})))
        self.assertIn(b"my secret", self.on_disk())
        asyncio.run(self.store.forget("p"))
        self.assertNotIn(b"my secret", self.on_disk())

    def on_disk(self):
        return b"".join(path.read_bytes() for path in Path(self.folder.name).iterdir())

    def test_the_connection_stays_open(self):
        self.run_turn(conversation(texted("hi", "1"), said({"say": "greeting"})))
        self.assertEqual(self.store.engine.pool.checkedin(), 1)

    def test_a_broken_database_is_no_answer_and_no_exception(self):
        self.store.SQLEvent.__table__.drop(self.store.engine)
        self.addCleanup(self.store.SQLEvent.__table__.create, self.store.engine)
        tracker = conversation(texted("hi", "1"), said({"say": "greeting"}))
        asyncio.run(self.store.save(tracker))
