"""Other languages are seen, and English and Spanish are never taken for one."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.languages import WORDS_FILE, counted_in_ours
from bot.other_languages import in_another_language
from bot.plain_text import words_of

ROOT = Path(__file__).parents[2]
TEXTS: dict[str, list[str]] = YAML(typ="safe").load(Path(__file__).parent / "other_languages.yml")
LISTED: dict[str, list[str]] = YAML(typ="safe").load(WORDS_FILE)["other_languages"]


def own_texts() -> list[str]:
    """Every English and Spanish text that the bot was trained with."""
    lines = [
        line.strip().removeprefix("- ")
        for file in sorted((ROOT / "bot" / "data" / "nlu").rglob("*.yml"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("- ") and "intent:" not in line
    ]
    return [re.sub(r"\[([^\]]*)\](?:\{[^}]*\}|\([^)]*\))", r"\1", line) for line in lines]


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_in_another_language_is_seen(language: str) -> None:
    assert [text for text in TEXTS[language] if not in_another_language(text)] == []


def test_no_english_or_spanish_text_is_taken_for_another_language() -> None:
    texts = own_texts()
    assert len(texts) > 3000
    assert [text for text in texts if in_another_language(text)] == []


@pytest.mark.parametrize(
    "text",
    ["", "60540", "👍", "???", "ok", "¿Dónde?", "la 2ª", "nº 3", "¯\\_(ツ)_/¯", "µ", "α",
     "𝓗𝓮𝓵𝓹 𝓶𝓮", "mon ami", "my abuela says merci", "café", "qué será será", "Nguyễn",
     "Wałęsa needs food", "DuPage", "hjkl asdf", "sí", "ñ", "rent für my mom"],
)  # fmt: skip
def test_what_shows_no_other_language_is_left_alone(text: str) -> None:
    assert not in_another_language(text)


@pytest.mark.parametrize("language", LISTED)
def test_a_listed_word_is_in_plain_spelling_and_neither_english_nor_spanish(language: str) -> None:
    for word in LISTED[language]:
        assert words_of(word) == [word]
        assert counted_in_ours([word]) == 0, word
    assert len(set(LISTED[language])) == len(LISTED[language])


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    in_another_language(text)
