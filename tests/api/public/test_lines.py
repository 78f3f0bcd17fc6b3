"""Numbers as links, and opening as words. Pure."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.public.pages.lines import lines_of_match, website
from api.public.pages.opening import Opening, opening
from api.public.pages.told import told
from directory.hours import HoursKind, HoursNow, state_at
from directory.languages import Language
from directory.search import PhoneLine
from tests.factories import a_match

CHICAGO = ZoneInfo("America/Chicago")
TEN = datetime(2026, 3, 18, 15, 0, tzinfo=UTC)  # Wednesday, 10:00 in Chicago


@pytest.mark.parametrize(
    ("phone", "address"),
    [
        ({"phone": "630-555-0100"}, "tel:+16305550100"),
        ({"phone": "630-555-0100", "extension": "12"}, "tel:+16305550100,12"),
        ({"phone": "988", "phone_kind": "hotline"}, "tel:988"),
        ({"phone": "741741", "phone_kind": "sms", "text_word": "HOME"}, "sms:741741?&body=HOME"),
        ({"phone": "630-555-0100", "phone_kind": "sms"}, "sms:+16305550100"),
        ({"phone": "1-630-555-0100", "phone_kind": "tty"}, "tel:+16305550100"),
        ({"phone": "630-555-0100", "phone_kind": "fax"}, None),
    ],
)
def test_a_number_opens_what_a_phone_does_with_it(
    phone: dict[str, Any], address: str | None
) -> None:
    [line] = lines_of_match(a_match(**phone), Language.EN)
    assert line.address == address


def test_the_line_to_text_comes_second_in_the_language_of_the_reader() -> None:
    others = (
        PhoneLine("988", "sms", label={"en": "Text 988", "es": "Texto"}),
        PhoneLine("988", "sms", text_word="AYUDA", label={"en": "In Spanish", "es": "En español"}),
    )
    match = a_match(phone="988", phone_kind="hotline", other_phones=others)
    assert [each.word for each in lines_of_match(match, Language.EN)] == [None, None]
    assert [each.word for each in lines_of_match(match, Language.ES)] == [None, "AYUDA"]


def test_a_number_for_some_people_only_says_for_whom() -> None:
    [line] = lines_of_match(a_match(phone_for={"en": "Veterans", "es": "Veteranos"}), Language.ES)
    assert (line.label, line.label_language) == ("Veteranos", "es")


def test_a_listing_without_a_number_has_no_line() -> None:
    assert lines_of_match(a_match(phone=None), Language.EN) == []


@pytest.mark.parametrize("bad", [None, "", "javascript:alert(1)", " data:text/html,x", "www.x.org"])
def test_only_the_web_is_linked_to(bad: str | None) -> None:
    assert website(bad) is None
    assert website(" HTTPS://x.org ") == "HTTPS://x.org"


def at(expression: str | None, *, closed_until: datetime | None = None) -> Opening:
    now = state_at(expression, TEN, CHICAGO)
    return opening(now, expression, closed_until=closed_until, now=TEN, zone=CHICAGO)


def test_opening_is_told_in_local_time_with_its_day() -> None:
    def local(day: int, hour: int) -> datetime:
        return datetime(2026, 3, day, hour, tzinfo=CHICAGO)

    assert at("24/7") == Opening("always")
    assert at("Mo-Fr 09:00-17:00") == Opening("open", local(18, 17))
    assert at("Mo-Fr 13:00-17:00") == Opening("closed", local(18, 13))
    assert at("Th 09:00-17:00") == Opening("closed", local(19, 9), "tomorrow")
    assert at("Sa 09:00-12:00") == Opening("closed", local(21, 9), "later")
    assert at(None) == Opening("unknown")
    assert at("2020 Mar 01 09:00-10:00").state == "closed"


def test_after_a_closure_the_next_opening_counts() -> None:
    evening = datetime(2026, 3, 19, 1, 0, tzinfo=UTC)  # Wednesday, 20:00 in Chicago
    again = at("Mo-Fr 09:00-17:00", closed_until=evening)
    assert again == Opening("away", datetime(2026, 3, 19, 9, tzinfo=CHICAGO), "tomorrow")
    unknown = opening(HoursNow(HoursKind.CLOSED), None, closed_until=evening, now=TEN, zone=CHICAGO)
    assert unknown.at is not None and unknown.at == evening


def test_a_text_comes_in_the_language_that_there_is() -> None:
    assert told({"en": "Food", "es": " "}, Language.ES) == told({"en": "Food"}, Language.EN)
    assert told(None, Language.EN) is None
    assert told({"en": "", "es": ""}, Language.EN) is None
