"""How a call goes on, in Twilio's markup.

Reference: https://www.twilio.com/docs/voice/twiml.
"""

from collections.abc import Mapping
from typing import Any

from twilio.twiml.voice_response import VoiceResponse

RINGS_FOR = 20  # seconds; most mailboxes answer later
Spoken = list[tuple[str, str]]


def menu_twiml(sentences: Spoken, *, action: str) -> str:
    """`sentences`, while the caller may press a key at any time; `action` (a URL) is told which."""
    response = VoiceResponse()
    _say_all(response.gather(num_digits=1, action=action, timeout=8), sentences)
    return str(response)


def connecting_twiml(sentences: Spoken, *, to: str, screen: str, after: str) -> str:
    """The caller is put through to the number `to`.

    `screen`: asked what to say to whoever picks up; `after`: asked how the call goes on once that
    one has ended or nobody took it (both URLs).
    """
    response = VoiceResponse()
    _say_all(response, sentences)
    response.dial(action=after, timeout=RINGS_FOR, answer_on_bridge=True).number(to, url=screen)
    return str(response)


def screening_twiml(sentences: Spoken, *, action: str) -> str:
    """Whoever picks up must press a key: a mailbox doesn't, so the call goes on to the next."""
    response = VoiceResponse()
    _say_all(response.gather(num_digits=1, action=action, timeout=8), sentences)
    response.hangup()
    return str(response)


def was_put_through(params: Mapping[str, Any]) -> bool:
    """Whether caller and colleague spoke, from the form that `after` is sent.

    A colleague who picks up and presses nothing leaves `completed` too; DialBridged tells.
    """
    bridged = params.get("DialBridged")
    if bridged is not None:
        return str(bridged).lower() == "true"
    return params.get("DialCallStatus") in ("completed", "answered")


def hanging_up_twiml() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)


def going_on_twiml() -> str:
    """Nothing more to say: the caller is put through."""
    return str(VoiceResponse())


def spoken_twiml(sentences: Spoken) -> str:
    """A call answered with `sentences`: pairs of a language tag such as en-US and the words."""
    response = VoiceResponse()
    _say_all(response, sentences)
    return str(response)


def _say_all(verb: Any, sentences: Spoken) -> None:
    for language, words in sentences:
        verb.say(words, language=language)
