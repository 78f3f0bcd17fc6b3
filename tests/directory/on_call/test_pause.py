"""The switch that holds back what we start."""

from datetime import timedelta

from directory import database
from directory.database import Database
from directory.on_call import pause, queries
from tests.fakes import MORNING

LATER = MORNING + timedelta(hours=1)


def standing() -> bool:
    with database.read_scope() as session:
        return pause.standing(session)


def test_it_stands_from_start_to_end(any_database: Database) -> None:
    assert not standing()
    with database.session_scope() as session:
        pause.start(session, by="staff:one", now=MORNING)
    assert standing()
    with database.session_scope() as session:
        assert pause.end(session, by="staff:two", now=LATER)
    assert not standing()


def test_starting_twice_leaves_the_first(db: Database) -> None:
    with database.session_scope() as session:
        first = pause.start(session, by="staff:one", now=MORNING)
        second = pause.start(session, by="staff:two", now=LATER)
        assert first.id == second.id
        assert (second.started_by, second.started_at) == ("staff:one", MORNING)


def test_ending_what_does_not_stand_changes_nothing(db: Database) -> None:
    with database.session_scope() as session:
        assert not pause.end(session, by="command", now=MORNING)


def test_it_is_known_who_started_and_who_ended_it(db: Database) -> None:
    with database.session_scope() as session:
        held = pause.start(session, by="command", now=MORNING)
        pause.end(session, by="staff:two", now=LATER)
    assert (held.started_by, held.ended_by, held.ended_at) == ("command", "staff:two", LATER)
    with database.read_scope() as session:
        assert queries.pause_standing(session) is None
