from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from directory.hsds import values


def test_what_is_not_there_is_left_out_and_zero_is_there() -> None:
    assert values.present(a=None, b="", c=[], d={}, e=0, f=False, g="x") == {
        "e": 0, "f": False, "g": "x"
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["https://example.org", "http://example.org/a?b=c#d", "mailto:a@example.org"]
)
def test_a_uri_with_a_scheme_is_kept_as_it_is(text: str) -> None:
    assert values.uri(text) == text


@pytest.mark.parametrize(
    "text",
    [
        None, "", "www.example.org", "example.org/a", "https://", "http:/a", "https:",
        "https://exämple.org", "https://example.org/a b", "//example.org", "http://[",
        "1ttp://example.org",
    ],
)  # fmt: skip
def test_a_url_without_a_scheme_or_host_is_left_out(text: str | None) -> None:
    assert values.uri(text) is None


@given(some.text(max_size=40))
def test_no_text_breaks_the_look_at_a_uri_or_an_address(text: str) -> None:
    assert values.uri(text) in (None, text)
    assert values.email(text) in (None, text)
    assert values.clock(text) is None or values.clock(text).startswith(text[:5])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("09:00", "09:00:00"),
        ("23:59:30", "23:59:30"),
        ("9:00", None),
        ("24:00", None),
        (None, None),
    ],
)
def test_a_time_of_day_has_seconds(stored: str, written: str | None) -> None:
    assert values.clock(stored) == written


def test_an_instant_is_in_utc_and_loses_nothing() -> None:
    chicago = timezone(-timedelta(hours=5))
    assert values.instant(datetime(2026, 3, 18, 10, tzinfo=chicago)) == "2026-03-18T15:00:00Z"
    exact = datetime(2026, 3, 18, 10, 0, 0, 123456, UTC)
    assert datetime.fromisoformat(values.instant(exact)) == exact


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("-6", -6),
        ("5.5", 5.5),
        ("America/Chicago", None),
        (None, None),
        ("99", None),
        ("nan", None),
    ],
)
def test_the_zone_of_a_schedule_is_a_number_or_nothing(
    stored: str | None, written: float | None
) -> None:
    assert values.offset(stored) == written


def test_a_whole_number_has_no_point() -> None:
    assert str(values.number(12.0)) == "12"
    assert str(values.number(2.5)) == "2.5"
    assert values.number(None) is None
