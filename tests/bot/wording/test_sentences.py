"""Every sentence: both languages, one or two segments, and nothing that gives anybody away."""

import re
from string import Formatter

import pytest

from bot.sms.segments import Encoding, encoding_of, segments
from bot.wording import say, sentences
from directory.languages import Language
from directory.needs import taxonomy

# As long as what is filled in usually gets.
TYPICAL = {
    "words": "m 34 apartment 2",
    "missing": "one code (mh, dv, el, su, oc) and one phone number with area code",
    "state": "waiting for an answer",
    "codes": "A, B, C",
    "name": " Maximiliana",
    "needs": "food or groceries and rent help",
    "number": "630-555-0100",
    "contact": "630-555-0100, call first",
    "place": "Bolingbrook",
    "time": "Wed 10:30am",
    "last": 3,
    "miles": 12,
    "month": "Sep 2026",
    "word": "HOME",
    "press": "1",
    "extension": "1234",
    "code": "AB",
    "service": "Community Pantry and Family Resource Center of the West Side",
    "about": "urgente, español, Bolingbrook",
    "link": f"https://handoff.example.org/r/{'0' * 32}",
    "report": "numero equivocado",
    "count": 12,
    "youngest": 18,
    "oldest": 24,
    "sender": " Maximiliana here.",
    "shown": "Phone 630-555-0140, Mon-Fri 9am-5pm. ",
    "names": "Food Pantry, Rent Help",
    "hours": "Mon-Fri 9am-5pm",
    "listing": "AB",
    "request": "AC",
    "day": "Wed Nov 25",
    "field": "phone and temporary closing",
    "fact": "Bring photo ID and a recent bill. Residents of DuPage Township only.",
    "languages": "English, Spanish",
    "numbers": "1, 2 or 3",
}
# What a glance at somebody's phone must not tell: who writes, or why.
REVEALING = (
    "police",
    "crisis",
    "mental",
    "abuse",
    "violence",
    "violent",
    "counsel",
    "therap",
    "hospital",
    "clinic",
    "suicid",
    "drug",
    "alcohol",
    "overdose",
    "addict",
    "shelter",
    "victim",
    "assault",
    "court",
    "officer",
    "social",
    "worker",
    "handoff",
    "naperville",
    "city",
    "911",
    "988",
    "safe",
    "danger",
    "emergency",
    "visit",
    "referral",
    "policia",
    "violencia",
    "abuso",
    "salud",
    "consejer",
    "terap",
    "droga",
    "refugio",
    "peligro",
    "emergencia",
    "visita",
    "trabajador",
    "ciudad",
)
KEYS = sorted(sentences())
# On the telephone or by mail, never texted: neither is paid by the segment.
UNTEXTED = {key for key in KEYS if key.startswith(("voice", "mail_"))}


def filled(key: str, language: Language) -> str:
    return say(key, language, **TYPICAL)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", KEYS)
def test_every_sentence_exists_in_both_languages_with_the_same_blanks(key: str) -> None:
    texts = sentences()[key]
    assert set(texts) == set(Language)
    assert placeholders(texts["en"]) == placeholders(texts["es"]) <= set(TYPICAL)
    assert all(text.strip() == text and text for text in texts.values())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", [key for key in KEYS if key not in UNTEXTED])
def test_every_sentence_is_cheap_to_send(key: str, language: Language) -> None:
    text = filled(key, language)
    assert encoding_of(text) is Encoding.GSM_7
    assert segments(text) <= 2


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", ["checkin_first", "checkin_again", "checkin_last"])
def test_a_check_in_tells_nobody_who_writes_or_why(key: str, language: Language) -> None:
    text = filled(key, language).casefold()
    assert [word for word in REVEALING if word in text] == []
    assert "stop" in text
    assert segments(say(key, language, name="")) == 1 or segments(text) <= 2
    for number in "123":
        assert re.search(rf"\b{number}\b", text)


@pytest.mark.parametrize("language", Language)
def test_help_names_both_lines(language: Language) -> None:
    assert {"911", "988"} <= set(re.findall(r"\d+", say("help", language)))


@pytest.mark.parametrize("key", KEYS)
def test_no_sentence_names_another_number_than_the_three_short_lines(key: str) -> None:
    for language in Language:
        digits = set(re.findall(r"\b\d{3,}\b", sentences()[key][language])) - {"60540"}
        assert digits <= {"911", "988", "211"}


def test_the_longest_need_fits_into_every_sentence_that_names_needs() -> None:
    for language in Language:
        longest = max((need.ask[language] for need in taxonomy().values()), key=len)
        for key in (
            "ask_place",
            "ask_place_unknown",
            "nothing_found",
            "offer_related",
            "after_danger",
        ):
            assert segments(say(key, language, needs=f"{longest} / {longest}")) <= 2


def test_an_unknown_sentence_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no_such_sentence", Language.EN)


def test_what_is_filled_in_is_never_read_as_a_blank() -> None:
    assert "{name}" in say("relaxed_place", Language.EN, place="{name}")
