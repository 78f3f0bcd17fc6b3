"""The rule search that answers when Rasa cannot."""

from bot import fallback
from directory.conversations.memory import Memory
from directory.messages.models import AnsweredBy
from directory.search import FindResult, Query
from tests.factories import a_search
from tests.fakes import MORNING


def understand(text: str, memory: Memory | None = None) -> tuple[dict[str, object], list[Query]]:
    asked: list[Query] = []

    def search(query: Query) -> FindResult:
        asked.append(query)
        return a_search()(query)

    understanding = fallback.understand(text, memory or Memory(), MORNING, search)
    assert understanding.by is AnsweredBy.FALLBACK
    (payload,) = understanding.messages
    return payload, asked


def test_a_need_and_a_place_in_words_are_searched_for() -> None:
    payload, (query,) = understand("no groceries till friday 60540")
    assert "found" in payload
    assert query.needs[0] == "food"
    assert query.place is not None


def test_a_need_alone_asks_for_the_place_unless_it_is_known() -> None:
    payload, asked = understand("i need food")
    assert (payload, asked) == ({"ask": "place", "needs": ["food"]}, [])
    _, (query,) = understand("i need food", Memory(place="Aurora"))
    assert query.place == "Aurora"


def test_a_place_alone_goes_on_with_the_need_asked_last() -> None:
    _, (query,) = understand("60540", Memory(needs=("rent",)))
    assert query.needs == ("rent",)


def test_at_most_two_needs_are_searched_for_at_once() -> None:
    _, (query,) = understand("food and rent and clothes and a lawyer 60540")
    assert len(query.needs) == 2


def test_what_holds_neither_is_not_guessed_at() -> None:
    payload, asked = understand("qwerty", Memory(needs=("rent",), place="Aurora"))
    assert (payload, asked) == ({"say": "clarify"}, [])


def test_needs_that_were_picked_are_searched_with_the_place_of_the_text() -> None:
    asked: list[Query] = []

    def search(query: Query) -> FindResult:
        asked.append(query)
        return a_search()(query)

    fallback.understand(
        "the landlord and no food, in lisle", Memory(), MORNING, search, chosen=("legal",)
    )
    assert [(query.needs, query.place) for query in asked] == [(("legal",), "Lisle")]
