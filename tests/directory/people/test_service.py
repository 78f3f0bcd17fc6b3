"""People: one a number; consent given, refused and withdrawn; the trail of who looked."""

from datetime import timedelta
from functools import partial

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from directory import database
from directory.database import Database
from directory.people import queries, service
from directory.people.models import Consent, ConsentMethod, Person, Purpose
from tests.factories import CLINICIAN, PHONE, consent, met, read_person
from tests.fakes import MORNING
from tests.threads import all_at_once

LATER = MORNING + timedelta(days=1)


def may_text(person_id: str) -> bool:
    with database.read_scope() as session:
        return queries.valid_consent(session, person_id, Purpose.SMS, now=LATER) is not None


def test_a_number_is_one_person_however_often_and_at_once_it_is_met(
    any_database: Database,
) -> None:
    ids = all_at_once([partial(met, PHONE)] * 6)
    assert len(set(ids)) == 1
    assert met("+16305550101") not in ids
    with database.read_scope() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2


def test_whoever_writes_about_a_person_does_not_wait_for_who_has_them_locked(
    any_database: Database,
) -> None:
    """Two who had each written about the person already would wait for each other."""
    if any_database.engine.dialect.name == "sqlite":
        return  # it has one writer
    person_id = met()

    def is_held_up(statement: str) -> bool:
        with any_database.engine.begin() as other:
            other.execute(text("SET LOCAL lock_timeout = '200ms'"))
            try:
                other.execute(text(statement), {"id": person_id})
            except OperationalError:
                return True
        return False

    refers, locks = "FOR KEY SHARE", "FOR NO KEY UPDATE"  # as a foreign key does; as we do
    for locked in (
        lambda session: queries.by_id(session, person_id, for_update=True),
        lambda session: queries.by_phone(session, PHONE, for_update=True),
    ):
        with database.session_scope() as session:
            assert locked(session) is not None
            assert not is_held_up(f"SELECT id FROM people WHERE id = :id {refers}")
            assert is_held_up(f"SELECT id FROM people WHERE id = :id {locks}")


def test_a_number_that_is_somebody_else_s_is_not_tried_again(db: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        service.give_up_number(session, person, now=MORNING)
        assert not service.number_may_be_tried(person)
    assert read_person(person_id).unreachable_because == service.REASSIGNED


def test_a_person_is_found_by_number_without_the_number_being_readable(
    any_database: Database,
) -> None:
    person_id = met()
    with database.read_scope() as session:
        found = queries.by_phone(session, PHONE)
        assert found is not None
        assert found.id == person_id
        assert queries.by_phone(session, "+16305550101") is None
        assert PHONE not in found.phone_index


def test_without_a_word_on_it_there_is_no_consent(db: Database) -> None:
    assert not may_text(met())


def test_the_newest_word_on_consent_counts(any_database: Database) -> None:
    person_id = met()
    for hours, given in enumerate([True, False, True, False]):
        with database.session_scope() as session:
            person = session.get_one(Person, person_id)
            consent(session, person, given=given, now=MORNING + timedelta(hours=hours))
        assert may_text(person_id) is given


def test_an_expired_consent_is_none(db: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        consent(session, person, given=True)
        session.flush()
        session.scalars(select(Consent)).one().expires_at = LATER
    assert not may_text(person_id)


def test_consents_are_kept_apart_by_purpose(any_database: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        service.record_consent(
            session,
            session.get_one(Person, person_id),
            Purpose.REFERRAL,
            given=True,
            method=ConsentMethod.WRITTEN,
            by=CLINICIAN,
            now=MORNING,
        )
    assert not may_text(person_id)


def test_opting_out_withdraws_the_consent_to_texts_and_keeps_the_other(
    any_database: Database,
) -> None:
    person_id = met()
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        consent(session, person, given=True)
        service.record_consent(
            session,
            person,
            Purpose.REFERRAL,
            given=True,
            method=ConsentMethod.VERBAL,
            by=CLINICIAN,
            now=MORNING,
        )
    with database.session_scope() as session:
        service.opt_out(session, session.get_one(Person, person_id), now=MORNING)
    assert read_person(person_id).opted_out_at == MORNING
    assert not may_text(person_id)
    with database.read_scope() as session:
        standing = queries.valid_consent(session, person_id, Purpose.REFERRAL, now=LATER)
        assert standing is not None


def test_start_is_a_new_consent_by_text(any_database: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        service.opt_out(session, person, now=MORNING)
        service.opt_in(session, person, now=MORNING + timedelta(minutes=1))
    assert read_person(person_id).opted_out_at is None
    with database.read_scope() as session:
        newest = queries.valid_consent(session, person_id, Purpose.SMS, now=LATER)
        assert newest is not None
        assert newest.method == ConsentMethod.TEXT


def test_the_trail_says_who_did_what_and_when_about_whom(db: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        for hours, action in enumerate(["person.read", "tasks.read"]):
            service.audit(
                session,
                actor=CLINICIAN,
                action=action,
                person_id=person_id,
                now=MORNING + timedelta(hours=hours),
            )
    with database.read_scope() as session:
        entries = queries.audit_of(session, person_id)
        assert [(entry.actor, entry.action) for entry in entries] == [
            (CLINICIAN, "person.read"),
            (CLINICIAN, "tasks.read"),
        ]
        assert queries.audit_of(session, "someone-else") == []
