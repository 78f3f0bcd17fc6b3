"""What of a text can be read: no control characters, invisible marks or broken halves of emoji."""

import unicodedata

LONGEST_TEXT = 1600  # what carriers deliver as one message

# Control, format (zero-width, right-to-left marks), lone surrogates, private use, unassigned.
_UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def legible(text: str) -> str:
    """The readable part of a text, at most 1,600 characters; empty when there is none."""
    if not text.isprintable():
        kept = (
            letter
            for letter in text[: 4 * LONGEST_TEXT]
            if letter.isspace() or unicodedata.category(letter) not in _UNREADABLE
        )
        text = "".join(kept)
    return text.strip()[:LONGEST_TEXT]


def has_words(text: str) -> bool:
    """False for signs and punctuation alone."""
    return any(letter.isalnum() for letter in text)
