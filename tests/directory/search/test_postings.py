"""Inverted lists against a naive reckoning of the same."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from directory.search.fields import DESCRIPTION, NAME, fields_of, weighed
from directory.search.postings import SATURATION, Collector, Postings, joined
from directory.search.segment import Lexicon, Segment, prepared
from directory.search.words import stems
from tests.directory.search.test_rank import listing

_SAID = st.lists(
    st.lists(st.tuples(st.integers(0, 8), st.floats(0.1, 5)), max_size=8), min_size=1, max_size=12
)


def _collected(said: list[list[tuple[int, float]]]) -> Postings:
    collector = Collector(weighed=True)
    for row, words in enumerate(said):
        collector.add(row, [number for number, _ in words], [weight for _, weight in words])
    return collector.postings()


def _naive(said: list[list[tuple[int, float]]]) -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for row, words in enumerate(said):
        for number, weight in words:
            found[number][row] = found[number].get(row, 0.0) + weight
    return found


def _as_dictionary(postings: Postings) -> dict[int, dict[int, float]]:
    found = {}
    for number in postings.numbers.tolist():
        rows, weights = postings.of(number)
        assert weights is not None
        assert rows.tolist() == sorted(set(rows.tolist()))
        found[number] = dict(zip(rows.tolist(), weights.tolist(), strict=True))
    return found


def _close(one: dict[int, dict[int, float]], other: dict[int, dict[int, float]]) -> bool:
    return one.keys() == other.keys() and all(
        one[key].keys() == other[key].keys()
        and np.allclose(
            [one[key][row] for row in one[key]], [other[key][row] for row in one[key]], rtol=1e-4
        )
        for key in one
    )


@given(_SAID)
def test_weights_are_summed_and_then_saturate(said: list[list[tuple[int, float]]]) -> None:
    wanted = {
        number: {row: w * (1 + SATURATION) / (SATURATION + w) for row, w in rows.items()}
        for number, rows in _naive(said).items()
    }
    postings = _collected(said)
    assert _close(_as_dictionary(postings), wanted)
    assert postings.counted(9).tolist() == [len(wanted.get(number, {})) for number in range(9)]
    assert len(postings.of(99)[0]) == 0


@given(_SAID, _SAID, st.data())
def test_joined_they_are_what_all_rows_together_would_have_been(
    first: list[list[tuple[int, float]]], second: list[list[tuple[int, float]]], data: st.DataObject
) -> None:
    gone = [data.draw(st.booleans()) for _ in (*first, *second)]
    kept = [words for words, is_gone in zip((*first, *second), gone, strict=True) if not is_gone]
    moved = np.where(gone, -1, np.cumsum(~np.array(gone)) - 1).astype(np.int32)
    both = joined(
        [(_collected(first), moved[: len(first)]), (_collected(second), moved[len(first) :])]
    )
    assert _close(_as_dictionary(both), _as_dictionary(_collected(kept)))


def test_a_word_in_a_name_weighs_more_than_in_a_long_description() -> None:
    ones = [
        listing("Dental clinic"),
        listing("Clinic", description={"en": "We do many things " * 8 + "dental", "es": ""}),
    ]
    lexicon = Lexicon()
    segment = Segment.of(prepared(one, lexicon, 0) for one in ones)
    number = lexicon.words.number("dental")
    assert number is not None
    rows, weights = segment.words.of(number)
    assert weights is not None
    assert rows.tolist() == [0, 1]
    assert weights[0] > weights[1]


def test_every_field_is_weighed_by_its_length() -> None:
    assert weighed(NAME, "Oak pantry pantries") == {"oak": 3.75, "pantry": 7.5}
    assert sum(weighed(DESCRIPTION, "a " * 200).values()) <= 100
    one = listing("Oak", description={"en": "Food.", "es": "Comida."})
    texts = [text for _, text in fields_of(one)]
    assert texts[0] == "Oak"
    assert "Food. Comida." in texts
    assert {word for text in texts for word in stems(text)} >= {"oak", "food", "comida"}
