"""Which needs a text names, by the everyday words of data/taxonomy.yml. Lexical and careful.

The understanding of residents' texts is the bot's; this is what the public search runs on, and
what answers when the bot's model is down.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.needs import taxonomy
from directory.search.common_words import COMMON_WORDS
from directory.search.phonetic import sound
from directory.search.slips import allowed_slips, is_slip
from directory.search.words import stem, tokens

Phrase = tuple[str, ...]
# A phrase says more than its words do apart.
_WEIGHTS = {1: 1.0, 2: 1.7, 3: 2.3}
_WEIGHT_OF_LONGER = 2.8
_TYPO = 0.8
# A second need counts when it is named about as clearly as the first.
_SHARE_OF_BEST = 0.3


@dataclass(slots=True)
class _Hit:
    score: float = 0.0
    first: int = 1_000_000
    phrases: set[Phrase] = field(default_factory=set)


def needs_in(text: str, *, limit: int = 5) -> list[str]:
    """The needs that the words of `text` point to, best first; none when they point nowhere."""
    if not text.strip():
        return []
    return list(_needs_in(text, limit))


@lru_cache(maxsize=512)
def _needs_in(text: str, limit: int) -> tuple[str, ...]:
    written = [stem(word) for word in tokens(text)]
    read = [_corrected(word) for word in written]
    hits: dict[str, _Hit] = defaultdict(_Hit)
    position = 0
    while position < len(read):
        phrase, length = _phrase_at(read, position)
        if phrase:
            slip = read[position : position + length] != written[position : position + length]
            _count(hits, phrase, position, _TYPO if slip else 1.0)
        position += length
    order = {code: place for place, code in enumerate(taxonomy())}
    ranked = sorted(hits, key=lambda code: (-hits[code].score, hits[code].first, order[code]))
    best = hits[ranked[0]].score if ranked else 0.0
    return tuple(code for code in ranked if hits[code].score >= best * _SHARE_OF_BEST)[:limit]


def _count(hits: dict[str, _Hit], phrase: Phrase, position: int, certainty: float) -> None:
    codes = _phrases()[phrase]
    weight = _WEIGHTS.get(len(phrase), _WEIGHT_OF_LONGER) * certainty / len(codes)
    for code in codes:
        hit = hits[code]
        hit.first = min(hit.first, position)
        if phrase not in hit.phrases:
            hit.phrases.add(phrase)
            hit.score += weight


def _phrase_at(words: Sequence[str], position: int) -> tuple[Phrase, int]:
    """The longest phrase that begins here and how many words it takes; () and 1 if none does."""
    for length in range(min(_longest(), len(words) - position), 0, -1):
        phrase = tuple(words[position : position + length])
        if phrase in _phrases():
            return phrase, length
    joined = "".join(words[position : position + 2])
    return ((joined,), 2) if joined in _long_names() else ((), 1)


@cache
def _phrases() -> dict[Phrase, tuple[str, ...]]:
    """Phrase (as stems) -> the needs that it points to."""
    found: dict[Phrase, list[str]] = defaultdict(list)
    for code, need in taxonomy().items():
        for language, words in need.words.items():
            for text in (*words, need.label[language]):
                phrase = tuple(stem(word) for word in tokens(text))
                if phrase and code not in found[phrase]:
                    found[phrase].append(code)
    return {phrase: tuple(codes) for phrase, codes in found.items()}


@cache
def _longest() -> int:
    return max(map(len, _phrases()), default=1)


@cache
def _long_names() -> frozenset[str]:
    """Long words that people also write apart ("dupage pads")."""
    return frozenset(phrase[0] for phrase in _phrases() if len(phrase) == 1 and len(phrase[0]) > 6)


@cache
def _vocabulary() -> tuple[str, ...]:
    """The words that a typo may have been meant for: long enough to be told apart."""
    words = {word for phrase in _phrases() for word in phrase if len(word) >= 5}
    return tuple(sorted(words))


@cache
def _known_words() -> frozenset[str]:
    return _words_of_needs() | {stem(word) for word in COMMON_WORDS}


@cache
def _by_sound() -> dict[str, str]:
    """The words that may be written by ear; of several that sound alike the first."""
    words = sorted({word for phrase in _phrases() for word in phrase if len(word) > 2})
    return {sound(word): word for word in reversed(words)}


def is_phrase_of_a_need(text: str) -> bool:
    """Whether a text is nothing but everyday words for needs."""
    words = [stem(word) for word in tokens(text)]
    position = 0
    while position < len(words):
        phrase, length = _phrase_at(words, position)
        if not phrase:
            return False
        position += length
    return True


def is_word_of_a_need(stemmed: str) -> bool:
    """Whether the everyday words of some need have it."""
    return stemmed in _words_of_needs()


@cache
def _words_of_needs() -> frozenset[str]:
    return frozenset(word for phrase in _phrases() for word in phrase)


@lru_cache(maxsize=20_000)
def _corrected(word: str) -> str:
    """The word of the taxonomy that `word` is a slip of, else the word itself."""
    if len(word) < 3 or word.isdigit() or word in _known_words():
        return word
    alike = _by_sound().get(sound(word))
    if alike is not None or len(word) < 5:
        return alike or word
    candidates = process.extract(
        word, _vocabulary(), scorer=OSA.distance, score_cutoff=allowed_slips(word), limit=3
    )
    close = [found for found, _, _ in candidates if is_slip(word, found)]
    return close[0] if close else word
