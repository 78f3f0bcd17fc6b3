"""The towns that the directory itself has addresses in, read out of what people write.

`places` knows the towns around home and is careful with all others. A directory that covers other
towns has their names in its own addresses: "soup kitchen Holyoke" needs no state there, and
"gathersburg" is a slip of the one town that is meant.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from directory.gazetteer import state_code, state_names, town_in
from directory.places import Place
from directory.search.common_words import COMMON_WORDS
from directory.search.fields import town_key
from directory.search.index import Index
from directory.search.needs import is_word_of_a_need
from directory.search.place_context import Certainty, certainty, context_words, is_told
from directory.search.town_names import TownNames
from directory.search.words import stem

_LONGEST_NAME = 4
# A word that so many times more listings say than lie in the town is not said of the town alone.
_OTHER_THINGS = 2


@dataclass(frozen=True, slots=True)
class Said:
    """A place and the words of the text that name it, from `first` to before `last`."""

    place: Place
    first: int
    last: int


def town_said(index: Index, text: str) -> Said | None:
    """The town of the directory that a text names most surely, if any."""
    words = context_words(text)
    towns = index.lexicon.towns.read(index.lexicon.keys.words)
    found = list(_candidates(index, towns, words))
    return max(found, key=lambda one: (one[0], -one[1].first))[1] if found else None


def _candidates(
    index: Index, towns: TownNames, words: list[str]
) -> Iterator[tuple[Certainty, Said]]:
    position = 0
    while position < len(words):
        length, name = _name_at(index, towns, words, position)
        sure = certainty(words, position, length) if name else None
        if name and sure is not None:
            said = _said(index, towns, words, position, length, name)
            if said is not None:
                yield sure, said
        position += length


def _name_at(
    index: Index, towns: TownNames, words: list[str], position: int
) -> tuple[int, str | None]:
    """How many words the name that begins here takes, and the name; 1 and None for none."""
    longest = min(_LONGEST_NAME, len(words) - position)
    for length in range(longest, 0, -1):
        name = " ".join(words[position : position + length])
        states = towns.states_with(name)
        if states and not _means_something_else(index, states, words, position, length):
            return length, name
    for length in range(min(3, longest), 0, -1):
        part = words[position : position + length]
        if length > 1 and (min(map(len, part)) < 2 or _is_code(part[-1])):
            continue
        if not any(_is_unknown(index, word) for word in part) and length == 1:
            continue
        # Words that somebody says are a town's only if they are its name, written apart.
        slip = length == 1 or any(_is_unknown(index, word) for word in part)
        name_meant = towns.meant("".join(part)) if slip else towns.joined("".join(part))
        if name_meant is not None:
            return length, name_meant
    return 1, None


def _means_something_else(
    index: Index, states: Sequence[str], words: list[str], position: int, length: int
) -> bool:
    """A word that is used for other things counts only where a place is told: "in Mobile"."""
    if length > 1 or is_told(words, position, length):
        return False
    after = words[position + 1 : position + 2]
    if after and (_is_code(after[0]) or after[0] in state_names()):
        return False
    word = words[position]
    if word in COMMON_WORDS or is_word_of_a_need(stem(word)):
        return True
    number = index.lexicon.words.number(stem(word))
    there = sum(len(index.rows_of_key(town_key(word, state))) for state in states)
    return number is not None and index.times_said(number) > _OTHER_THINGS * there


def _is_unknown(index: Index, word: str) -> bool:
    """Whether nobody says such a word: only then is it a slip."""
    if word in COMMON_WORDS or is_word_of_a_need(stem(word)):
        return False
    number = index.lexicon.words.number(stem(word))
    return number is None or not index.times_said(number)


def _is_code(word: str) -> bool:
    return len(word) == 2 and state_code(word) is not None


def _said(
    index: Index, towns: TownNames, words: list[str], position: int, length: int, name: str
) -> Said | None:
    """In the state that stands behind the name, else where most of the directory is."""
    states = towns.states_with(name)
    last = position + length
    for taken in (2, 1):
        state = state_code(" ".join(words[last : last + taken]))
        if state is not None and state in states:
            states, last = [state], last + taken
            break
    best = max(states, key=lambda state: len(index.rows_of_key(town_key(name, state))))
    if not len(index.rows_of_key(town_key(name, best))):
        return None
    place = town_in(name, best)
    return Said(place, position, last) if place is not None else None
