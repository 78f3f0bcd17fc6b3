"""A lease goes back to the others, as soon as that can be written."""

import pytest
from sqlalchemy.exc import OperationalError

from bot.leases import Leases
from directory import database
from directory.conversations import service as conversations
from directory.database import Database
from tests.factories import met
from tests.fakes import MORNING, Clock


@pytest.fixture
def leases() -> Leases:
    return Leases("a process", Clock())


def taken(leases: Leases, person_id: str) -> str:
    run = leases.run().name
    with database.session_scope() as session:
        assert leases.take(session, person_id, run)
    return run


def is_free(person_id: str) -> bool:
    with database.session_scope() as session:
        free = conversations.lease(session, person_id, by="another run", wall=MORNING)
        session.rollback()
    return free


def full_disk(patched: pytest.MonkeyPatch) -> list[str]:
    """Nothing can be given back; whose lease it was tried with."""
    tried: list[str] = []

    def fail(_: object, person_id: str, **__: object) -> None:
        tried.append(person_id)
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    patched.setattr(conversations, "release", fail)
    return tried


def test_it_is_given_back_by_who_fails(any_database: Database, leases: Leases) -> None:
    person_id = met()
    run = taken(leases, person_id)
    with pytest.raises(RuntimeError), leases.back_on_failure(person_id, run):
        raise RuntimeError
    assert is_free(person_id)


def test_what_cannot_be_written_is_written_later(
    any_database: Database, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [met(f"+1630555010{n}") for n in range(3)]
    runs = [taken(leases, person_id) for person_id in people]
    with monkeypatch.context() as patched:
        tried = full_disk(patched)
        assert not any(map(leases.give_back, people, runs))
        tried.clear()
        leases.give_back_kept()
        assert len(tried) == 1  # the others would only wait for the same
    assert not any(map(is_free, people))
    leases.give_back_kept()
    assert all(map(is_free, people))


def test_what_comes_late_takes_nothing_from_who_has_it_by_then(
    any_database: Database, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = met()
    run = taken(leases, person_id)
    with monkeypatch.context() as patched:
        full_disk(patched)
        leases.give_back(person_id, run)
    later = Leases("another", lambda: MORNING + conversations.LEASE * 2)
    taken(later, person_id)
    leases.give_back_kept()
    with database.session_scope() as session:
        assert not conversations.lease(session, person_id, by="a third", wall=later.wall())
