"""When a listing is to be confirmed, and what follows from silence."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from directory.checkins.working_days import is_working_day
from directory.freshness import rules
from directory.freshness.rules import Listing, Step
from directory.quiet_hours import QuietHours
from tests.factories import CHICAGO, QUIET

USUAL = Listing(assured=None, sources=(date(2026, 1, 5),), numbers=("6305550140",), hotline=False)
HOTLINE = replace(USUAL, hotline=True)
NATIONAL = replace(USUAL, numbers=("988",), hotline=True)
ADDED = date(2026, 3, 1)
ASKED = datetime(2026, 3, 18, 15, tzinfo=UTC)  # a Wednesday, 10:00 in Chicago

moments = st.integers(0, 9 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
quiet_hours = st.one_of(
    st.just(QUIET),
    st.builds(
        QuietHours,
        start=st.times(time(0), time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0)),
        end=st.times(time(0), time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0)),
        zone=st.just(CHICAGO),
    ),
)
listings = st.builds(
    Listing,
    assured=st.none() | days,
    sources=st.lists(days, max_size=3).map(tuple),
    numbers=st.lists(st.sampled_from(["6305550140", "988", "911", "8007997233"])).map(tuple),
    hotline=st.booleans(),
)


def test_ninety_days_and_thirty_for_a_hotline() -> None:
    assert rules.due_on(USUAL, added=ADDED) == date(2026, 4, 5)
    assert rules.due_on(HOTLINE, added=ADDED) == date(2026, 2, 4)


def test_a_persons_word_counts_before_any_source() -> None:
    confirmed = replace(USUAL, assured=date(2025, 12, 1), sources=(date(2026, 2, 1),))
    assert rules.due_on(confirmed, added=ADDED) == date(2026, 3, 1)


def test_the_newest_source_counts_and_without_any_the_day_it_was_added() -> None:
    several = replace(USUAL, sources=(date(2020, 1, 1), date(2026, 2, 1), date(2024, 1, 1)))
    assert rules.due_on(several, added=ADDED) == date(2026, 5, 2)
    assert rules.due_on(replace(USUAL, sources=()), added=ADDED) == date(2026, 5, 30)


@given(at=moments, quiet=quiet_hours)
@example(at=datetime(2026, 3, 8, 7, 30, tzinfo=UTC), quiet=QUIET)  # the night without a 2 o'clock
@example(at=datetime(2026, 11, 1, 6, 30, tzinfo=UTC), quiet=QUIET)  # the hour that comes twice
@example(at=datetime(2027, 12, 31, 17, tzinfo=UTC), quiet=QUIET)  # New Year, observed on a Friday
def test_partners_are_asked_by_day_on_working_days_and_soon(
    at: datetime, quiet: QuietHours
) -> None:
    found = rules.working_time_from(at, quiet)
    assert found >= at
    assert rules.is_working_time(found, quiet)
    assert is_working_day(found.astimezone(CHICAGO).date())
    assert not quiet.covers(found)
    assert found - at < timedelta(days=7)
    assert rules.working_time_from(found, quiet) == found
    if rules.is_working_time(at, quiet):
        assert found == at


@given(due=days)
def test_who_is_due_on_a_day_is_asked_on_the_first_working_morning_from_it(due: date) -> None:
    at = rules.ask_at(due, QUIET).astimezone(CHICAGO)
    assert at.time() == time(9)
    assert at.date() >= due
    between = (due + timedelta(days=each) for each in range((at.date() - due).days))
    assert not any(is_working_day(day) for day in between)


def followed(listing: Listing, *, told: bool, late: timedelta = timedelta(0)) -> dict[Step, float]:
    """Each step and on which day after asking it was, if we are always `late`."""
    steps: dict[Step, float] = {}
    step, at = None, ASKED
    while True:
        following = rules.step_after(
            step, listing, told=told, asked_at=ASKED, done_at=at, quiet=QUIET
        )
        if following is None:
            return steps
        step, at = following[0], following[1] + late
        steps[step] = (at - ASKED) / timedelta(days=1)


def test_a_national_line_that_is_only_mentioned_makes_no_national_line() -> None:
    assert NATIONAL.national
    assert not replace(USUAL, numbers=("6305550140", "988")).national


def test_a_reminder_a_call_a_lower_rank_and_then_it_is_withheld() -> None:
    days_of = {step: round(days, 1) for step, days in followed(USUAL, told=True).items()}
    # The 18th of April and the 17th of May are weekends; so is the day 30 days on: a Friday.
    assert list(days_of) == [Step.REMIND, Step.ESCALATE, Step.LOWER, Step.WITHHOLD]
    assert days_of[Step.REMIND] == 7
    assert days_of[Step.ESCALATE] == 14
    assert 30 <= days_of[Step.LOWER] < 33
    assert 60 <= days_of[Step.WITHHOLD] < 63


def test_a_hotline_is_a_call_sooner() -> None:
    steps = followed(HOTLINE, told=True)
    assert steps[Step.REMIND] == 2
    assert 4 <= steps[Step.ESCALATE] < 7


def test_a_partner_without_a_contact_is_called_at_once() -> None:
    steps = followed(USUAL, told=False)
    assert steps[Step.ESCALATE] == 0
    assert Step.REMIND not in steps


def test_a_national_line_is_never_lowered() -> None:
    for told in (True, False):
        assert Step.LOWER not in followed(NATIONAL, told=told)
        assert Step.ESCALATE in followed(NATIONAL, told=told)


@given(listing=listings, told=st.booleans(), late=st.timedeltas(timedelta(0), timedelta(days=200)))
def test_however_late_we_are_there_is_time_to_answer_between_two_steps(
    listing: Listing, told: bool, late: timedelta
) -> None:
    steps = followed(listing, told=told, late=late)
    assert list(steps) == [step for step in Step if step in steps]
    at_least = {Step.ESCALATE: 2, Step.LOWER: 7, Step.WITHHOLD: 14}
    for before, after in zip(list(steps), list(steps)[1:], strict=False):
        assert steps[after] - steps[before] >= at_least[after] - 0.05  # clocks change


@given(listing=listings, reached=st.booleans(), today=days)
def test_silence_takes_no_hotline_no_national_line_and_nothing_that_was_never_asked(
    listing: Listing, reached: bool, today: date
) -> None:
    if not rules.may_be_withheld(listing, reached=reached, today=today):
        return
    assert reached
    assert not listing.hotline
    assert not listing.national
    assert listing.as_of is None or today >= rules.due_on(listing, added=today)


@pytest.mark.parametrize(
    ("reporters", "lowers"),
    [
        ({"resident:1"}, False),
        ({"resident:1", "resident:2"}, True),
        ({"resident:1", "staff:1"}, True),
        ({"visitor:1", "visitor:2", "visitor:3"}, False),
        ({"visitor:1", "resident:1"}, True),
    ],
)
def test_two_who_do_not_know_of_each_other_lower_a_listing(
    reporters: set[str], lowers: bool
) -> None:
    assert rules.lowers(frozenset(reporters), USUAL) is lowers
    assert rules.lowers(frozenset(reporters), NATIONAL) is False


@given(
    reporters=st.frozensets(st.from_regex(r"(resident|staff|visitor):[0-9]{1,3}", fullmatch=True))
)
def test_no_crowd_lowers_a_national_line(reporters: frozenset[str]) -> None:
    assert not rules.lowers(reporters, NATIONAL)
