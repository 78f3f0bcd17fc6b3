"""The carrier's own keywords. They are Twilio's, not the product's: the product understands
many more ways of saying stop, and has to live with these acting before it sees the text."""

from enum import StrEnum


class Keyword(StrEnum):
    """The values of the webhook field ``OptOutType``."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


_KEYWORDS = {
    **dict.fromkeys(
        ("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"),
        Keyword.STOP,
    ),
    **dict.fromkeys(("START", "YES", "UNSTOP"), Keyword.START),
    **dict.fromkeys(("HELP", "INFO"), Keyword.HELP),
}


def keyword_in(body: str) -> Keyword | None:
    """The keyword that a text consists of, in any case; a sentence holding one is none."""
    return _KEYWORDS.get(body.strip().upper())
