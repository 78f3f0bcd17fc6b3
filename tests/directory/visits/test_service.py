"""Logging a visit: who, with what consent, and what follows from it."""

from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import func, select

from directory import database
from directory.checkins import queries as checkins
from directory.checkins.models import CheckInStatus
from directory.database import Database
from directory.errors import Invalid
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Person, Purpose
from directory.visits import queries
from directory.visits.models import CallType, FollowUp, Visit
from directory.visits.service import log_visit
from tests.factories import (
    CLINICIAN,
    PHONE,
    QUIET,
    USUAL_VISIT,
    met,
    read_checkin,
    read_person,
    visited,
)
from tests.fakes import MORNING
from tests.threads import all_at_once

LATER = MORNING + timedelta(hours=5)


def test_a_visit_with_consent_plans_three_check_ins(any_database: Database) -> None:
    visit, planned = visited()
    assert [checkin.step for checkin in planned] == [1, 2, 3]
    assert {checkin.status for checkin in planned} == {CheckInStatus.PLANNED}
    assert visit.clinician_id == CLINICIAN
    assert visit.follow_up == FollowUp.STANDARD


@pytest.mark.parametrize(
    "changes",
    [
        {"safe_to_text": False},
        {"safe_to_text": None},
        {"consent_sms": False},
        {"follow_up": FollowUp.NONE},
        {"call_type": CallType.DOMESTIC_VIOLENCE},
        {"call_type": CallType.DOMESTIC_VIOLENCE, "follow_up": FollowUp.STANDARD,
         "safe_to_text": None},
    ],
)  # fmt: skip
def test_without_a_clear_yes_no_text_is_planned_and_what_was_planned_ends(
    any_database: Database, changes: dict[str, object]
) -> None:
    _, earlier = visited()
    _, planned = visited(LATER, **changes)
    assert planned == []
    assert {read_checkin(each.id).status for each in earlier} == {CheckInStatus.CANCELLED}


def test_after_domestic_violence_an_explicit_standard_plans_check_ins(
    any_database: Database,
) -> None:
    visit, planned = visited(
        call_type=CallType.DOMESTIC_VIOLENCE, follow_up=FollowUp.STANDARD, safe_to_text=True
    )
    assert len(planned) == 3
    assert visit.follow_up == FollowUp.STANDARD


@pytest.mark.parametrize("call_type", [kind for kind in CallType if kind != "domestic_violence"])
def test_every_other_call_is_followed_up_by_default(db: Database, call_type: CallType) -> None:
    _, planned = visited(call_type=call_type)
    assert len(planned) == 3


def test_a_second_visit_replaces_what_the_first_had_planned(any_database: Database) -> None:
    _, first = visited()
    _, second = visited(LATER, occurred_at=LATER)
    assert {read_checkin(each.id).status for each in first} == {CheckInStatus.CANCELLED}
    assert {read_checkin(each.id).status for each in second} == {CheckInStatus.PLANNED}
    with database.read_scope() as session:
        assert queries.count_of(session, first[0].person_id) == 2


def test_a_visit_that_is_logged_twice_at_once_is_followed_up_once(any_database: Database) -> None:
    visit, _ = visited()
    written = Event()

    def log(*, first: bool) -> None:
        if not first:
            written.wait(timeout=10)
        with database.session_scope() as session:
            log_visit(session, USUAL_VISIT, clinician_id=CLINICIAN, quiet=QUIET, now=LATER)
            written.set()
            if first:
                Event().wait(timeout=0.5)  # the other comes before this is committed

    all_at_once([lambda: log(first=True), lambda: log(first=False)])
    with database.read_scope() as session:
        assert queries.count_of(session, visit.person_id) == 3
        assert [each.step for each in checkins.planned(session, visit.person_id)] == [1, 2, 3]


def test_a_number_that_opted_out_gets_no_check_ins_although_a_visit_says_yes(
    any_database: Database,
) -> None:
    person_id = met()
    with database.session_scope() as session:
        people_service.opt_out(session, session.get_one(Person, person_id), now=MORNING)
    _, planned = visited()
    assert planned == []
    assert read_person(person_id).opted_out_at is not None


@pytest.mark.parametrize(("safe", "left"), [(True, None), (False, "landline"), (None, "landline")])
def test_a_number_that_no_text_reached_is_tried_again_where_it_is_said_to_be_safe(
    db: Database, safe: bool | None, left: str | None
) -> None:
    person_id = met()
    with database.session_scope() as session:
        session.get_one(Person, person_id).unreachable_because = "landline"
    visited(safe_to_text=safe)
    assert read_person(person_id).unreachable_because == left


def test_the_visit_records_both_consents_and_by_whom(any_database: Database) -> None:
    visit, _ = visited(consent_referral=False)
    with database.read_scope() as session:
        texts = people.valid_consent(session, visit.person_id, Purpose.SMS, now=LATER)
        referral = people.valid_consent(session, visit.person_id, Purpose.REFERRAL, now=LATER)
        assert texts is not None
        assert texts.recorded_by == CLINICIAN
        assert referral is None
        assert len(people.consents_of(session, visit.person_id)) == 2


def test_a_later_visit_keeps_the_name_it_does_not_know(db: Database) -> None:
    visit, _ = visited()
    visited(LATER, name=None, language=None)
    person = read_person(visit.person_id)
    assert (person.name, person.language) == ("Maria Example", "en")


def test_a_number_written_in_any_way_is_the_same_person(db: Database) -> None:
    first, _ = visited()
    second, _ = visited(LATER, phone="(630) 555-0100")
    assert first.person_id == second.person_id
    assert read_person(first.person_id).phone == PHONE


def test_a_bad_number_stores_nothing(any_database: Database) -> None:
    with pytest.raises(Invalid):
        visited(phone="12")
    with database.read_scope() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 0
        assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_code_word_of_one_letter_stores_nothing(db: Database) -> None:
    with pytest.raises(Invalid) as refused:
        visited(code_word="a")
    assert refused.value.code == "code_word_invalid"
    with database.read_scope() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 0
