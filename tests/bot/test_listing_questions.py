"""What is read from a text right after a list: which question, which number, or none at all."""

from datetime import date

import pytest

from bot.listing_questions import (
    Failed,
    Topic,
    asked_for,
    asks_of_others,
    days_named,
    languages_named,
    read,
)

ASKED: dict[Topic | Failed, str] = {
    Topic.LANGUAGE: "do they speak spanish|hablan español|hablan español ahi|what languages|"
    "do u know if they speak spanish there|is it in spanish|any spanish speakers|es en español|"
    "hablan ingles?|hay alguien que hable español|en que idioma atienden",
    Topic.HOURS: "is it open sunday|when do they open|abren los domingos|are they open now|"
    "a que hora abren el sabado|hours?|what time do they close|open today?|y los sabados?|"
    "que horario tienen|estan abiertos ahorita|are you open today|open weekends",
    Topic.COST: "is it free|es gratis?|does it cost money|how much does it cost|cuanto cuesta|"
    "cobran?|is there a fee|do i have to pay|how much|tengo que pagar algo",
    Topic.ADDRESS: "address|whats their address|where is it|how do i get there|como llego|"
    "donde queda|mandame la direccion|how far is it|what bus do i take to get there",
    Topic.PHONE: "phone number|what's their number|cual es el numero|me da el telefono|"
    "number please",
    Topic.DOCUMENTS: "what do i need to bring|que documentos llevo|do i need id|piden papeles|"
    "do they ask for papers",
    Topic.APPLY: "can i walk in|do i need an appointment|how do i apply|puedo ir sin cita|"
    "hay que hacer cita|como aplico",
    Topic.WHO: "does she qualify|is that for women|im a man is that for women|can kids come|"
    "es solo para mujeres|pueden ir hombres|who qualifies|do i have to live in naperville",
    Topic.OTHER: "do they take medicaid|do they take dogs|aceptan medicaid|can i bring my dog",
    Topic.WEBSITE: "do they have a website|tienen pagina?",
    Failed.NO_ANSWER: "nobody answered|no answer when i call them|no contestan|nobody picks up|"
    "it goes straight to voicemail|i called and nobody answered|nadie contesta el telefono",
    Failed.WRONG_NUMBER: "the number is disconnected|that number dont work|wrong number|"
    "numero equivocado|ese numero no sirve|its the wrong number",
    Failed.TURNED_AWAY: "got turned away|they said no|me dijeron que no califico|i dont qualify|"
    "they wouldnt help me|no me quisieron ayudar",
    Failed.FULL: "they are full|no hay lugar|no beds left",
    Failed.CLOSED: "that place closed down|they moved|ya no existe ese lugar",
}


@pytest.mark.parametrize(
    ("text", "about"), [(text, about) for about, said in ASKED.items() for text in said.split("|")]
)
def test_what_is_asked_of_a_listing_is_read_in_both_languages(
    text: str, about: Topic | Failed
) -> None:
    asked = read(text)
    assert asked is not None
    assert asked.about is about


@pytest.mark.parametrize(
    "text",
    [
        "can you speak spanish",
        "en español por favor",
        "espanol",
        "i only speak spanish",
        "i need a free lawyer",
        "i need a phone",
        "where can i get free food",
        "my phone number is changing",
        "my power is disconnected",
        "looking for a job",
        "can you call me",
        "quiero hablar con alguien",
        "i lost my id",
        "i need an id",
        "necesito papeles",
        "whats open now",
        "my husband said no",
        "he wont let me leave",
        "what languages do you have",
        "can this be in spanish",
        "what else do you have",
        "si mañana no contesto ya saben porque",
        "planning to leave but i need to do it safe",
        "neighbor is on the floor and not answering",
        "mi amiga no contesta y su novio la ha amenazado de muerte",
        "will i go to jail if i call for my friend",
        "wrong number sorry, can u take me off",
        "i said stop and it didnt work",
        "me quita el dinero y el telefono",
        "where can a woman go with 3 kids where he cant find her",
        "thanks",
        "",
        "i need to know where i can go tonight because my landlord locked us out and the kids are",
    ],
)
def test_another_text_is_no_question_about_a_listing(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("is number 2 open sunday", 2),
        ("does the first one speak spanish", 1),
        ("whats the address for number 3", 3),
        ("hours for 2", 2),
        ("1 didnt answer", 1),
        ("is it open at 2", None),
        ("can 2 kids come", None),
        ("a las 2 abren?", None),
        ("tienen una pagina?", None),
    ],
)
def test_a_number_of_the_list_may_be_named_and_a_time_is_none(
    text: str, number: int | None
) -> None:
    asked = read(text)
    assert (asked.number if asked else None) == number


def test_all_of_the_list_may_be_meant() -> None:
    for text in ("none of them answered", "i called all of them and no one picks up"):
        asked = read(text)
        assert asked is not None
        assert asked.all_of_them
        assert asked.about is Failed.NO_ANSWER


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("do they speak spanish", True),
        ("hablan español ahi", True),
        ("can you speak spanish", False),
        ("hablan español", False),
        ("español por favor", False),
        ("is it open sunday", False),
    ],
)
def test_a_question_what_others_speak_asks_nothing_of_us(text: str, others: bool) -> None:
    assert asks_of_others(text) is others


def test_days_and_languages_are_told_by_their_names() -> None:
    wednesday = date(2026, 3, 18)
    assert days_named(" is it open sunday ", wednesday) == (date(2026, 3, 22),)
    assert days_named(" open wednesday ", wednesday) == (wednesday,)
    assert days_named(" abren manana ", wednesday) == (date(2026, 3, 19),)
    assert len(days_named(" open on the weekend ", wednesday)) == 2
    assert days_named(" when do they open ", wednesday) == ()
    assert languages_named(" do they speak polish or spanish ") == ("pl", "es")
    assert asked_for(" do they take medicaid ") == ("medicaid",)
