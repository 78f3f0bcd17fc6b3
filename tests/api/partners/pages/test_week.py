"""Opening hours as a week, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.partners.pages import week
from directory.hours import check_opening_hours


@pytest.mark.parametrize(
    ("expression", "rest"),
    [
        ("Mo-Fr 09:00-17:00; Sa 10:00-12:00", ""),
        ("Mo-Fr 09:00-12:00,13:00-17:00; PH off", "PH off"),
        ("24/7", "24/7"),
        ("Mo[1] 09:00-10:00", "Mo[1] 09:00-10:00"),
        ('Tu 09:00-10:00; Fr "call"; We 09:00-10:00', 'Fr "call"; We 09:00-10:00'),
    ],
)
def test_what_was_read_is_written_back(expression: str, rest: str) -> None:
    read = week.read(expression)
    assert read.rest == rest
    assert week.written(read) == expression
    assert week.sent(week.fields(read)) == expression


def test_a_later_rule_takes_the_place_of_an_earlier_one() -> None:
    assert week.written(week.read("Mo-We 09:00-17:00; Tu 10:00-12:00")) == (
        "Mo 09:00-17:00; Tu 10:00-12:00; We 09:00-17:00"
    )


@pytest.mark.parametrize(
    ("typed", "clock"),
    [("9", "09:00"), ("9:30 am", "09:30"), ("12 am", "00:00"), ("5PM", "17:00"), ("9.15", "09:15")],
)
def test_times_as_people_write_them(typed: str, clock: str) -> None:
    assert week.clock(typed) == clock


def test_half_a_span_and_what_is_no_time_are_named() -> None:
    given_ = {"hours-Mo-1-from": "9", "hours-Tu-1-from": "dawn", "hours-Tu-1-to": "10"}
    assert week.mistakes(given_) == [("hours-Mo-1-to", "half"), ("hours-Tu-1-from", "time")]
    assert week.mistakes({"hours-Mo-1-from": "25", "hours-Mo-1-to": "26"}) != []


times = st.integers(0, 23 * 4).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
spans = st.lists(times, min_size=2, max_size=2, unique=True).map(sorted).map(tuple)


@given(st.dictionaries(st.sampled_from(week.DAYS), spans.map(lambda span: (span,)), max_size=7))
def test_every_week_comes_back_whole(days: dict[str, week.Spans]) -> None:
    expression = week.written(week.Week(days))
    assert dict(week.read(expression).days) == days
    if expression:
        check_opening_hours(expression)
