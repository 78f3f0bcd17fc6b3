"""Numbers of people: one spelling inside, never shown whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.errors import Invalid
from directory.people.phone import masked, to_e164


@pytest.mark.parametrize(
    "written", ["+16305550100", "630-555-0100", "(630) 555-0100", "1 630 555 0100", "6305550100"]
)
def test_a_number_has_one_spelling(written: str) -> None:
    assert to_e164(written) == "+16305550100"


@pytest.mark.parametrize("written", ["", "12345", "BANK", "+", "+999", "630-555-01000000", "\x00"])
def test_what_nobody_can_be_texted_at_is_refused_without_being_repeated(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        to_e164(written)
    assert caught.value.code == "phone_invalid"
    assert "01000000" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_clear_refusal(written: str) -> None:
    try:
        assert to_e164(to_e164(written)) == to_e164(written)
    except Invalid as error:
        assert error.code == "phone_invalid"


def test_a_masked_number_shows_its_last_two_digits_only() -> None:
    assert masked("+16305550142").endswith("42")
    assert "5550" not in masked("+16305550142")
