""" "Take care" is said to a goodbye or a short no, and to nobody who says more."""

import pytest

from bot.goodbyes import is_goodbye
from bot.wording import say
from tests.bot.talking import EN, ES, NOBODY, conversation, respond

GOODBYE = {"say": "goodbye"}


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "not really",
        "no thanks",
        "bye",
        "ok bye thank you so much",
        "thats all i needed today",
        "have a good night yall",
        "heading to work now bye",
        "i have to go now",
        "ya con eso es todo",
        "bueno pues hasta luego",
        "que tenga un bonito dia señorita",
    ],
)
def test_a_goodbye_is_returned(text: str) -> None:
    assert is_goodbye(text)
    assert respond(text, NOBODY, GOODBYE).replies[0] in {say("goodbye", EN), say("goodbye", ES)}


@pytest.mark.parametrize(
    "text",
    ["not really im struggling", "no i still cant sleep", "no that doesnt work for me",
     "no la verdad estoy batallando", "eso no me ayuda en nada"],
)  # fmt: skip
def test_who_says_more_is_asked_what_they_mean(text: str) -> None:
    assert not is_goodbye(text)
    turn = respond(text, NOBODY, GOODBYE)
    assert turn.memory.misses == 1
    assert turn.replies[0] not in {say("goodbye", EN), say("goodbye", ES)}


def test_the_likeliest_needs_are_offered() -> None:
    talk, rasa = conversation(GOODBYE)
    rasa.ranking = (("mental_health", 0.3), ("food", 0.02))
    turn = talk.respond_to("not really im struggling", NOBODY)
    assert turn.understood.offered == ("mental_health",)
