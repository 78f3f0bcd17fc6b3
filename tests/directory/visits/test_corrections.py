"""Visits put right, and visits that never were."""

from datetime import timedelta
from threading import Event

import pytest

from directory import database
from directory.checkins import service as checkins
from directory.checkins.models import CheckIn, CheckInStatus
from directory.database import Database
from directory.errors import Conflict, Invalid
from directory.people import queries as people
from directory.people.models import Purpose
from directory.visits import corrections, queries
from directory.visits.corrections import Correction
from directory.visits.models import CallType, Visit
from tests.factories import QUIET, read_checkin, read_person, visited
from tests.fakes import MORNING
from tests.threads import all_at_once

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def correct(visit: Visit, *, after: timedelta = HOUR, **change: object) -> None:
    with database.session_scope() as session:
        corrections.correct(
            session,
            session.get_one(Visit, visit.id),
            Correction(**change),  # type: ignore[arg-type]
            quiet=QUIET,
            now=MORNING + after,
        )


def void(visit: Visit, *, after: timedelta = HOUR) -> None:
    with database.session_scope() as session:
        corrections.void(
            session,
            session.get_one(Visit, visit.id),
            reason="wrong number",
            by="supervisor",
            quiet=QUIET,
            now=MORNING + after,
        )


def read(visit: Visit) -> Visit:
    with database.read_scope() as session:
        return session.get_one(Visit, visit.id)


def planned(visit: Visit) -> list[CheckIn]:
    with database.read_scope() as session:
        rows = queries.checkins_of(session, visit.id)
    return [row for row in rows if row.status == CheckInStatus.PLANNED]


def test_another_time_moves_the_check_ins(any_database: Database) -> None:
    visit, before = visited()
    correct(visit, occurred_at=MORNING - 2 * HOUR)
    assert read(visit).occurred_at == MORNING - 2 * HOUR
    assert read(visit).corrected_at == MORNING + HOUR
    assert {read_checkin(each.id).status for each in before} == {CheckInStatus.CANCELLED}
    assert len(planned(visit)) == 3
    assert planned(visit)[0].due_at == MORNING + 23 * HOUR  # in quiet hours at 22


def test_what_went_out_does_not_go_out_again(any_database: Database) -> None:
    visit, before = visited()
    with database.session_scope() as session:
        session.get_one(CheckIn, before[0].id).queued_at = MORNING + DAY
        checkins.mark_sent(session, before[0].id, now=MORNING + DAY)
    correct(visit, after=26 * HOUR, occurred_at=MORNING + HOUR)
    assert [each.step for each in planned(visit)] == [2, 3]
    assert read_checkin(before[0].id).status == CheckInStatus.SENT


def test_two_corrections_at_once_plan_once(any_database: Database) -> None:
    visit, _ = visited()
    written = Event()

    def move(*, first: bool) -> None:
        if not first:
            written.wait(timeout=10)
        with database.session_scope() as session:
            row = session.get_one(Visit, visit.id)
            change = Correction(occurred_at=MORNING - 2 * HOUR)
            corrections.correct(session, row, change, quiet=QUIET, now=MORNING + HOUR)
            written.set()
            if first:
                Event().wait(timeout=0.5)  # the other comes before this is committed

    all_at_once([lambda: move(first=True), lambda: move(first=False)])
    assert [each.step for each in planned(visit)] == [1, 2, 3]


def test_a_correction_of_words_moves_nothing(db: Database) -> None:
    visit, before = visited()
    correct(visit, disposition="Talked in the kitchen")
    assert read(visit).disposition == "Talked in the kitchen"
    assert [each.id for each in planned(visit)] == [each.id for each in before]
    correct(visit, disposition="")
    assert read(visit).disposition is None


@pytest.mark.parametrize("follow_up", [None, "standard", "caring_contacts"])
def test_when_it_turns_out_to_have_been_domestic_violence_texts_end(
    db: Database, follow_up: str | None
) -> None:
    visit, _ = visited(follow_up=follow_up)
    correct(visit, call_type=CallType.DOMESTIC_VIOLENCE)
    assert (read(visit).call_type, read(visit).follow_up) == ("domestic_violence", "none")
    assert planned(visit) == []
    correct(visit, follow_up="standard")
    assert len(planned(visit)) == 3


def test_when_it_turns_out_to_have_been_domestic_violence_what_is_asked_for_asks_first(
    db: Database,
) -> None:
    visit, _ = visited(follow_up="caring_contacts")
    correct(visit, call_type=CallType.DOMESTIC_VIOLENCE, follow_up="caring_contacts")
    assert planned(visit)
    assert all(each.safe_first and not each.named_sender for each in planned(visit))
    correct(visit, call_type=CallType.ELDERLY, follow_up="caring_contacts")
    assert not any(each.safe_first for each in planned(visit))


