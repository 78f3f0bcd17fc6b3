"""When a listing is to be confirmed, and what follows from silence. Pure.

A listing is trusted for 90 days, one with a hotline for 30. Then its partner is asked; silence
brings a reminder, a task for a person, a lower rank, and at last the listing is not shown any more.
Two kinds are never taken away by silence: a hotline (a person decides) and the national lines on
which lives depend, which are not even lowered. No message and no step at night, on weekends and on
holidays: nobody would be there to answer.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from directory.checkins.working_days import is_working_day
from directory.listings.known_lines import KNOWN_LINES
from directory.quiet_hours import QuietHours

TRUSTED = timedelta(days=90)
HOTLINE_TRUSTED = timedelta(days=30)
# So many who say the same wrong of a number within these days lower its listing.
REPORTERS = 2
REPORTS_COUNT_FOR = timedelta(days=30)
# What is due within these days of the first one is asked in the same message.
TOGETHER = timedelta(days=14)
# Short numbers that the whole country dials; the longer ones are `known_lines`.
NATIONAL = frozenset({"911", "988", "211", "741741"})


class Step(StrEnum):
    """What follows from silence, in this order."""

    REMIND = "remind"
    ESCALATE = "escalate"
    LOWER = "lower"
    WITHHOLD = "withhold"


# Days after asking. A partner that was not told has nothing to be reminded of.
_USUAL = {Step.REMIND: 7, Step.ESCALATE: 14, Step.LOWER: 30, Step.WITHHOLD: 60}
_HOTLINE = {Step.REMIND: 2, Step.ESCALATE: 4, Step.LOWER: 30, Step.WITHHOLD: 60}
_UNTOLD = {Step.ESCALATE: 0, Step.LOWER: 30, Step.WITHHOLD: 60}
# However late we are ourselves: so many days lie between a step and the one before, to answer in.
_AT_LEAST = {Step.REMIND: 1, Step.ESCALATE: 2, Step.LOWER: 7, Step.WITHHOLD: 14}


@dataclass(frozen=True, slots=True)
class Listing:
    """What the rules know of a listing.

    `assured`: the day a person confirmed it. `sources`: the days of the pages it was read from.
    `numbers`: the digits of those it gives, in order. `hotline`: one of them is a hotline.
    """

    assured: date | None
    sources: tuple[date, ...]
    numbers: tuple[str, ...]
    hotline: bool

    @property
    def as_of(self) -> date | None:
        """The day on which it was last known to be right."""
        return self.assured or max(self.sources, default=None)

    @property
    def trusted_for(self) -> timedelta:
        return HOTLINE_TRUSTED if self.hotline else TRUSTED

    @property
    def national(self) -> bool:
        """Whether it is a line that must always be found: by the number that it gives first."""
        return any(number in NATIONAL or number in KNOWN_LINES for number in self.numbers[:1])


def due_on(listing: Listing, *, added: date) -> date:
    """The local day on which somebody is to be asked. `added`: when we first had it."""
    return (listing.as_of or added) + listing.trusted_for


def is_working_time(at: datetime, quiet: QuietHours) -> bool:
    """Whether partners may be asked at `at` (aware): by day, on a working day."""
    return not quiet.covers(at) and is_working_day(at.astimezone(quiet.zone).date())


def working_time_from(at: datetime, quiet: QuietHours) -> datetime:
    """The first working time at or after `at`, in UTC."""
    at = quiet.end_after(at)
    while not is_working_time(at, quiet):
        following = at.astimezone(quiet.zone).date() + timedelta(days=1)
        at = quiet.end_after(datetime.combine(following, time(), tzinfo=quiet.zone))
    return at


def ask_at(due: date, quiet: QuietHours) -> datetime:
    """When somebody is asked who is due on this local day."""
    return working_time_from(datetime.combine(due, time(), tzinfo=quiet.zone), quiet)


def step_after(
    step: Step | None,
    listing: Listing,
    *,
    told: bool,
    asked_at: datetime,
    done_at: datetime,
    quiet: QuietHours,
) -> tuple[Step, datetime] | None:
    """What follows when nobody answers, and when; None when nothing more does.

    `step`: what was done last, at `done_at`; None for the asking itself. `told`: a partner was.
    """
    days = _UNTOLD if not told else _HOTLINE if listing.hotline or listing.national else _USUAL
    order = [each for each in Step if not (listing.national and each is Step.LOWER)]
    later = order[0 if step is None else order.index(step) + 1 :]
    following = next((each for each in later if each in days), None)
    if following is None:
        return None
    at = asked_at + timedelta(days=days[following])
    if step is not None:
        at = max(at, done_at + timedelta(days=_AT_LEAST[following]))
    return following, working_time_from(at, quiet)


def may_be_withheld(listing: Listing, *, reached: bool, today: date) -> bool:
    """Whether silence alone takes a listing away.

    Not a hotline or a national line: whoever needs it is worse off without it than with a number
    of last season. Not where no message has reached the partner: then the silence is ours. Not
    while its date is good: then it was only asked because somebody had reported something.
    """
    if listing.hotline or listing.national or not reached:
        return False
    return listing.as_of is None or today >= due_on(listing, added=today)


def lowers(reporters: frozenset[str], listing: Listing) -> bool:
    """Whether so many have said the same wrong of a number that it ranks behind others.

    `reporters`: as of `directory.referrals.actors`. Two who do not know of each other; visitors
    of a page, who can be one person many times, count as one. More than a rank is not theirs to
    take, and of a national line not even that: else a prank would hide a crisis line.
    """
    known = {each for each in reporters if not each.startswith("visitor:")}
    count = len(known) + (1 if len(known) < len(reporters) else 0)
    return count >= REPORTERS and not listing.national
