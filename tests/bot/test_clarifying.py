"""What answers a question with numbered choices, apart from any conversation."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clarifying import Chosen, NotOffered, Reply, SomethingElse, needs_to_offer, read_reply
from directory.conversations.memory import Memory, Question
from directory.needs import taxonomy
from tests.fakes import MORNING

THREE = Question(MORNING, needs=("rent", "legal", "housing"), text="its about the landlord")
ONE = Question(MORNING, needs=("rent",), text="the landlord")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2", "2)", "#2", "two", "the second one", "its 2", "2 please", "dos", "la segunda",
          "opción 2", "es la 2", "tell me about 2"], Chosen(("legal",))),
        (["legal", "Legal help", "ayuda legal", "2 legal help", "a lawyer", "un abogado"],
         Chosen(("legal",))),
        (["an affordable place to live", "vivienda"], Chosen(("housing",))),
        (["1 and 3", "1,3", "3 y 1", "1 & 3"], Chosen(("rent", "housing"))),
        (["both", "all of them", "todos"], Chosen(("rent", "legal", "housing"))),
        (["rent and legal"], Chosen(("rent", "legal"))),
        (["4", "something else", "Algo más", "otra cosa", "none of these", "ninguno", "no", "nope",
          "la 4", "more", "not sure", "no se"], SomethingElse()),
        (["7", "99", "yes", "sí", "ok"], NotOffered()),
    ],
)  # fmt: skip
def test_an_answer_is_read(texts: list[str], expected: Reply) -> None:
    for text in texts:
        assert read_reply(text, THREE) == expected, text


@pytest.mark.parametrize(
    "text",
    ["I need food", "60540", "rent 60540", "legal help in Lisle", "not the rent", "thanks", "hi",
     "my landlord locked us out and i have no lawyer", "2 kids and no food", "630 555 0100",
     "food", "who is this", "rent and food"],
)  # fmt: skip
def test_a_new_text_is_no_answer(text: str) -> None:
    assert read_reply(text, THREE) is None


@pytest.mark.parametrize("text", ["1", "yes", "Sí", "yeah", "correct", "\N{THUMBS UP SIGN}", "all"])
def test_a_single_choice_is_confirmed(text: str) -> None:
    assert read_reply(text, ONE) == Chosen(("rent",))


@pytest.mark.parametrize("text", ["2", "no", "something else", "no es eso"])
def test_a_single_choice_is_refused(text: str) -> None:
    assert read_reply(text, ONE) == SomethingElse()


def test_at_most_three_known_needs_are_offered_in_the_order_given_and_none_refused() -> None:
    possible = ["rent", "no_such_need", "legal", "rent", "food", "housing", "elder"]
    assert needs_to_offer({"needs": possible}, ()) == ("rent", "legal", "food")
    assert needs_to_offer({"needs": possible}, ("legal",)) == ("rent", "food", "housing")
    assert needs_to_offer({"needs": None}, ()) == ()
    assert needs_to_offer({}, ()) == ()


@given(st.integers(1, 99))
def test_every_number_is_an_answer(number: int) -> None:
    assert read_reply(str(number), THREE) is not None


@given(st.text(max_size=200), st.sampled_from([ONE, THREE]))
def test_no_text_makes_it_raise_and_only_what_was_offered_is_chosen(
    text: str, question: Question
) -> None:
    reply = read_reply(text, question)
    assert not isinstance(reply, Chosen) or set(reply.needs) <= set(question.needs)


@given(st.lists(st.sampled_from(sorted(taxonomy())), unique=True, max_size=3).map(tuple), st.text())
def test_a_question_outlives_a_restart(needs: tuple[str, ...], text: str) -> None:
    question = Question(MORNING + timedelta(seconds=1), needs, text, refused=("food",), paused=True)
    memory = Memory(question=question, misses=1)
    assert Memory.from_text(memory.as_text()) == memory
