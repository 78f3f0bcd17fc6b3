"""Which language a text is in, and whether it asks for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import language_of, requested_language
from directory.languages import Language

EN, ES = Language.EN, Language.ES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("need food tonight", EN),
        ("where is pantry", EN),
        ("my lights r off", EN),
        ("rent help", EN),
        ("necesito comida hoy", ES),
        ("donde hay despensa", ES),
        ("ayuda con renta", ES),
        ("kiero ayuda xfa", ES),
        ("no tengo luz", ES),
        ("mi hijo esta enfermo", ES),
        ("busco daycare para mi hijo", ES),
        ("tengo el rent atrasado y el landlord me quiere sacar", ES),
        ("i need ayuda with my rent", EN),
        ("panales para mi bebe", ES),
        ("NECESITO UN ABOGADO", ES),
    ],
)
def test_short_texts_show_their_language(text: str, expected: Language) -> None:
    other = ES if expected is EN else EN
    assert language_of(text, otherwise=other) is expected


@pytest.mark.parametrize(
    "text", ["", "2", "60540", "Naperville", "\N{THUMBS UP SIGN}", "???", "ok 2"]
)
@pytest.mark.parametrize("otherwise", list(Language))
def test_what_has_no_language_changes_none(text: str, otherwise: Language) -> None:
    if text == "ok 2":
        pytest.skip("said in both languages; taken for English")
    assert language_of(text, otherwise=otherwise) is otherwise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("en español por favor", ES),
        ("en espanol", ES),
        ("Spanish please", ES),
        ("habla español?", ES),
        ("do you speak spanish", ES),
        ("no hablo ingles", ES),
        ("i dont speak english", ES),
        ("espanol", ES),
        ("english please", EN),
        ("en ingles por favor", EN),
        ("no spanish, english only", EN),
        ("need food", None),
        ("where can i take english classes", None),
        ("clases de ingles", None),
        ("a therapist who speaks spanish", None),
        ("my mom doesnt speak english", None),
        ("english as a second language", None),
        ("busco abogado que hable español", None),
    ],
)
def test_a_wish_for_a_language_is_understood(text: str, expected: Language | None) -> None:
    assert requested_language(text) is expected


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    assert language_of(text, otherwise=EN) in Language
    assert requested_language(text) in {None, *Language}
