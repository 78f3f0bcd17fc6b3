"""Encodings and segments, as the carriers count them (3GPP TS 23.038)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.segments import Encoding, encoding_of, segments, to_gsm7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ñ¿¡éü" * 32, 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("á" * 134, 2),
        ("á" * 135, 3),
        ("\N{GRINNING FACE}" * 35, 1),
        ("\N{GRINNING FACE}" * 36, 2),
    ],
)
def test_segments_are_counted_as_billed(text: str, expected: int) -> None:
    assert segments(text) == expected


def test_a_two_unit_character_is_not_cut_in_half() -> None:
    # 152 letters leave one unit of 153: the escape and its letter move on together.
    assert segments("a" * 152 + "€" + "a" * 152) == 3
    assert segments("a" * 151 + "€" + "a" * 153) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Hola” – it’s open…", '"Hola" - it\'s open...'),
        ("está aquí", "está aquí"),
        ("\N{GRINNING FACE}", "\N{GRINNING FACE}"),
    ],
)
def test_typographic_characters_become_plain(text: str, expected: str) -> None:
    assert to_gsm7(text) == expected


def test_accents_that_gsm7_lacks_are_folded_on_request() -> None:
    assert to_gsm7("está aquí, niño: ¿qué?", fold_accents=True) == "esta aqui, niño: ¿qué?"


@given(st.text(alphabet=st.characters(max_codepoint=0x17F), max_size=300))
def test_folding_is_idempotent_and_never_dearer_in_latin_texts(text: str) -> None:
    folded = to_gsm7(text, fold_accents=True)
    assert to_gsm7(folded, fold_accents=True) == folded
    if encoding_of(text) is Encoding.GSM_7:
        assert encoding_of(folded) is Encoding.GSM_7


@given(st.text(max_size=500), st.text(max_size=50))
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)
