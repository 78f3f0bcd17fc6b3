"""The approved replies to danger: fixed strings of `replies.yml`, never composed at run time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.safety.risks import Risk
from directory.languages import Language
from directory.own_files import read_once, read_yaml

REPLIES_FILE = Path(__file__).with_name("replies.yml")


@dataclass(frozen=True, slots=True)
class ApprovedReply:
    """A reply as approved; id and version go on record with the message.

    numbers: every telephone number that the text names.
    """

    id: str
    version: int
    text: str
    numbers: tuple[str, ...]


def approved(risk: Risk, language: Language, *, on_shift: bool = True) -> ApprovedReply:
    """The reply to one danger. Off shift it also says when a person reads the text."""
    content = _content()
    reply = content["replies"][risk]
    frame = content["on_shift" if on_shift else "hours"][language]
    return ApprovedReply(
        id=f"{reply['id']}.{language}",
        version=reply["version"],
        text=frame.format(text=reply[language]),
        numbers=tuple(reply["numbers"]),
    )


@read_once
def _content() -> Any:
    return read_yaml(REPLIES_FILE)
