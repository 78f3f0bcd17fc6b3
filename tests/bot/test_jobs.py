"""The workers of one process among others: what the dead leave, and stopping in the middle."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest
import time_machine
from sqlalchemy.exc import OperationalError

from api.services import Services, build
from bot.jobs import ANSWER_THREADS
from directory import database
from directory.conversations import service as conversations
from directory.database import Database
from directory.fleet import Membership
from directory.messages import outbox
from directory.messages.models import OutboundStatus, SendPriority
from directory.processes import Presence, new_run
from tests.factories import claimed, met, queued, read_message
from tests.fakes import MORNING, FakeGateway, FakeRasa

DEAD = "deadbeef"


@pytest.fixture(name="gateway")
def _gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture(name="services")
def _services(any_database: Database, gateway: FakeGateway) -> Iterator[Services]:
    """A process in which nothing goes on by itself."""
    settings = any_database.settings.model_copy(update={"quiet_hours": "00:00-00:00"})
    with time_machine.travel(MORNING, tick=True):
        services = build(settings, gateway=gateway, rasa=FakeRasa())
        yield services
        services.database.close()


@contextmanager
def living(services: Services, name: str) -> Iterator[None]:
    """Another process of this name."""
    if services.database.engine.dialect.name == "sqlite":
        with Presence(services.settings.data_dir / "processes", name):
            yield
        return
    other = Membership(services.settings.database, name)
    other.appear()
    try:
        yield
    finally:
        other.leave()


def died(services: Services, name: str = DEAD) -> None:
    """A process of this name was here and was killed: on SQLite its file stays, and nobody holds
    the lock."""
    folder = services.settings.data_dir / "processes"
    folder.mkdir(exist_ok=True)
    (folder / name).touch()


def leased(person_id: str, by: str) -> bool:
    with database.session_scope() as session:
        return conversations.lease(session, person_id, by=by, wall=MORNING)


def test_what_a_dead_process_held_is_anybodys_at_once(services: Services) -> None:
    message_id, person_id = queued(), met()
    claimed(message_id, by=DEAD)
    leased(person_id, new_run(DEAD))
    assert not leased(person_id, "another")
    died(services)
    services.workers.sweep(slow=False)
    assert leased(person_id, "another")
    until = read_message(message_id).claimed_until
    assert until is not None
    # Soon, and not before its last request can have reached the carrier.
    assert MORNING + outbox.ON_ITS_WAY <= until < MORNING + outbox.CLAIM
    assert services.workers._parts.presence.dead() == []


def test_what_a_living_process_holds_stays_its_own(services: Services) -> None:
    message_id, person_id = queued(), met()
    with living(services, "00c0ffee"):
        claimed(message_id, by="00c0ffee")
        leased(person_id, new_run("00c0ffee"))
        died(services)
        services.workers.sweep(slow=False)
        assert not leased(person_id, "another")
        assert read_message(message_id).claimed_until == MORNING + outbox.CLAIM


def test_a_lease_that_could_not_be_given_back_goes_with_the_next_look_at_everything(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    person_id, leases = met(), services.answerer.leases
    run = leases.run().name
    with database.session_scope() as session:
        assert leases.take(session, person_id, run)
    with monkeypatch.context() as patched:
        patched.setattr(conversations, "release", fail)
        assert not leases.give_back(person_id, run)
    services.workers.sweep(slow=False)
    assert leased(person_id, "another")


def test_a_text_is_leased_with_its_storing_only_by_one_who_can_answer_it_at_once(
    services: Services,
) -> None:
    workers = services.workers
    alone = services.database.engine.dialect.name == "sqlite"
    assert (workers.run_now() is not None) == alone
    begun, go_on = Event(), Event()

    def busy(_: str) -> None:
        begun.set()
        assert go_on.wait(10)

    for number in range(ANSWER_THREADS):
        workers._once(workers._answers, f"answer {number}", busy, "")
    assert begun.wait(10)
    workers._once(workers._answers, "answer one who waits for a thread", busy, "")
    assert workers.run_now() is None
    go_on.set()
    workers._answers.shutdown(wait=True)
    assert (workers.run_now() is not None) == alone
    workers._stop.set()
    assert workers.run_now() is None


def test_a_process_that_stops_gives_back_what_it_has_not_begun(
    services: Services, gateway: FakeGateway
) -> None:
    ids = [queued(f"text {n}", priority=SendPriority.CHECKIN) for n in range(3)]
    workers = services.workers
    workers._stop.set()
    assert workers.send_next() == 3
    workers._texts.shutdown(wait=True)
    workers._parts.sender.give_back(workers._unsent)
    assert gateway.sends == 0
    assert {read_message(each).status for each in ids} == {OutboundStatus.QUEUED}
    assert {read_message(each).attempts for each in ids} == {0}
