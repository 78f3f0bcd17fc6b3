"""Run in Rasa's Python by test_rasa_components.py: how the action server is called."""

import asyncio
import unittest

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


async def answered_with(reply):
    """The events of an action to which the server answers `reply`."""
    begin_turn("p", None)
    endpoint = EndpointConfig("http://127.0.0.1:9/webhook")

    async def request(*_, **__):
        return reply

    endpoint.request = request
    action = RemoteAction("action_x", endpoint)
    return await action.run(CollectingOutputChannel(), None, TRACKER, Domain.empty())


class CallTests(unittest.TestCase):
    def test_only_what_actions_read_travels(self):
        call = RemoteAction("action_x", NOBODY)._action_call_format(TRACKER, Domain.empty())
        self.assertEqual(call["domain"], {})
        self.assertFalse(call["tracker"].get("events"))
        self.assertEqual(call["tracker"]["latest_message"]["text"], "my secret")

    def test_a_reply_of_the_wrong_form_is_refused_as_before(self):
        good = {"events": [{"event": "slot", "name": "place", "value": None}], "responses": []}
        (event,) = asyncio.run(answered_with(good))
        self.assertEqual((event.key, event.value), ("place", None))
        wrong = ("none", [{}], [{"event": "no such"}], [5])
        for reply in (None, [], {"responses": 5}, *({"events": events} for events in wrong)):
            with self.assertRaises(action_calls.ActionFailedError):
                asyncio.run(answered_with(reply))

    def test_a_failure_is_remembered_and_logged_without_the_text(self):
        async def fail_twice():
            turn = begin_turn("p", None)
            action = RemoteAction("action_x", NOBODY)
            for _ in range(2):
                with self.assertRaises(action_calls.ActionFailedError):
                    await action.run(CollectingOutputChannel(), None, TRACKER, Domain.empty())
            return turn.failed_actions

        with self.assertLogs("rasa_components.action_calls", "ERROR") as logged:
            self.assertEqual(asyncio.run(fail_twice()), ["action_x"])
        self.assertEqual(len(logged.output), 1)
        self.assertNotIn("secret", logged.output[0])

    def test_a_connection_is_used_again_and_made_anew_when_it_is_gone(self):
        connections = []

        async def reply(reader, writer):
            connections.append(writer)
            while await reader.readuntil(b"\r\n\r\n"):
                await reader.readuntil(b"}}")
                body = b'{"events": [], "responses": []}'
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

        async def calls():
            server = await asyncio.start_server(reply, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            endpoint = EndpointConfig(f"http://127.0.0.1:{port}/webhook")
            made = []
            for _ in range(3):
                await endpoint.request(json={"a": {}})
                made.append(len(connections))
            connections[-1].close()
            await asyncio.sleep(0.05)
            await endpoint.request(json={"a": {}})
            await action_calls.close_connections()
            server.close()
            return [*made, len(connections)]

        self.assertEqual(asyncio.run(calls()), [1, 1, 1, 2])

    def test_installing_twice_changes_nothing(self):
        run = RemoteAction.run
        action_calls.install()
        self.assertIs(RemoteAction.run, run)
