"""Real Rasa, real action server, real directory: what the application gets for a text."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from bot.rasa_client import RasaAnswer, RasaClient, RasaUnavailable
from directory.database import new_id
from tests.fakes import MORNING
from tests.rasa_fixtures import RunningRasa


@dataclass
class Person:
    """Somebody who texts, known to Rasa by an id of their own."""

    client: RasaClient
    language: str = "en"
    place: str | None = None
    needs: list[str] = field(default_factory=list)
    id: str = field(default_factory=new_id)

    def ask(self, text: str, *, message_id: str | None = None, **metadata: Any) -> RasaAnswer:
        return self.client.ask(
            sender=self.id,
            message_id=message_id or new_id(),
            text=text,
            metadata={
                "language": self.language,
                "place": self.place,
                "needs": self.needs,
                "now": MORNING.isoformat(),
                **metadata,
            },
        )

    def says(self, text: str, **metadata: Any) -> list[dict[str, Any]]:
        """The payloads that answer a text; of a search what was looked for."""
        return [_short(message) for message in self.ask(text, **metadata).messages]


def _short(message: dict[str, Any]) -> dict[str, Any]:
    return {"found": message["found"]["query"]} if "found" in message else message


def found(*needs: str, place: str | None, open_now: bool = False) -> dict[str, Any]:
    return {"found": {"needs": list(needs), "place": place, "open_now": open_now}}


@pytest.fixture
def person(rasa: RunningRasa) -> Person:
    return Person(rasa.client())


def test_need_and_place_in_one_text_are_searched_at_once(person: Person) -> None:
    answer = person.ask("no groceries till friday 60540")
    assert answer.look.intent == "food"
    assert answer.look.ranking[0][0] == "food"
    (message,) = answer.messages
    assert message["found"]["query"] == {"needs": ["food"], "place": "60540", "open_now": False}
    assert message["found"]["result"]["matches"]


def test_the_place_is_asked_for_and_remembered_once_given(person: Person) -> None:
    assert person.says("i need diapers") == [{"ask": "place", "needs": ["clothing_household"]}]
    assert person.says("lisle") == [found("clothing_household", place="Lisle")]
    assert person.says("i need a lawyer") == [found("legal", place="Lisle")]


def test_a_place_that_the_application_knows_is_not_asked_for(person: Person) -> None:
    person.place = "60563"
    assert person.says("help with my electric bill") == [found("utilities", place="60563")]


def test_who_would_rather_not_say_where_is_answered_all_the_same(person: Person) -> None:
    person.says("i need a dentist no insurance")
    assert person.says("rather not say") == [found("health", place=None)]
    assert person.says("i need a lawyer") == [found("legal", place=None)]


def test_an_answer_that_is_no_place_is_asked_about_once_more(person: Person) -> None:
    (question,) = person.says("i need a dentist no insurance")
    assert person.says("by the big tree") == [question | {"unknown": True}]
    assert person.says("you know the one") == [found("health", place=None)]


@pytest.mark.parametrize(
    ("text", "needs", "place"),
    [
        ("despensa naperville", "food", "Naperville"),
        ("food joliet", "food", "Joliet"),
        ("men shelter aurora", "shelter", "Aurora"),
        ("shelter for dad and 2 boys 60540", "shelter", "60540"),
    ],
)
def test_one_need_in_plain_words_with_a_place_is_served(
    person: Person, text: str, needs: str, place: str
) -> None:
    assert person.says(text) == [found(needs, place=place)]


def test_what_only_sounds_like_a_need_is_asked_about(person: Person) -> None:
    for text in ("animal shelter naperville", "no food problem naperville"):
        (answer,) = person.says(text)
        assert answer["say"] == "clarify"


def test_a_change_of_mind_replaces_the_need(person: Person) -> None:
    person.says("i need diapers")
    assert person.says("actually i need a lawyer") == [{"ask": "place", "needs": ["legal"]}]
    assert person.says("naperville") == [found("legal", place="Naperville")]


def test_a_question_about_us_is_answered_and_the_search_goes_on(person: Person) -> None:
    (question,) = person.says("i need diapers")
    assert person.says("who is this") == [{"say": "who_are_you"}, question]
    assert person.says("60540") == [found("clothing_household", place="60540")]


def test_never_mind_ends_the_search(person: Person) -> None:
    person.says("i need diapers")
    assert person.says("never mind") == [{"ask": "need"}]
    assert person.says("thank you so much") == [{"say": "thanks"}]


def test_asking_for_a_person_ends_the_search(person: Person) -> None:
    person.says("i need diapers")
    assert person.says("i want to talk to a real person") == [{"say": "person"}]


def test_spanish_is_understood(person: Person) -> None:
    person.language = "es"
    assert person.says("necesito comida") == [{"ask": "place", "needs": ["food"]}]
    assert person.says("en lisle") == [found("food", place="Lisle")]


def test_the_language_is_switched_in_the_middle_of_a_search(person: Person) -> None:
    (question,) = person.says("food pantry near me")
    switched = {"say": "language_switched", "language": "es"}
    assert person.says("in spanish please") == [switched, question]


def test_another_place_and_open_now_repeat_the_search(person: Person) -> None:
    person.says("food pantry 60540")
    assert person.says("what about in lisle") == [found("food", place="Lisle")]
    assert person.says("open now?") == [found("food", place="Lisle", open_now=True)]


def test_what_the_application_remembers_outlives_the_session(person: Person) -> None:
    person.place, person.needs = "60540", ["rent"]
    assert person.says("what about in lisle") == [found("rent", place="Lisle")]


def test_a_place_without_any_need_leads_to_the_question_for_one(person: Person) -> None:
    assert person.says("im in lisle") == [{"ask": "need"}]
    assert person.says("food pantry") == [found("food", place="Lisle")]


def test_two_needs_in_one_text_are_both_looked_for(person: Person) -> None:
    (message,) = person.says("need food and diapers 60540")
    assert set(message["found"]["needs"]) >= {"food", "clothing_household"}


def test_a_need_picked_from_a_list_counts_whatever_the_text(person: Person) -> None:
    question = {"ask": "place", "needs": ["grief"]}
    assert person.says("2", chosen_need="grief") == [question]


def test_a_picked_need_keeps_what_the_unclear_text_said(person: Person) -> None:
    unclear = "its about the landlord in lisle, open now"
    searched = found("legal", place="Lisle", open_now=True)
    assert person.says(unclear, chosen_need="legal") == [searched]
    both = {"chosen_need": "rent", "also_chosen": ["legal"]}
    assert person.says("its about the landlord 60540", **both) == [
        found("rent", "legal", place="60540")
    ]


def test_a_text_that_looks_like_a_command_of_rasa_is_only_a_text(person: Person) -> None:
    person.says("food pantry 60540")
    assert person.says("/restart")
    assert person.says("what about in lisle") == [found("food", place="Lisle")]


@pytest.mark.parametrize("text", ["👍", "?", "[NAME]", "x" * 2000, "/", "🙏🙏 [PHONE]"])
def test_odd_texts_are_answered(person: Person, text: str) -> None:
    assert person.says(text)


def test_a_repeated_message_is_answered_again_and_not_taken_twice(person: Person) -> None:
    first = person.ask("i need a dentist no insurance", message_id="one")
    assert person.ask("i need a dentist no insurance", message_id="one") == first
    miss = person.ask("by the big tree", message_id="two")
    assert person.ask("by the big tree", message_id="two") == miss
    assert person.says("60540") == [found("health", place="60540")]


def test_a_message_asked_many_times_at_once_is_taken_once(person: Person) -> None:
    (question,) = person.says("i need a dentist no insurance")
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(person.ask, "by the big tree", message_id="two") for _ in range(4)]
    # Taken twice, the second would have searched without a place.
    again = question | {"unknown": True}
    assert [each.result().messages for each in asked] == [(again,)] * 4


def test_a_forgotten_conversation_starts_from_nothing(rasa: RunningRasa, person: Person) -> None:
    person.says("food pantry 60540")
    rasa.client().forget(person.id)
    assert person.says("what about in lisle") == [{"ask": "need"}]


def test_without_the_action_server_nothing_is_half_answered(
    rasa: RunningRasa, person: Person
) -> None:
    (question,) = person.says("i need diapers")
    with rasa.without_actions():
        with pytest.raises(RasaUnavailable, match="503"):
            person.ask("who is this", message_id="half")
        with pytest.raises(RasaUnavailable, match="503"):
            person.ask("lisle", message_id="lost")
        assert Person(rasa.client()).says("thank you so much") == [{"say": "thanks"}]
    assert person.says("who is this", message_id="half") == [{"say": "who_are_you"}, question]
    assert person.says("lisle") == [found("clothing_household", place="Lisle")]


def test_only_the_token_opens_the_door(rasa: RunningRasa) -> None:
    stranger = Person(rasa.client(token="guessed"))
    with pytest.raises(RasaUnavailable, match="401"):
        stranger.ask("food 60540")
    with pytest.raises(RasaUnavailable, match="401"):
        rasa.client(token="guessed").forget("anybody")
    assert rasa.client().ready()


def test_rasas_own_doors_are_shut(rasa: RunningRasa) -> None:
    for path in ("/conversations/x/tracker", "/model/parse", "/webhooks/rest/webhook", "/domain"):
        assert httpx.get(rasa.url + path, trust_env=False).status_code in {404, 405}


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"no json", b'{"sender": "x", "message_id": "1", "text": ""}', b'{"text": 1}'],
)
def test_a_body_that_cannot_be_read_is_refused(rasa: RunningRasa, body: bytes) -> None:
    answer = httpx.post(
        rasa.url + "/webhooks/handoff/webhook",
        content=body,
        headers={"Authorization": f"Bearer {rasa.token}"},
        trust_env=False,
    )
    assert answer.status_code in {400, 422}


def test_no_text_reaches_a_log_even_where_the_shell_asks_for_debug(
    rasa: RunningRasa, person: Person
) -> None:
    person.ask("my quokka has no groceries till friday 60540")
    person.client.look("another quokka")
    for log in rasa.logs:
        assert "quokka" not in log.read_text(encoding="utf-8", errors="replace")
