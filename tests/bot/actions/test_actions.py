"""The actions against the real search, on a directory filled from data/partners.yml."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from ruamel.yaml import YAML

from bot.actions.decide import ANYWHERE, SEARCHED
from bot.actions.find import AskPlace, FindAgain, ValidateFindForm
from bot.actions.talk import Clarify, SwitchLanguage
from bot.actions.turn import FALLBACK
from directory import database
from directory.database import Database
from directory.settings import ROOT
from tests.bot.actions.turns import tracker
from tests.conftest import settings_for


def run(action: Action, given: Tracker) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The payloads that an action says and the slots that it sets."""
    dispatcher = CollectingDispatcher()
    events = asyncio.run(action.run(dispatcher, given, {}))
    said = [message["custom"] for message in dispatcher.messages]
    return said, {event["name"]: event["value"] for event in events}


@pytest.fixture
def directory(partners_template: Path, tmp_path: Path) -> Iterator[None]:
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    opened = database.use(Database(settings_for(tmp_path)))
    yield
    opened.close()


def test_with_need_and_place_in_one_text_the_form_searches_at_once(directory: None) -> None:
    said, after = run(ValidateFindForm(), tracker("food in 60540", "food"))
    (message,) = said
    assert message["found"]["query"] == {"needs": ["food"], "place": "60540", "open_now": False}
    assert message["found"]["result"]["matches"]
    assert after == {"needs": ["food"], "place": "60540", "open_now": None, "place_misses": 0}


def test_the_place_in_answer_to_the_question_starts_the_search(directory: None) -> None:
    slots = {"needs": ["food"], "open_now": True, "place_misses": 1.0, "requested_slot": "place"}
    (message,), after = run(ValidateFindForm(), tracker("60540", "give_place", slots=slots))
    assert message["found"]["query"] == {"needs": ["food"], "place": "60540", "open_now": True}
    assert after == {"place": "60540", "open_now": None, "place_misses": 0}


@pytest.mark.parametrize(
    ("answer", "place"),
    [("dekalb", "Dekalb"), ("LaGrange", "La Grange"), ("Kankakee!", "Kankakee")],
)
def test_a_town_far_away_is_understood_where_we_asked_for_one(
    directory: None, answer: str, place: str
) -> None:
    slots = {"needs": ["food"], "requested_slot": "place"}
    _, after = run(ValidateFindForm(), tracker(answer, "give_place", slots=slots))
    assert after["place"] == place


def test_anywhere_is_searched_without_a_place(directory: None) -> None:
    slots = {"needs": ["food"], "requested_slot": "place"}
    (message,), after = run(ValidateFindForm(), tracker("skip", "skip", slots=slots))
    assert message["found"]["query"]["place"] is None
    assert after["place"] == ANYWHERE


def test_a_need_that_is_the_same_everywhere_is_searched_without_a_place(directory: None) -> None:
    (message,), after = run(ValidateFindForm(), tracker("call 211", "information"))
    assert message["found"]["query"]["needs"] == ["information"]
    assert after["requested_slot"] is None


def test_without_a_place_nothing_is_searched(db: Database) -> None:
    said, after = run(ValidateFindForm(), tracker("i need food", "food"))
    assert said == []
    assert after["place"] is None


def test_another_place_repeats_the_last_search(directory: None) -> None:
    given = tracker("what about in lisle", "give_place", metadata={"needs": ["food"]})
    (message,), after = run(FindAgain(), given)
    assert message["found"]["query"]["needs"] == ["food"]
    assert after == {"needs": ["food"], "place": "Lisle"}


def test_more_of_the_last_search_is_marked_as_such(directory: None) -> None:
    metadata = {"needs": ["food"], "place": "60540"}
    (message,), _ = run(FindAgain(), tracker("any others", "more_options", metadata=metadata))
    assert message["found"]["more"] is True
    assert message["found"]["query"]["place"] == "60540"


def test_without_a_search_to_repeat_the_need_is_asked_for(db: Database) -> None:
    said, after = run(FindAgain(), tracker("im in lisle", "give_place"))
    assert said == [{"ask": "need"}]
    assert after["place"] == "Lisle"


def test_the_form_reads_place_and_need_from_the_text(db: Database) -> None:
    _, after = run(ValidateFindForm(), tracker("diapers in naperville", "clothing_household"))
    assert after["needs"] == ["clothing_household"]
    assert after["place"] == "Naperville"


def test_a_placeholder_is_no_place(db: Database) -> None:
    _, after = run(ValidateFindForm(), tracker("food for [NAME] at [ADDRESS]", "food"))
    assert after["place"] is None


