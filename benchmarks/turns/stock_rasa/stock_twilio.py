"""Rasa's own Twilio channel, but for two things that it cannot be set to: where Twilio is (it would
be the real one), and how to say what our actions answer (a payload, which it would refuse)."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from rasa.core.channels.twilio import TwilioInput, TwilioOutput
from twilio.http.http_client import TwilioHttpClient

_ELSEWHERE = urlsplit(os.environ["STOCK_TWILIO_URL"])
_LONGEST = 300


class _Elsewhere(TwilioHttpClient):
    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        _, _, path, query, fragment = urlsplit(url)
        url = urlunsplit((_ELSEWHERE.scheme, _ELSEWHERE.netloc, path, query, fragment))
        return super().request(method, url, *args, **kwargs)


class Output(TwilioOutput):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.http_client = _Elsewhere()

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        await self.send_text_message(recipient_id, json.dumps(json_message)[:_LONGEST])


class Input(TwilioInput):
    def get_output_channel(self) -> Output:
        return Output(self.account_sid, self.auth_token, self.twilio_number)
