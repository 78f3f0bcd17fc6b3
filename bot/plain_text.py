"""One plain spelling for what people text, so that rules need not know every other one.

`plain("I dnt wanna LIIIVE…")` is `" i dont want to live . "`: lower case, no accents or
apostrophes, text-speak and common typos written out (`bot/safety/rules/spelling.yml`), single
spaces around every word. `.` and `?` stand as words of their own and end a sentence.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from directory.own_files import read_once, read_yaml

SPELLING_FILE = Path(__file__).parent / "safety" / "rules" / "spelling.yml"

# Ten times the longest text that a carrier delivers; what lies behind is not read.
_LONGEST = 16_000

_MARKS = re.compile(
    "[\u0300-\u036f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
_APOSTROPHES = re.compile("['`\u00b4\u2018\u2019\u201b\u02bc\u2032]")
_OVERDOSED = re.compile(r"\bo\.?d['\u2019]?(?:ed|d)\b")
_AGE = re.compile(r"(?<=[0-9]) ?-?(?:y\.?/?o\b\.?|yrs? old)")
_INITIALS = re.compile(r"\b([a-z])\.([a-z])\.(?:([a-z])\.)?(?![a-z])")
_SYMBOLS = str.maketrans({"\u00bf": ".", "\u00a1": ".", "\u2026": "."})
_TOKENS = re.compile(r"[^\W_]+(?:[!@$*][^\W_]+)*|[?]|[.!;\n\r]+")
_QUESTION = frozenset("?")
_RUNS = re.compile(r"(.)\1{2,}")
_DISGUISES = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "!": "i", "@": "a", "$": "s"}
)
_SPELLED_OUT = re.compile(r"(?<![a-z])(?:[a-z][ .*_-]{1,3}){3,}[a-z](?![a-z])")


@dataclass(frozen=True, slots=True)
class Spelling:
    """What `spelling.yml` says: single words, pairs of words, and words often disguised."""

    words: dict[str, str]
    pairs: dict[tuple[str, str], str]
    guarded: frozenset[str]
    misspelt: frozenset[str]
    near: dict[str, str]  # a word often misspelt, with one letter left out -> that word


@read_once
def spelling() -> Spelling:
    """The spelling file, read once; a wrong entry fails at start and in the tests."""
    content = read_yaml(SPELLING_FILE)
    misspelt = frozenset(content["often_misspelt"])
    near: dict[str, str] = {}
    for word in sorted(misspelt):
        near |= {word[:at] + word[at + 1 :]: word for at in range(1, len(word))}
    return Spelling(
        words={str(wrong): right for wrong, right in content["words"].items()},
        pairs={
            (first, second): right
            for (first, second), right in (
                (tuple(wrong.split()), right) for wrong, right in content["pairs"].items()
            )
        },
        guarded=frozenset(content["guarded"]),
        misspelt=misspelt,
        near=near,
    )


def plain(text: str) -> str:
    """The text's words in one plain spelling, each between single spaces. Never raises."""
    folded = text[:_LONGEST]
    if not folded.isascii():
        folded = _MARKS.sub("", unicodedata.normalize("NFKD", folded)).translate(_SYMBOLS)
    folded = _OVERDOSED.sub("overdosed", folded.casefold())
    folded = _INITIALS.sub(r"\1\2\3", _APOSTROPHES.sub("", folded))
    folded = _AGE.sub(" years old", folded)
    known = spelling()
    folded = _SPELLED_OUT.sub(lambda found: _join(found.group(), known), folded)
    words: list[str] = []
    for token in _TOKENS.findall(folded):
        words += _spell(token, known)
    return " " + " ".join(_contract(words, known)) + " "


def words_of(text: str) -> list[str]:
    """The words alone, without sentence ends."""
    return [word for word in plain(text).split() if word not in {".", "?"}]


def _spell(token: str, known: Spelling) -> list[str]:
    """The words that one token stands for."""
    if (right := known.words.get(token)) is not None:
        return right.split()
    if token in known.guarded or token in _QUESTION:
        return [token]
    if token[0] in ".!;\n\r":
        return ["."]
    if token.isalpha():
        if _RUNS.search(token):
            return _shorten(token, known)
        return [_correct(token, known)]
    undisguised = token.translate(_DISGUISES).replace("*", "")
    if undisguised in known.guarded:
        return [undisguised]
    return [known.words.get(part, part) for part in re.split(r"[!@$*]", token)]


def _shorten(token: str, known: Spelling) -> list[str]:
    """A word with drawn-out letters: double where that is a word we guard, else single."""
    double, single = _RUNS.sub(r"\1\1", token), _RUNS.sub(r"\1", token)
    if double in known.guarded:
        return [double]
    return known.words.get(single, single).split()


def _correct(token: str, known: Spelling) -> str:
    """A word often misspelt, seen through one letter too few, too many or swapped."""
    if len(token) < 6 or token in known.misspelt:
        return token
    if (right := known.near.get(token)) is not None:
        return right
    for at in range(1, len(token)):
        shorter = token[:at] + token[at + 1 :]
        if shorter in known.misspelt:
            return shorter
        right = known.near.get(shorter)
        if right is not None and sorted(right) == sorted(token):
            return right
    return token


def _contract(words: list[str], known: Spelling) -> list[str]:
    """Pairs such as "do not" written as the one word that the rules know ("dont")."""
    if not any(pair in known.pairs for pair in pairwise(words)):
        return words
    contracted: list[str] = []
    at = 0
    while at < len(words):
        pair = (words[at], words[at + 1]) if at + 1 < len(words) else None
        a_choice = pair is not None and pair[1] == "2" and at + 2 == len(words)  # "i want 2"
        if pair is not None and pair in known.pairs and not a_choice:
            contracted += known.pairs[pair].split()
            at += 2
        else:
            contracted.append(words[at])
            at += 1
    return contracted


def _join(letters: str, known: Spelling) -> str:
    """ "s u i c i d e" joined, where the letters make a guarded word."""
    word = "".join(letter for letter in letters if letter.isalpha())
    return word if word in known.guarded else letters
