"""What staff reads of a text opens nothing."""

import pytest

from directory.messages.shown import without_secrets


@pytest.mark.parametrize(
    "link",
    [
        "https://handoff.city.example/r/0123456789abcdef0123456789abcdef",
        "http://127.0.0.1:8000/l/0123456789abcdef0123456789abcdef",
        "https://handoff.city.example/partner/link/0123456789abcdef0123456789abcdef",
    ],
)
def test_the_secret_of_a_link_is_blotted_out_and_the_rest_stays(link: str) -> None:
    shown = without_secrets(f"New referral: {link}. Reply A to accept.")
    assert "0123456789abcdef" not in shown
    assert shown.startswith("New referral: http") and shown.endswith("…. Reply A to accept.")


@pytest.mark.parametrize(
    "text",
    ["See https://handoff.city.example/services/food-pantry", "Call 630-555-0100", "and/or", ""],
)
def test_other_words_stay_as_they_are(text: str) -> None:
    assert without_secrets(text) == text
