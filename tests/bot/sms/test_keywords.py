"""STOP, START and HELP, and what must never be taken for them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.screen import screen
from bot.sms.keywords import Keyword, keyword, language_of_keyword, wants_texts
from bot.wording import say
from directory.languages import Language
from tests.bot.talking import NOBODY, respond


@pytest.mark.parametrize("spelling", ["{}", "{}.", " {} ", "{}!!", "\n{}\n", '"{}"', "({})"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL", Keyword.STOP),
        ("ALTO PARAR PARE BAJA CANCELAR SALIR DESUSCRIBIR DESUSCRIBIRME", Keyword.STOP),
        ("START UNSTOP", Keyword.START),
        ("HELP INFO AYUDA", Keyword.HELP),
    ],
)
def test_the_carriers_words_count_in_any_case(words: str, expected: Keyword, spelling: str) -> None:
    for word in words.split():
        for written in (word, word.lower(), word.title()):
            assert keyword(spelling.format(written)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me",
        "STOP TEXTING ME!!",
        "take me off this list",
        "take my number off your list plz",
        "wrong number dont text again",
        "leave me alone",
        "no more texts",
        "dont message me anymore",
        "i dont want these texts",
        "how do i stop these messages",
        "unsubscribe me",
        "opt me out please",
        "lose my number",
        "ya no me manden mensajes",
        "dejen de escribirme",
        "no quiero recibir mas mensajes",
        "quitenme de su lista",
        "borren mi numero",
        "numero equivocado, no me escriban",
        "dejenme en paz",
        "quiero darme de baja",
        "you guys need to stop texting me",
        "stop blowing up my phone",
        "i never signed up for this",
        "necesito que ya no me escriban",
    ],
)
def test_opting_out_in_plain_words_counts(text: str) -> None:
    assert keyword(text) is Keyword.STOP


@pytest.mark.parametrize(
    "text",
    [
        "YES",
        "si",
        "end it all",
        "make him stop",
        "make it stop",
        "bus stop",
        "stop by tomorrow",
        "i want to stop drinking",
        "stop eating",
        "quit smoking help",
        "i quit my job",
        "cancel my appointment",
        "end my lease",
        "help me with rent",
        "ayuda con la renta",
        "info 2",
        "more info",
        "my ex wont stop texting me",
        "how do i get my ex to stop contacting me",
        "i dont want contact with my ex",
        "they said dont call back",
        "im not interested in a shelter, i need an apartment",
        "how do i stop an eviction",
        "no quiero molestar pero necesito comida",
        "no me llega el cheque",
        "quiero bajar de peso",
        "tengo que quitarme una muela",
        "mi ex no deja de mandarme mensajes",
        "remove my name from the lease",
        "leave me alone with my kids, i need daycare",
        "my abuser needs to stop contacting me",
        "he needs to stop bothering me",
        "my neighbor needs to stop harassing me",
        "my ex is blowing up my phone",
        "how do I stop texts from my ex",
        "necesito que ya no me moleste mi ex",
        "kids at school should stop bothering my daughter",
        "I never signed up for this life",
        "quiero cancelar mi cita",
        "necesito salir de mi casa",
    ],
)
def test_what_only_sounds_like_a_keyword_is_none(text: str) -> None:
    assert keyword(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "dont stop texting me",
        "please don't stop the texts",
        "never stop sending me these",
        "please do not ever stop texting me",
        "dont you dare stop texting me",
        "thank you never stop texting me",
        "i hope you never stop sending these",
        "i dont want you to stop texting",
        "i don't want to unsubscribe",
        "didnt mean to opt out",
        "dont take me off the list",
        "please dont remove my number",
        "dont cancel my check ins",
        "dont leave me alone",
        "your texts dont bother me",
        "no dejen de escribirme",
        "por favor no paren de escribirme",
        "nunca dejen de mandarme estos mensajes",
        "no quiero que dejen de mandarme mensajes",
        "no me dejen de escribir",
        "no cancelen los mensajes por favor",
        "no me quiten de la lista",
        "no borren mi numero",
        "no quiero darme de baja",
        "espero que no dejen de escribirme",
    ],
)
def test_who_asks_us_not_to_stop_is_not_opted_out(text: str) -> None:
    assert keyword(text) is None
    assert wants_texts(text)


@pytest.mark.parametrize(
    "text",
    [
        "you dont stop texting me",
        "you guys never stop texting me",
        "why dont you stop texting me",
        "why wont you stop sending me these",
        "these texts never stop. stop texting me",
        "please stop dont text me",
        "dont ask, just stop texting",
        "i dont want to be mean but take me off the list",
        "dont stop by, stop texting me",
        "i wish you would stop texting me",
        "no quiero ser grosera pero dejen de escribirme",
        "no. dejen de escribirme",
        "no quiero que me escriban",
    ],
)
def test_an_opt_out_with_a_not_beside_it_still_is_one(text: str) -> None:
    assert keyword(text) is Keyword.STOP
    assert not wants_texts(text)


def test_a_spanish_keyword_shows_the_language_and_the_carriers_own_shows_none() -> None:
    for word in ["ALTO", "pare", "Baja.", "DESUSCRIBIR", "CANCELAR", "salir", "AYUDA"]:
        assert language_of_keyword(word) is Language.ES
    for word in ["STOP", "CANCEL", "START", "HELP", "necesito comida", ""]:
        assert language_of_keyword(word) is None


@pytest.mark.parametrize("word", ["PARE", "ALTO", "BAJA", "DESUSCRIBIR", "CANCELAR", "SALIR"])
def test_a_new_person_is_answered_in_the_language_of_the_keyword(word: str) -> None:
    turn = respond(word, NOBODY)
    assert turn.replies == (say("stopped", Language.ES),)
    after = replace(NOBODY, memory=turn.memory, opted_out=True)
    assert respond("START", after).replies == (say("started", Language.ES),)


@pytest.mark.parametrize("word", ["STOP", "Cancel", "unsubscribe"])
def test_the_carriers_words_are_answered_in_the_language_that_is_known(word: str) -> None:
    for known in Language:
        assert respond(word, replace(NOBODY, language=known)).replies == (say("stopped", known),)


def test_whoever_writes_english_with_us_stays_in_english() -> None:
    known = replace(NOBODY, memory=replace(NOBODY.memory, language=Language.EN))
    assert respond("BAJA", known).replies == (say("stopped", Language.EN),)


def test_ending_it_all_is_danger_and_no_opt_out() -> None:
    danger = screen("end it all")
    assert danger is not None
    assert danger.immediate


@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    assert keyword(text) in {None, *Keyword}
