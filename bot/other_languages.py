"""Whether a text is in a language that the bot does not read, so that an interpreter is needed.

An English or Spanish text taken for another one would lose its answer, so only plain evidence
counts: another script, or two of another language's small words (language_words.yml) and more of
them than of English and Spanish ones. Language detectors were measured for this and were too often
wrong on texts of a few words with typos.
"""

import re
import unicodedata
from collections import Counter

from bot.languages import WORDS_FILE, counted_in_ours
from bot.plain_text import words_of
from directory.own_files import read_once, read_yaml

WORDS_THAT_TELL = 2

# Common in languages written in Latin letters, and in English and Spanish only in names.
_LETTERS = re.compile("[ąćęłńśźżčďěňřšťůžőűğışășțđơưãõßœẽĩũėįų\u1ea0-\u1ef9]")


def in_another_language(text: str) -> bool:
    """True for a text in another language than English and Spanish. Never raises."""
    normal = unicodedata.normalize("NFKC", text)
    return _in_another_script(normal) or _in_other_words(normal)


def _in_another_script(text: str) -> bool:
    """Whether most letters are of another script. One letter says nothing, but in Chinese."""
    scripts = Counter(_script(letter) for letter in text if letter.isalpha())
    latin = scripts.pop("LATIN", 0)
    others = scripts.total()
    return others > latin and (others > 1 or "CJK" in scripts)


def _script(letter: str) -> str:
    # The first word of a letter's Unicode name is its script: LATIN, CYRILLIC, CJK, GUJARATI.
    # FEMININE and MASCULINE ORDINAL INDICATOR stand in Spanish (1ª, nº).
    script = unicodedata.name(letter, "LATIN").split()[0]
    return "LATIN" if script in {"FEMININE", "MASCULINE", "MICRO", "MODIFIER"} else script


def _in_other_words(text: str) -> bool:
    words = words_of(text)
    ours = counted_in_ours(words)
    by_letters = {word for word in text.casefold().split() if _LETTERS.search(word)}
    told_by_letters = {word for spelt in by_letters for word in words_of(spelt)} & set(words)
    for known in _words():
        told = {word for word in words if word in known} | told_by_letters
        if len(told) >= WORDS_THAT_TELL and len(told) > ours:
            return True
    return False


@read_once
def _words() -> tuple[frozenset[str], ...]:
    content = read_yaml(WORDS_FILE)
    return tuple(frozenset(words) for words in content["other_languages"].values())
