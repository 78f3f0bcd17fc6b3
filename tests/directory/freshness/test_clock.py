"""Silence and its consequences, on a real database and by product time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.notices import fates
from directory import database
from directory.freshness import asking, clock
from directory.freshness import service as freshness
from directory.listings.change_models import ListingChange, ListingEvent
from directory.listings.models import Service
from directory.listings.publication import is_published
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.notices.permission import Refusal
from directory.on_call import pause
from directory.partners.models import Channel
from directory.tasks import service as tasks
from directory.tasks.models import Task
from tests.directory.freshness.builders import (
    LATELY,
    LONG_AGO,
    a_contact,
    a_listing,
    an_organization,
    asked,
    calls,
    listing,
    looked,
    passed,
    the_check,
)
from tests.fakes import MORNING

CHECK, REMINDER = NoticeKind.LISTING_CHECK, NoticeKind.LISTING_CHECK_REMINDER


@dataclass
class Partner:
    """An organisation with one listing, long unconfirmed."""

    organization_id: str
    service_id: str
    contact_id: str | None


def partner(*, contact: bool = True, kind: str = "voice", number: str = "630-555-0140") -> Partner:
    with database.session_scope() as session:
        organization = an_organization(session)
        service = a_listing(session, organization, kind=kind, number=number)
        told = a_contact(session, organization) if contact else None
        return Partner(organization.id, service.id, told.id if told else None)


def shown(service_id: str) -> bool:
    return is_published(listing(service_id))


@pytest.mark.usefixtures("any_database")
def test_from_silence_to_withheld_and_back_with_one_word() -> None:
    service_id = partner().service_id
    asked_at = passed(MORNING, days=0)
    (first,) = asked(CHECK)
    assert first.facts["service_ids"] == [service_id]
    assert listing(service_id).freshness == "asked"
    assert listing(service_id).version == 1, "that somebody was asked is nobody's concern"

    at = passed(asked_at, days=6)
    assert not asked(REMINDER)
    at = passed(at, days=1)
    assert len(asked(REMINDER)) == 1
    assert not calls()
    at = passed(at, days=7)
    (call,) = calls()
    assert "Food pantry" in (call.note or "")
    assert "Example House" in (call.note or "")
    assert listing(service_id).freshness == "asked"
    at = passed(at, days=21)
    assert listing(service_id).freshness == "lowered"
    assert shown(service_id)
    gone_at = passed(at, days=28)
    assert listing(service_id).freshness == "withheld"
    assert not shown(service_id)
    assert len(asked(CHECK)) == 1, "asked once, reminded once"

    with database.session_scope() as session:
        service = session.get_one(Service, service_id)
        freshness.confirm(session, service, by="partner:somebody", now=gone_at)
    assert shown(service_id)
    back = listing(service_id)
    assert (back.freshness, back.assured_date) == ("fresh", gone_at.date())
    assert not calls(), "nobody has to call any more"
    with database.read_scope() as session:
        changes = session.query(ListingChange).order_by(ListingChange.at).all()
        events = session.query(ListingEvent).filter_by(service_id=service_id).count()
    said = [(change.field, change.before, change.after, change.by) for change in changes]
    assert said[:2] == [
        ("freshness", "fresh", "lowered", "system"),
        ("freshness", "lowered", "withheld", "system"),
    ]
    assert ("confirmed", None, gone_at.date().isoformat(), "partner:somebody") in said
    assert events == 3, "each is told to every index"


@pytest.mark.usefixtures("db")
def test_a_confirmed_listing_is_asked_again_after_ninety_days() -> None:
    service_id = partner().service_id
    at = passed(MORNING, days=0)
    with database.session_scope() as session:
        freshness.confirm(session, session.get_one(Service, service_id), by="x", now=at)
    at = passed(at, days=84)
    assert len(asked(CHECK)) == 1
    passed(at, days=7)
    assert len(asked(CHECK)) == 2


@pytest.mark.usefixtures("db")
def test_what_was_read_lately_has_its_time_and_is_asked_when_that_is_over() -> None:
    with database.session_scope() as session:
        organization = an_organization(session)
        a_contact(session, organization)
        a_listing(session, organization, as_of=LATELY)
    at = passed(MORNING, days=70)
    assert not asked()
    passed(at, days=7)
    assert len(asked(CHECK)) == 1


@pytest.mark.usefixtures("db")
def test_a_source_that_was_read_again_before_the_day_gives_it_time() -> None:
    with database.session_scope() as session:
        organization = an_organization(session)
        a_contact(session, organization)
        service_id = a_listing(session, organization, as_of=LATELY).id
    looked(MORNING)
    with database.session_scope() as session:
        session.get_one(Service, service_id).phones[0].as_of = LATELY + timedelta(days=60)
    at = passed(MORNING, days=77)
    assert not asked()
    passed(at, days=63)
    assert len(asked(CHECK)) == 1


@pytest.mark.usefixtures("db")
def test_what_an_organisation_has_due_in_the_same_days_is_one_message() -> None:
    with database.session_scope() as session:
        organization = an_organization(session)
        a_contact(session, organization)
        a_contact(session, organization, channel=Channel.EMAIL, address="desk@example.org")
        for name, as_of in (("Pantry", LONG_AGO), ("Rent help", date(2025, 12, 25))):
            a_listing(session, organization, name, as_of=as_of)
        a_listing(session, organization, "New one", as_of=date(2026, 2, 20))
    at = passed(MORNING, days=0)
    messages = asked(CHECK)
    assert sorted(message.channel for message in messages) == ["email", "sms"]
    assert [len(message.facts["service_ids"]) for message in messages] == [2, 2]
    at = passed(at, days=7)
    assert len(asked(REMINDER)) == 2
    passed(at, days=7)
    (call,) = calls()
    assert "Pantry; Rent help" in (call.note or "")


@pytest.mark.usefixtures("db")
def test_a_contact_of_one_service_hears_of_that_one_only() -> None:
    with database.session_scope() as session:
        organization = an_organization(session)
        first = a_listing(session, organization, "Pantry")
        a_listing(session, organization, "Rent help")
        a_contact(session, organization, service_id=first.id)
        first_id = first.id
    passed(MORNING, days=0)
    (message,) = asked()
    assert message.facts["service_ids"] == [first_id]
    (call,) = calls()
    assert "Rent help" in (call.note or "")
    assert "Pantry" not in (call.note or "")


@pytest.mark.usefixtures("db")
def test_without_a_contact_it_is_a_persons_call_at_once_and_is_never_withheld() -> None:
    service_id = partner(contact=False).service_id
    passed(MORNING, days=0)
    assert not asked()
    (call,) = calls()
    assert "no contact with us" in (call.note or "")
    assert call.due_at == MORNING + asking.CALL_WITHIN
    passed(MORNING, days=77)
    assert listing(service_id).freshness == "lowered"
    assert shown(service_id)
    assert len(calls()) == 1


@pytest.mark.usefixtures("db")
def test_only_so_many_calls_wait_at_once_and_the_others_follow() -> None:
    with database.session_scope() as session:
        for number in range(asking.CALLS_AT_ONCE + 3):
            organization = an_organization(session, f"House {number}")
            a_listing(session, organization, f"Pantry {number}")
    looked(MORNING)
    looked(MORNING + timedelta(seconds=1))
    assert len(calls()) == asking.CALLS_AT_ONCE
    with database.session_scope() as session:
        for task in calls()[:2]:
            tasks.finish(session.get_one(Task, task.id), by="somebody", now=MORNING)
    looked(MORNING + timedelta(seconds=2))
    assert len(calls()) == asking.CALLS_AT_ONCE - 2, "they were put off till tomorrow"
    looked(MORNING + timedelta(days=1, seconds=2))
    assert len(calls()) == asking.CALLS_AT_ONCE


@pytest.mark.usefixtures("db")
def test_a_message_that_reached_nobody_takes_nothing_away() -> None:
    service_id = partner().service_id
    for week in range(12):  # planned and never sent
        looked(MORNING + timedelta(days=7 * week))
    assert listing(service_id).freshness == "lowered"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("kind", "number", "rank"),
    [
        ("hotline", "630-555-0140", "lowered"),
        ("hotline", "988", "asked"),
        ("voice", "911", "asked"),
    ],
)
def test_silence_never_takes_a_line_on_which_lives_depend(
    kind: str, number: str, rank: str
) -> None:
    service_id = partner(kind=kind, number=number).service_id
    at = passed(MORNING, days=0)
    passed(at, days=2)
    at = passed(at, days=7)
    assert len(calls()) == 1
    for task in calls():
        with database.session_scope() as session:
            tasks.finish(session.get_one(Task, task.id), by="somebody", now=at)
    at = passed(at, days=28)
    assert listing(service_id).freshness == rank
    passed(at, days=28)
    assert listing(service_id).freshness == rank
    assert shown(service_id)
    (again,) = calls()
    assert "until a person decides" in (again.note or "")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 19, 2, tzinfo=UTC),  # 21:00 in Chicago
        datetime(2026, 3, 21, 16, tzinfo=UTC),  # a Saturday
        datetime(2026, 11, 26, 16, tzinfo=UTC),  # Thanksgiving
        datetime(2026, 3, 9, 13, 30, tzinfo=UTC),  # 8:30 the day after clocks went forward
    ],
)
def test_nobody_is_asked_when_nobody_is_there(at: datetime) -> None:
    partner()
    looked(at)
    assert not asked()
    looked(at + timedelta(days=4))
    assert asked() or at.hour != 16


@pytest.mark.usefixtures("db")
def test_the_clock_stands_while_nothing_may_go_out() -> None:
    service_id = partner().service_id
    at = passed(MORNING, days=0)
    with database.session_scope() as session:
        pause.start(session, by="command", now=at)
    for week in range(1, 12):
        looked(at + timedelta(days=7 * week))
    assert listing(service_id).freshness == "asked"
    with database.session_scope() as session:
        pause.end(session, by="command", now=at)
    looked(at + timedelta(days=84))
    assert listing(service_id).freshness == "asked", "first they are reminded"
    assert len(asked(REMINDER)) == 1


@pytest.mark.usefixtures("db")
def test_what_is_no_longer_shown_is_not_asked_about() -> None:
    made = partner()
    at = passed(MORNING, days=0)
    with database.session_scope() as session:
        session.get_one(Service, made.service_id).status = "inactive"
    passed(at, days=8)
    assert not asked(REMINDER)[1:]
    assert the_check(made.service_id).answered_at is not None


@pytest.mark.usefixtures("db")
def test_a_look_with_nothing_to_do_does_nothing() -> None:
    partner()
    looked(MORNING)
    with database.session_scope() as session:
        assert clock.look(session, quiet=freshness.quiet_hours(), now=MORNING) == 0


@pytest.mark.usefixtures("db")
def test_a_message_that_does_not_arrive_is_a_persons_call_unless_another_did() -> None:
    with database.session_scope() as session:
        organization = an_organization(session)
        a_contact(session, organization)
        a_contact(session, organization, channel=Channel.EMAIL, address="desk@example.org")
        a_listing(session, organization)
    looked(MORNING)
    for notice in asked(CHECK):
        assert not calls()
        with database.session_scope() as session:
            failed = session.get_one(Notice, notice.id)
            failure = Refusal(NoticeStatus.FAILED, "no_such_number")
            fates.ended(session, failed, failure, now=MORNING)
    (call,) = calls()
    assert "did not arrive" in (call.note or "")
