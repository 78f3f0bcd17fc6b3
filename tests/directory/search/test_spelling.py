"""Slips in a large vocabulary: nothing that a look at every word would find is missed."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from directory.search.slips import allowed_slips, is_slip
from directory.search.spelling import SHORTEST
from directory.search.vocabulary import Vocabulary

_WORDS = st.text(alphabet="abcdeinorst", min_size=1, max_size=11)


def _by_looking_at_all(written: str, words: list[str], said: dict[str, int]) -> str | None:
    if len(written) < SHORTEST:
        return None
    close = [
        (distance, -said[word], word)
        for word in words
        if word
        and said[word]
        and (distance := OSA.distance(written, word)) <= allowed_slips(written)
        and is_slip(written, word)
    ]
    return min(close)[2] if close else None


@given(
    st.dictionaries(_WORDS, st.integers(0, 3), max_size=60),
    st.lists(_WORDS, min_size=1, max_size=5),
)
def test_the_same_word_is_found_as_by_looking_at_all_of_them(
    said: dict[str, int], asked: list[str]
) -> None:
    vocabulary = Vocabulary()
    for word in said:
        vocabulary.add(word)
    assert vocabulary.spelling is not None
    words = list(said)
    # Words that were meant, with a slip in each.
    asked += [word[1:2] + word[:1] + word[2:] for word in words[:5]]
    asked += [word[:2] + word[3:] for word in words[:5]]
    for written in asked:
        number = vocabulary.spelling.meant(
            written, vocabulary.words, lambda number: said[vocabulary.words[number]]
        )
        found = None if number is None else vocabulary.words[number]
        assert found == _by_looking_at_all(written, words, said)


def test_words_can_be_added_to_a_bucket_beyond_its_first_size() -> None:
    vocabulary = Vocabulary()
    words = [f"pantry{number}" for number in range(100)]
    assert [vocabulary.add(word) for word in words] == list(range(100))
    assert vocabulary.add("pantry7") == 7
    assert vocabulary.spelling is not None
    number = vocabulary.spelling.meant("pantyr42", vocabulary.words, lambda _: 1)
    assert number == 42
