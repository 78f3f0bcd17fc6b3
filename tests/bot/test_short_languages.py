"""Texts of three words and fewer: what is asked for tells the language where no small word does."""

import pytest

from bot.languages import language_of
from directory.languages import Language

EN, ES = Language.EN, Language.ES


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (EN, "winter coat"),
        (EN, "mental health"),
        (EN, "cheap apartments"),
        (EN, "open late?"),
        (EN, "va benefits"),
        (EN, "yeah"),
        (EN, "other places"),
        (EN, "eviction court wed"),
        (ES, "salud mental"),
        (ES, "clinica gratis"),
        (ES, "abierto ahorita?"),
        (ES, "debo 3 meses"),
        (ES, "otros lugares"),
        (ES, "claro"),
        (ES, "asilo"),
        (ES, "numero equivocado"),
        (ES, "me mude"),
    ],
)
def test_two_or_three_words_tell_their_language(language: Language, text: str) -> None:
    other = ES if language is EN else EN
    assert language_of(text, otherwise=other) is language


@pytest.mark.parametrize(
    "text", ["60540", "naperville", "no", "1", "[PHONE]", "\N{WAVING HAND SIGN}"]
)
@pytest.mark.parametrize("known", [EN, ES])
def test_what_tells_nothing_changes_nothing(text: str, known: Language) -> None:
    assert language_of(text, otherwise=known) is known
