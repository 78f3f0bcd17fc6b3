"""Words about a referral: what came of it, why not, what next, take it back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.referral_answers import (
    WHY_NUMBERS,
    Came,
    CameOf,
    TakeBack,
    asks_for_details,
    is_wrong_person,
    read_outcome,
    read_why,
    read_yes_or_no,
    reads_take_back,
    said_besides,
)
from bot.sms.keywords import Keyword, keyword
from directory.referrals.states import NotReceived

W = NotReceived


@pytest.mark.parametrize(
    ("came", "texts"),
    [
        (Came.RECEIVED, ["1", "yes", "Yes!", "si", "sí ya", "got it", "yes thank you so much",
                         "\N{THUMBS UP SIGN}", "i got a full box, thanks", "todo bien"]),
        (Came.NOT_YET, ["2", "not yet", "still waiting", "todavía no", "aun no", "next week",
                        "no one has called me yet", "im on the waiting list",
                        "i have an appointment on friday", "sigo esperando"]),
        (Came.NOT_RECEIVED, ["3", "no", "Nope.", "nothing", "nada", "i got nothing", "no thanks",
                             "havent heard from them", "they turned me away", "it didnt work"]),
    ],
)  # fmt: skip
def test_the_answer_to_the_question_is_read(came: Came, texts: list[str]) -> None:
    for text in texts:
        assert read_outcome(text, asked_last=True) == CameOf(came), text


@pytest.mark.parametrize(
    ("came", "texts"),
    [
        (Came.RECEIVED, ["yes i got it", "we got the help", "they helped me", "si me ayudaron",
                         "ya me dieron la ayuda", "ya lo recibi"]),
        (Came.NOT_RECEIVED, ["they never called me", "no me hablaron", "nobody called me",
                             "i never got it", "no me han llamado"]),
    ],
)  # fmt: skip
def test_plain_words_count_also_when_something_else_was_asked_since(
    came: Came, texts: list[str]
) -> None:
    for text in texts:
        assert read_outcome(text, asked_last=False) == CameOf(came), text


@pytest.mark.parametrize(
    "text",
    ["need food 60540", "who is this?", "I got evicted", "yes but i need food now", "more",
     "I need help with rent", "", "thanks", "what", "can you call me"],
)  # fmt: skip
def test_what_speaks_of_something_else_is_no_answer(text: str) -> None:
    assert read_outcome(text, asked_last=True) is None


@given(st.sampled_from(["1", "2", "3", "yes", "no", "si", "ok", "full", "closed", "not yet",
                        "i dont get it", "not feeling better yet", "they helped my mom once",
                        "i got evicted", "nobody called the police"]))  # fmt: skip
def test_short_answers_mean_nothing_unless_asked_last(text: str) -> None:
    assert read_outcome(text, asked_last=False) is None


@pytest.mark.parametrize(
    ("why", "texts"),
    [
        (W.CLOSED, ["1", "closed", "they closed down", "cerrado", "ya no existe"]),
        (W.FULL, ["2", "they're full till june", "no beds", "no hay cupo", "lista de espera"]),
        (W.NOT_ELIGIBLE, ["3", "they said i make too much", "we dont qualify", "no califico",
                          "gano mucho", "wrong county", "i dont live in the area"]),
        (W.NO_ANSWER, ["4", "nadie contesta", "nobody answers", "it just rings", "voicemail",
                       "they never called me back", "no contestan"]),
        (W.WRONG_NUMBER, ["5", "number disconnected", "wrong number", "numero equivocado",
                          "the number you gave me is not in service"]),
    ],
)  # fmt: skip
def test_why_is_read_by_number_and_in_words(why: NotReceived, texts: list[str]) -> None:
    for text in texts:
        assert read_why(text) is why, text


def test_a_reason_in_words_says_no_as_well() -> None:
    for text, why in (("never got it, they're full", W.FULL), ("cerrado", W.CLOSED)):
        assert read_outcome(text, asked_last=True) == CameOf(Came.NOT_RECEIVED, why)


def test_the_numbers_are_those_that_the_question_names() -> None:
    from bot.wording import say
    from directory.languages import Language

    asked = say("outcome_why", Language.EN)
    named = ["1 closed", "2 full", "3 not eligible", "4 no answer", "5 wrong number"]
    assert all(each in asked for each in named)
    assert [each.value.replace("_", " ") for each in WHY_NUMBERS.values()] == [
        each[2:] for each in named
    ]


@pytest.mark.parametrize(
    ("texts", "yes"),
    [
        (["1", "yes please", "ok", "si por favor", "send it", "dale"], True),
        (["2", "no", "something else", "otra cosa", "i already called them"], False),
        (["3", "food", "who is this", "maybe"], None),
    ],
)
def test_a_yes_or_a_no_is_read(texts: list[str], yes: bool | None) -> None:
    for text in texts:
        assert read_yes_or_no(text) is yes, text


def test_details_are_asked_for() -> None:
    for text in ("1", "1 info", "details", "which one?", "quien va a llamar", "si"):
        assert asks_for_details(text), text
    for text in ("2", "who is this", "food", "call me", ""):
        assert not asks_for_details(text), text


SURE = [
    "dont share my info with them", "no quiero que les den mis datos", "cancel my request",
    "cancel my referral", "take back", "RETIRAR", "stop the referral", "cancelar mi solicitud",
    "i don't want you to give them my name", "I don't want my information shared",
    "ya no quiero que compartan mi información", "stop sharing my information",
    "no den mis datos a nadie", "i revoke my consent to share my info",
    "retiro mi consentimiento para compartir mis datos", "dont refer me",
]  # fmt: skip
STOPS = [
    "stop", "cancel", "END", "stop texting me", "no me manden mensajes", "withdraw my consent",
    "retiro mi consentimiento", "unsubscribe", "delete my number", "baja",
]  # fmt: skip


@pytest.mark.parametrize("text", SURE)
def test_taking_back_is_read_and_is_no_opt_out_of_texts(text: str) -> None:
    assert reads_take_back(text) is TakeBack.SURE
    assert [word for each in said_besides(text) if (word := keyword(each))] == []


@pytest.mark.parametrize("text", STOPS)
def test_opting_out_of_texts_takes_nothing_back(text: str) -> None:
    assert keyword(text) is Keyword.STOP
    assert reads_take_back(text) is None


@pytest.mark.parametrize("stop", ["stop", "stop texting me", "unsubscribe"])
@pytest.mark.parametrize("text", SURE[:4])
def test_said_together_both_are_heard(stop: str, text: str) -> None:
    both = f"{stop}. {text}"
    assert reads_take_back(both) is TakeBack.SURE
    assert [word for each in said_besides(both) if (word := keyword(each))] == [Keyword.STOP]


@pytest.mark.parametrize(
    "text",
    ["my ex keeps sharing my info", "my landlord wont stop sharing my info", "food 60540",
     "how do i cancel my request for food stamps", "stop my eviction", "who has my info?"],
)  # fmt: skip
def test_what_is_said_of_others_takes_nothing_back(text: str) -> None:
    assert reads_take_back(text) is None


def test_unsure_words_are_marked_as_such() -> None:
    for text in (
        "i changed my mind",
        "never mind",
        "cambie de opinion",
        "i dont want them to call me",
    ):
        assert reads_take_back(text) is TakeBack.UNSURE, text


def test_a_wrong_person_is_heard_and_who_is_this_is_a_question() -> None:
    for text in ("wrong number", "you have the wrong person", "no soy esa persona", "not me"):
        assert is_wrong_person(text), text
    for text in ("who is this", "quien es", "they have the wrong address", "new here", ""):
        assert not is_wrong_person(text), text


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    for asked_last in (True, False):
        read_outcome(text, asked_last=asked_last)
    read_why(text)
    read_yes_or_no(text)
    asks_for_details(text)
    is_wrong_person(text)
    reads_take_back(text)
    said_besides(text)
