"""The index follows the events of the listings: exact, and nothing uncommitted gets in."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from threading import Event

import pytest
from sqlalchemy import delete

from directory import database
from directory.database import Database
from directory.listings import queries
from directory.listings.change_models import ListingEvent, ServiceNotice
from directory.listings.models import CatalogueVersion, Service
from directory.listings.service import catalogue_changed, changed
from directory.search import Query, Reason, find, follow
from directory.search.follow import current_index
from directory.search.index import RECENT, Index, build
from directory.search.reading import every_listing
from directory.settings import Settings
from tests.directory.listings.files import NOW, load

WORDS = [
    "bread",
    "soup",
    "shoes",
    "rent",
    "bus",
    "lawyer",
    "baby",
    "clinic",
    "harbor",
    "wheat",
    "lamp",
    "river",
]
CHANGES = 200


class Undo(Exception):
    pass


def _change(rng: random.Random) -> None:
    """One transaction of one to three changes, a quarter of them rolled back."""
    undo = rng.random() < 0.25
    with database.session_scope() as session:
        queries.locked_catalogue_version(session)  # or two could wait for each other
        for _ in range(rng.randint(1, 3)):
            _change_one(rng)(session, rng)
            if rng.random() < 0.2:
                find(session, Query(text=rng.choice(WORDS), at=NOW))
        if undo:
            session.rollback()


def _change_one(rng: random.Random):  # type: ignore[no-untyped-def]
    return rng.choice([_reword, _reword, _hide_or_show, _anything])


def _reword(session, rng: random.Random) -> None:  # type: ignore[no-untyped-def]
    service = rng.choice(_services(session))
    service.description = " ".join(rng.sample(WORDS, 3))
    service.name = f"{rng.choice(WORDS).title()} {rng.choice(WORDS)}"
    changed(session, service, now=NOW)


def _hide_or_show(session, rng: random.Random) -> None:  # type: ignore[no-untyped-def]
    service = rng.choice(_services(session))
    service.published = not service.published
    service.held_because = None if service.published else "test"
    changed(session, service, now=NOW)


def _anything(session, rng: random.Random) -> None:  # type: ignore[no-untyped-def]
    if rng.random() < 0.1:
        catalogue_changed(session)


def _services(session) -> list[Service]:  # type: ignore[no-untyped-def]
    return list(session.query(Service).order_by(Service.slug))


def _same(one: Index, other: Index) -> bool:
    return _content(one) == _content(other)


def _content(index: Index) -> tuple[object, ...]:
    listings = list(index.listings)
    words = index.lexicon.words.words
    said = Counter({word: index.times_said(n) for n, word in enumerate(words)})
    keys = {}
    for key in index.lexicon.keys.words:
        ids = {index.service_id(row) for row in index.rows_of_key(key).tolist()}
        if ids:
            keys[key] = ids
    return listings, +said, keys, index.size, index.head


def _fresh() -> Index:
    with database.current().snapshot_scope() as session:
        return build(every_listing(session), head=queries.head_of_catalogue(session))


def _followed() -> Index:
    with database.read_scope() as session:
        return current_index(session)


def test_after_many_changes_at_once_the_index_is_what_a_new_one_would_be(
    any_database: Database,
) -> None:
    load()
    _followed()
    over = Event()

    def write(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(CHANGES // 4):
            _change(rng)

    def read() -> int:
        sizes = 0
        while not over.is_set():
            sizes += _followed().size
            over.wait(0.05)
        return sizes

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for writer in [pool.submit(write, seed) for seed in range(4)]:
                writer.result()
        finally:
            over.set()
        assert all(reader.result() > 0 for reader in readers)
    assert _same(_followed(), _fresh())


def _write_elsewhere(settings: Settings, seed: int, count: int) -> None:
    database.use(Database(settings))
    rng = random.Random(seed)
    for _ in range(count):
        _change(rng)
    one, other = _followed(), _fresh()
    # The other process goes on, perhaps in the middle of our reading.
    while not one.head == other.head == _followed().head:
        one, other = _followed(), _fresh()
    assert _same(one, other)
    database.current().close()


def test_changes_of_other_processes_are_followed(any_database: Database) -> None:
    load()
    _followed()
    context = get_context("spawn")
    others = [
        context.Process(target=_write_elsewhere, args=(any_database.settings, seed, 10))
        for seed in range(2)
    ]
    for other in others:
        other.start()
    while any(other.is_alive() for other in others):
        _followed()
        others[0].join(0.1)
    assert [other.exitcode for other in others] == [0, 0]
    assert _same(_followed(), _fresh())


def test_one_change_makes_only_that_listing_anew(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    load()
    before = _followed()
    monkeypatch.setattr(follow, "every_listing", lambda _: pytest.fail("read everything"))
    with database.session_scope() as session:
        service = queries.service_by_slug(session, "elm-pantry--food")
        assert service is not None
        service.name = "Ash pantry"
        changed(session, service, now=NOW)
    after = _followed()
    assert after.segments[0] is before.segments[0]
    assert [one.name for one in after.listings] != [one.name for one in before.listings]
    assert _same(after, _fresh())


def test_what_is_not_committed_is_seen_by_its_own_session_alone(any_database: Database) -> None:
    load()
    shared = _followed()
    with pytest.raises(Undo), database.session_scope() as session:
        service = queries.service_by_slug(session, "elm-pantry--food")
        assert service is not None
        service.name = "Never"
        changed(session, service, now=NOW)
        own = current_index(session)
        assert "Never" in [one.name for one in own.listings]
        assert current_index(session) is own
        assert _followed() is shared
        service.published, service.held_because = False, "test"
        changed(session, service, now=NOW)
        assert current_index(session).size == shared.size - 1
        raise Undo
    assert _followed() is shared


def test_a_sequence_that_was_drawn_again_is_no_old_acquaintance(db: Database) -> None:
    """Another database file in its place: the same sequence, another version."""
    load()
    _followed()
    with database.session_scope() as session:
        service = queries.service_by_slug(session, "elm-pantry--food")
        head = session.get(CatalogueVersion, 1)
        assert service is not None
        assert head is not None
        service.name = "Restored"
        event = session.get_one(ListingEvent, head.sequence)
        head.version = event.version = "another"
    assert "Restored" in [one.name for one in _followed().listings]


def test_when_events_were_cleared_away_everything_is_read_again(db: Database) -> None:
    load()
    _followed()
    for name in ("Ash", "Birch"):
        with database.session_scope() as session:
            service = queries.service_by_slug(session, "elm-pantry--food")
            assert service is not None
            service.name = name
            changed(session, service, now=NOW)
    with database.session_scope() as session:
        session.execute(delete(ListingEvent))
    assert "Birch" in [one.name for one in _followed().listings]


def test_an_older_snapshot_does_not_bring_the_old_index_back(db: Database) -> None:
    load()
    with database.read_scope() as old:
        assert current_index(old).size
        with database.session_scope() as session:
            service = queries.service_by_slug(session, "elm-pantry--food")
            assert service is not None
            service.name = "Newer"
            changed(session, service, now=NOW)
        newer = _followed()
        assert current_index(old) is newer


def test_small_segments_are_joined_and_nothing_is_lost(db: Database) -> None:
    load()
    index = _followed()
    (one,) = [listing for listing in index.listings if listing.slug == "elm-pantry--food"]
    expected = {listing.service_id: listing for listing in index.listings}
    rng = random.Random(7)
    for turn in range(6):
        changes = {}
        for number in range(RECENT // 2 + turn):
            identity = f"made-{rng.randint(0, 120)}"
            gone = rng.random() < 0.3
            changes[identity] = (
                None if gone else replace(one, service_id=identity, name=f"{turn} {number}")
            )
        for identity, listing in changes.items():
            if listing is None:
                expected.pop(identity, None)
            else:
                expected[identity] = listing
        index = index.changed(changes, None)
        assert len(index.segments) <= 3
    assert _same(index, build(expected.values(), head=None))


def test_a_notice_is_shown_while_it_holds(db: Database) -> None:
    load()
    with database.session_scope() as session:
        service = queries.service_by_slug(session, "oak-pantry--groceries")
        assert service is not None
        session.add(
            ServiceNotice(
                service_id=service.id,
                kind="closure",
                text="Closed for a week.",
                starts_at=NOW - timedelta(hours=1),
                ends_at=NOW + timedelta(days=7),
                by="test",
                created_at=NOW,
            )
        )
        changed(session, service, now=NOW)

    def oak(days: int):  # type: ignore[no-untyped-def]
        with database.read_scope() as session:
            found = find(session, Query(("food",), at=NOW + timedelta(days=days))).matches
        return next(match for match in found if match.slug == "oak-pantry--groceries")

    assert Reason.CLOSED_FOR_A_TIME in oak(0).reasons
    assert oak(0).notice == {"en": "Closed for a week.", "es": "Closed for a week."}
    assert oak(7).notice is None
    assert Reason.OPEN_NOW in oak(7).reasons
