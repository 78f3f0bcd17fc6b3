"""Reading what Rasa sends to the action server."""

from bot.actions.turn import Turn, is_need
from tests.bot.actions.turns import tracker
from tests.fakes import MORNING


def test_the_application_tells_language_time_place_and_needs() -> None:
    metadata = {"language": "es", "place": "60540", "needs": ["rent"]}
    turn = Turn.of(tracker("hola", "greet", metadata=metadata))
    assert (turn.language, turn.now) == ("es", MORNING)
    assert (turn.known_place, turn.known_needs) == ("60540", ("rent",))


def test_what_was_said_in_this_session_comes_before_what_was_sent_along() -> None:
    slots = {"place": "Lisle", "needs": ["food"]}
    metadata = {"place": "60540", "needs": ["rent"]}
    turn = Turn.of(tracker("x", "food", metadata=metadata, slots=slots))
    assert (turn.known_place, turn.known_needs) == ("Lisle", ("food",))


def test_a_text_follows_our_question_when_the_place_is_requested() -> None:
    assert Turn.of(tracker("x", "give_place", slots={"requested_slot": "place"})).asking
    assert not Turn.of(tracker("x", "give_place")).asking


def test_the_fallback_is_no_guess() -> None:
    ranking = [
        {"name": "nlu_fallback", "confidence": 0.3},
        {"name": "food", "confidence": 0.2},
    ]
    turn = Turn.of(tracker("x", "nlu_fallback", ranking=ranking))
    assert turn.ranking == (("food", 0.2),)
    assert turn.confidence("rent") == 0


def test_needs_are_the_codes_of_the_taxonomy() -> None:
    assert is_need("food")
    assert not is_need("greet")
    assert not is_need(None)


def test_picked_needs_come_with_the_text_that_was_unclear() -> None:
    metadata = {"chosen_need": "rent", "also_chosen": ["legal"], "said": "the landlord, open now"}
    turn = Turn.of(tracker("/rent", "rent", metadata=metadata))
    assert (turn.chosen, turn.text) == (("rent", "legal"), "the landlord, open now")
    assert Turn.of(tracker("x", "rent")).chosen == ()
