"""The screen against our own corpus, and what must hold for any text at all."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.safety.screen import Danger, Risk, screen
from directory.languages import Language

CORPUS = YAML(typ="safe", pure=True).load(Path(__file__).with_name("corpus.yml"))
DANGERS = [
    (Risk(risk), language, text)
    for risk, by_language in CORPUS["dangers"].items()
    for language, texts in by_language.items()
    for text in texts
]
BENIGN = [text for texts in CORPUS["benign"].values() for text in texts]

# Gates apart, so that fewer misses can't be bought with more false alarms, nor the other way.
MISSED_AT_MOST = 0.01
FALSE_ALARMS_AT_MOST = 0.01
RIGHT_RISK_AT_LEAST = 0.95


def is_immediate(text: str) -> bool:
    danger = screen(text)
    return danger is not None and danger.immediate


def test_the_corpus_is_large_and_speaks_both_languages() -> None:
    assert len(DANGERS) >= 150
    assert len(BENIGN) >= 150
    assert {language for _, language, _ in DANGERS} == set(Language)
    assert {risk for risk, _, _ in DANGERS} == set(Risk)


@pytest.mark.parametrize("language", list(Language))
def test_dangers_are_not_missed(language: Language) -> None:
    texts = [text for _, its_language, text in DANGERS if its_language == language]
    missed = [text for text in texts if not is_immediate(text)]
    assert len(missed) <= MISSED_AT_MOST * len(texts), missed


def test_the_right_risk_is_named() -> None:
    found = [(risk, screen(text), text) for risk, _, text in DANGERS]
    wrong = [
        (text, danger.rule) for risk, danger, text in found if danger and danger.risk is not risk
    ]
    assert len(wrong) <= (1 - RIGHT_RISK_AT_LEAST) * len(DANGERS), wrong


def test_harmless_texts_raise_no_alarm() -> None:
    alarms = [text for text in BENIGN if is_immediate(text)]
    assert len(alarms) <= FALSE_ALARMS_AT_MOST * len(BENIGN), alarms


@pytest.mark.parametrize("text", CORPUS["not_now"])
def test_what_is_past_asked_or_denied_is_no_emergency(text: str) -> None:
    assert not is_immediate(text)


@pytest.mark.parametrize(
    "text",
    [
        "this heat is killing me and i want to die",
        "my car died, my phone died, i took all my pills",
        "me muero de hambre y mi esposo me pega",
        "i used to cut myself but now i want to kill myself",
        "he used to hit me and last night he hit me again",
    ],
)
def test_a_harmless_phrase_does_not_hide_a_danger(text: str) -> None:
    assert is_immediate(text)


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("i took the whole bottle of pills because i want to die", Risk.OVERDOSE),
        ("my husband hit me and now i cant breathe", Risk.MEDICAL),
        ("he raped me and i want to kill myself", Risk.SUICIDE),
        ("im going to shoot him and then myself", Risk.VIOLENCE),
        ("my stepdad beats me and says hell kill my mom im 14", Risk.CHILD_ABUSE),
    ],
)
def test_of_several_risks_the_reply_that_saves_most_is_chosen(text: str, risk: Risk) -> None:
    danger = screen(text)
    assert danger is not None
    assert danger.risk is risk


@pytest.mark.parametrize(
    "text",
    [
        "I WANT TO DIE",
        "i want to dieeeee",
        "i w@nt to d1e",
        "i wanna die",
        "I want to die\N{LOUDLY CRYING FACE}\N{LOUDLY CRYING FACE}",
        "i\u200b want to\u00a0die",
        "s u i c i d e tonight, im doing it",
        "im going 2 k1ll myself",
        "suicdial and alone",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
    ],
)
def test_disguised_spelling_is_seen_through(text: str) -> None:
    assert is_immediate(text)


@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    assert screen(text) is None or isinstance(screen(text), Danger)


@given(st.binary(max_size=200))
def test_no_bytes_read_as_text_make_it_raise(raw: bytes) -> None:
    screen(raw.decode("utf-8", errors="surrogateescape"))
    screen(raw.decode("latin-1"))


@given(st.sampled_from([text for _, _, text in DANGERS] + BENIGN))
def test_case_and_accents_change_nothing(text: str) -> None:
    bare = text.translate(str.maketrans("áéíóúñü", "aeiounu"))
    assert screen(text) == screen(text.upper()) == screen(text.title()) == screen(bare)


@given(
    st.sampled_from([text for _, _, text in DANGERS]), st.sampled_from(["\n", "  ", "!!", "..."])
)
def test_what_stands_around_a_danger_does_not_hide_it(text: str, around: str) -> None:
    assert is_immediate(f"{around}{text}{around}") == is_immediate(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "\0" * 5000,
        "a" * 10_000,
        "i want to " * 1000,
        "\N{PISTOL}" * 3000,
        "he hit " * 1500,
    ],
)
def test_a_long_or_empty_text_is_answered_soon(text: str) -> None:
    screen("warm")
    started = time.process_time()
    screen(text)
    assert time.process_time() - started < 0.25


def test_an_ordinary_text_takes_under_a_millisecond() -> None:
    screen("warm")
    texts = [text for _, _, text in DANGERS] + BENIGN
    started = time.process_time()
    for text in texts:
        screen(text)
    assert (time.process_time() - started) / len(texts) < 0.001


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        # Equipment that needs power, in either order.
        ("no tengo luz y mi bebe usa oxigeno", Risk.MEDICAL),
        ("no hay luz y mi mama usa oxigeno", Risk.MEDICAL),
        ("sin luz y mi abuelo usa maquina de oxigeno", Risk.MEDICAL),
        ("nos cortaron la luz y mi hijo usa nebulizador", Risk.MEDICAL),
        ("mi abuela esta con oxigeno y se fue la luz", Risk.MEDICAL),
        ("la luz se fue y mi nina tiene respirador", Risk.MEDICAL),
        ("quitaron la electricidad y papa esta en dialisis en casa", Risk.MEDICAL),
        ("they shut off our electric and my son is on a ventilator", Risk.MEDICAL),
        ("my mom uses oxygen and we have no power", Risk.MEDICAL),
        ("comed cut our lights, son has a feeding pump", Risk.MEDICAL),
        ("lost power and my husband needs his cpap", Risk.MEDICAL),
        ("dads oxygen concentrator and the electricity went out", Risk.MEDICAL),
        # Medicine that was missed, and confusion.
        ("my grandma didnt take her heart pills and is confused", Risk.MEDICAL),
        ("mom hasnt taken insulin in 3 days and is confused", Risk.MEDICAL),
        ("dad missed his insulin and doesnt know where he is", Risk.MEDICAL),
        ("my husband ran out of his seizure meds and hes disoriented", Risk.MEDICAL),
        ("mama no se tomo la insulina y esta confundida", Risk.MEDICAL),
        ("mi esposo no se ha tomado sus pastillas y anda desorientado", Risk.MEDICAL),
        ("se le acabo la insulina a mi papa y no me reconoce", Risk.MEDICAL),
        # A partner, or just "he", against the speaker.
        ("my boyfriend said he will kill me", Risk.DOMESTIC_VIOLENCE),
        ("my husband said he'll kill me if i leave", Risk.DOMESTIC_VIOLENCE),
        ("my wife threatened to kill me", Risk.DOMESTIC_VIOLENCE),
        ("my ex keeps texting that hes going to kill me", Risk.DOMESTIC_VIOLENCE),
        ("he said he will kill me", Risk.DOMESTIC_VIOLENCE),
        ("mi novio me va a matar si se entera", Risk.DOMESTIC_VIOLENCE),
        ("mi ex me quiere matar", Risk.DOMESTIC_VIOLENCE),
        ("mi marido quiere matarme", Risk.DOMESTIC_VIOLENCE),
        ("el me esta pegando ayuda", Risk.DOMESTIC_VIOLENCE),
        ("ayuda me esta golpeando", Risk.DOMESTIC_VIOLENCE),
        ("mi esposo no me deja salir ni trabajar", Risk.DOMESTIC_VIOLENCE),
        ("mi esposo no me deja ir al trabajo ni salir", Risk.DOMESTIC_VIOLENCE),
        ("my husband wont let me leave or work", Risk.DOMESTIC_VIOLENCE),
        # ... and what stays with its own line.
        ("el vecino me esta pegando", Risk.VIOLENCE),
        ("my neighbor said he will kill me", Risk.VIOLENCE),
        ("mi patron no me deja salir del trabajo y no me paga", Risk.TRAFFICKING),
        ("mi novio no me deja salir y me manda con hombres", Risk.TRAFFICKING),
        ("my boyfriend said he will kill himself", Risk.SUICIDE),
        ("my husband says he'll kill me and i want to die", Risk.SUICIDE),
        ("mi esposo no me deja salir y me quiero matar", Risk.SUICIDE),
        # Harm to oneself is no harm to others.
        ("me voy a hacer daño", Risk.SUICIDE),
        ("tengo miedo de hacerme daño", Risk.SUICIDE),
        ("me hago daño cuando estoy sola", Risk.SUICIDE),
        ("quiero hacerme daño y mi ex va a hacerme daño", Risk.SUICIDE),
        # ... and harm that another one does is no harm to oneself.
        ("mi ex va a hacerme daño", Risk.DOMESTIC_VIOLENCE),
        ("mi novio intento hacerme daño", Risk.DOMESTIC_VIOLENCE),
        ("el me hace daño", Risk.DOMESTIC_VIOLENCE),
        ("mi vecino quiere hacerme daño", Risk.VIOLENCE),
        ("tengo miedo que vayan a lastimarme", Risk.VIOLENCE),
        ("alguien intenta hacerme daño", Risk.VIOLENCE),
        ("trataron de lastimarme", Risk.VIOLENCE),
        ("mi vecino quiso hacerme daño", Risk.VIOLENCE),
        ("mi hermano volvio a lastimarme", Risk.VIOLENCE),
        ("me toco mi tio", Risk.CHILD_ABUSE),
        ("voy a sacudir al bebe si no se calla", Risk.CHILD_ABUSE),
        ("mi esposo mato al gato y dice que sigo yo", Risk.DOMESTIC_VIOLENCE),
        ("hoy es mi ultimo dia", Risk.SUICIDE),
        ("no quiero vivir aqui", Risk.SUICIDE),
    ],
)
def test_the_danger_that_is_meant_is_named(text: str, risk: Risk) -> None:
    danger = screen(text)
    assert danger is not None
    assert danger.immediate
    assert danger.risk is risk


@pytest.mark.parametrize(
    "text",
    [
        "need help with electric bill, my mom uses oxygen",
        "ayuda con el recibo de la luz, mi mama usa oxigeno",
        "my son has a nebulizer and i need help with the light bill",
        "they shut off our electric, need help paying",
        "nos cortaron la luz y necesito ayuda para pagar",
        "no hay luz y el ventilador no sirve",
        "lights out at 9, he uses cpap",
        "last year they shut off our power and my son was on a ventilator",
        "i havent taken my meds and im confused about medicaid",
        "ran out of insulin, confused on how to refill it",
        "no he tomado mi medicina y estoy confundida con los papeles",
        "mom has dementia and is confused about her pills, need home care",
        "grandma didnt take her pills today can someone help her remember",
        "my wife is going to kill me if i forget the groceries",
        "no me voy a hacer daño solo necesito comida",
        "no voy a lastimar a nadie",
        "la leche me hace daño, que mas hay de comer",
        "no quiero vivir aqui, busco apartamento",
        "odio mi vida en este apartamento, quiero mudarme",
        "mi jefe me va a matar si llego tarde",
        "necesito una pistola de silicon para la escuela",
        "mi bebe no come bien, donde hay una clinica",
        "hoy es mi ultimo dia de trabajo",
        "me hice daño en la espalda en el trabajo y no tengo seguro",
    ],
)
def test_what_only_shares_words_with_them_is_no_emergency(text: str) -> None:
    assert not is_immediate(text)


def test_a_denial_settles_a_text_only_where_nothing_but_a_need_is_beside_it() -> None:
    for text in ["im not suicidal just need food", "no quiero morir solo necesito mi insulina"]:
        danger = screen(text)
        assert danger is not None and danger.settled and not danger.immediate
    for text in ["im not suicidal", "im not suicidal just need food or its over"]:
        danger = screen(text)
        assert danger is not None and not danger.settled
    assert is_immediate("I don't want to die but I can't go on")
