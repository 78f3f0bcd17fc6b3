"""Reading an HSDS object: what is made plain, and what is refused with what to do."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.hsds.dialling import read_line
from directory.hsds.plain import plain
from directory.hsds.read import UnreadableError, read_service
from directory.listings.numbers import NumberError
from tests.directory.imports.builders import a_place, a_service

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "name", "status", "organization", "phones", "number", "schedules"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def refused(**changes: Any) -> dict[str, str]:
    with pytest.raises(UnreadableError) as caught:
        read_service(a_service(**changes))
    return {each.field: each.remedy for each in caught.value.problems}


def test_null_and_nothing_are_left_out() -> None:
    found = read_service(a_service(description=None, phones=[], url="") | {"email": None})
    assert (found.description, found.url, found.email) == (None, None, None)


def test_everything_wrong_is_said_at_once() -> None:
    assert refused(status="open", url="www.example.org", email="nobody", minimum_age=-1) == {
        "status": "write 'active', 'inactive', 'defunct' or 'temporarily closed'",
        "url": "write it with its beginning, as https://example.org",
        "email": "write one address, as intake@example.org",
        "minimum_age": "write a number of at least 0",
    }


def test_ages_stand_in_order() -> None:
    assert "exchange them or correct one" in str(refused(minimum_age=60, maximum_age=18))


def test_markup_in_texts_is_taken_out_and_in_names_refused() -> None:
    text = "<p>Food &amp; clothes.</p><script>alert(1)</script><p>Call <b>first</b></p>"
    assert read_service(a_service(description=text)).description == "Food & clothes.\nCall first"
    assert "name" in refused(name="<img src=x onerror=alert(1)>")
    assert read_service(a_service(description="Ages < 18 & > 60")).description == "Ages < 18 & > 60"


def test_coordinates_nowhere_on_earth_are_left_out() -> None:
    place = a_place()
    place["location"] |= {"latitude": 100, "longitude": 101}
    location = (
        read_service(a_service(service_at_locations=[place])).service_at_locations[0].location
    )
    assert (location.latitude, location.longitude, location.misplaced) == (None, None, True)


@pytest.mark.parametrize(
    ("number", "kind", "written"),
    [
        ("(630) 555-0100", "voice", "630-555-0100"),
        ("1-800-FLOWERS", "voice", "800-356-9377"),
        ("1-800-CALL-NOW", "voice", "800-225-5669"),
        ("(800) HOME-NOW", "voice", "800-466-3669"),
        ("+44 20 7946 0000", "voice", "+44 20 7946 0000"),
        ("741741", "text", "741741"),
        ("988", "voice", "988"),
    ],
)
def test_numbers_are_written_in_our_way(number: str, kind: str, written: str) -> None:
    assert read_line(number, kind).number == written


@pytest.mark.parametrize(
    "number",
    ["555-0100", "call us", "12", "630-555-0100 ext 5", "+1", "630-4357 ext", "555-0100cell"],
)
def test_numbers_that_nobody_can_dial_are_refused(number: str) -> None:
    with pytest.raises(NumberError):
        read_line(number, "voice")


@given(JSON)
def test_whatever_comes_in_is_read_or_refused_in_words(value: Any) -> None:
    try:
        read_service(value)
    except UnreadableError as error:
        assert all(each.problem and each.remedy for each in error.problems)


@given(st.text(max_size=60))
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    try:
        once = plain({"description": text})
    except ValueError:
        return
    assert plain(once) == once


def test_depth_is_bounded() -> None:
    deep: Any = {}
    for _ in range(500):
        deep = {"organization": deep}
    with pytest.raises(UnreadableError):
        read_service(json.loads(json.dumps({**a_service(), "organization": deep})))
