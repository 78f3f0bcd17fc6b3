"""What a text about listings is taken for. On a real database: test_partners_on_listings."""

import pytest

from bot.listing_texts import Said, read


@pytest.mark.parametrize(
    ("text", "said", "sure"),
    [
        ("1", Said.RIGHT, False),
        ("2", Said.CHANGE, False),
        ("yes", Said.RIGHT, False),
        ("Si, gracias", Said.RIGHT, False),
        ("no", Said.CHANGE, False),
        ("still right", Said.RIGHT, True),
        ("Yes, all correct, thanks!", Said.RIGHT, True),
        ("no changes", Said.RIGHT, True),
        ("sigue igual", Said.RIGHT, True),
        ("change", Said.CHANGE, True),
        ("hours changed to 10-4", Said.WORDS, True),
        ("our phone number is new: 630-555-0141", Said.WORDS, True),
        ("we have moved to Aurora", Said.WORDS, True),
        ("We no longer offer rent help", Said.WORDS, True),
        ("nos mudamos", Said.WORDS, True),
        ("nuevo horario lunes a viernes", Said.WORDS, True),
    ],
)
def test_what_speaks_of_a_listing(text: str, said: Said, sure: bool) -> None:
    reading = read(text)
    assert reading is not None
    assert (reading.said, reading.sure) == (said, sure)
    assert reading.words == (text if said is Said.WORDS else "")


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "ok thank you very much for everything you do",
        "3",
        "60540",
        "I need food for two children",
        "where is the nearest shelter?",
        "is everything ok?",
        "STOP",
        "",
        "👍 see you",
    ],
)
def test_what_does_not(text: str) -> None:
    assert read(text) is None
