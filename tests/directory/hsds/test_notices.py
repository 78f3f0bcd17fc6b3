from datetime import timedelta

import pytest

from directory.hsds.notices import counts, passing
from directory.listings.change_models import ServiceNotice
from directory.listings.models import Service
from tests.fakes import MORNING


def notice(kind: str = "closure", text: str | None = None, *, hours: int = 24) -> ServiceNotice:
    end = MORNING + timedelta(hours=hours)
    return ServiceNotice(id=f"{kind}{text}", kind=kind, text=text, starts_at=MORNING, ends_at=end)


@pytest.mark.parametrize(
    ("notices", "status", "alert"),
    [
        ([], "active", None),
        ([notice()], "temporarily closed", "Temporarily closed until March 19, 2026."),
        (
            [notice(text="Floor is mended.")],
            "temporarily closed",
            "Temporarily closed until March 19, 2026: Floor is mended.",
        ),
        ([notice("notice", "New door.")], "active", "New door."),
        ([notice("notice", "Same."), notice("notice", "Same.")], "active", "Same."),
        ([notice("notice")], "active", None),
    ],
)
def test_what_passes_is_in_status_and_alert(
    notices: list[ServiceNotice], status: str, alert: str | None
) -> None:
    said = passing(Service(status="active"), notices)
    assert (said.status, said.alert) == (status, alert)


def test_a_closure_ends_on_the_local_day() -> None:
    until_midnight = notice(hours=14)  # 5 in the morning in Greenwich, midnight in Chicago
    said = passing(Service(status="active"), [until_midnight])
    assert said.alert == "Temporarily closed until March 19, 2026."
    said = passing(Service(status="active"), [notice(hours=13)])
    assert said.alert == "Temporarily closed until March 18, 2026."


def test_what_is_closed_for_good_does_not_open_because_of_a_notice() -> None:
    assert passing(Service(status="defunct"), [notice()]).status == "defunct"


def test_a_notice_counts_from_its_start_until_before_its_end_unless_removed() -> None:
    row = notice(hours=1)
    moments = [MORNING + timedelta(minutes=each) for each in (-1, 0, 59, 60)]
    assert [counts(row, now=each) for each in moments] == [False, True, True, False]
    row.removed_at = MORNING
    assert not counts(row, now=MORNING)
