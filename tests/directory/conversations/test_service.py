"""Leases and memory: one thread at a time, nothing forgotten that is needed."""

from datetime import timedelta
from functools import partial

from directory import database
from directory.conversations import service
from directory.conversations.memory import Memory
from directory.database import Database, new_id
from tests.factories import met
from tests.fakes import MORNING
from tests.threads import all_at_once


def lease(person_id: str, by: str, *, after: timedelta = timedelta(0)) -> bool:
    with database.session_scope() as session:
        return service.lease(session, person_id, by=by, wall=MORNING + after)


def test_one_of_many_threads_gets_the_lease(any_database: Database) -> None:
    person_id = met()
    got = all_at_once([partial(lease, person_id, new_id()) for _ in range(6)])
    assert sum(got) == 1


def test_the_holder_renews_and_others_wait(any_database: Database) -> None:
    person_id = met()
    assert lease(person_id, "me")
    assert lease(person_id, "me", after=service.LEASE / 2)
    assert not lease(person_id, "you", after=service.LEASE)
    assert lease(person_id, "you", after=service.LEASE * 2)


def test_an_expired_lease_is_taken_over_by_one(any_database: Database) -> None:
    person_id = met()
    lease(person_id, "who died")
    after = service.LEASE + timedelta(seconds=1)
    got = all_at_once([partial(lease, person_id, new_id(), after=after) for _ in range(6)])
    assert sum(got) == 1


def test_who_lost_the_lease_cannot_release_it(any_database: Database) -> None:
    person_id = met()
    lease(person_id, "slow")
    later = service.LEASE + timedelta(seconds=1)
    assert lease(person_id, "quick", after=later)
    with database.session_scope() as session:
        service.release(session, person_id, by="slow")
    assert not lease(person_id, "third", after=later)
    with database.session_scope() as session:
        service.release(session, person_id, by="quick")
    assert lease(person_id, "third", after=later)


def test_people_are_leased_one_by_one(db: Database) -> None:
    assert lease(met(), "me")
    assert lease(met("+16305550101"), "you")


def test_at_the_start_of_the_only_process_nobody_holds_a_lease(db: Database) -> None:
    person_id = met()
    lease(person_id, "who died")
    with database.session_scope() as session:
        service.release_all(session)
    assert lease(person_id, "me")


def test_a_memory_comes_back_as_it_was_kept(any_database: Database) -> None:
    person_id = met()
    memory = Memory(
        language="es",
        place="Naperville",
        needs=("food", "rent"),
        results={"matches": [{"service_name": "Despensa ñ"}]},
        shown=1,
        results_at=MORNING,
        after_danger=("food",),
        misses=1,
        extra={"asked": True},
    )
    with database.session_scope() as session:
        assert service.load(session, person_id) == Memory()
        service.remember(session, person_id, memory, now=MORNING)
    with database.read_scope() as session:
        assert service.load(session, person_id) == memory


def test_a_memory_of_another_version_is_read_as_far_as_it_is_known() -> None:
    assert Memory.from_text('{"place": "Aurora", "mood": "no longer kept"}').place == "Aurora"


def test_a_tracker_is_forgotten_once_the_conversation_is_over(db: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        service.remember(session, person_id, Memory(), now=MORNING)
        service.mark_tracked(session, person_id)
    with database.session_scope() as session:
        assert service.to_forget(session, idle_since=MORNING) == []
        later = MORNING + timedelta(seconds=1)
        assert service.to_forget(session, idle_since=later) == [person_id]
        service.mark_forgotten(session, person_id)
    with database.read_scope() as session:
        assert service.to_forget(session, idle_since=later) == []
