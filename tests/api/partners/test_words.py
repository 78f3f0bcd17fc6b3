"""The words of the pages: each in both languages, with the same blanks, and all of them used."""

import re
from datetime import UTC, datetime
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from api.partners import words
from api.partners.answers import BECOMES, Step
from api.partners.listing_answers import Step as ListingStep
from api.partners.page import as_dialled
from directory.languages import Language
from directory.referrals.states import UNSEEN, Status

LOADED: dict[str, Any] = YAML(typ="safe").load(words.FILE)
CHICAGO = ZoneInfo("America/Chicago")


def pairs() -> list[tuple[str, dict[str, str]]]:
    found = [*LOADED["sentences"].items(), *LOADED["statuses"].items()]
    for step, choices in LOADED["reasons"].items():
        found += [(f"{step}/{code}", label) for code, label in choices.items()]
    return found


@pytest.mark.parametrize(("key", "pair"), pairs(), ids=[key for key, _ in pairs()])
def test_each_stands_in_both_languages_with_the_same_blanks(key: str, pair: dict[str, str]) -> None:
    assert set(pair) == set(Language)
    blanks = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in pair.values()]
    assert blanks[0] == blanks[1]
    assert all(text == text.strip() and text for text in pair.values())


def test_every_status_that_a_partner_meets_has_its_word() -> None:
    assert set(LOADED["statuses"]) == {each.value for each in Status if each not in UNSEEN}


def test_reasons_are_asked_for_where_a_reason_is_needed() -> None:
    assert set(LOADED["reasons"]) == {"decline", "fail", "wait"}
    assert set(LOADED["reasons"]) < {step.value for step in BECOMES}
    assert Step.ASK not in BECOMES


def test_nothing_is_written_that_no_page_says() -> None:
    folder = words.FILE.parent
    said = " ".join(
        file.read_text() for each in ("*.py", "templates/*.html") for file in folder.glob(each)
    )
    built = {f"{step.value}{part}" for step in Step for part in ("", "_hint", "_do")}
    built |= {f"done_{step.value}" for step in Step} | {f"thanks_{step.value}" for step in Step}
    built |= {f"{key}_lead" for key in ("gone", "foreign", "large")} | set(Language)
    built |= {f"done_{step.value}" for step in ListingStep} | {"thanks_listings"}
    unused = {key for key in LOADED["sentences"] if not re.search(rf'"{key}"', said)} - built
    assert unused == set()


def test_times_are_said_as_people_say_them() -> None:
    noon = datetime(2026, 3, 18, 17, 5, tzinfo=UTC)
    assert words.moment(noon, Language.EN, CHICAGO) == "Wed Mar 18, 12:05 pm"
    assert words.moment(noon, Language.ES, CHICAGO) == "mié 18 mar, 12:05"
    midnight = datetime(2026, 3, 19, 5, 0, tzinfo=UTC)
    assert words.moment(midnight, Language.EN, CHICAGO) == "Thu Mar 19, 12:00 am"


def test_a_number_is_written_as_it_is_dialled() -> None:
    assert as_dialled("+16305550100") == "(630) 555-0100"
