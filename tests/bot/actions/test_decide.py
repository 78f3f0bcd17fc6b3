"""What a text changes in a search, decided without Rasa and without a directory."""

import pytest

from bot.actions.decide import (
    ANYWHERE,
    SIDE_REMARKS,
    form_slots,
    language_asked_for,
    needs_meant,
    needs_to_offer,
    wants_open_now,
)
from tests.bot.actions.turns import turn


def test_a_need_sets_need_and_place() -> None:
    slots = form_slots(turn("food 60540", "food"), "60540", ["food"])
    assert slots == {"needs": ["food"], "open_now": False, "place": "60540"}


def test_a_known_place_is_taken_unless_another_is_named() -> None:
    known = turn("food", "food", known_place="Lisle")
    assert form_slots(known, None, ["food"])["place"] == "Lisle"
    assert form_slots(known, "Aurora", ["food"])["place"] == "Aurora"


def test_information_needs_no_place() -> None:
    slots = form_slots(turn("what do you do", "information"), None, [])
    assert slots["place"] is None
    assert slots["requested_slot"] is None


def test_a_place_answers_the_question_for_one() -> None:
    slots = form_slots(turn("lisle", "give_place", asking=True), "Lisle", [])
    assert slots == {"place": "Lisle", "place_misses": 0, "open_now": False}


@pytest.mark.parametrize("intent", ["skip", "deny"])
def test_no_place_is_an_answer_too(intent: str) -> None:
    assert form_slots(turn("anywhere", intent, asking=True), None, [])["place"] == ANYWHERE


def test_an_answer_that_is_no_place_counts_and_then_the_search_runs() -> None:
    first = turn("by the big tree", "nlu_fallback", asking=True)
    assert form_slots(first, None, []) == {"place_misses": 1}
    second = turn("you know", "nlu_fallback", asking=True, place_misses=1)
    assert form_slots(second, None, []) == {"place": ANYWHERE, "place_misses": 0}


@pytest.mark.parametrize("intent", sorted(SIDE_REMARKS))
def test_a_side_remark_changes_nothing(intent: str) -> None:
    assert form_slots(turn("hm", intent, asking=True), None, []) == {}


def test_another_need_replaces_the_first() -> None:
    change = turn("actually rent", "rent", asking=True, known_needs=("food",))
    assert form_slots(change, None, ["rent"])["needs"] == ["rent"]


@pytest.mark.parametrize(
    ("text", "intent", "share", "place"),
    [
        ("west aurora", "elder", 0.9, "Aurora"),  # a short answer with a place in it
        ("you know the one", "information", 0.9, None),  # asking for information names no need
        ("the blue one", "legal", 0.4, None),  # not sure enough
    ],
)
def test_a_poor_answer_is_no_change_of_mind(
    text: str, intent: str, share: float, place: str | None
) -> None:
    answer = turn(text, intent, ranking=((intent, share),), asking=True, known_needs=("food",))
    assert "needs" not in form_slots(answer, place, [])


def test_open_now_is_kept_while_the_place_is_asked_for() -> None:
    assert form_slots(turn("open now?", "open_now", asking=True), None, []) == {"open_now": True}
    answer = turn("lisle", "give_place", asking=True, open_now=True)
    assert form_slots(answer, "Lisle", [])["open_now"] is True


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("food open now 60540", True),
        ("is it open right now", True),
        ("comida abierto ahorita", True),
        ("i opened a letter now", False),
        ("bed for tonight", False),
    ],
)
def test_open_now_is_read_from_the_words(text: str, wanted: bool) -> None:
    assert wants_open_now(turn(text, "food")) is wanted


def test_a_second_need_counts_when_words_and_model_see_it() -> None:
    both = turn("x", "food", scores={"food": 0.6, "clothing_household": 0.2})
    assert needs_meant(both, ["clothing_household"]) == ("food", "clothing_household")
    only_words = turn("x", "food", scores={"food": 0.9, "legal": 0.05})
    assert needs_meant(only_words, ["legal"]) == ("food",)


def test_a_second_need_counts_when_the_model_alone_finds_that_it_fits() -> None:
    ranking = (("rent", 0.45), ("housing", 0.4), ("thanks", 0.3), ("food", 0.2))
    scores = {"rent": 0.9, "housing": 0.5, "thanks": 0.5, "food": 0.1}
    assert needs_meant(turn("x", "rent", ranking=ranking, scores=scores), []) == ("rent", "housing")


def test_no_more_than_three_needs_are_looked_for() -> None:
    ranking = tuple((name, 0.25) for name in ("food", "rent", "legal", "grief"))
    scores = {name: 0.5 for name, _ in ranking}
    assert len(needs_meant(turn("x", "food", ranking=ranking, scores=scores), [])) == 3


def test_what_may_be_meant_is_offered_likeliest_first_and_what_words_name_always() -> None:
    ranking = (("greet", 0.2), ("rent", 0.15), ("legal", 0.1), ("elder", 0.01))
    scores = {"greet": 0.4, "rent": 0.35, "legal": 0.3, "elder": 0.05}
    unclear = turn("x", "nlu_fallback", ranking=ranking, scores=scores)
    assert needs_to_offer(unclear, ["food"]) == ("rent", "legal", "food")
    assert needs_to_offer(unclear, ["legal", "rent"]) == ("rent", "legal")


@pytest.mark.parametrize(
    ("text", "now", "wanted"),
    [
        ("in spanish please", "en", "es"),
        ("do you speak spanish", "es", "es"),
        ("en español por favor", "en", "es"),
        ("no entiendo inglés", "en", "es"),
        ("no hablo ingles solo español", "en", "es"),
        ("i dont read spanish", "es", "en"),
        ("english please i dont speak spanish", "es", "en"),
        ("en ingles", "es", "en"),
        ("change language", "en", "es"),
        ("otro idioma", "es", "en"),
    ],
)
def test_the_language_asked_for(text: str, now: str, wanted: str) -> None:
    assert language_asked_for(turn(text, "switch_language", language=now)) == wanted


def test_needs_that_were_picked_are_these_and_no_others() -> None:
    picked = turn("food and my landlord, open now", "rent", chosen=("rent", "legal"))
    assert needs_meant(picked, ["food"]) == ("rent", "legal")
    assert form_slots(picked, None, ["food"]) == {
        "needs": ["rent", "legal"],
        "open_now": True,
        "place": None,
    }


def test_a_picked_need_replaces_one_whose_place_we_still_asked_for() -> None:
    picked = turn("lisle i think", "legal", chosen=("legal",), asking=True)
    assert form_slots(picked, "Lisle", [])["needs"] == ["legal"]