def test_another_call_type_of_the_same_kind_moves_nothing(db: Database) -> None:
    visit, before = visited()
    correct(visit, call_type=CallType.ELDERLY)
    assert [each.id for each in planned(visit)] == [each.id for each in before]


def test_when_it_was_not_domestic_violence_after_all_the_usual_follows(db: Database) -> None:
    visit, _ = visited(call_type=CallType.DOMESTIC_VIOLENCE)
    correct(visit, call_type=CallType.ELDERLY)
    assert read(visit).follow_up == "standard"
    assert len(planned(visit)) == 3


def test_what_the_clinician_chose_stays(db: Database) -> None:
    visit, _ = visited(follow_up="none")
    correct(visit, call_type=CallType.ELDERLY)
    assert (read(visit).follow_up, planned(visit)) == ("none", [])


def test_a_plan_that_was_said_stays_whatever_the_visit_becomes(db: Database) -> None:
    violence, _ = visited(call_type=CallType.DOMESTIC_VIOLENCE)
    correct(violence, call_type=CallType.ELDERLY, follow_up="none")
    assert (read(violence).follow_up, planned(violence)) == ("none", [])
    with database.session_scope() as session:
        session.get_one(Visit, violence.id).follow_up = "taken_out"
    correct(violence, call_type=CallType.OTHER_CRISIS, follow_up="taken_out")
    assert read(violence).follow_up == "taken_out", "also one that no new visit may take"


def test_an_earlier_visit_is_corrected_without_moving_what_the_later_planned(
    db: Database,
) -> None:
    first, _ = visited()
    second, later = visited(MORNING + HOUR)
    correct(first, after=2 * HOUR, occurred_at=MORNING - HOUR)
    assert planned(first) == []
    assert [each.id for each in planned(second)] == [each.id for each in later]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"occurred_at": MORNING + 3 * HOUR}, "occurred_at_implausible"),
        ({"occurred_at": MORNING - 4000 * DAY}, "occurred_at_implausible"),
        ({"follow_up": "weekly"}, "follow_up_unknown"),
    ],
)
def test_what_a_new_visit_may_not_say_a_correction_may_not(
    db: Database, change: dict[str, object], code: str
) -> None:
    visit, _ = visited()
    with pytest.raises(Invalid) as refused:
        correct(visit, **change)
    assert refused.value.code == code
    assert read(visit).corrected_at is None


def test_a_voided_visit_counts_nowhere(any_database: Database) -> None:
    visit, before = visited()
    void(visit)
    assert {read_checkin(each.id).reason for each in before} == {"visit_voided"}
    assert (read(visit).voided_by, read(visit).void_reason) == ("supervisor", "wrong number")
    with database.read_scope() as session:
        assert queries.count_of(session, visit.person_id) == 0
        assert people.consents_of(session, visit.person_id) == []
    person = read_person(visit.person_id)
    assert (person.safe_to_text, person.name, person.clinician_id) == (None, None, None)
    for again in (void, correct):
        with pytest.raises(Conflict):
            again(visit)


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_yes_to_a_voided_visit_s_question_brings_no_check_in(
    any_database: Database, confirmed: bool
) -> None:
    visit, [first, *_] = visited()
    with database.session_scope() as session:
        asking = session.get_one(CheckIn, first.id)
        asking.status, asking.sent_at, asking.safety_asked = CheckInStatus.SENT, MORNING, True
        asking.safety_confirmed_at = MORNING if confirmed else None
    void(visit)
    expected = CheckInStatus.SENT if confirmed else CheckInStatus.CANCELLED
    assert read_checkin(first.id).status == expected


def test_what_a_voided_visit_had_replaced_is_planned_again(any_database: Database) -> None:
    first, before = visited()
    second, _ = visited(MORNING + HOUR, consent_sms=False, safe_to_text=True)
    assert planned(first) == []
    void(second, after=2 * HOUR)
    assert [each.due_at for each in planned(first)] == [each.due_at for each in before]
    with database.read_scope() as session:
        person_id, later = first.person_id, MORNING + DAY
        assert people.valid_consent(session, person_id, Purpose.SMS, now=later) is not None


def test_voiding_never_makes_us_bolder(db: Database) -> None:
    _, _ = visited(safe_to_text=False)
    second, _ = visited(MORNING + HOUR)
    void(second, after=2 * HOUR)
    assert read_person(second.person_id).safe_to_text is False
    third, _ = visited(MORNING + 3 * HOUR, safe_to_text=None)
    void(third, after=4 * HOUR)
    assert read_person(third.person_id).safe_to_text is None


def test_an_earlier_visit_is_voided_without_a_word_to_the_later(db: Database) -> None:
    first, _ = visited()
    second, later = visited(MORNING + HOUR)
    void(first, after=2 * HOUR)
    assert [each.id for each in planned(second)] == [each.id for each in later]
    assert read_person(first.person_id).name == "Maria Example"
