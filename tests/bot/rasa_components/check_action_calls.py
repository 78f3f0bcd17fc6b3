"""Run in Rasa's Python by test_rasa_components.py: how the action server is called."""

import asyncio
import unittest

import jsonschema
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_components import action_calls
from rasa_components.turn import begin_turn

action_calls.install()
TRACKER = DialogueStateTracker.from_events("p", [UserUttered("my secret", {"name": "food"})])
NOBODY = EndpointConfig("http://127.0.0.1:9/webhook")


class CallTests(unittest.TestCase):
    def test_only_what_actions_read_travels(self):
        call = RemoteAction("action_x", NOBODY)._action_call_format(TRACKER, Domain.empty())
        self.assertEqual(call["domain"], {})
        self.assertFalse(call["tracker"].get("events"))
        self.assertEqual(call["tracker"]["latest_message"]["text"], "my secret")

    def test_a_reply_of_the_wrong_form_is_refused_as_before(self):
        action = RemoteAction("action_x", NOBODY)
        self.assertTrue(action._validate_action_result({"events": [], "responses": []}))
        with self.assertRaises(jsonschema.ValidationError):
            action._validate_action_result({"events": "none"})

    def test_a_failure_is_remembered_and_logged_without_the_text(self):
        async def fail_twice():
            turn = begin_turn()
            action = RemoteAction("action_x", NOBODY)
            for _ in range(2):
                with self.assertRaises(action_calls.ActionFailedError):
                    await action.run(CollectingOutputChannel(), None, TRACKER, Domain.empty())
            return turn.failed_actions

        with self.assertLogs("rasa_components.action_calls", "ERROR") as logged:
            self.assertEqual(asyncio.run(fail_twice()), ["action_x"])
        self.assertEqual(len(logged.output), 1)
        self.assertNotIn("secret", logged.output[0])

    def test_installing_twice_changes_nothing(self):
        run = RemoteAction.run
        action_calls.install()
        self.assertIs(RemoteAction.run, run)
