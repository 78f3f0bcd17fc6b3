"""How many places are free, and for how long that is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from directory import database
from directory.database import Database
from directory.errors import Invalid
from directory.listings.capacity import STALE_AFTER, CapacityBody, Places, places, put_capacity
from directory.listings.edit import own_listing
from directory.listings.edit_parse import parsed
from directory.listings.ids import organization_id, service_id
from directory.listings.models import Unit
from directory.notices.models import NoticeKind
from directory.search.rank import ROOM_COUNTS
from tests.directory.listings.editing import BY, OAK, PANTRY, a_listener, history, read, told
from tests.directory.listings.files import NOW, load


@dataclass(frozen=True)
class Count:
    available: float
    updated: datetime


@pytest.fixture(autouse=True)
def _small(any_database: Database) -> None:
    load()


def put(now: datetime = NOW, **body: Any) -> None:
    with database.session_scope() as session:
        service = own_listing(session, organization_id(OAK), service_id(PANTRY), for_update=True)
        put_capacity(session, service, parsed(body, CapacityBody), by=BY, now=now)


def refused(**body: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        put(**body)
    return {each["where"]: each["remedy"] for each in error.value.context["errors"]}


def test_a_count_is_kept_by_its_unit_and_replaced_by_the_next() -> None:
    a_listener()
    put(unit="Beds", available=3, maximum=12)
    put(unit="beds", available=0, maximum=12, now=NOW + timedelta(hours=1))
    put(unit={"name": "boxes", "id": "ours"}, available=7, updated=NOW.isoformat())
    beds, boxes = sorted(read().capacities, key=lambda each: each.available)
    assert (beds.available, beds.maximum, beds.updated) == (0, 12, NOW + timedelta(hours=1))
    assert (boxes.available, boxes.maximum, boxes.updated) == (7, None, NOW)
    with database.read_scope() as session:
        assert sorted(unit.name for unit in session.query(Unit)) == ["Beds", "boxes"]
    assert read().version == 4
    assert sorted(len(each.after) for each in history(field="capacities")) == [1, 1, 2]
    assert {tuple(each["fields"]) for each in told(NoticeKind.LISTING_CHANGED)} == {("capacities",)}


def test_the_same_count_of_the_same_moment_changes_nothing() -> None:
    put(unit="beds", available=3)
    put(unit="beds", available=3)
    assert read().version == 2


def test_what_cannot_be_counted_is_refused() -> None:
    assert refused(unit="beds", available=-1).keys() == {"available"}
    assert refused(unit="beds", available="3").keys() == {"available"}
    assert refused(unit="beds").keys() == {"available"}
    assert refused(unit="", available=1).keys() == {"unit"}
    assert refused(unit={}, available=1).keys() == {"unit"}
    assert "maximum are free" in refused(unit="beds", available=5, maximum=4)["available"]
    future = (NOW + timedelta(hours=1)).isoformat()
    assert "leave it out" in refused(unit="beds", available=1, updated=future)["updated"]
    assert refused(unit="beds", available=1, updated="2026-01-01T00:00:00").keys() == {"updated"}
    assert read().capacities == []


def test_an_old_count_says_nothing_about_today() -> None:
    fresh, old = NOW - STALE_AFTER + timedelta(seconds=1), NOW - STALE_AFTER
    assert places([], now=NOW) == Places(None, stale=False)
    assert places([Count(3, fresh)], now=NOW) == Places(True, stale=False)
    assert places([Count(0, fresh)], now=NOW) == Places(False, stale=False)
    assert places([Count(3, old)], now=NOW) == Places(None, stale=True)
    assert places([Count(3, old), Count(0, fresh)], now=NOW) == Places(False, stale=False)


def test_search_forgets_a_count_when_the_listing_does() -> None:
    assert ROOM_COUNTS == STALE_AFTER
