"""The word of a person on a listing, and that nothing else counts as one."""

from datetime import UTC, date, datetime

import pytest

from directory import database
from directory.errors import Conflict, NotFound
from directory.freshness import service as freshness
from directory.listings.change_models import ListingChange
from directory.listings.load import load_partners
from directory.listings.models import Service
from tests.conftest import PARTNERS
from tests.directory.freshness.builders import (
    a_contact,
    a_listing,
    an_organization,
    asked,
    calls,
    listing,
    passed,
    the_check,
)
from tests.fakes import MORNING


def a_service(*, number: str = "630-555-0140", kind: str = "voice", contact: bool = True) -> str:
    with database.session_scope() as session:
        organization = an_organization(session)
        if contact:
            a_contact(session, organization)
        return a_listing(session, organization, number=number, kind=kind).id


def confirmed(service_id: str, *, by: str = "partner:c", now: datetime = MORNING) -> None:
    with database.session_scope() as session:
        freshness.confirm(session, session.get_one(Service, service_id), by=by, now=now)


@pytest.mark.usefixtures("any_database")
def test_a_word_dates_the_listing_and_is_logged() -> None:
    service_id = a_service()
    before = listing(service_id)
    confirmed(service_id)
    after = listing(service_id)
    assert after.assured_date == date(2026, 3, 18)
    assert (after.freshness, after.version) == ("fresh", before.version + 1)
    with database.read_scope() as session:
        (change,) = session.query(ListingChange).all()
    assert (change.field, change.before, change.after) == ("confirmed", None, "2026-03-18")
    assert (change.by, change.status) == ("partner:c", "applied")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 19, 4, 59, tzinfo=UTC), date(2026, 3, 18)),
        (datetime(2026, 3, 19, 5, 0, tzinfo=UTC), date(2026, 3, 19)),
        (datetime(2026, 11, 2, 5, 30, tzinfo=UTC), date(2026, 11, 1)),
    ],
)
def test_the_day_is_ours_in_summer_and_in_winter(at: datetime, day: date) -> None:
    service_id = a_service()
    confirmed(service_id, now=at)
    assert listing(service_id).assured_date == day


@pytest.mark.usefixtures("db")
def test_said_twice_on_one_day_is_said_once() -> None:
    service_id = a_service()
    confirmed(service_id)
    version = listing(service_id).version
    confirmed(service_id, by="partner:other")
    assert listing(service_id).version == version


@pytest.mark.usefixtures("partners")
def test_reading_the_file_again_confirms_nothing_and_takes_no_word_back() -> None:
    with database.session_scope() as session:
        service = session.query(Service).filter(Service.published).first()
        assert service is not None
        service_id, other = service.id, session.query(Service).filter(Service.published).all()[1]
        other.fingerprint = "as if its entry had changed"
        service.fingerprint = "as if its entry had changed"
        other_id = other.id
    confirmed(service_id)
    with database.session_scope() as session:
        report = load_partners(session, PARTNERS, now=MORNING)
    assert len(report.changed) == 2
    assert listing(service_id).assured_date == date(2026, 3, 18)
    assert listing(service_id).freshness == "fresh"
    assert listing(other_id).assured_date is None


@pytest.mark.usefixtures("db")
def test_what_is_wrong_is_a_task_and_ends_the_silence_until_it_is_mended() -> None:
    service_id = a_service()
    at = passed(MORNING, days=0)
    with database.session_scope() as session:
        service = session.get_one(Service, service_id)
        freshness.wrong(session, [service], "We close at 4 now.", by="partner:c", now=at)
    (task,) = calls()
    assert "We close at 4 now." in (task.note or "")
    assert the_check(service_id).outcome == "changed"
    assert listing(service_id).assured_date is None
    at = passed(at, days=7)
    assert len(asked()) == 1, "no reminder"
    passed(at, days=7)
    assert len(asked()) == 2, "asked again, as nobody has confirmed it"


@pytest.mark.usefixtures("db")
def test_a_change_by_the_partner_is_its_answer_until_it_is_asked_again() -> None:
    service_id = a_service()
    at = passed(MORNING, days=0)
    with database.session_scope() as session:
        freshness.mended(session, session.get_one(Service, service_id), by="partner:c", now=at)
    assert the_check(service_id).outcome == "changed"
    assert listing(service_id).assured_date is None
    at = passed(at, days=7)
    assert len(asked()) == 1, "no reminder"
    passed(at, days=7)
    assert len(asked()) == 2, "asked again, as nobody has confirmed all of it"


@pytest.mark.usefixtures("db")
def test_a_colleague_who_phoned_confirms_and_has_done_the_task() -> None:
    service_id = a_service(contact=False)
    passed(MORNING, days=0)
    assert len(calls()) == 1
    with database.session_scope() as session:
        freshness.confirm_by_staff(
            session, service_id, staff_id="s", note="Spoke with the desk.", now=MORNING
        )
    assert not calls()
    assert listing(service_id).assured_date == date(2026, 3, 18)
    with database.session_scope() as session, pytest.raises(NotFound):
        freshness.confirm_by_staff(session, "nobody", staff_id="s", note=None, now=MORNING)


@pytest.mark.usefixtures("db")
def test_a_person_may_take_a_listing_away_and_its_partner_is_asked() -> None:
    service_id = a_service()
    with database.session_scope() as session:
        freshness.withhold(session, service_id, staff_id="s", reason="Dead.", now=MORNING)
    assert listing(service_id).freshness == "withheld"
    assert len(asked()) == 1
    confirmed(service_id)
    assert listing(service_id).freshness == "fresh"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("number", ["988", "911", "800-799-7233"])
def test_not_even_a_person_takes_a_national_line_away(number: str) -> None:
    service_id = a_service(number=number, kind="hotline")
    with database.session_scope() as session, pytest.raises(Conflict):
        freshness.withhold(session, service_id, staff_id="s", reason="Dead.", now=MORNING)
    assert listing(service_id).freshness == "fresh"
