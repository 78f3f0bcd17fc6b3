"""What a service says of a mistake has a Spanish sentence, wherever a page can show it."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.web.words import SHARED, Words
from directory.languages import Language
from tools.said import missing, said

HERE = ZoneInfo("America/Chicago")


def test_every_sentence_of_a_service_has_a_spanish_one() -> None:
    lacking = [f"{each.where}: {each.parts}" for each in missing()]
    assert lacking == [], "add them to api/web/locale/es/said.po"


def test_the_source_is_read_with_choices_names_and_values() -> None:
    found = {each.parts for each in said()}
    assert {
        "Somebody has this position at that time already.",  # a plain one
        "A plan has at most {} steps.",  # with a value
        "is not after starts_at",  # either way of a choice
        "write how many of the maximum are free",  # by a name
        "is not a whole number",  # out of a table
        "is not a ZIP code",  # by a rule made at the top of a file
        "it tells what happened.",  # beside the words that reveal
    } <= found


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("A plan has at most 20 steps.", "Un plan tiene a lo sumo 20 pasos."),
        ("has 501 characters", "tiene 501 caracteres"),
        ('Leave out "police": it tells what happened.', "Quite “police”: dice lo que pasó."),
        (
            'did you mean Naperville? write an Illinois town or ZIP, "Will County", Illinois or '
            "United States",
            "¿quiso decir Naperville? escriba una ciudad o un código postal de Illinois, "
            '"Will County", Illinois o United States',
        ),
        (
            'write an Illinois town or ZIP, "Will County", Illinois or United States',
            'escriba una ciudad o un código postal de Illinois, "Will County", Illinois o '
            "United States",
        ),
        ("write voice, sms or fax", "elija una de las opciones"),
    ],
)
def test_a_sentence_that_comes_filled_in_is_known_by_its_pattern(
    english: str, spanish: str
) -> None:
    assert Words(Language.ES, (SHARED,), HERE).text(english) == spanish
    assert Words(Language.EN, (SHARED,), HERE).text(english) == english


def test_what_was_typed_is_no_markup_and_no_pattern(tmp_path: Path) -> None:
    words = Words(Language.ES, (SHARED,), HERE)
    typed = words.text('Leave out "<b>%(words)s</b>": it tells what happened.')
    assert typed == "Quite “<b>%(words)s</b>”: dice lo que pasó."
    assert not hasattr(typed, "__html__"), "the template escapes it"
    assert Words(Language.ES, (tmp_path,), HERE).text("Ana") == "Ana"
