"""A need in plain words, and what only looks like one. Rankings are those of the classifier."""

import pytest

from bot.actions.plain import as_plainly_needed, plainly_needed
from bot.actions.turn import FALLBACK
from directory.search import needs_in, place_in
from tests.bot.actions.turns import turn


def needed(text: str, *ranking: tuple[str, float], intent: str = FALLBACK) -> str | None:
    place = place_in(text)
    given = turn(text, intent, ranking=ranking)
    return plainly_needed(given, place.name if place else None, needs_in(text))


@pytest.mark.parametrize(
    ("text", "ranking", "need"),
    [
        ("despensa naperville", (("give_place", 0.55), ("food", 0.45)), "food"),
        ("food joliet", (("give_place", 0.81), ("food", 0.18)), "food"),
        ("joliet shelter", (("give_place", 0.54), ("shelter", 0.46)), "shelter"),
        ("men shelter aurora", (("shelter", 0.54), ("give_place", 0.24)), "shelter"),
        ("refugio para hombre en aurora", (("shelter", 0.66), ("give_place", 0.13)), "shelter"),
        (
            "i need a shelter im a single man naperville",
            (("shelter", 0.82), ("housing", 0.03)),
            "shelter",
        ),
        (
            "shelter for dad and 2 boys 60540",
            (("shelter", 0.61), ("childcare_youth", 0.33)),
            "shelter",
        ),
        ("no food joliet", (("give_place", 0.5), ("food", 0.4)), "food"),
        ("sin hogar aurora", (("shelter", 0.5), ("give_place", 0.4)), "shelter"),
    ],
)
def test_one_need_by_words_and_a_place_are_plain(
    text: str, ranking: tuple[tuple[str, float], ...], need: str
) -> None:
    assert needed(text, *ranking) == need


@pytest.mark.parametrize(
    ("text", "ranking"),
    [
        ("food", (("food", 0.8),)),  # no place
        ("no food problem naperville", (("food", 0.74), ("rent", 0.04))),
        ("no necesito comida en naperville", (("food", 0.8),)),
        ("animal shelter naperville", (("shelter", 0.52), ("give_place", 0.45))),
        ("refugio de animales naperville", (("shelter", 0.6), ("give_place", 0.3))),
        ("food poisoning naperville", (("food", 0.39), ("give_place", 0.33))),
        ("want to donate food naperville", (("food", 0.8),)),
        ("trabajo en un refugio en aurora", (("shelter", 0.8),)),
        ("got held up outside the food pantry aurora", (("food", 0.6), ("out_of_scope", 0.3))),
        ("food for my kids school aurora", (("education", 0.6), ("food", 0.3))),
        ("food bill naperville", (("utilities", 0.3), ("rent", 0.25), ("food", 0.2))),
        (
            "we had such a lovely dinner last night and there was food all over in naperville",
            (("food", 0.8),),
        ),
    ],
)
def test_what_is_not_plain_is_asked_about(
    text: str, ranking: tuple[tuple[str, float], ...]
) -> None:
    assert needed(text, *ranking) is None


def test_where_the_classifier_is_sure_of_something_its_word_holds() -> None:
    assert needed("shelter joliet", ("give_place", 0.9), ("shelter", 0.1), intent="thanks") is None


def test_two_needs_by_words_are_not_plain() -> None:
    assert needed("rent and food naperville", ("rent", 0.5), ("food", 0.4)) is None


def test_needs_that_were_picked_stay() -> None:
    picked = turn("food joliet", FALLBACK, ranking=(("food", 0.8),), chosen=("rent",))
    assert as_plainly_needed(picked, "Joliet", ["food"]) is picked
