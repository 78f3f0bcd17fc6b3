"""Which language a text is in, and whether it asks for another one.

Small words decide: they survive missing accents and typos, and in a mixed text they show which
language carries the sentence. A text without any (a number, a town, an emoji) changes nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from bot.phrases import PhraseBook, compile_phrase
from bot.plain_text import plain, words_of
from directory.languages import Language
from directory.own_files import read_once, read_yaml

WORDS_FILE = Path(__file__).with_name("language_words.yml")


@dataclass(frozen=True, slots=True)
class _Words:
    function: dict[Language, frozenset[str]]
    content: dict[Language, frozenset[str]]
    requests: PhraseBook[Language]
    not_requests: PhraseBook[str]


def language_of(text: str, *, otherwise: Language) -> Language:
    """The language of most of the text's small words; `otherwise` when they don't tell."""
    words = words_of(text)
    for known in (_words().function, _words().content):
        counts = {language: sum(word in known[language] for word in words) for language in Language}
        if counts[Language.EN] != counts[Language.ES]:
            return max(Language, key=lambda language: counts[language])
    # Letters that only Spanish uses, when no word told.
    return Language.ES if any(letter in "ñÑ¿¡" for letter in text) else otherwise


def counted_in_ours(words: list[str]) -> int:
    """How many of the words only English or only Spanish uses."""
    known = _words()
    ours = (*known.function.values(), *known.content.values())
    return sum(any(word in each for each in ours) for word in words)


def requested_language(text: str) -> Language | None:
    """The language that the text asks us to use, else None."""
    known = _words()
    sentence = known.not_requests.mask(plain(text))
    for language, _ in known.requests.find(sentence):
        return language
    return None


@read_once
def _words() -> _Words:
    content = read_yaml(WORDS_FILE)
    return _Words(
        function={lang: frozenset(content["function_words"][lang]) for lang in Language},
        content={lang: frozenset(content["content_words"][lang]) for lang in Language},
        requests=PhraseBook(
            (compile_phrase(source), lang)
            for lang in Language
            for source in content["requests"][lang]
        ),
        not_requests=PhraseBook((compile_phrase(s), s) for s in content["not_requests"]),
    )
