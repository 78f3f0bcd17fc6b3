"""How services read in a text: short, numbered, and never without their number."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.sms.segments import Encoding, encoding_of
from bot.wording import results, say
from directory import database
from directory.database import Database
from directory.hours import HoursKind, HoursNow
from directory.languages import Language
from directory.needs import taxonomy
from directory.search import FindResult, Query, find
from directory.search.audience import ONLY_FOR_THEM
from directory.search.model import OnlyFor, Reason, Relaxation, RelaxationKind
from tests.conftest import settings_for
from tests.factories import CHICAGO, a_match
from tests.fakes import MORNING

EN, ES = Language.EN, Language.ES


def page(*matches: Any, start: int = 0, language: Language = EN, **changes: Any) -> tuple[str, int]:
    query = Query(needs=("food",), place="60540", at=MORNING)
    result = FindResult(query=query, matches=matches, **changes).as_json()
    return results.page_of_services(
        result, start=start, language=language, now=MORNING, zone=CHICAGO
    )


def line(language: Language = EN, **changes: Any) -> str:
    return page(a_match(**changes), language=language)[0].splitlines()[0]


def details(language: Language = EN, **changes: Any) -> str:
    query = Query(needs=("food",), at=MORNING)
    match = FindResult(query=query, matches=(a_match(**changes),)).as_json()["matches"][0]
    return results.details(match, language=language, now=MORNING, zone=CHICAGO)


def test_three_at_a_time_numbered_through() -> None:
    matches = [a_match(number) for number in range(1, 6)]
    text, count = page(*matches)
    assert count == 3
    assert [each[:10] for each in text.splitlines()[:3]] == [
        "1 Pantry 1",
        "2 Pantry 2",
        "3 Pantry 3",
    ]
    assert text.endswith(say("footer_more", EN))
    text, count = page(*matches, start=3)
    assert count == 2
    assert text.startswith("4 Pantry 4")
    assert text.endswith(say("footer", EN))


def test_an_empty_answer_names_211() -> None:
    assert page()[1] == 0
    assert "211" in page()[0]
    assert page(a_match(), start=3) == (say("no_more", EN), 0)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (None, "call first"),
        ("24/7", "24 hours"),
        ("off", "closed now"),
        ("Mo-Fr 09:00-17:00", "open till 5pm"),
        ("We 09:00-12:30", "open till 12:30pm"),
        ("We 11:00-15:00", "opens 11am"),
        ("Th 10:00-12:00", "opens Thu 10am"),
        ("Mar 27 10:00-12:00", "opens 3/27 10am"),
    ],
)
def test_hours_are_said_in_local_time_and_never_guessed(hours: str | None, said: str) -> None:
    """It is a Wednesday, ten in the morning."""
    assert said in line(opening_hours=hours)


def test_hours_are_those_of_now_and_not_of_when_the_list_was_made() -> None:
    stale = HoursNow(HoursKind.OPEN, until=MORNING - timedelta(hours=1))
    assert "opens Thu 9am" in line(opening_hours="Mo-Fr 09:00-09:30", hours=stale)


@pytest.mark.parametrize(
    ("language", "ends", "said"),
    [
        (EN, timedelta(days=12), "closed until Mar 30"),
        (ES, timedelta(days=12), "cerrado hasta el 30 mar"),
        (EN, timedelta(hours=6), "closed until 4pm"),
    ],
)
def test_a_place_that_is_closed_for_a_time_says_until_when(
    language: Language, ends: timedelta, said: str
) -> None:
    hours = "Mo-Su 09:00-17:00"
    assert said in line(language, opening_hours=hours, closed_until=MORNING + ends)
    assert "closed until" not in line(opening_hours=hours, closed_until=MORNING)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "630-555-0101"),
        ({"phone_kind": "sms"}, "text 630-555-0101"),
        ({"phone_kind": "sms", "text_word": "REACH"}, "text REACH to 630-555-0101"),
        ({"press": "1"}, "630-555-0101, press 1"),
        ({"extension": "3"}, "630-555-0101 ext. 3"),
        ({"phone": None, "url": "https://example.org"}, "https://example.org"),
    ],
)
def test_a_service_says_how_to_reach_it(changes: dict[str, Any], said: str) -> None:
    assert said in line(**changes)


def test_one_reason_is_given_the_most_telling_one() -> None:
    both = (Reason.FREE, Reason.SERVES_YOUR_TOWN, Reason.NEAR)
    assert line(reasons=both, distance_miles=2.4).endswith("2 mi away")
    assert line(reasons=both).endswith("serves 60540")
    assert line(language=ES, reasons=(Reason.SPEAKS_SPANISH,)).endswith("hablan español")


def test_what_was_given_up_is_said_before_the_list() -> None:
    relaxed = (Relaxation(RelaxationKind.OPEN_NOW, "food"),)
    text, _ = page(a_match(), relaxed=relaxed)
    assert text.splitlines()[0] == say("relaxed_open_now", EN)


@pytest.mark.parametrize(
    ("only", "english", "spanish"),
    [
        (OnlyFor("domestic_violence"), "for abuse survivors", "para victimas de abuso"),
        (OnlyFor("veterans"), "for veterans", "para veteranos"),
        (OnlyFor("", 18, 24), "ages 18-24", "de 18 a 24 años"),
        (OnlyFor("", None, 17), "up to age 17", "hasta 17 años"),
        (OnlyFor("", 60), "age 60 or older", "de 60 años o mas"),
    ],
)
def test_whom_alone_a_service_takes_in_stands_in_its_line(
    only: OnlyFor, english: str, spanish: str
) -> None:
    assert f"630-555-0101, {english}" in line(only_for=only)
    assert f"630-555-0101, {spanish}" in line(language=ES, only_for=only)


def test_whatever_may_be_for_some_only_has_its_words() -> None:
    for need in ONLY_FOR_THEM:
        assert line(only_for=OnlyFor(need))


def test_where_all_are_for_other_areas_211_is_named_and_not_where_some_are_for_the_place() -> None:
    relaxed = (Relaxation(RelaxationKind.PLACE_TO_COUNTY, "food", "Will County"),)
    text, _ = page(a_match(), relaxed=relaxed, place_name="Joliet")
    assert text.splitlines()[0] == say("relaxed_place_all", EN, place="Joliet")
    both = [a_match(), a_match(2, need="rent")]
    text, _ = page(*both, relaxed=relaxed, place_name="Joliet")
    assert text.splitlines()[0] == say("relaxed_place", EN, place="Joliet")


def test_a_place_that_is_not_known_is_said_with_the_one_that_was_looked_for() -> None:
    relaxed = (Relaxation(RelaxationKind.PLACE_NOT_KNOWN),)
    text, _ = page(a_match(), relaxed=relaxed)
    assert text.splitlines()[0] == say("relaxed_unknown_place", EN)
    text, _ = page(a_match(), relaxed=relaxed, place_name="Lisle", language=ES)
    assert text.splitlines()[0] == say("relaxed_unknown_place_but", ES, place="Lisle")


def test_long_names_lose_their_extras_before_a_service_is_left_out() -> None:
    name = "The Very Long Name of a Community Service for Everybody in the County " * 2
    text, count = page(*[a_match(n, service_name=name) for n in (1, 2, 3)])
    assert len(text) <= results.LONGEST_LIST
    assert count == 2
    assert text.endswith(say("footer_more", EN))


def test_details_hold_what_a_person_needs_and_leave_out_what_does_not_fit() -> None:
    text = details(
        eligibility={"en": "Residents of DuPage County.", "es": "Residentes de DuPage."},
        cost={"en": "Free", "es": "Gratis"},
        apply={"en": "x" * 500, "es": "x" * 500},
        last_checked=date(2026, 2, 1),
    )
    assert text.splitlines() == [
        "Pantry 1 (Example House)",
        "630-555-0101, call first",
        "1 Example St., Naperville",
        "Residents of DuPage County.",
        "Groceries once a week.",
        "Free",
        "Checked in February.",
    ]


@pytest.mark.parametrize(
    ("checked", "en", "es"),
    [
        (date(2025, 10, 7), "Checked in October.", "Revisado en octubre."),
        (date(2026, 3, 18), "Checked in March.", "Revisado en marzo."),
        (date(2025, 3, 31), "Checked in March 2025.", "Revisado en marzo 2025."),
        (date(2019, 12, 1), "Checked in December 2019.", "Revisado en diciembre 2019."),
    ],
)
def test_details_say_when_it_was_last_checked(checked: date, en: str, es: str) -> None:
    assert details(last_checked=checked).endswith(en)
    assert details(ES, last_checked=checked).endswith(es)


def test_an_organization_named_in_the_service_is_not_repeated() -> None:
    assert details(service_name="Example House Pantry").startswith("Example House Pantry\n")


def test_a_confidential_place_has_no_address_line() -> None:
    assert "Example St." not in details(address=None)


def test_spanish_is_folded_to_what_is_cheap_to_send() -> None:
    text = details(ES, description={"en": "x", "es": "Atención rápida mañana"})
    assert "Atencion rapida mañana" in text


def test_needs_that_nobody_serves_are_named_with_the_nearest_that_is() -> None:
    query = Query(needs=("grief",), at=MORNING)
    result = FindResult(query=query, unserved=("grief",), related={"grief": "mental_health"})
    text = results.unserved(result.as_json(), EN)
    assert text is not None
    assert "211" in text
    assert "MORE" in text
    assert results.unserved(FindResult(query=query).as_json(), EN) is None


# --- the real directory -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found(
    partners_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """What is found for each need, in each language, with the partners' own file loaded."""
    folder = tmp_path_factory.mktemp("directory")
    shutil.copy(partners_template, folder / "handoff.sqlite")
    database.use(Database(settings_for(folder)))
    with database.read_scope() as session:
        answers = [
            find(
                session,
                Query(needs=(need,), place="60540", language=language, at=at, limit=200),
            ).as_json()
            for need in taxonomy()
            for language in Language
            for at in (MORNING, datetime(2026, 3, 22, 7, 0, tzinfo=UTC))
        ]
    database.current().close()
    return answers


@pytest.mark.parametrize("language", Language)
def test_every_page_of_every_need_fits_and_shows_every_service_with_its_number(
    found: list[dict[str, Any]], language: Language
) -> None:
    assert any(result["matches"] for result in found)
    for result in found:
        start = 0
        while start < len(result["matches"]):
            text, count = results.page_of_services(
                result, start=start, language=language, now=MORNING, zone=CHICAGO
            )
            assert 1 <= count <= 3
            assert len(text) <= 400
            assert encoding_of(text) is Encoding.GSM_7
            for position, match in enumerate(result["matches"][start : start + count], start + 1):
                (said,) = [each for each in text.splitlines() if each.startswith(f"{position} ")]
                assert (match["phone"] or match["url"] or "") in said
            start += count


@pytest.mark.parametrize("language", Language)
def test_the_details_of_every_service_fit_and_hold_its_number(
    found: list[dict[str, Any]], language: Language
) -> None:
    for match in {match["slug"]: match for result in found for match in result["matches"]}.values():
        text = results.details(match, language=language, now=MORNING, zone=CHICAGO)
        assert len(text) <= results.LONGEST_DETAILS
        assert encoding_of(text) is Encoding.GSM_7
        assert (match["phone"] or match["url"] or "") in text
