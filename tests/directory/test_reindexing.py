"""Another SECRET_KEY: people, staff and partners are found again, strangers are settled."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from directory import database, reindexing
from directory.backups.keys import found_by_index, index_fits
from directory.database import Database
from directory.partners import queries as partners
from directory.people import queries
from directory.people import service as people
from directory.people.models import AuditEntry, Person
from directory.reindexing import Reindexed, misfits, reindex, silent
from directory.retention.erase import erase
from directory.staff import queries as staff_queries
from directory.staff import service as staff
from directory.staff.models import Role
from tests.conftest import KEY
from tests.directory.freshness.builders import a_contact, an_organization
from tests.factories import consent, met, read_person, texted
from tests.fakes import MORNING

PHONES = tuple(f"+163055501{number:02}" for number in range(10, 35))
PHONE, COLLEAGUE = PHONES[0], "+16305550177"
LATER = MORNING + timedelta(days=1)


def under(opened: Database, secret: str = "another secret", **changes: str) -> Database:
    settings = opened.settings.model_copy(update={"secret_key": secret, **changes})
    return database.use(Database(settings))


def done(opened: Database) -> Reindexed:
    return reindex(opened, by="command", now=LATER)


def known(phone: str) -> str | None:
    with database.read_scope() as session:
        person = queries.by_phone(session, phone)
        return person.id if person is not None else None


def sample(opened: Database) -> tuple[int, int]:
    with opened.read_scope() as session:
        return found_by_index(session, opened.cipher)


def test_everybody_is_found_by_number_again(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "AT_ONCE", 4)  # several batches
    ids = {phone: met(phone) for phone in PHONES}
    with database.session_scope() as session:
        member = staff.add(
            session, "ana@city.example", Role.CLINICIAN, password=None, phone=COLLEAGUE, now=MORNING
        )
        member_id = member.id
        contact = a_contact(session, an_organization(session))
        session.flush()
        contact_id, address = contact.id, contact.address
    opened = under(any_database)
    assert known(PHONE) is None
    assert misfits(opened) == {"people": 25, "staff": 1, "partner_contacts": 1}
    assert sample(opened) == (25, 0)
    assert done(opened).rows == {"people": 25, "staff": 1, "partner_contacts": 1}
    assert {phone: known(phone) for phone in PHONES} == ids
    with database.read_scope() as session:
        found = staff_queries.active_by_phone(session, COLLEAGUE)
        assert found is not None
        assert found.id == member_id
        assert [each.id for each in partners.contacts_by_address(session, address)] == [contact_id]
        assert index_fits(session, opened.cipher)
    again = done(opened)
    assert (again.rows.total(), misfits(opened).total()) == (0, 0)


def test_stopped_half_way_it_goes_on(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "AT_ONCE", 10)
    ids = {phone: met(phone) for phone in PHONES}
    opened = under(any_database)

    def killed(_table: str, _count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex(opened, by="command", now=LATER, told=killed)
    assert misfits(opened)["people"] == 15
    looked_at, found = sample(opened)
    assert (looked_at, found) == (25, 10)
    assert done(opened).rows["people"] == 15
    assert {phone: known(phone) for phone in PHONES} == ids


def test_who_texted_meanwhile_as_a_stranger_is_the_one_they_were(any_database: Database) -> None:
    old_id = met(PHONE)
    with database.session_scope() as session:
        person = session.get_one(Person, old_id)
        person.safe_to_text = True
        consent(session, person, given=True)
    opened = under(any_database)
    with database.session_scope() as session:
        stranger = people.find_or_create(session, PHONE, now=LATER)
        people.opt_out(session, stranger, now=LATER)
        stranger_id = stranger.id
    assert stranger_id != old_id
    result = done(opened)
    assert (result.rows["people"], result.strangers) == (1, 1)
    assert known(PHONE) == old_id
    # STOP counts, whoever the product took them for.
    assert read_person(old_id).opted_out_at is not None
    given_up = read_person(stranger_id)
    assert (given_up.reassigned_at, given_up.unreachable_because) == (LATER, "reassigned")
    with database.read_scope() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "keys.reindex")).one()
        assert (entry.person_id, entry.subject_id) == (old_id, stranger_id)
        assert not people.may_be_texted(session, session.get_one(Person, old_id), now=LATER)
    assert misfits(opened).total() == 0


def test_the_next_text_is_the_old_persons(any_database: Database) -> None:
    old_id = met(PHONE)
    done(under(any_database))
    texted("food near 60540", phone=PHONE)
    assert known(PHONE) == old_id
    with database.read_scope() as session:
        assert len(session.scalars(select(Person)).all()) == 1


def test_erased_and_reassigned_people_stay_nobody(any_database: Database) -> None:
    erased_id, given_up_id = met(PHONES[1]), met(PHONES[2])
    with database.session_scope() as session:
        people.opt_out(session, session.get_one(Person, erased_id), now=MORNING)
        erase(session, erased_id, by="command", now=MORNING)
        people.give_up_number(session, session.get_one(Person, given_up_id), now=MORNING)
    opened = under(any_database)
    assert done(opened).rows.total() == 0
    assert (known(PHONES[1]), known(PHONES[2])) == (None, None)
    with database.read_scope() as session:
        assert silent(session) == 1  # its number is gone: only the old secret knows it


def test_what_no_key_reads_is_counted_and_left(any_database: Database) -> None:
    met(PHONE)
    other = "A" * 43 + "="
    opened = under(any_database, encryption_keys=other)
    result = done(opened)
    assert (result.rows["people"], result.unreadable) == (0, 1)
    assert under(any_database, encryption_keys=KEY).cipher is not None
    assert done(database.current()).rows["people"] == 1


def test_under_the_same_secret_nothing_is_to_do(any_database: Database) -> None:
    met(PHONE)
    assert misfits(any_database).total() == 0
    assert sample(any_database) == (1, 1)
