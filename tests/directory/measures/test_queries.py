"""Figures of small worlds, counted by hand, on both databases."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from directory import database
from directory.checkins.models import CheckInStatus
from directory.database import Database
from directory.measures import linkage, nested, queries, text_queries
from directory.measures.nested import Row
from directory.measures.queries import Calls
from directory.messages.models import MessageKind, OutboundStatus
from directory.people.models import Person
from directory.referrals.states import Outcome, Status
from directory.training.models import CitMember, Unit
from directory.visits.models import CallType
from tests.directory.measures.worlds import (
    NOW,
    OCTOBER,
    a_checkin,
    a_danger,
    a_person,
    a_referral,
    a_text,
    a_visit,
    on,
    period,
)


def repeats(session: Session, code: str, *windows: int) -> list[Row]:
    """With nothing held back."""
    found = linkage.repeat_visits(session, period(code).span, windows=windows, now=NOW)
    return nested.told(found, threshold=1)


def test_calls_are_counted_in_the_programmes_own_month(any_database: Database) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        a_visit(session, person, on(9, 30, 23))  # it is October in UTC already
        a_visit(session, person, on(10, 1, 0))
        a_visit(session, person, on(10, 31, 23), call_type=CallType.ELDERLY)
        a_visit(session, person, on(11, 1, 0))
        a_visit(session, person, on(10, 5), voided_at=NOW)
        october = queries.calls(session, OCTOBER.month_spans)
        quarter = queries.calls(session, period("2026-Q4").month_spans)
    assert october == Calls({"mental_health": 1, "elderly": 1}, [2])
    assert quarter == Calls({"mental_health": 2, "elderly": 1}, [2, 1, 0])


def test_people_are_counted_once_by_their_language(any_database: Database) -> None:
    with database.session_scope() as session:
        english, spanish = a_person(session, 1), a_person(session, 2, language="es")
        unknown = a_person(session, 3, language=None)
        a_person(session, 4)  # texted, and was never visited
        for person in (english, english, spanish, unknown):
            a_visit(session, person, on(10, 5))
        counted = queries.people_by_language(session, OCTOBER.span)
    assert counted == {"en": 1, "es": 1, None: 1}


def test_repeat_visits_count_on_both_sides_of_the_first_acceptance(any_database: Database) -> None:
    with database.session_scope() as session:
        often, once, lately = (a_person(session, number) for number in (1, 2, 3))
        linked = on(6, 1)
        for days in (-200, -50, -20, -1, 10, 60):  # the one the day before led to it
            a_visit(session, often, linked + timedelta(days=days))
        a_visit(session, often, linked + timedelta(days=5), voided_at=NOW)
        a_referral(session, often, linked, accepted_at=linked, status=Status.COMPLETED)
        again = linked + timedelta(days=30)
        a_referral(session, often, again, accepted_at=again, status=Status.ACCEPTED)
        a_visit(session, once, on(6, 10))
        a_referral(session, once, on(6, 11), accepted_at=on(6, 12), status=Status.ACCEPTED)
        a_visit(session, lately, on(10, 1))
        a_referral(session, lately, on(10, 2), accepted_at=on(10, 3), status=Status.ACCEPTED)
        declined = a_person(session, 4)
        a_visit(session, declined, on(6, 1))
        a_referral(session, declined, on(6, 2), status=Status.REJECTED)
        counted = repeats(session, "2026", 30, 90, 365)
    assert counted == [
        Row(people=2, before=1, after=1, any_before=1, any_after=1),
        Row(people=2, before=2, after=2, any_before=1, any_after=1),
        Row(people=0, before=0, after=0, any_before=0, any_after=0),
    ]


def test_visits_at_the_same_moment_count_on_neither_side_when_they_led_to_it(
    any_database: Database,
) -> None:
    with database.session_scope() as session:
        person, linked = a_person(session, 1), on(6, 1)
        for days in (-20, -1, -1, 0, 0, 30, 31):  # two teams were there, and both logged it
            a_visit(session, person, linked + timedelta(days=days))
        a_referral(session, person, linked, accepted_at=linked, status=Status.ACCEPTED)
        a_visit(session, a_person(session, 2), linked)  # never linked
        found = repeats(session, "2026", 30)
    assert found == [Row(people=1, before=3, after=1, any_before=1, any_after=1)]


def test_a_linkage_before_the_period_is_not_one_in_it(any_database: Database) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        a_referral(session, person, on(5, 1), accepted_at=on(5, 2), status=Status.ACCEPTED)
        a_referral(session, person, on(6, 1), accepted_at=on(6, 2), status=Status.ACCEPTED)
        june, may = (repeats(session, month, 30) for month in ("2026-06", "2026-05"))
    assert (june[0].people, may[0].people) == (0, 1)


def test_a_linkage_without_a_visit_before_it_counts(any_database: Database) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        a_referral(session, person, on(6, 1), accepted_at=on(6, 1), status=Status.ACCEPTED)
        a_visit(session, person, on(6, 5))
        found = repeats(session, "2026", 30)
    assert found == [Row(people=1, before=0, after=1, any_before=0, any_after=1)]


def test_the_first_follow_up_is_the_first_that_was_sent(any_database: Database) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        for number, hours in enumerate((24, 24.5, 80, None)):
            visited = on(10, 1 + number)
            visit = a_visit(session, person, visited)
            if hours is None:
                a_checkin(session, person, visit, visited, status=CheckInStatus.DROPPED)
                continue
            for later in (0, 48):
                due = visited + timedelta(hours=hours + later)
                a_checkin(session, person, visit, due, sent_at=due)
        a_visit(session, person, on(10, 9))  # no check-ins, so it is left out
        waits = queries.first_follow_up(session, OCTOBER.span)
    assert waits.counts == (1, 1, 0, 1, 1)
    assert (waits.everything, waits.happened) == (4, 3)
    assert waits.median == timedelta(hours=24, minutes=30)
    assert waits.ninth_of_ten == timedelta(hours=80)


def test_a_visit_whose_check_ins_were_all_cancelled_waits_for_none(any_database: Database) -> None:
    cancelled, planned = CheckInStatus.CANCELLED, CheckInStatus.PLANNED
    with database.session_scope() as session:
        person, sent = a_person(session, 1), on(10, 2, 13)
        for first, second in (
            ((cancelled, None), (cancelled, None)),
            ((cancelled, sent), (cancelled, None)),  # the person opted out by the answer
            ((cancelled, None), (planned, None)),
        ):
            visit = a_visit(session, person, on(10, 1))
            for status, sent_at in (first, second):
                a_checkin(session, person, visit, sent, status=status, sent_at=sent_at)
        waits = queries.first_follow_up(session, OCTOBER.span)
    assert waits.counts == (0, 1, 0, 0, 1)


def test_of_nothing_there_is_no_typical_wait(any_database: Database) -> None:
    with database.read_scope() as session:
        waits = queries.time_to_a_person(session, OCTOBER.span)
    assert (waits.everything, waits.median, waits.ninth_of_ten) == (0, None, None)


def test_danger_is_over_when_a_person_takes_it_on(any_database: Database) -> None:
    with database.session_scope() as session:
        for minutes in (3, 15, 16, 120):
            a_danger(session, on(10, 5), taken_after=timedelta(minutes=minutes))
        a_danger(session, on(10, 6), taken_after=None)
        a_danger(session, on(11, 6), taken_after=timedelta(minutes=1))
        waits = queries.time_to_a_person(session, OCTOBER.span)
        stands = queries.danger_tasks(session, OCTOBER.span)
    assert waits.counts == (2, 1, 1, 0, 1)
    assert waits.median == timedelta(minutes=15)
    assert stands == {("open", False): 1, ("claimed", True): 4}


def test_check_ins_count_when_they_were_due_and_by_now(any_database: Database) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        visit = a_visit(session, person, on(10, 1))
        for status, asks, answer in (
            (CheckInStatus.ANSWERED, True, "better"),
            (CheckInStatus.ANSWERED, True, "worse"),
            (CheckInStatus.ANSWERED, False, "better"),
            (CheckInStatus.SENT, True, None),
            (CheckInStatus.SENT, False, None),
            (CheckInStatus.FAILED, True, None),
        ):
            a_checkin(session, person, visit, on(10, 3), status=status, asks=asks, answer=answer)
        a_checkin(session, person, visit, on(10, 25), status=CheckInStatus.PLANNED)
        found = queries.checkins(session, OCTOBER.span, now=NOW)
    assert found.by_status == {"answered": 3, "sent": 2, "failed": 1}
    assert (found.asked, found.asked_answered) == (3, 2)
    assert found.answers == {"better": 2, "worse": 1}


def test_referrals_are_counted_as_they_stand(any_database: Database) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        given = {"organization_id": "o", "status": Status.COMPLETED}
        for outcome in (Outcome.SERVICE_RECEIVED, Outcome.SERVICE_RECEIVED, None):
            a_referral(session, person, on(10, 2), outcome=outcome, **given)
        for status in (Status.DRAFT, Status.ENTERED_IN_ERROR):
            a_referral(session, person, on(10, 2), status=status)
        a_referral(session, person, on(10, 2), status=Status.CANCELLED, requested_at=None)
        a_referral(session, person, on(9, 2), status=Status.ACCEPTED)
        found = queries.referrals(session, OCTOBER.span)
    assert sorted((each.status, str(each.outcome), each.number) for each in found) == [
        ("completed", "None", 1),
        ("completed", "service_received", 2),
    ]


def test_the_time_to_an_answer_counts_who_has_not_answered(any_database: Database) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        at = on(10, 2)
        a_referral(session, person, at, answered_at=at + timedelta(hours=4))
        a_referral(session, person, at, answered_at=at + timedelta(hours=5))
        a_referral(session, person, at)
        waits = queries.time_to_answer(session, OCTOBER.span)
    assert waits.counts == (1, 1, 0, 0, 0, 1)


def test_a_draft_counts_from_when_it_was_sent(any_database: Database) -> None:
    with database.session_scope() as session:
        person, drafted, sent = a_person(session, 1), on(9, 28), on(10, 2)
        answered = sent + timedelta(minutes=10)
        a_referral(session, person, drafted, requested_at=sent, answered_at=answered)
        september, october = (
            (queries.time_to_answer(session, span), queries.referrals(session, span))
            for span in (period("2026-09").span, OCTOBER.span)
        )
    assert (september[0].everything, september[1]) == (0, [])
    assert (october[0].counts, october[0].median) == ((1, 0, 0, 0, 0, 0), timedelta(minutes=10))
    assert [each.number for each in october[1]] == [1]


def test_texts_are_counted_with_their_segments_and_what_became_of_them(
    any_database: Database,
) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        a_text(session, person, on(10, 2), 1, segments=2)
        failed = {"status": OutboundStatus.FAILED, "reason": "landline"}
        a_text(session, person, on(10, 2), 2, kind=MessageKind.CHECKIN, **failed)
        a_text(session, person, on(10, 3), 3, status=OutboundStatus.DROPPED, segments=None)
        a_text(session, person, on(10, 3), 4, status=OutboundStatus.SENT, segments=None)
        a_text(session, person, on(9, 3), 5)
        session.get_one(Person, person).opted_out_at = on(10, 9)
        found = text_queries.texts(session, OCTOBER.span)
    assert found.sent == {
        ("reply", "delivered"): 1,
        ("checkin", "failed"): 1,
        ("reply", "dropped"): 1,
        ("reply", "sent"): 1,
    }
    assert found.failures == {"landline": 1, "other": 1}
    assert (found.segments, found.unmeasured, found.opted_out, found.received) == (3, 1, 1, 0)


def test_training_is_counted_without_a_name(any_database: Database) -> None:
    today = date(2026, 10, 1)
    members = [
        (Unit.PATROL, 40.0, today, None),
        (Unit.PATROL, 39.5, None, None),
        (Unit.FIRE, 41.0, None, None),
        (Unit.PATROL, 40.0, today, today),  # has left
    ]
    with database.session_scope() as session:
        for unit, hours, certified, left in members:
            session.add(
                CitMember(
                    name="Officer 1",
                    unit=unit,
                    hours=hours,
                    certified_on=certified,
                    left_on=left,
                    changed_by="x",
                    changed_at=NOW,
                )
            )
        session.flush()
        found = text_queries.training(session)
    counted = (found.members, found.certified, found.completed)
    assert counted == (3, 1, 2)
    assert (found.officers, found.officers_completed) == (2, 1)
