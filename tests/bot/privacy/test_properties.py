"""What holds for the redaction of any text."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.choices import read_choice
from bot.languages import language_of
from bot.privacy import redact
from bot.sms.keywords import keyword
from directory.languages import Language
from directory.search import needs_in, place_in
from tests.bot.privacy.corpus import labelled_texts

PLACEHOLDERS = ["[PHONE]", "[NAME]", "[ID]", "[DATE]", "[ADDRESS]", "[EMAIL]", "[LINK]"]

# Scraps of announcements and of values, in any order: here rules meet each other's placeholders.
_SCRAPS = st.sampled_from(
    """my name is|Maria|Lopez|me llamo|ana|son|my|hija|this is|thanks,|- |dob|born in|1950|march|4|
    de|marzo|123|main st|apt|calle|case|#|number|630|555|0123|630-555-0123|.|,|60540|one two three|
    seis|double|ssn|last four of my|card ends in|6789|a@example.org|www.example.org|[NAME]|[ID]|
    [PHONE]|and|y|Mrs|dr|plate|AB|12345|123456789|po box|i live at|unit|\n|license|A123-456-789
    """.replace("\n    ", "").split("|")
)


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_text_is_redacted_once_and_for_all(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(st.lists(_SCRAPS, max_size=14), st.sampled_from(["", " ", "  "]))
@settings(deadline=None, max_examples=400)
def test_scraps_of_announcements_are_redacted_once_and_for_all(
    scraps: list[str], between: str
) -> None:
    once = redact(between.join(scraps))
    assert redact(once) == once


@given(st.one_of(st.text(max_size=200), st.text(alphabet="0123456789 -.()oA[]", max_size=60)))
@settings(deadline=None)
def test_seven_digits_in_a_row_never_get_through(text: str) -> None:
    assert not re.search(r"\d{7}", redact(text))


@given(
    st.integers(200, 989),
    st.sampled_from(
        [
            "{}-555-01{:02}",
            "({}) 555-01{:02}",
            "{}55501{:02}",
            "+1 {} 555 01{:02}",
            "{}.555.01{:02}",
            "{}/555/01{:02}",
            "{} - 555 - 01{:02}",
            "1{}55501{:02}",
        ]
    ),
    st.integers(0, 99),
    st.sampled_from(
        ["call {}", "{} please", "my number is {}, thanks", "({})", "tel:{}", "cel{}", "60540 {}"]
    ),
)
@settings(deadline=None)
def test_no_phone_number_gets_through(area: int, form: str, last: int, around: str) -> None:
    redacted = redact(around.format(form.format(area, last)))
    assert not re.search(r"\d{3}", redacted.replace("60540", ""))


@given(st.from_regex(r"6[0-2][0-9]{3}", fullmatch=True), st.integers(1, 99))
@settings(deadline=None)
def test_zip_codes_and_ages_stay(zip_code: str, age: int) -> None:
    for text in (zip_code, f"food {zip_code}", f"im {age} and live in {zip_code}", f"{age}"):
        assert redact(text) == text


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_a_placeholder_means_nothing(placeholder: str) -> None:
    assert read_choice(placeholder) is None
    assert place_in(placeholder) is None
    assert place_in(f"in {placeholder} il") is None
    assert needs_in(placeholder) == []
    assert keyword(placeholder) is None
    assert language_of(placeholder, otherwise=Language.ES) is Language.ES
    assert language_of(placeholder, otherwise=Language.EN) is Language.EN
    assert redact(placeholder) == placeholder
    assert not re.search(r"\d", placeholder)


def test_only_these_placeholders_are_written() -> None:
    written = {
        found
        for labelled in labelled_texts()
        for found in re.findall(r"\[[^\]]*\]", redact(labelled.text))
    }
    assert written == set(PLACEHOLDERS)


@pytest.mark.parametrize("scrap", ["1", "630 ", "my name is ", "a@", "1 a st ", "one ", "is ", "("])
def test_a_flood_of_scraps_takes_no_time(scrap: str) -> None:
    redact(scrap)
    begun = time.perf_counter()
    redact((scrap * 16_000)[:16_000])
    assert time.perf_counter() - begun < 2
