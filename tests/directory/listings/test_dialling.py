"""The launch checklist: what is dialled counts for the number, wherever it is listed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.errors import Conflict, Invalid, NotFound
from directory.freshness import queries as freshness
from directory.listings import dialled_queries as queries
from directory.listings import dialling
from directory.listings.change_models import ListingChange
from directory.listings.dialled_models import DialOutcome, NumberCheck
from directory.listings.dialling import Dialled, State
from directory.listings.models import Phone, Service
from tests.directory.freshness.builders import a_listing, an_organization
from tests.fakes import MORNING

TODAY = MORNING.date()
DIGITS, NUMBER = "6305550140", "630-555-0140"
ME, COLLEAGUE = "member-1", "member-2"
RIGHT, WRONG, NOBODY = DialOutcome.REACHED, DialOutcome.WRONG, DialOutcome.NO_ANSWER


def listed(name: str = "Crisis line", kind: str = "hotline", number: str = NUMBER) -> str:
    with database.session_scope() as session:
        return a_listing(session, an_organization(session), name, kind=kind, number=number).id


def dialled(
    outcome: DialOutcome = RIGHT,
    *,
    number: str = DIGITS,
    on: date | None = None,
    by: str = ME,
    note: str | None = None,
) -> None:
    with database.session_scope() as session:
        said = Dialled(number, outcome, on, note)
        dialling.record(session, said, staff_id=by, today=TODAY, now=MORNING)


def hotlines(today: date = TODAY) -> list[dialling.Number]:
    with database.read_scope() as session:
        found = dialling.listed_of(queries.hotlines(session))
        checks = queries.last_checks(session, dialling.digits_in(found))
        return dialling.numbers(found, checks, hotline=True, today=today)


def test_a_number_of_two_listings_is_dialled_once(any_database: Database) -> None:
    listed("One")
    listed("Two")
    [number] = hotlines()
    assert (number.state, len(number.listed)) == (State.NEVER, 2)
    dialled()
    [number] = hotlines()
    assert number.is_done
    assert number.last is not None and number.last.by == f"staff:{ME}"
    assert dialling.progress([number]) == dialling.Progress(1, 1)


def test_a_hotline_is_due_again_each_quarter_and_others_are_not(db: Database) -> None:
    listed()
    dialled()
    assert hotlines(TODAY + timedelta(days=90))[0].state is State.RIGHT
    assert hotlines(TODAY + timedelta(days=91))[0].state is State.DUE
    check = NumberCheck(outcome=RIGHT, dialled_on=TODAY)
    later = TODAY + timedelta(days=400)
    assert dialling.state_of(check, hotline=False, today=later) == (State.RIGHT, None)


def test_a_known_crisis_line_counts_as_a_hotline_whatever_its_listing_says(db: Database) -> None:
    listed(kind="voice", number="988")
    listed("Pantry", kind="voice", number="630-555-0177")
    assert [each.digits for each in hotlines()] == ["988"]
    with database.read_scope() as session:
        assert queries.count_others(session) == (1, 0)


def test_other_numbers_are_counted_and_paged(any_database: Database) -> None:
    for place in range(3):
        listed(f"Pantry {place}", kind="voice", number=f"630-555-017{place}")
    dialled(number="6305550171")
    with database.read_scope() as session:
        assert queries.count_others(session) == (3, 1)
        undone = queries.others(session, undone=True, page=0, size=50)
        assert [phone.number for phone, _ in undone] == ["630-555-0170", "630-555-0172"]
        second = queries.others(session, undone=False, page=1, size=2)
        assert [phone.number for phone, _ in second] == ["630-555-0172"]


def test_what_is_not_given_to_anybody_is_not_on_the_list(db: Database) -> None:
    service_id = listed()
    with database.session_scope() as session:
        session.get_one(Service, service_id).phones[0].attested = False
    assert hotlines() == []
    with database.read_scope() as session:
        assert queries.count_kept_back(session) == (1, 0)
    with pytest.raises(NotFound):
        dialled()


def test_a_number_that_waited_for_the_call_is_given_from_then_on(any_database: Database) -> None:
    service_id = listed()
    with database.session_scope() as session:
        session.get_one(Service, service_id).phones[0].call_first = True
    [number] = hotlines()
    assert number.held
    dialled(NOBODY)
    with database.read_scope() as session:
        assert session.scalars(select(Phone.call_first)).one() is True
    dialled(RIGHT)
    with database.read_scope() as session:
        phone = session.scalars(select(Phone)).one()
        assert (phone.call_first, phone.as_of) == (False, TODAY)
        [line] = session.scalars(select(ListingChange)).all()
        assert (line.field, line.before, line.by) == ("phones", [], f"staff:{ME}")
        assert session.get_one(Service, service_id).version == 2


def test_a_wrong_number_is_a_task_for_each_listing(any_database: Database) -> None:
    ids = [listed("One"), listed("Two")]
    dialled(WRONG, note="A private phone.")
    assert hotlines()[0].state is State.WRONG
    with database.read_scope() as session:
        for service_id in ids:
            assert len(freshness.listing_tasks(session, service_id)) == 1
            [report] = freshness.open_reports(session, service_id)
            assert (report.kind, report.note) == ("wrong_number", "A private phone.")


def test_the_same_word_twice_on_one_day_is_one(db: Database) -> None:
    listed()
    dialled()
    dialled(note="Anna answered.")
    with database.read_scope() as session:
        [check] = session.scalars(select(NumberCheck)).all()
        assert check.note == "Anna answered."
    dialled(by=COLLEAGUE)
    with database.read_scope() as session:
        assert len(session.scalars(select(NumberCheck)).all()) == 2


@pytest.mark.parametrize("days", [1, -32])
def test_a_call_is_lately_past(db: Database, days: int) -> None:
    listed()
    with pytest.raises(Invalid, match="day of the call"):
        dialled(on=TODAY + timedelta(days=days))


def test_an_older_call_does_not_take_the_place_of_a_newer_one(db: Database) -> None:
    listed()
    dialled()
    with pytest.raises(Conflict, match="after that day"):
        dialled(WRONG, on=TODAY - timedelta(days=2), by=COLLEAGUE)
