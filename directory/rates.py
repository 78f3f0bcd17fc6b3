"""How often somebody may do something: the generic cell rate algorithm (GCRA). Pure.

All that is kept of a caller is one instant, `free_at`: when everything they have taken so far will
have been earned. A call moves it on by the time that one call is worth; a call that would move it
further ahead of now than a whole allowance is refused. So a pause is rewarded at once, nothing has
to be counted or thrown away at the end of a window, and there is no window's edge to burst across.

Source: ITU-T I.371 (virtual scheduling algorithm). All times are wall time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """`calls` within `period`, and never more than that at once. None at all is no rate."""

    calls: int
    period: timedelta = MINUTE

    @property
    def worth(self) -> timedelta:
        """How long it takes to earn one call."""
        return self.period / self.calls


@dataclass(frozen=True, slots=True)
class Verdict:
    """`free_at`: to be kept. `wait`: until a call would be taken; zero if it was."""

    free_at: datetime
    wait: timedelta = timedelta()

    @property
    def refused(self) -> bool:
        return self.wait > timedelta()


def judged(rate: Rate, free_at: datetime | None, *, wall: datetime) -> Verdict:
    """What becomes of a call at `wall` of a caller of whom `free_at` is known (None: nothing)."""
    start = wall if free_at is None else max(free_at, wall)
    after = start + rate.worth
    ahead = after - wall
    if ahead > rate.period:
        return Verdict(start, wait=ahead - rate.period)
    return Verdict(after)
