"""Pages and streams hold everything once, whatever comes and goes while they are read."""

import gc
import random
import tracemalloc
from collections.abc import Iterator

import pytest
from sqlalchemy import insert

from directory import database
from directory.database import Database
from directory.hsds import pages
from directory.hsds.pages import SERVICES, read_dates, read_page, stream
from directory.hsds.selections import Wanted
from directory.hsds.writers import View
from directory.listings.models import Service
from directory.listings.service import catalogue_changed
from tests.directory.hsds.builders import an_organization
from tests.fakes import MORNING

SHORT = View(MORNING)


def listings(count: int, *, chance: random.Random) -> set[str]:
    """The ids of so many new listings, which lie anywhere in the order."""
    ids = {f"{chance.getrandbits(32):08x}-0000-4000-8000-{n:012d}" for n in range(count)}
    with database.session_scope() as session:
        whose = an_organization(session).id
        given = {"organization_id": whose, "name": "Pantry", "origin": "test", "published": True}
        if ids:
            session.execute(
                insert(Service),
                [given | {"id": id_, "slug": id_, "last_modified": MORNING} for id_ in ids],
            )
            catalogue_changed(session)
    return ids


def take_away(identity: str) -> None:
    with database.session_scope() as session:
        session.delete(session.get_one(Service, identity))
        catalogue_changed(session, identity)


def walk(size: int) -> Iterator[list[str]]:
    """The ids of page after page, as who follows the `next` link reads them."""
    after: str | None = None
    while True:
        with database.read_scope() as session:
            page = read_page(session, SERVICES, Wanted(), SHORT, skip=0, size=size, after=after)
        yield [each["id"] for each in page.objects]
        if page.last_id is None:
            return
        after = page.last_id


@pytest.mark.parametrize("seed", range(5))
def test_who_follows_the_next_link_skips_and_repeats_nothing(db: Database, seed: int) -> None:
    chance = random.Random(seed)
    there = listings(23, chance=chance)
    stayed, seen = set(there), []
    for number, ids in enumerate(walk(size=4)):
        seen += ids
        leaver = chance.choice(sorted(stayed))
        take_away(leaver)
        stayed.discard(leaver)
        there |= listings(2 if number < 3 else 0, chance=chance)
    assert len(seen) == len(set(seen))
    assert stayed <= set(seen) <= there


def test_pages_by_number_hold_everything_once(any_database: Database) -> None:
    there = listings(11, chance=random.Random(1))
    seen: list[str] = []
    for skip in range(0, 12, 4):
        with database.read_scope() as session:
            page = read_page(session, SERVICES, Wanted(), SHORT, skip=skip, size=4)
        seen += [each["id"] for each in page.objects]
        assert page.total == 11
        assert (page.last_id is None) is (skip == 8)
    assert seen == sorted(there)


def test_far_past_the_end_there_is_nothing(db: Database) -> None:
    listings(3, chance=random.Random(1))
    with database.read_scope() as session:
        page = read_page(session, SERVICES, Wanted(), SHORT, skip=5 * 10**11, size=500)
    assert (page.total, page.objects, page.last_id) == (3, [], None)


def test_a_total_is_counted_anew_when_the_catalogue_has_changed(db: Database) -> None:
    chance = random.Random(1)
    for expected in (2, 4):
        listings(2, chance=chance)
        for _ in range(2):
            with database.read_scope() as session:
                page = read_page(session, SERVICES, Wanted(), SHORT, skip=0, size=1)
            assert page.total == expected


def test_dates_are_of_all_services_in_one_page(any_database: Database) -> None:
    there = listings(5, chance=random.Random(1))
    with database.read_scope() as session:
        page = read_dates(session, Wanted(modified_after=MORNING))
    assert [each["id"] for each in page.objects] == sorted(there)
    assert {each["last_modified"] for each in page.objects} == {"2026-03-18T15:00:00Z"}


def test_a_stream_holds_everything_once(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SHORT_AT_ONCE", 4)
    there = listings(12, chance=random.Random(1))
    for wanted in (Wanted(), Wanted(modified_after=MORNING)):
        batches = list(stream(any_database.read_scope, SERVICES, wanted, SHORT))
        assert [len(batch) for batch in batches] == [4, 4, 4]
        assert [each["id"] for batch in batches for each in batch] == sorted(there)


def test_a_stream_leaves_the_database_to_others_between_batches(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SHORT_AT_ONCE", 2)
    there = listings(6, chance=random.Random(1))
    seen: list[str] = []
    for batch in stream(any_database.read_scope, SERVICES, Wanted(), SHORT):
        seen += [each["id"] for each in batch]
        rest = sorted(there - set(seen))
        if rest:
            take_away(rest[-1])
            there.discard(rest[-1])
    assert set(seen) == there


@pytest.mark.usefixtures("usual_garbage")
@pytest.mark.parametrize("view", [SHORT, View(MORNING, whole=True)], ids=["short", "whole"])
def test_a_stream_needs_no_more_memory_for_more_rows(
    db: Database, monkeypatch: pytest.MonkeyPatch, view: View
) -> None:
    for name in ("SHORT_AT_ONCE", "WHOLE_AT_ONCE"):
        monkeypatch.setattr(pages, name, 50)
    chance, peaks = random.Random(1), []
    for count, more in ((300, 300), (1200, 900)):
        listings(more, chance=chance)
        assert sum(map(len, stream(db.read_scope, SERVICES, Wanted(), view))) == count
        gc.collect()
        tracemalloc.start()
        for batch in stream(db.read_scope, SERVICES, Wanted(), view):
            assert batch
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    small, large = peaks  # of four times the rows; what nobody holds waits to be collected
    assert large < small * 1.6
