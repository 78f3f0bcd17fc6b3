"""What one table of a page holds back no other table of it tells."""

from datetime import timedelta

from directory import database
from directory.database import Database
from directory.referrals.states import Status
from directory.tasks.models import Task, TaskStatus
from tests.api.console.measures.shown import Shown, shown_of
from tests.directory.measures.worlds import a_danger, a_person, a_referral, a_visit, on


def first(shown: Shown, table: str, *labels: str) -> list[str]:
    return [shown[table][label][0] for label in labels]


def test_the_tasks_of_danger_do_not_tell_what_their_waits_hold_back(any_database: Database) -> None:
    with database.session_scope() as session:
        for number, minutes in ((60, 5), (40, 40), (30, 600), (4, 3000)):
            for _ in range(number):
                a_danger(session, on(9, 5), taken_after=timedelta(minutes=minutes))
        for _ in range(13):
            a_danger(session, on(9, 5), taken_after=None)
        for task in session.query(Task).filter_by(status=TaskStatus.CLAIMED).limit(84):
            task.status = TaskStatus.DONE
    shown = shown_of("2026-Q3", "danger")
    # The last of them is in both lists, so it could hide nothing here that it does not hide there.
    waits = ("within 15 min", "within 1 h", "within 24 h", "later", "not yet")
    told = ["60", "40", "held back", "held back", "13"]
    assert first(shown, "danger", *waits) == told
    tasks = ("Nobody has taken it", "Somebody is on it", "Done", "All")
    assert first(shown, "danger-tasks", *tasks) == ["13", "50", "84", "147"]


def test_the_waits_of_referrals_do_not_tell_what_their_statuses_hold_back(
    any_database: Database,
) -> None:
    at, hour = on(9, 5), timedelta(hours=1)
    with database.session_scope() as session:
        person = a_person(session, 1)
        for status, number, after in (
            (Status.REQUESTED, 13, None),
            (Status.ACCEPTED, 40, hour),
            (Status.IN_PROGRESS, 20, 10 * hour),
            (Status.ON_HOLD, 3, 10 * hour),
            (Status.COMPLETED, 50, 30 * hour),
            (Status.REJECTED, 30, 100 * hour),
        ):
            answered = None if after is None else at + after
            for _ in range(number):
                a_referral(session, person, at, status=status, answered_at=answered)
    shown = shown_of("2026-Q3", "referrals")
    statuses = ("Waits for the partner's answer", "On hold", "Under way", "Taken back")
    told = ["13", "held back", "held back", "0"]
    assert first(shown, "referrals-by-status", *statuses) == told
    assert first(shown, "time-to-answer", "not yet", "All") == ["13", "156"]


def test_people_with_a_repeat_visit_are_not_told_by_the_next_window(any_database: Database) -> None:
    linked = on(3, 10)
    with database.session_scope() as session:
        for number in range(40):
            person = a_person(session, number)
            a_visit(session, person, linked - timedelta(days=1))
            for days in [20] * (number < 14) + [60] * (number == 14) + [25] * (number == 0):
                a_visit(session, person, linked - timedelta(days=days))
            for days in [20] * (20 <= number < 32) + [70] * (number == 33):
                a_visit(session, person, linked + timedelta(days=days))
            a_referral(session, person, linked, accepted_at=linked, status=Status.ACCEPTED)
    rows = shown_of("2026-03", "repeats")["repeats"]
    # People, visits before and after, people with one before and after. One came twice before.
    assert rows["30 days"] == ["40", "held back", "12", "14", "12"]
    assert rows["90 days"] == ["40", *["held back"] * 4]
