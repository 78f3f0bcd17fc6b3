"""Closures and notices: they begin, they are shown, and they end by themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from directory import database
from directory.database import Database
from directory.errors import Conflict, Invalid, NotFound
from directory.listings import notices, queries
from directory.listings.edit import own_listing
from directory.listings.edit_parse import parsed
from directory.listings.ids import organization_id, service_id
from directory.listings.notices import CurrentNotice, NoticeBody, NoticeType, closed_until
from directory.notices.models import NoticeKind
from directory.search import Query, find
from tests.directory.listings.editing import (
    BY,
    PANTRY,
    SHELTER,
    a_listener,
    history,
    read,
    told,
)
from tests.directory.listings.files import NOW, load

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _small(any_database: Database) -> None:
    load()


def post(slug: str = PANTRY, *, now: datetime = NOW, **body: Any) -> str:
    usual = {"kind": "closure", "ends_at": (NOW + 2 * HOUR).isoformat()}
    with database.session_scope() as session:
        owner = organization_id(slug.partition("--")[0])
        service = own_listing(session, owner, service_id(slug), for_update=True)
        said = parsed(usual | body, NoticeBody)
        return notices.post(session, service, said, by=BY, now=now).id


def remove(notice_id: str) -> None:
    with database.session_scope() as session:
        service = own_listing(session, organization_id("oak-pantry"), PANTRY, for_update=True)
        notices.remove(session, service, notice_id, by=BY, now=NOW + HOUR)


def current(now: datetime) -> tuple[CurrentNotice, ...]:
    with database.read_scope() as session:
        return notices.current(session, [service_id(PANTRY)], now).get(service_id(PANTRY), ())


def turn(now: datetime) -> int:
    with database.session_scope() as session:
        return notices.turn(session, now=now)


def events() -> list[str | None]:
    with database.read_scope() as session:
        return [each.service_id for each in queries.events_since(session, 0)]


def refused(**body: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        post(**body)
    return {each["where"]: each["remedy"] for each in error.value.context["errors"]}


def test_it_counts_from_its_beginning_to_its_end() -> None:
    post(starts_at=(NOW + HOUR).isoformat(), text="Flood", text_es="Inundación")
    assert current(NOW) == ()
    [closure] = current(NOW + HOUR)
    assert (closure.kind, closure.text) == (
        NoticeType.CLOSURE,
        {"en": "Flood", "es": "Inundación"},
    )
    assert closed_until([closure]) == NOW + 2 * HOUR
    assert current(NOW + 2 * HOUR) == ()


def test_indexes_hear_of_its_beginning_and_of_its_end_once() -> None:
    a_listener()
    post(starts_at=(NOW + HOUR).isoformat())
    heard, version = len(events()), read().version
    assert [turn(NOW), turn(NOW + HOUR), turn(NOW + HOUR)] == [0, 1, 0]
    assert [turn(NOW + 2 * HOUR), turn(NOW + 3 * HOUR)] == [1, 0]
    assert events()[heard:] == [service_id(PANTRY)] * 2
    assert read().version == version + 2
    assert len(told(NoticeKind.LISTING_CHANGED)) == 3


def test_one_that_begins_and_ends_between_two_looks_is_heard_of_once() -> None:
    post(starts_at=(NOW + HOUR).isoformat())
    assert [turn(NOW + 5 * HOUR), turn(NOW + 6 * HOUR)] == [1, 0]


def test_one_that_is_taken_down_counts_no_more() -> None:
    notice_id = post()
    assert len(current(NOW)) == 1
    remove(notice_id)
    assert current(NOW + HOUR) == ()
    assert turn(NOW + 5 * HOUR) == 0
    with pytest.raises(NotFound):
        remove(notice_id)
    up, down = sorted(history(field="notices"), key=lambda each: each.at)
    assert up.before is None and down.after is None
    assert up.after == down.before


def test_search_tells_until_when_it_is_closed_and_then_that_it_is_open() -> None:
    post(starts_at=(NOW + HOUR).isoformat())

    def found(now: datetime) -> tuple[datetime | None, bool]:
        turn(now)
        with database.read_scope() as session:
            result = find(session, Query(needs=("food",), at=now))
        match = next(each for each in result.matches if each.slug == PANTRY)
        return match.closed_until, match.is_open

    assert found(NOW) == (None, True)
    assert found(NOW + HOUR) == (NOW + 2 * HOUR, False)
    assert found(NOW + 2 * HOUR) == (None, True)


def test_a_notice_closes_nothing() -> None:
    post(kind="notice", text="Side door")
    assert closed_until(current(NOW)) is None


def at(hours: int) -> str:
    return (NOW + hours * HOUR).isoformat()


def test_what_makes_no_sense_is_refused() -> None:
    assert refused(kind="notice").keys() == {"text"}
    assert refused(kind="party").keys() == {"kind"}
    assert refused(ends_at=at(-1)).keys() == {"ends_at"}
    assert refused(starts_at=at(3)).keys() == {"ends_at"}
    assert "temporarily closed" in refused(ends_at=at(24 * 400))["ends_at"]
    assert refused(text="x" * 501).keys() == {"text"}
    assert refused(ends_at="soon").keys() == {"ends_at"}
    assert refused(ends_at="2026-11-30T12:00:00").keys() == {"ends_at"}
    assert refused(slug=SHELTER, text="Use 12 S. Main St.").keys() == {"text"}
    assert history() == []


def test_a_listing_is_not_papered_over() -> None:
    for _ in range(notices.MOST_AT_ONCE):
        post(kind="notice", text="One more")
    with pytest.raises(Conflict):
        post()