def test_the_question_for_the_place_names_the_needs() -> None:
    said, _ = run(AskPlace(), tracker("x", "food", slots={"needs": ["food"]}))
    assert said == [{"ask": "place", "needs": ["food"]}]


def test_a_place_that_nobody_knows_is_said_to_be_so() -> None:
    said, _ = run(AskPlace(), tracker("food in xyzville", "food", slots={"needs": ["food"]}))
    assert said == [{"ask": "place", "needs": ["food"], "unknown": True}]
    slots = {"needs": ["food"], "requested_slot": "place", "place_misses": 1.0}
    said, _ = run(AskPlace(), tracker("ogden and washington", "nlu_fallback", slots=slots))
    assert said == [{"ask": "place", "needs": ["food"], "unknown": True}]


@pytest.mark.parametrize(
    ("text", "intent"), [("thank you", "thanks"), ("actually rent", "rent"), ("hi", "greet")]
)
def test_what_is_no_answer_to_the_question_is_no_unknown_place(text: str, intent: str) -> None:
    slots = {"needs": ["rent"], "requested_slot": "place", "place_misses": 1.0}
    said, _ = run(AskPlace(), tracker(text, intent, slots=slots))
    assert said == [{"ask": "place", "needs": ["rent"]}]


@pytest.mark.parametrize(
    ("answer", "intent", "told"),
    [("ogden and washington", "nlu_fallback", True), ("skip", "skip", False)],
)
def test_a_list_after_a_place_that_nobody_knows_begins_with_that(
    directory: None, answer: str, intent: str, told: bool
) -> None:
    slots = {"needs": ["food"], "requested_slot": "place", "place_misses": 1.0}
    (message,), _ = run(ValidateFindForm(), tracker(answer, intent, slots=slots))
    kinds = [relaxed["kind"] for relaxed in message["found"]["result"]["relaxed"]]
    assert kinds == (["place_not_known"] if told else [])


def test_a_switch_of_language_names_the_language() -> None:
    said, _ = run(SwitchLanguage(), tracker("en español", "switch_language"))
    assert said == [{"say": "language_switched", "language": "es"}]


def test_what_is_plain_by_its_words_is_searched_for_and_not_asked_about(directory: None) -> None:
    ranking = [{"name": "give_place", "confidence": 0.55}, {"name": "food", "confidence": 0.44}]
    given = tracker("despensa naperville", FALLBACK, ranking=ranking)
    (message,), after = run(Clarify(), given)
    assert message["found"]["query"] == {
        "needs": ["food"],
        "place": "Naperville",
        "open_now": False,
    }
    assert after == {"needs": ["food"], "place": "Naperville", **SEARCHED}


def test_another_need_with_its_place_replaces_the_one_whose_place_was_asked_for(
    directory: None,
) -> None:
    ranking = [{"name": "give_place", "confidence": 0.8}, {"name": "food", "confidence": 0.19}]
    slots = {"needs": ["rent"], "requested_slot": "place"}
    given = tracker("food joliet", FALLBACK, ranking=ranking, slots=slots)
    (message,), after = run(ValidateFindForm(), given)
    assert message["found"]["query"]["needs"] == ["food"]
    assert after["place"] == "Joliet"


def test_what_is_unclear_comes_with_needs_to_choose_from() -> None:
    ranking = [
        {"name": "rent", "confidence": 0.2, "score": 0.3},
        {"name": "greet", "confidence": 0.1, "score": 0.3},
    ]
    said, after = run(Clarify(), tracker("hmm", "nlu_fallback", ranking=ranking))
    assert said == [{"say": "clarify", "needs": ["rent"]}]
    assert after == {"needs": ["rent"]}


def test_with_nothing_to_choose_from_the_last_need_stays() -> None:
    said, after = run(Clarify(), tracker("hmm", "nlu_fallback"))
    assert (said, after) == ([{"say": "clarify", "needs": []}], {})


def test_a_picked_need_is_searched_with_the_place_of_the_text_that_was_unclear(
    db: Database,
) -> None:
    metadata = {"chosen_need": "legal", "said": "its about food and the landlord in lisle"}
    _, after = run(ValidateFindForm(), tracker("/legal", "legal", metadata=metadata))
    assert (after["needs"], after["place"]) == (["legal"], "Lisle")


def test_every_action_of_the_domain_is_served() -> None:
    executor = ActionExecutor()
    executor.register_package("bot.actions")
    domain = YAML(typ="safe").load(ROOT / "bot" / "domain" / "find.yml")
    assert {item.name for item in executor.list_actions()} == set(domain["actions"])
