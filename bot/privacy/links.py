"""E-mail and web addresses, also as people spell them out."""

import re
from collections.abc import Set

_EMAIL = re.compile(r"[\w.+%-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_SPOKEN_EMAIL = re.compile(
    r"\b[\w.+-]{2,64}\s+(?:at|arroba|\(at\))\s+[\w-]{2,40}\s+(?:dot|punto)\s+"
    r"(?:com|org|net|edu|gov|mx|us)\b",
    re.IGNORECASE,
)
# Endings that are also words ("help.me", "more.info") make a link only with a path behind them.
_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:"
    r"(?:com|org|net|gov|edu)\b(?:[/?]\S*)?"
    r"|(?:io|info|us|co|me|ly|app|gl|link|mx|tv|cc)/\S+)",
    re.IGNORECASE,
)


def without_links(text: str, words: Set[str]) -> str:
    """The text without e-mail and web addresses."""
    if "@" in text:
        text = _EMAIL.sub("[EMAIL]", text)
    if "dot" in words or "punto" in words:
        text = _SPOKEN_EMAIL.sub("[EMAIL]", text)
    return _LINK.sub("[LINK]", text) if "." in text or "://" in text else text
