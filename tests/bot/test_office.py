"""When staff reads replies."""

from datetime import UTC, datetime

import pytest

from bot.office import is_on_shift
from tests.factories import CHICAGO


@pytest.mark.parametrize(
    ("day", "hour", "minute", "expected"),
    [
        (18, 9, 0, True),
        (18, 16, 59, True),
        (18, 8, 59, False),
        (18, 17, 0, False),
        (20, 12, 0, True),  # a Friday
        (21, 12, 0, False),
        (22, 12, 0, False),
    ],
)
def test_staff_is_there_on_weekdays_from_nine_to_five(
    day: int, hour: int, minute: int, expected: bool
) -> None:
    at = datetime(2026, 3, day, hour, minute, tzinfo=CHICAGO)
    assert is_on_shift(at.astimezone(UTC), CHICAGO) is expected


def test_nine_is_nine_by_the_clock_on_the_wall_in_winter_and_summer() -> None:
    assert is_on_shift(datetime(2026, 1, 14, 15, 0, tzinfo=UTC), CHICAGO)
    assert not is_on_shift(datetime(2026, 1, 14, 14, 30, tzinfo=UTC), CHICAGO)
    assert is_on_shift(datetime(2026, 7, 15, 14, 30, tzinfo=UTC), CHICAGO)
