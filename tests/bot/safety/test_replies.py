"""The approved replies: what every one of them must and must not say."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.safety.replies import approved
from bot.safety.risks import Risk
from bot.sms.segments import Encoding, encoding_of, segments
from directory.languages import Language

PARTNERS = Path(__file__).parents[3] / "data" / "partners.yml"
NUMBER = re.compile(r"\b(?:\d{3}-\d{3}-\d{4}|911|988|211|741741|88788|233733)\b")

every_reply = pytest.mark.parametrize(
    ("risk", "language", "on_shift"),
    [(risk, language, shift) for risk in Risk for language in Language for shift in (True, False)],
)


@every_reply
def test_a_reply_is_short_plain_and_cheap(risk: Risk, language: Language, on_shift: bool) -> None:
    text = approved(risk, language, on_shift=on_shift).text
    assert len(text) <= 300
    assert encoding_of(text) is Encoding.GSM_7
    assert segments(text) <= 2


@every_reply
def test_a_reply_says_it_is_automated_and_names_911(
    risk: Risk, language: Language, on_shift: bool
) -> None:
    text = approved(risk, language, on_shift=on_shift).text
    assert text.startswith(("Automated reply.", "Respuesta automatica."))
    assert "911" in text


@every_reply
def test_a_reply_lists_exactly_the_numbers_that_it_names(
    risk: Risk, language: Language, on_shift: bool
) -> None:
    reply = approved(risk, language, on_shift=on_shift)
    assert set(NUMBER.findall(reply.text)) == set(reply.numbers)


@every_reply
def test_a_reply_promises_no_help_on_the_way(
    risk: Risk, language: Language, on_shift: bool
) -> None:
    text = approved(risk, language, on_shift=on_shift).text.lower()
    for promise in [
        "on the way",
        "is coming",
        "dispatched",
        "we sent",
        "en camino",
        "hemos enviado",
    ]:
        assert promise not in text


@pytest.mark.parametrize("language", list(Language))
def test_off_shift_a_reply_gives_the_hours(language: Language) -> None:
    for risk in Risk:
        assert re.search(r"9-5|de 9 a 5", approved(risk, language, on_shift=False).text)
        assert not re.search(r"9-5|de 9 a 5", approved(risk, language, on_shift=True).text)


def test_the_right_line_is_named() -> None:
    lines = {
        Risk.SUICIDE: "988",
        Risk.CHILD_ABUSE: "800-252-2873",
        Risk.ELDER_ABUSE: "866-800-1409",
        Risk.DOMESTIC_VIOLENCE: "877-863-6338",
        Risk.SEXUAL_ASSAULT: "800-656-4673",
        Risk.TRAFFICKING: "888-373-7888",
    }
    for risk, line in lines.items():
        for language in Language:
            assert line in approved(risk, language).numbers


@pytest.mark.parametrize("risk", [Risk.CHILD_ABUSE, Risk.ELDER_ABUSE])
def test_a_text_is_never_taken_for_a_report(risk: Risk) -> None:
    assert "not a report" in approved(risk, Language.EN).text
    assert "no es un reporte" in approved(risk, Language.ES).text


def test_a_reply_that_may_be_read_by_someone_else_says_so_and_stays_neutral() -> None:
    for language in Language:
        text = approved(Risk.DOMESTIC_VIOLENCE, language).text.lower()
        assert "delete" in text or "borre" in text
        for word in ["abuse", "violence", "police", "abuso", "violencia", "policia", "partner"]:
            assert word not in text


def _attested_numbers() -> set[str]:
    content: dict[str, Any] = YAML(typ="safe", pure=True).load(PARTNERS)
    return {
        str(phone["number"])
        for organization in content["organizations"]
        for service in organization["services"]
        if service.get("publish", True)
        for phone in service.get("phones", [])
        if phone.get("attested") is True and not phone.get("call_first")
    }


def test_every_number_is_attested_in_the_directory() -> None:
    attested = _attested_numbers()
    named = {
        number for risk in Risk for lang in Language for number in approved(risk, lang).numbers
    }
    assert named - {"911"} <= attested
