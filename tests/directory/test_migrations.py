"""Steps of the database's shape keep what is in it, back and forth."""

from datetime import timedelta

from alembic import command
from sqlalchemy import select

from directory import database, migrations
from directory.database import Database
from directory.people.models import Person
from directory.referrals.models import Referral
from directory.referrals.states import Status
from directory.retention.models import CarrierCopy, Direction
from tests.directory.measures.worlds import a_referral, an_event
from tests.factories import met, queued, read_checkin, read_message, read_person, visited
from tests.fakes import MORNING


def step(opened: Database, revision: str) -> None:
    """Go to a revision, up or down."""
    with opened.engine.connect() as connection:
        configuration = migrations.configuration(connection)
        go = command.upgrade if revision == "head" else command.downgrade
        go(configuration, revision)
        connection.commit()


def test_what_the_first_version_wrote_lives_through_the_steps_after_it(
    any_database: Database,
) -> None:
    _, planned = visited()
    person_id, message_id = met("+16305550133"), queued("Hello")
    step(any_database, "0001")
    step(any_database, "head")
    assert [read_checkin(each.id).due_at for each in planned] == [each.due_at for each in planned]
    kept = read_checkin(planned[0].id)
    assert (kept.plan_id, kept.asks, kept.status) == ("standard", True, "planned")
    assert read_message(message_id).body == "Hello"
    assert read_person(person_id).number_shared is False
    with database.session_scope() as session:
        again = session.get_one(Person, person_id)
        again.code_word = "sunflower"
    assert read_person(person_id).code_word == "sunflower"
    assert read_person(person_id).created_at == MORNING


def test_copies_at_the_carrier_that_are_due_live_through_the_step_of_those_that_are_not(
    any_database: Database,
) -> None:
    due = {"direction": Direction.OUTBOUND, "person_id": met(), "provider_id": "SM1"}
    with database.session_scope() as session:
        session.add(CarrierCopy(message_id="due", due_at=MORNING, **due))
        session.add(CarrierCopy(message_id="not yet", copy_of="a text", **due))
    step(any_database, "0011")
    step(any_database, "head")
    with database.read_scope() as session:
        kept = {each.message_id: each.due_at for each in session.scalars(select(CarrierCopy))}
    assert kept == {"due": MORNING}


def test_referrals_of_before_know_when_they_were_sent_and_who_answered(
    any_database: Database,
) -> None:
    sent, answered = MORNING + timedelta(days=2), MORNING + timedelta(days=3)
    histories = {
        "draft": [Status.DRAFT],
        "accepted": [Status.DRAFT, Status.REQUESTED, Status.ACCEPTED],
        "declined": [Status.REQUESTED, Status.REJECTED],
        "taken back": [Status.REQUESTED, Status.CANCELLED],
        "never sent": [Status.DRAFT, Status.CANCELLED],
    }
    person_id = met()
    with database.session_scope() as session:
        for name, history in histories.items():
            a_referral(session, person_id, MORNING, id=name, status=history[-1])
            session.get_one(Referral, name).answered_at = answered
            for sequence, status in enumerate(history):
                at = {Status.DRAFT: MORNING, Status.REQUESTED: sent}.get(status, answered)
                an_event(session, name, sequence, status, at)
    step(any_database, "0013")
    step(any_database, "head")
    with database.read_scope() as session:
        kept = {each.id: each for each in session.scalars(select(Referral))}
    assert {name: kept[name].requested_at for name in histories} == {
        "draft": None,
        "accepted": sent,
        "declined": sent,
        "taken back": sent,
        "never sent": None,
    }
    answers = {name for name in histories if kept[name].answered_at is not None}
    assert answers == {"accepted", "declined"}
