"""Hours that can be reckoned with, and areas that search understands."""

from datetime import date
from typing import Any

import pytest

from directory.hsds.objects import Schedule
from directory.hsds.read import UnreadableError, read_service
from directory.imports.areas import only_state_elsewhere, understood
from directory.imports.hours import hours_of
from directory.listings.schedules import schedule_rows
from tests.directory.imports.builders import a_service

TODAY = date(2026, 3, 18)


def hours(*schedules: dict[str, Any]) -> str | None:
    return hours_of(read_service(a_service(schedules=list(schedules))), today=TODAY)


def weekly(byday: str, opens: str, closes: str, **more: Any) -> dict[str, Any]:
    return {"freq": "WEEKLY", "byday": byday, "opens_at": opens, "closes_at": closes, **more}


@pytest.mark.parametrize(
    "expression",
    ["Mo-Fr 09:00-12:00,13:00-17:00; We 17:00-19:00", "Tu[2] 18:00-20:00", "24/7",
     'Mo-Fr 09:00-17:00 "by appointment"', "Mo-Fr 09:00-17:00; PH off"],
)  # fmt: skip
def test_our_own_schedules_come_back_as_what_they_were_made_from(expression: str) -> None:
    names = set(Schedule.model_fields)
    rows = [
        {name: getattr(row, name) for name in row.__dataclass_fields__ if name in names}
        for row in schedule_rows(expression)
    ]
    assert hours(*rows) == expression


def test_weeks_and_days_with_a_date_stand_together() -> None:
    day = {"dtstart": "2026-04-04", "valid_from": "2026-04-04", "valid_to": "2026-04-04",
           "count": 1, "opens_at": "10:00:00", "closes_at": "12:00:00"}  # fmt: skip
    past = day | {"dtstart": "2025-04-04", "valid_from": "2025-04-04", "valid_to": "2025-04-04"}
    said = hours(weekly("MO,TH", "09:00:00", "11:30:00"), day, past)
    assert said == "Mo,Th 09:00-11:30, 2026 Apr 04 10:00-12:00"


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("9:00 AM", "5:00 PM", "09:00-17:00"),
        ("9:00am", "12:30 p.m.", "09:00-12:30"),
        ("12:00 AM", "12:00 PM", "00:00-12:00"),
        ("09:00:00", "24:00", "09:00-24:00"),
        ("09:00-06:00", "17:00-05:00", "09:00-17:00"),
        ("09:00:00.000-0500", "17:00:00.000-0500", "09:00-17:00"),
    ],
)
def test_a_time_is_the_one_on_the_door(opens: str, closes: str, expected: str) -> None:
    assert hours(weekly("MO", opens, closes)) == f"Mo {expected}"


@pytest.mark.parametrize(
    "wrong",
    ["15:00Z", "15:00+00:00", "09:00+01:00", "9", "9 AM", "25:00", "13:00 PM", "0:30 am",
     "09:60", "09:00 to 17:00", "09:00 noon", "٠٩:٠٠x"],
)  # fmt: skip
def test_a_time_that_could_be_another_one_is_refused(wrong: str) -> None:
    with pytest.raises(UnreadableError):
        read_service(a_service(schedules=[weekly("MO", wrong, "17:00")]))


def test_what_is_over_or_only_words_says_nothing_about_now() -> None:
    assert hours({"description": "Call for hours"}) is None
    assert hours(weekly("MO", "09:00", "17:00", valid_to="2025-12-31")) is None
    assert hours(weekly("MO", "09:00", "17:00", interval=2)) is None


def test_hours_of_the_only_place_are_the_services() -> None:
    place = {"location": {"schedules": [weekly("MO", "09:00", "17:00")]}}
    service = read_service(a_service(service_at_locations=[place]))
    assert hours_of(service, today=TODAY) == "Mo 09:00-17:00"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("IL DuPage County", "DuPage County"),
        ("DuPage County, IL", "DuPage County"),
        ("Naperville, Illinois", "Naperville"),
        ("60540", "60540"),
        ("Nationwide", "United States"),
        ("State of Illinois", "Illinois"),
        ("MD Prince George's County", "MD Prince George's County"),
    ],
)
def test_areas_are_spelt_as_search_spells_them(given: str, kept: str) -> None:
    assert understood(given, None) == kept
    assert understood(kept, None) == kept


def test_albany_of_new_york_is_not_albany_of_illinois() -> None:
    assert understood("Albany", only_state_elsewhere({"NY"})) == "Albany, NY"
    assert understood("Albany", only_state_elsewhere({"NY", "IL"})) == "Albany"
    assert understood("Albany", only_state_elsewhere(set())) == "Albany"
