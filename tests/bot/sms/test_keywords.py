"""STOP, START and HELP, and what must never be taken for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.screen import screen
from bot.sms.keywords import Keyword, keyword


@pytest.mark.parametrize("spelling", ["{}", "{}.", " {} ", "{}!!", "\n{}\n", '"{}"', "({})"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL ALTO PARAR BAJA", Keyword.STOP),
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
    ],
)
def test_what_only_sounds_like_a_keyword_is_none(text: str) -> None:
    assert keyword(text) is None


def test_ending_it_all_is_danger_and_no_opt_out() -> None:
    danger = screen("end it all")
    assert danger is not None
    assert danger.immediate


@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    assert keyword(text) in {None, *Keyword}
