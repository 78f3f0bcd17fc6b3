"""What people say is wrong with a listing, and what a prank cannot do."""

from datetime import datetime, timedelta

import pytest

from directory import database
from directory.errors import NotFound, TooMany
from directory.freshness import reports
from directory.freshness import service as freshness
from directory.freshness.models import Reported
from directory.listings.models import Service
from directory.listings.publication import published_phones
from directory.notices.models import NoticeKind
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

DEAD = Reported.WRONG_NUMBER


def a_service(*, number: str = "630-555-0140", kind: str = "voice", contact: bool = True) -> str:
    with database.session_scope() as session:
        organization = an_organization(session)
        if contact:
            a_contact(session, organization)
        return a_listing(session, organization, number=number, kind=kind).id


def said(
    service_id: str,
    by: str,
    kind: Reported = DEAD,
    *,
    now: datetime = MORNING,
    note: str | None = None,
) -> str:
    with database.session_scope() as session:
        return reports.report(session, service_id, kind, by=by, note=note, now=now).id


@pytest.mark.usefixtures("any_database")
def test_one_report_asks_the_partner_at_once_and_gives_somebody_the_task() -> None:
    service_id = a_service()
    said(service_id, "resident:1", note="a kitchen answers")
    (notice,) = asked(NoticeKind.LISTING_REPORTED)
    assert notice.facts["report"] == "wrong_number"
    assert "kitchen" not in str(notice.facts)
    assert "resident" not in str(notice.facts)
    (task,) = calls()
    assert "wrong number" in (task.note or "")
    assert "a kitchen answers" in (task.note or "")
    assert listing(service_id).freshness == "asked"


@pytest.mark.usefixtures("db")
def test_two_people_lower_a_dead_number_and_one_alone_does_not() -> None:
    service_id = a_service()
    said(service_id, "resident:1")
    said(service_id, "resident:1")
    assert listing(service_id).freshness == "asked"
    said(service_id, "resident:2")
    assert listing(service_id).freshness == "lowered"
    with database.read_scope() as session:
        assert published_phones(session.get_one(Service, service_id)), "its number is still given"
    assert len(asked()) == 1, "the partner is asked once"
    assert len(calls()) == 1, "and one task has it all"


@pytest.mark.usefixtures("db")
def test_other_complaints_and_old_ones_lower_nothing() -> None:
    service_id = a_service()
    said(service_id, "resident:1", Reported.WRONG_HOURS)
    said(service_id, "resident:2", Reported.WRONG_HOURS)
    said(service_id, "resident:3", now=MORNING - timedelta(days=31))
    said(service_id, "resident:4")
    assert listing(service_id).freshness == "asked"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("number", ["988", "911", "800-799-7233"])
def test_a_crowd_cannot_hide_a_crisis_line(number: str) -> None:
    service_id = a_service(number=number, kind="hotline")
    for reporter in range(4):
        said(service_id, f"resident:{reporter}")
        said(service_id, f"visitor:{reporter}")
    passed(MORNING, days=70)
    assert listing(service_id).freshness == "asked"
    with database.read_scope() as session:
        assert published_phones(session.get_one(Service, service_id))


@pytest.mark.usefixtures("db")
def test_a_prank_and_silence_do_not_take_away_what_was_confirmed_lately() -> None:
    service_id = a_service()
    with database.session_scope() as session:
        service = session.get_one(Service, service_id)
        freshness.confirm(session, service, by="partner:c", now=MORNING)
    said(service_id, "visitor:1", Reported.CLOSED)
    passed(MORNING, days=70)
    assert listing(service_id).freshness == "lowered"


@pytest.mark.usefixtures("db")
def test_the_partners_word_settles_what_was_said_and_the_task_stays_for_a_person() -> None:
    service_id = a_service()
    said(service_id, "resident:1")
    said(service_id, "resident:2")
    with database.session_scope() as session:
        service = session.get_one(Service, service_id)
        freshness.confirm(session, service, by="partner:c", now=MORNING)
    assert listing(service_id).freshness == "fresh"
    assert the_check(service_id).outcome == "confirmed"
    assert len(calls()) == 1
    said(service_id, "resident:3")
    assert listing(service_id).freshness == "asked", "it takes two again"


@pytest.mark.usefixtures("db")
def test_without_a_contact_the_report_is_the_call() -> None:
    service_id = a_service(contact=False)
    said(service_id, "resident:1")
    passed(MORNING, days=0)
    passed(MORNING, days=2)
    assert len(calls()) == 1


@pytest.mark.usefixtures("db")
def test_one_who_reports_all_day_is_thanked_and_colleagues_are_not_limited() -> None:
    services = [a_service() for _ in range(reports.REPORTS_A_DAY + 1)]
    for service_id in services[:-1]:
        said(service_id, "visitor:1")
    with pytest.raises(TooMany):
        said(services[-1], "visitor:1")
    said(services[-1], "visitor:1", now=MORNING + timedelta(days=1, minutes=1))
    for service_id in services:
        said(service_id, "staff:1")
    with pytest.raises(NotFound):
        said("nothing", "visitor:2")
