"""What people ask about us gets a fixed sentence: what it costs, who is told, when a call comes."""

from dataclasses import replace

import pytest

from bot.about_us import About, read
from bot.turn import SafetyQuestion
from bot.wording import say
from directory.languages import Language
from tests.bot.talking import (
    CHECKIN,
    DANGER,
    EN,
    ES,
    NOBODY,
    after_a_list,
    conversation,
    respond,
)
from tests.fakes import MORNING

ASKED: dict[About, str] = {
    About.COST: "is this free|does it cost money to text|how much are the texts|do you charge|"
    "cuesta algo este servicio|me van a cobrar por los mensajes|es gratis?",
    About.TOLD: "will you tell immigration|will you call ICE on me|do you work with ice|"
    "will the police see this|who reads my texts|is this private|is this confidential|"
    "will you call the cops on me|are you going to tell my husband|le van a decir a la migra|"
    "quien lee mis mensajes|van a llamar a la policia|es confidencial?",
    About.CALL: "when will they call|when are you going to call me|a que hora me van a llamar|"
    "cuando me llaman|when is my call",
    About.GIVE: "I want to donate food|where can i donate clothes in naperville|"
    "how can I volunteer at a food pantry|hi we would like to volunteer|can i donate a couch|"
    "where do i drop off donations|donate toys|quiero donar comida|donde puedo donar ropa|"
    "me gustaria ser voluntaria",
}


@pytest.mark.parametrize(
    ("text", "about"), [(text, about) for about, said in ASKED.items() for text in said.split("|")]
)
def test_a_question_about_us_gets_the_fixed_sentence(text: str, about: About) -> None:
    turn = respond(text)
    assert turn.replies[0] in [say(f"about_us_{about}", language) for language in Language]
    assert turn.tasks == ()
    assert turn.memory.misses == 0


@pytest.mark.parametrize(
    "text",
    [
        "can you call the police for me",
        "i need an immigration lawyer",
        "ice took my husband",
        "my boss says he will call ice",
        "how do i report my landlord",
        "i cant pay my phone bill",
        "free food",
        "when can i call them",
        "do they work with immigrants",
        "can you call me",
        "la migra se llevo a mi esposo",
        "free legal help for immigration",
        "i pay 20 cents a text cut it out",
        "who else can see my number?? doesn't matter, I want out",
        "en el asilo no le dan de comer a mi papa",
        "is this anonymous?? my dad",
        "my neighbor is yelling that he will shoot himself if the police come",
        "when r u coming to fix the dryer",
        "who can look at my lease, i dont get what im signing",
        "is the nurse line free",
        "where can i get donated clothes",
        "do you have donated furniture",
        "i need a donation of diapers",
        "can someone donate a bed to me",
        "quiero donar todo, ya no voy a estar aqui",
        "i want to donate all my things before i die",
        "the volunteer was rude to me",
    ],
)
def test_a_need_or_a_wish_is_no_question_about_us(text: str) -> None:
    assert read(text) is None


def test_right_after_a_list_it_is_the_service_and_texting_is_still_ours() -> None:
    assert "Which" in respond("is it free", after_a_list()).replies[0]
    listed = respond("does it cost money to text", after_a_list())
    assert listed.replies == (say("about_us_cost", EN),)
    assert respond("when will they call", after_a_list()).replies == (say("about_us_call", EN),)


def test_danger_comes_first_and_a_check_in_stays_open() -> None:
    assert "988" in respond(f"will you tell immigration. {DANGER}").replies[0]
    turn = respond("who reads my texts", replace(NOBODY, checkin=CHECKIN))
    assert turn.replies == (say("about_us_told", EN),)
    assert turn.checkin_answer is None


def test_a_phone_that_others_may_hold_is_not_told_who_we_are() -> None:
    turn = respond("quien lee mis mensajes", replace(NOBODY, unnamed=True))
    assert turn.replies == (say("unnamed_who", ES),)
    waiting = SafetyQuestion("checkin-1", MORNING, code_word=None)
    asked = replace(NOBODY, safety_asked=waiting)
    assert respond("is this free", asked).replies != (say("about_us_cost", EN),)


SWITCHED = {"say": "language_switched", "language": "es"}


def test_a_language_is_switched_to_the_one_asked_for_and_so_is_what_follows() -> None:
    turn = respond("could you maybe write it in my language, spanish", NOBODY, SWITCHED)
    assert turn.replies == (say("language_switched", ES),)
    assert turn.memory.language == ES
    asks = {"ask": "place", "needs": ["food"]}
    both = respond("could you maybe write it in my language, spanish", NOBODY, SWITCHED, asks)
    assert both.replies[1].startswith("Puedo buscar")


def test_a_language_that_others_speak_switches_nothing() -> None:
    talk, _ = conversation(SWITCHED)
    turn = talk.respond_to("do they speak spanish", NOBODY)
    assert turn.replies == (say("no_list", EN),)
    assert turn.memory.language == EN
