"""What the public gets: no small count, none that can be worked out, and of listings no more than
the public door to them tells."""

from collections import Counter
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory import database
from directory.database import Database
from directory.listings.change_models import ChangeStatus
from directory.listings.changes import log_changes
from directory.retention.public_records import REDACTED, WITHHELD, in_company, records
from directory.wordings.models import Wording
from tests.directory.hsds.builders import a_listing
from tests.fakes import MORNING

KINDS = st.tuples(st.sampled_from(["2026-01", "2026-02"]), st.sampled_from("abcde"))


@given(st.dictionaries(KINDS, st.integers(1, 40)), st.integers(1, 15))
def test_no_count_that_is_shown_is_small(
    given_counts: dict[tuple[str, str], int], threshold: int
) -> None:
    counted = Counter(given_counts)
    shown, left_out = in_company(counted, threshold=threshold)
    assert all(count >= threshold for count in shown.values())
    for month in ("2026-01", "2026-02"):
        whole = sum(count for key, count in counted.items() if key[0] == month)
        told = sum(count for key, count in shown.items() if key[0] == month)
        # Either the whole month adds up, or nothing of what is missing can be told from it.
        assert told in (whole, 0) or whole - told < threshold
    assert left_out == sum(
        sum(c for k, c in counted.items() if k[0] == month)
        > sum(c for k, c in shown.items() if k[0] == month)
        for month in ("2026-01", "2026-02")
    )


def test_a_small_kind_is_never_alone_in_what_is_withheld() -> None:
    counted = Counter({("2026-03", "a"): 50, ("2026-03", "b"): 3, ("2026-03", "c"): 20})
    shown, left_out = in_company(counted, threshold=11)
    assert shown == {("2026-03", "a"): 50, ("2026-03", WITHHELD): 23}
    assert left_out == 0


def test_a_month_with_too_few_is_only_said_to_exist() -> None:
    shown, left_out = in_company(Counter({("2026-03", "a", "x"): 4}), threshold=11)
    assert (shown, left_out) == ({}, 1)


def changes_told(
    *, status: ChangeStatus = ChangeStatus.APPLIED, gone: bool = False, **changes: Any
) -> list[tuple[Any, ...]]:
    """Field, before, after and status of the lines about a listing. `listing`: how it is now."""
    listing = changes.pop("listing", {})
    with database.session_scope() as session:
        service = a_listing(session, **listing)
        log_changes(session, service, changes, by="partner:key-1", now=MORNING, status=status)
        if gone:
            session.delete(service)
    since, until = MORNING - timedelta(days=1), MORNING + timedelta(days=1)
    zone = ZoneInfo("America/Chicago")
    with database.read_scope() as session:
        files = records(session, since=since, until=until, threshold=11, zone=zone)
        [told] = [each for each in files if each.name == "listing_changes"]
    assert told.columns == ("at", "service_id", "field", "before", "after", "status")
    return [line[2:] for line in told.lines]


def test_a_short_fact_of_a_listing_is_told(any_database: Database) -> None:
    assert changes_told(name=("Old", None)) == [("name", "Old", "", "applied")]


@pytest.mark.parametrize("field", ["service_at_locations", "phones", "description"])
def test_where_a_service_was_and_its_numbers_are_not_told(db: Database, field: str) -> None:
    line = (field, REDACTED, REDACTED, "applied")
    assert changes_told(**{field: ("9 Hidden Lane, 630-555-0140", None)}) == [line]


@pytest.mark.parametrize("listing", [{"confidential": True}, {"status": "inactive"}])
def test_of_a_listing_that_is_not_public_now_no_values_are_told(
    db: Database, listing: dict[str, Any]
) -> None:
    line = ("name", REDACTED, REDACTED, "applied")
    assert changes_told(listing=listing, name=("Oak Street House", "Safe House")) == [line]


def test_of_a_listing_that_is_gone_no_values_are_told(db: Database) -> None:
    assert changes_told(gone=True, name=("Oak", "Elm")) == [("name", REDACTED, REDACTED, "applied")]


@pytest.mark.parametrize("status", [ChangeStatus.PENDING, ChangeStatus.DECLINED])
def test_what_did_not_take_effect_is_left_out(db: Database, status: ChangeStatus) -> None:
    assert changes_told(status=status, name=("Old", "New")) == []


def test_what_is_for_staff_alone_is_left_out(db: Database) -> None:
    assert changes_told(note=("ask for Kim", None)) == []


def test_a_wording_is_told_from_its_approval_on(any_database: Database) -> None:
    long_ago = MORNING - timedelta(days=60)
    common = {"key": "hello", "language": "en", "created_by": "a", "created_at": long_ago}
    with database.session_scope() as session:
        session.add(
            Wording(version=1, text="Hi.", status="approved", approved_at=MORNING, **common)
        )
        session.add(Wording(version=2, text="Hi, you!", **common))
    since, until = long_ago - timedelta(days=1), MORNING + timedelta(days=1)
    with database.read_scope() as session:
        files = records(session, since=since, until=until, threshold=11, zone=ZoneInfo("UTC"))
        [told] = [each for each in files if each.name == "wordings"]
    assert told.lines == (
        (MORNING.isoformat(timespec="seconds"), "hello", "en", 1, "approved", "Hi."),
    )
