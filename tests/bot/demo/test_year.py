"""The fictional year: the same each time, of nobody's numbers, in every status."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.demo import crew, example_house, year
from bot.demo.world import fictional_number, staff_number
from directory import database
from directory.checkins.models import CheckIn, CheckInStatus
from directory.database import Database
from directory.listings.change_models import (
    ChangeStatus,
    DuplicatePair,
    DuplicateStatus,
    ListingChange,
)
from directory.listings.models import Organization, Service
from directory.messages.models import InboundMessage, OutboundMessage, OutboundStatus
from directory.partners.models import Channel, PartnerContact
from directory.people import queries as people
from directory.people.models import Consent, Person, Purpose
from directory.referrals.models import ListingReport, Referral
from directory.referrals.states import Status
from directory.staff.models import StaffMember
from directory.tasks.models import Task, TaskKind, TaskStatus
from directory.visits.models import CallType, Visit
from tests.conftest import settings_for
from tests.fakes import MORNING

FICTIONAL = re.compile(r"\+1[2-9]\d\d55501\d\d")


def made(folder: Path, template: Path) -> Database:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, folder / "handoff.sqlite")
    opened = database.use(Database(settings_for(folder)))
    with opened.session_scope() as session:
        year.fill(session, now=MORNING, password="a long enough password")
    return opened


@pytest.fixture(scope="module")
def filled(partners_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = made(tmp_path_factory.mktemp("demo"), partners_template)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _in_use(filled: Database) -> None:
    if not database._current:
        database.use(filled)


def test_as_many_visits_as_were_promised(filled: Database) -> None:
    with filled.read_scope() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 1000
        assert session.scalar(select(func.count()).select_from(Person)) == 800
        assert year.is_filled(session)
        kinds = set(session.scalars(select(Visit.call_type).distinct()))
        first, last = session.execute(
            select(func.min(Visit.occurred_at), func.max(Visit.occurred_at))
        ).one()
    assert kinds == {each.value for each in CallType}
    assert (MORNING - first).days in (363, 364, 365) and last <= MORNING


def test_every_number_is_set_aside_for_fiction(filled: Database) -> None:
    with filled.read_scope() as session:
        numbers = list(session.scalars(select(Person.phone)))
        numbers += [phone for phone in session.scalars(select(StaffMember.phone)) if phone]
        assert people.by_phone(session, numbers[0]) is not None
    assert len(set(numbers)) == len(numbers) > 800
    assert [number for number in numbers if not FICTIONAL.fullmatch(number)] == []


def test_no_text_names_a_number_that_is_not_of_a_listing(filled: Database) -> None:
    with filled.read_scope() as session:
        said = list(session.scalars(select(InboundMessage.body)))
    assert [text for text in said if re.search(r"\d{3}.?\d{4}", text)] == []


def test_referrals_go_through_every_status_to_services_that_take_them(filled: Database) -> None:
    with filled.read_scope() as session:
        found = list(session.scalars(select(Referral)))
        services = {each.id: each for each in session.scalars(select(Service))}
    assert {each.status for each in found} == {status.value for status in Status}
    assert all(services[each.service_id].accepts_referrals for each in found)
    assert {each.outcome for each in found} >= {"service_received", "not_received", "unknown"}


def test_nothing_has_happened_in_the_future(filled: Database) -> None:
    with filled.read_scope() as session:
        for moment in (
            OutboundMessage.created_at,
            InboundMessage.received_at,
            Referral.changed_at,
            Task.done_at,
            CheckIn.answered_at,
        ):
            assert session.scalar(select(func.max(moment))) <= MORNING
        planned = select(func.min(CheckIn.due_at)).where(CheckIn.status == CheckInStatus.PLANNED)
        assert (MORNING - session.scalar(planned)).total_seconds() <= 600


def test_who_has_stopped_is_texted_no_more(filled: Database) -> None:
    with filled.read_scope() as session:
        late = session.scalars(
            select(OutboundMessage)
            .join(Person, Person.id == OutboundMessage.person_id)
            .where(
                OutboundMessage.created_at >= Person.opted_out_at,
                OutboundMessage.after_opt_out.is_(False),
            )
        ).all()
        stopped = session.scalar(
            select(func.count()).select_from(Person).where(Person.opted_out_at.is_not(None))
        )
    assert late == [] and stopped


def test_only_who_agreed_is_checked_in_with(filled: Database) -> None:
    agreed = select(Consent.person_id).where(
        Consent.purpose == Purpose.SMS, Consent.given.is_(True)
    )
    with filled.read_scope() as session:
        asked = select(func.count()).select_from(CheckIn).where(CheckIn.person_id.not_in(agreed))
        assert session.scalar(asked) == 0
        statuses = set(session.scalars(select(CheckIn.status).distinct()))
    assert statuses == {status.value for status in CheckInStatus}


def test_there_is_danger_that_was_handled_and_one_that_waits(filled: Database) -> None:
    with filled.read_scope() as session:
        danger = list(session.scalars(select(Task).where(Task.kind == TaskKind.DANGER)))
        lost = select(OutboundMessage.id).where(OutboundMessage.status == OutboundStatus.FAILED)
        assert session.scalars(lost).first()
    assert {each.status for each in danger} >= {TaskStatus.OPEN, TaskStatus.DONE}


def test_the_partner_that_is_made_up_fills_the_review_and_no_search(filled: Database) -> None:
    with filled.read_scope() as session:
        mine = select(Service).join(Organization).where(Organization.slug == "example-house")
        listings = list(session.scalars(mine))
        waiting = select(ListingChange).where(ListingChange.status == ChangeStatus.PENDING)
        changes = {each.field: each.service_id for each in session.scalars(waiting)}
        [pair] = session.scalars(select(DuplicatePair))
        contacts = list(session.scalars(select(PartnerContact)))
        assert session.scalar(select(func.count()).select_from(ListingReport)) == 1
        named = {phone.number for each in listings for phone in each.phones}
    ids = {each.id for each in listings}
    assert set(changes) == {"phones", "status"} and set(changes.values()) <= ids
    assert {pair.first_id, pair.second_id} <= ids and pair.status == DuplicateStatus.OPEN
    assert not any(each.published for each in listings)
    assert all(number.startswith("630-555-01") for number in named)
    by_text = [each for each in contacts if each.channel == Channel.SMS]
    assert len({each.organization_id for each in by_text}) == 2
    assert {each.address for each in contacts} == {
        example_house.FRONT_DESK,
        example_house.BY_MAIL,
    }
    assert FICTIONAL.fullmatch(example_house.FRONT_DESK)


def test_the_same_year_is_made_again(
    filled: Database, partners_template: Path, tmp_path: Path
) -> None:
    def told(opened: Database) -> tuple[object, ...]:
        with opened.read_scope() as session:
            texts = select(OutboundMessage.body).order_by(OutboundMessage.id)
            visits = select(Visit.occurred_at, Visit.call_type).order_by(Visit.id)
            referrals = select(Referral.id, Referral.status).order_by(Referral.id)
            house = select(Service.id).where(Service.origin == "demo").order_by(Service.slug)
            return (
                tuple(session.scalars(house)),
                tuple(session.scalars(texts)),
                tuple(map(tuple, session.execute(visits))),
                tuple(map(tuple, session.execute(referrals))),
            )

    once = told(filled)
    database._current.clear()  # the other one stays open for the tests after this
    again = made(tmp_path / "again", partners_template)
    assert told(again) == once
    again.close()
    database._current.clear()


def test_there_are_a_hundred_numbers_in_an_area_code() -> None:
    assert fictional_number(0) == "+13315550100"
    assert fictional_number(199) == "+12245550199"
    assert staff_number(1) == "+16305550191"
    with pytest.raises(ValueError, match="no fictional number"):
        staff_number(9)  # our own number


def test_an_account_of_each_role_can_sign_in() -> None:
    assert len(crew.sign_ins()) == 3
