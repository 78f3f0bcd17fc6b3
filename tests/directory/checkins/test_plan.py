"""When check-ins are due."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.checkins.plan import (
    KEPT_APART,
    STALE_AFTER,
    DueStep,
    Plan,
    Step,
    allowed_from,
    due_steps,
    is_stale,
)
from directory.checkins.plans import shipped_plans
from directory.checkins.working_days import is_working_day
from directory.quiet_hours import QuietHours
from tests.factories import CHICAGO, QUIET
from tests.fakes import MORNING

DAY = timedelta(days=1)
STANDARD = shipped_plans()["standard"]
ALWAYS = QuietHours(time(0), time(0), CHICAGO)  # never quiet

instants = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
hours = st.sets(st.integers(1, 24 * 400), min_size=1, max_size=20).map(sorted)
plans = st.builds(
    lambda after, working: Plan(
        id="any",
        name="Any",
        steps=tuple(Step(timedelta(hours=each), "checkin_first", asks=True) for each in after),
        working_days_only=working,
    ),
    hours,
    st.booleans(),
)


def due(
    plan: Plan, occurred: datetime, *, now: datetime | None = None, quiet: QuietHours = QUIET
) -> list[DueStep]:
    return due_steps(
        plan, occurred, now=now or occurred, quiet=quiet, is_working_day=is_working_day
    )


def times(plan: Plan, occurred: datetime, *, now: datetime | None = None) -> list[datetime]:
    return [each.due_at for each in due(plan, occurred, now=now)]


def local(at: datetime) -> tuple[int, int, int, int]:
    wall = at.astimezone(CHICAGO)
    return (wall.month, wall.day, wall.hour, wall.minute)


def a_plan(*after_hours: int, working_days_only: bool = False) -> Plan:
    steps = tuple(Step(timedelta(hours=each), "checkin_first", asks=True) for each in after_hours)
    return Plan(id="own", name="Own", steps=steps, working_days_only=working_days_only)


def test_the_standard_sequence_is_a_day_three_days_and_two_weeks() -> None:
    assert times(STANDARD, MORNING) == [MORNING + timedelta(days=days) for days in (1, 3, 14)]


def test_caring_contacts_go_on_for_a_year_and_only_the_first_asks() -> None:
    plan = shipped_plans()["caring_contacts"]
    days = [step.after // DAY for step in plan.steps]
    assert days == [1, 7, 30, 61, 91, 122, 183, 243, 304, 365]
    assert [step.asks for step in plan.steps] == [True] + [False] * 9
    assert plan.named_sender


def test_no_check_ins_are_no_check_ins() -> None:
    assert times(shipped_plans()["none"], MORNING) == []


def test_a_visit_at_night_is_followed_up_in_the_morning() -> None:
    night = datetime(2026, 3, 19, 5, 0, tzinfo=UTC)  # midnight in Chicago
    assert local(times(STANDARD, night)[0]) == (3, 20, 9, 0)


@pytest.mark.parametrize(
    ("occurred", "first"),
    [
        # 24 hours over the night of 8 March, when 2:00 becomes 3:00, and of 1 November.
        (datetime(2026, 3, 7, 12, 0, tzinfo=CHICAGO), (3, 8, 13, 0)),
        (datetime(2026, 10, 31, 12, 0, tzinfo=CHICAGO), (11, 1, 11, 0)),
        # What falls into those nights waits for nine o'clock by the new time.
        (datetime(2026, 3, 7, 2, 30, tzinfo=CHICAGO), (3, 8, 9, 0)),
        (datetime(2026, 10, 31, 1, 30, tzinfo=CHICAGO), (11, 1, 9, 0)),
        # An hour that the clocks take out of the evening never pushes a text into the night.
        (datetime(2026, 3, 7, 19, 30, tzinfo=CHICAGO), (3, 9, 9, 0)),
    ],
)
def test_nights_when_the_clocks_change(
    occurred: datetime, first: tuple[int, int, int, int]
) -> None:
    assert local(times(STANDARD, occurred)[0]) == first


def test_with_working_days_a_weekend_and_a_holiday_are_left_out() -> None:
    plan = a_plan(24, working_days_only=True)
    friday = datetime(2026, 7, 2, 10, 15, tzinfo=CHICAGO)  # the 3rd is observed, then a weekend
    assert local(times(plan, friday)[0]) == (7, 6, 10, 15)


def test_a_day_off_keeps_the_time_of_day_when_the_clocks_change() -> None:
    saturday = datetime(2026, 3, 7, 10, 0, tzinfo=CHICAGO)
    moved = allowed_from(saturday, quiet=ALWAYS, works=is_working_day)
    assert local(moved) == (3, 9, 10, 0)


def test_two_that_a_weekend_would_bring_together_stay_a_day_apart() -> None:
    thursday = datetime(2026, 3, 19, 10, 0, tzinfo=CHICAGO)
    plan = a_plan(48, 72, 96, working_days_only=True)  # Saturday, Sunday, Monday
    assert [local(each)[:2] for each in times(plan, thursday)] == [(3, 23), (3, 24), (3, 25)]


@given(plans, instants, st.integers(0, 20 * 24))
def test_none_is_due_in_quiet_hours_on_a_day_off_or_already_stale(
    plan: Plan, occurred: datetime, late: int
) -> None:
    now = occurred + timedelta(hours=late)
    planned = due(plan, occurred, now=now)
    for each in planned:
        assert not QUIET.covers(each.due_at)
        assert not is_stale(each.due_at, now=now)
        assert each.due_at >= occurred + each.step.after
        if plan.working_days_only:
            assert is_working_day(each.due_at.astimezone(CHICAGO).date())


@given(plans, instants)
def test_each_comes_after_the_one_before_as_far_as_the_plan_says_or_a_day(
    plan: Plan, occurred: datetime
) -> None:
    planned = due(plan, occurred)
    assert [each.number for each in planned] == list(range(1, len(plan.steps) + 1))
    for before, after in pairwise(planned):
        apart = min(after.step.after - before.step.after, KEPT_APART)
        assert after.due_at - before.due_at >= apart


@given(plans, instants)
def test_nothing_is_moved_further_than_days_off_and_nights_ask_for(
    plan: Plan, occurred: datetime
) -> None:
    (first, *_) = due(plan, occurred)
    # The longest row of days off: Thursday and Friday holidays before a weekend, and a night.
    assert first.due_at - (occurred + first.step.after) <= timedelta(days=5)


def test_a_visit_logged_late_skips_what_is_over() -> None:
    assert [each.number for each in due(STANDARD, MORNING, now=MORNING + 4 * DAY)] == [2, 3]
    assert due(STANDARD, MORNING, now=MORNING + 30 * DAY) == []


def test_the_first_that_goes_out_opens_the_sequence() -> None:
    late = due(STANDARD, MORNING, now=MORNING + 4 * DAY)
    assert [each.step.wording for each in late] == ["checkin_first", "checkin_last"]


def test_who_has_heard_from_us_is_not_greeted_anew() -> None:
    planned = due_steps(
        STANDARD,
        MORNING,
        now=MORNING + 4 * DAY,
        quiet=QUIET,
        is_working_day=is_working_day,
        greeted=True,
    )
    assert [each.step.wording for each in planned] == ["checkin_again", "checkin_last"]


def test_a_contact_that_asks_for_nothing_never_takes_over_a_question() -> None:
    caring = shipped_plans()["caring_contacts"]
    (first, *_) = due(caring, MORNING, now=MORNING + 4 * DAY)
    assert (first.number, first.step.wording) == (2, "caring_contact")


def test_stale_begins_after_two_days() -> None:
    assert timedelta(hours=48) == STALE_AFTER
    assert not is_stale(MORNING, now=MORNING + STALE_AFTER)
    assert is_stale(MORNING, now=MORNING + STALE_AFTER + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 18), True),
        (date(2026, 3, 21), False),  # a Saturday
        (date(2026, 3, 22), False),
        (date(2026, 3, 2), False),  # Casimir Pulaski Day
        (date(2026, 2, 12), False),  # Lincoln's Birthday
        (date(2026, 11, 3), False),  # a general election
        (date(2025, 11, 4), True),  # none that year
        (date(2026, 6, 19), False),
        (date(2026, 7, 3), False),  # Independence Day, observed
        (date(2026, 11, 26), False),
        (date(2027, 12, 24), False),  # Christmas Day, observed
        (date(2027, 12, 31), False),  # New Year's Day, observed
        (date(2026, 12, 24), True),
    ],
)
def test_days_on_which_a_team_is_at_work(day: date, works: bool) -> None:
    assert is_working_day(day) is works
