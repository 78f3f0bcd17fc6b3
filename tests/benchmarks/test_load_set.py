"""The year many times over: every copy whole, and nothing of it mixed up with another's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, inspect, select

from benchmarks import load_set
from directory import database
from directory.database import Database
from directory.messages.models import InboundMessage, OutboundMessage
from directory.people.models import Person
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind
from directory.visits.models import Visit
from tests.factories import queued, texted, visited
from tests.fakes import MORNING


@pytest.fixture
def year(any_database: Database) -> Database:
    """One person with a visit, a text each way and a task."""
    visit, _ = visited()
    inbound_id = texted("call me", phone="+16305550100")
    queued("We will.", person_id=visit.person_id, in_reply_to=inbound_id)
    with database.session_scope() as session:
        tasks.open_task(
            session,
            TaskKind.CALL_BACK,
            person_id=visit.person_id,
            now=MORNING + timedelta(minutes=1),
            inbound_id=inbound_id,
        )
    return any_database


def test_the_year_is_copied_until_there_are_so_many_texts(year: Database) -> None:
    with year.engine.begin() as connection:
        copies = load_set.multiply(connection, texts=9)

    assert copies == 4
    with database.read_scope() as session:
        for kind in (Person, Visit, InboundMessage, OutboundMessage, Task):
            assert session.scalar(select(func.count()).select_from(kind)) == 5, kind


def test_a_copy_refers_to_its_own_rows(year: Database) -> None:
    with year.engine.begin() as connection:
        load_set.multiply(connection, texts=6)

    with database.read_scope() as session:
        whole = (
            select(func.count())
            .select_from(Task)
            .join(InboundMessage, Task.inbound_id == InboundMessage.id)
            .join(OutboundMessage, OutboundMessage.in_reply_to == InboundMessage.id)
            .join(Visit, Visit.person_id == Task.person_id)
            .where(
                InboundMessage.person_id == Task.person_id,
                OutboundMessage.person_id == Task.person_id,
            )
        )
        assert session.scalar(whole) == 3
        bodies = set(session.scalars(select(InboundMessage.body)))
    assert bodies == {"call me"}


def test_a_set_that_is_large_enough_stays_as_it_is(year: Database) -> None:
    with year.engine.begin() as connection:
        assert load_set.multiply(connection, texts=2) == 0


def test_the_indexes_are_there_again(year: Database) -> None:
    def indexes() -> set[str | None]:
        return {each["name"] for each in inspect(year.engine).get_indexes("outbound_messages")}

    before = indexes()
    with year.engine.begin() as connection:
        load_set.multiply(connection, texts=6)
    assert indexes() == before
    assert before
