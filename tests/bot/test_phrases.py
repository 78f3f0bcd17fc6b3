"""The notation in which rules are written."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phrases import PhraseBook, PhraseError, compile_phrase
from bot.plain_text import plain
from bot.safety.rulebook import rulebook
from directory.own_files import read_all

LISTS = {"who": ["my [little] (brother|sister)", "she"], "she_and_he": ["{who}", "he"]}


def matches(phrase: str, text: str) -> bool:
    book = PhraseBook([(compile_phrase(phrase, LISTS), "it")])
    return any(True for _ in book.find(plain(text)))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("want to (die|be dead)", "I want to be dead."),
        ("[really] want to die", "want to die"),
        ("took ... pills", "he took like thirty white pills"),
        ("suicid*", "Suicidal"),
        ("took # pills", "took 30 pills"),
        ("{who} hurts", "my little sister hurts"),
        ("{she_and_he} hurts", "my brother hurts"),
        ("^ leave me alone $", "Leave me alone!!"),
        ("{who} & hurts", "it hurts, says my sister"),
        ("going to do it", "gonna do it"),
        ("gonna do it", "i am going to do it"),
        ("do not go", "don't go"),
        ("está aquí", "ESTA AQUI"),
    ],
)
def test_a_phrase_matches(phrase: str, text: str) -> None:
    assert matches(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("want to die", "want to diet"),
        ("die", "diesel"),
        ("took ... pills", "took one two three four five pills"),
        ("took ... pills", "he took off. pills are expensive"),
        ("took # pills", "took pills"),
        ("^ leave me alone $", "leave me alone with the kids"),
        ("{who} & hurts", "it hurts"),
    ],
)
def test_a_phrase_does_not_match(phrase: str, text: str) -> None:
    assert not matches(phrase, text)


@pytest.mark.parametrize("wrong", ["", "(open", "open)", "[a", "a | ", "{nobody} here", "a-b"])
def test_notation_that_cannot_be_read_is_refused(wrong: str) -> None:
    with pytest.raises(PhraseError):
        compile_phrase(wrong, LISTS)


def test_a_list_that_contains_itself_is_refused() -> None:
    with pytest.raises(PhraseError):
        compile_phrase("{loop}", {"loop": ["a {loop}"]})


def test_masked_words_are_out_of_reach() -> None:
    book = PhraseBook([(compile_phrase("this heat is killing me"), "harmless")])
    assert book.mask(plain("this heat is killing me now")) == " ~ now "


@given(st.lists(st.sampled_from(["he", "hit", "me", "again", ".", "and"]), max_size=12))
def test_looking_up_by_needed_words_finds_what_trying_all_would_find(words: list[str]) -> None:
    sentence = plain(" ".join(words))
    phrases = [compile_phrase(p) for p in ["he ... me", "[he] hit me", "hit* me & again", "^ he"]]
    book = PhraseBook([(phrase, phrase.source) for phrase in phrases])
    found = {source for source, _ in book.find(sentence)}
    tried = {
        phrase.source
        for phrase in phrases
        if phrase.pattern.regex.search(sentence)
        and all(pattern.regex.search(sentence) for pattern in phrase.also)
    }
    assert found == tried


def test_every_phrase_of_the_product_makes_a_regular_expression() -> None:
    """They are compiled when a text first asks for them, too late to find that one cannot be."""
    rulebook()
    read_all()
    books = [each for each in gc.get_objects() if isinstance(each, PhraseBook)]
    phrases = {id(phrase): phrase for book in books for phrase, _ in book._entries}
    assert len(phrases) > 1500
    for phrase in phrases.values():
        for pattern in (phrase.pattern, *phrase.also):
            assert pattern.regex.pattern == pattern.text
