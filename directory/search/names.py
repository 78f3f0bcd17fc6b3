"""Free text against the names of services and organisations, and the words about them."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.needs import taxonomy
from directory.places import county_names, town_names
from directory.search.common_words import COMMON_WORDS
from directory.search.index import Index, Listing
from directory.search.slips import allowed_slips, is_slip
from directory.search.words import joined_pairs, stem, stems

_STOP = frozenset(
    """a an and any are at be by can do for from get give have help how i in info is it me my
    need no not number of on or phone call text address open please service program center
    community county organization the there they this to u want we what when where who with you
    un una de del el la los las en y o por para con que mi me necesito numero telefono""".split()  # noqa: SIM905  # words, not quotation marks
)
_ALONE = 0.8  # share of the text that one matched word must be
_OF_NAME = 0.6  # share of a name that two or more matched words must be
_ABOUT = 0.6  # share of the text that a description must speak of


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Weights of words (rare ones weigh more), and the words of each listing."""

    weight: dict[str, float]
    words: tuple[str, ...]
    names: tuple[tuple[Listing, tuple[frozenset[str], ...]], ...]
    about: tuple[tuple[Listing, frozenset[str]], ...]
    rarest: float


def listings_named(index: Index, text: str) -> list[Listing]:
    """The listings that `text` calls by name, best first. Needs' own words name nobody."""
    lexicon = _lexicon(index)
    read = {_nearest(word, lexicon) or word for word in _asked(text, lexicon)}
    if not read:
        return []
    scored = []
    for listing, names in lexicon.names:
        best = max((_name_score(read, name, lexicon) for name in names), default=0.0)
        if best > 0:
            scored.append((best, listing))
    scored.sort(key=lambda item: (-item[0], item[1].name, item[1].service_id))
    top = scored[0][0] if scored else 0.0
    return [listing for score, listing in scored if score >= top * 0.8]


def listings_about(index: Index, text: str) -> list[Listing]:
    """The listings whose names or descriptions speak of most of what `text` asks, best first."""
    lexicon = _lexicon(index)
    read = {_nearest(word, lexicon) or word for word in _asked(text, lexicon)}
    total = sum(lexicon.weight.get(word, lexicon.rarest) for word in read)
    if not total:
        return []
    scored = [
        (sum(lexicon.weight[word] for word in read & words) / total, listing)
        for listing, words in lexicon.about
    ]
    scored.sort(key=lambda item: (-item[0], item[1].name, item[1].service_id))
    return [listing for score, listing in scored if score >= _ABOUT]


def _name_score(read: set[str], name: frozenset[str], lexicon: _Lexicon) -> float:
    shared = read & name
    distinct = shared - _ordinary()
    if not distinct:
        return 0.0
    of_text = _weigh(shared, lexicon) / _weigh(read, lexicon)
    of_name = _weigh(shared, lexicon) / _weigh(name, lexicon)
    if of_text >= _ALONE or (len(shared) > 1 and of_name >= _OF_NAME):
        return of_text + of_name
    return 0.0


def _weigh(words: Iterable[str], lexicon: _Lexicon) -> float:
    return sum(lexicon.weight.get(word, lexicon.rarest) for word in words)


def _asked(text: str, lexicon: _Lexicon) -> set[str]:
    """The words that may name somebody; two that the directory writes as one are one."""
    words = joined_pairs(stems(text), lexicon.weight)
    return {word for word in words if word not in _STOP and not word.isdigit()}


@cache
def _ordinary() -> frozenset[str]:
    """Words that cannot name anybody by themselves: the needs', places', everyday ones."""
    words = {stem(word) for word in COMMON_WORDS}
    for need in taxonomy().values():
        for texts in need.words.values():
            words.update(word for text in texts for word in stems(text))
    for name in (*town_names(), *county_names()):
        words.update(stems(name))
    return frozenset(words)


@lru_cache(maxsize=2)
def _lexicon(index: Index) -> _Lexicon:
    names, about, counted = [], [], Counter[str]()
    for listing in index.listings:
        texts = (listing.organization, listing.name, *listing.also_known_as)
        name_words = tuple(frozenset(stems(text)) - _STOP for text in texts)
        words = frozenset(
            word
            for text in (*texts, *listing.description.values())
            for word in stems(text)
            if word not in _STOP
        )
        names.append((listing, tuple(words for words in name_words if words)))
        about.append((listing, words))
        counted.update(words)
    count = max(1, len(index.listings))
    weight = {word: math.log(1 + count / times) for word, times in counted.items()}
    return _Lexicon(weight, tuple(sorted(weight)), tuple(names), tuple(about), math.log(1 + count))


def _nearest(word: str, lexicon: _Lexicon) -> str | None:
    """The word of the directory that `word` is, or is a slip of."""
    if word in lexicon.weight:
        return word
    if len(word) < 5 or word in COMMON_WORDS:
        return None
    found = process.extractOne(
        word, lexicon.words, scorer=OSA.distance, score_cutoff=allowed_slips(word)
    )
    return found[0] if found is not None and is_slip(word, found[0]) else None
