"""The index in memory: right after every change, whoever made it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from directory import database
from directory.database import Database
from directory.listings import queries
from directory.listings.service import catalogue_changed
from directory.search import Query, find
from directory.search.follow import current_index
from tests.directory.listings.files import NOW, edited, load


def _names() -> list[str]:
    with database.read_scope() as session:
        return sorted(
            match.service_name for match in find(session, Query(("food",), at=NOW)).matches
        )


def _rename(name: str) -> None:
    with database.session_scope() as session:
        service = queries.service_by_slug(session, "elm-pantry--food")
        assert service is not None
        service.name = name
        catalogue_changed(session)


def test_it_is_made_once_and_kept_while_nothing_changes(db: Database) -> None:
    load()
    with database.read_scope() as session:
        first = current_index(session)
    with database.read_scope() as session:
        assert current_index(session) is first


def test_a_change_is_seen_by_the_next_question(any_database: Database) -> None:
    load()
    assert _names() == ["Elm food shelf", "Oak Pantry groceries"]
    _rename("Elm pantry")
    assert _names() == ["Elm pantry", "Oak Pantry groceries"]


def test_a_change_that_is_rolled_back_is_forgotten(db: Database) -> None:
    load()

    class Undo(Exception):
        pass

    with pytest.raises(Undo), database.session_scope() as session:
        service = queries.service_by_slug(session, "elm-pantry--food")
        assert service is not None
        service.name = "Never"
        catalogue_changed(session)
        assert any(
            m.service_name == "Never" for m in find(session, Query(("food",), at=NOW)).matches
        )
        raise Undo
    assert _names() == ["Elm food shelf", "Oak Pantry groceries"]


def test_another_database_is_another_directory(
    sqlite_settings: database.Settings, tmp_path: Path
) -> None:
    database.use(Database(sqlite_settings))
    assert _names() == []
    load(edited(tmp_path, ("Elm food shelf", "Ash pantry")))
    assert "Ash pantry" in _names()
    database.current().close()


def test_questions_asked_while_listings_change_get_the_old_or_the_new_never_a_mix(
    any_database: Database,
) -> None:
    load()
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(_names) for _ in range(30)]
        changed = [pool.submit(_rename, f"Elm {number}") for number in range(5)]
        asked += [pool.submit(_names) for _ in range(30)]
        for task in changed:
            task.result()
        for answer in asked:
            names = answer.result()
            assert len(names) == 2
            assert names[1] == "Oak Pantry groceries"
            assert names[0].startswith("Elm ")
    with database.read_scope() as session:
        service = queries.service_by_slug(session, "elm-pantry--food")
        assert service is not None
        assert service.name in _names()
