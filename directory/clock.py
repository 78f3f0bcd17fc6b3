"""Product time.

Due dates, quiet hours, staleness and reminders move by the product's clock, which may run
faster than the wall's with the simulated carrier, so that a two-week sequence can be watched.
It is kept in the database: it goes on where it was after a restart, is the same in every
process, and never runs backwards. Token lifetimes, rate limits, retries and time-outs use
wall time (`wall_now`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from sqlalchemy import Float
from sqlalchemy.orm import Mapped, Session, mapped_column

from directory import database
from directory.database import Base, UtcDateTime
from directory.settings import FASTEST_CLOCK

REREAD_SECONDS = 1.0
KEPT_WITHIN = timedelta(seconds=3)


def wall_now() -> datetime:
    return datetime.now(UTC)


class ClockState(Base):
    """The one row: at wall instant `wall`, product time was `product`, running at `speed`."""

    __tablename__ = "product_clock"
    id: Mapped[int] = mapped_column(primary_key=True)
    wall: Mapped[datetime] = mapped_column(UtcDateTime)
    product: Mapped[datetime] = mapped_column(UtcDateTime)
    speed: Mapped[float] = mapped_column(Float)


@dataclass(frozen=True, slots=True)
class ClockReading:
    wall: datetime
    product: datetime
    speed: float

    def at(self, wall: datetime) -> datetime:
        elapsed = max(wall - self.wall, timedelta(0))
        return self.product + elapsed * self.speed


class ProductClock:
    """Reads the stored clock; other processes' changes of speed are seen within a second."""

    def __init__(self, *, wall: Callable[[], datetime] = wall_now) -> None:
        self._wall = wall
        self._lock = Lock()
        self._reading: ClockReading | None = None
        self._read_at: datetime | None = None
        self._last: datetime | None = None

    def start(self, *, speed: float) -> None:
        """Set the speed that the settings ask for; product time goes on from where it was.

        While nothing ran, a sped-up clock stood still: only its last moments may not have been
        kept, so those are added and it never runs backwards.
        """
        with database.session_scope() as session:
            state = session.get(ClockState, 1)
            if state is not None and state.speed != 1:
                wall = self._wall()
                reading = ClockReading(state.wall, state.product, state.speed)
                state.product = reading.at(min(wall, state.wall + KEPT_WITHIN))
                state.wall = wall
                session.flush()
            self._move(session, speed)

    def keep(self) -> None:
        """Note where a sped-up clock is; called every second while the product runs."""
        if self.speed != 1:
            self.set_speed(self.speed)

    def now(self) -> datetime:
        wall = self._wall()
        now = self._current(wall).at(wall)
        with self._lock:
            # Wall clocks are set back at times; product time waits for them instead.
            self._last = now if self._last is None else max(now, self._last)
            return self._last

    @property
    def speed(self) -> float:
        return self._current(self._wall()).speed

    def set_speed(self, speed: float) -> None:
        """From this moment on product time runs `speed` times as fast. 1 to 7200."""
        if not 1 <= speed <= FASTEST_CLOCK:
            raise ValueError(f"the clock's speed must be between 1 and {FASTEST_CLOCK}")
        with database.session_scope() as session:
            self._move(session, speed)

    def skip(self, amount: timedelta) -> None:
        """Let product time jump ahead by `amount`: for demonstrations and tests."""
        if amount < timedelta(0):
            raise ValueError("product time never runs backwards")
        speed = self.speed
        with database.session_scope() as session:
            self._move(session, speed, ahead=amount)

    def _move(self, session: Session, speed: float, *, ahead: timedelta = timedelta(0)) -> None:
        wall = self._wall()
        there = session.get(ClockState, 1)
        first = {"id": 1, "wall": wall, "product": wall + ahead, "speed": speed}
        state = there or database.insert_unless_there(session, ClockState, first, unique="id")
        if there is not None or state is None:
            state = there or session.get_one(ClockState, 1)  # another process was first
            product = ClockReading(state.wall, state.product, state.speed).at(wall)
            # Other processes go on at the old speed until they read again: not behind them.
            product += timedelta(seconds=REREAD_SECONDS) * max(state.speed - speed, 0.0)
            # A clock that has been sped up is ahead of the wall's for good; one that has
            # fallen behind (the product was off for a week) catches up.
            state.product = max(product, wall) + ahead
            state.wall, state.speed = wall, speed
        with self._lock:
            self._reading = ClockReading(state.wall, state.product, state.speed)
            self._read_at = wall

    def _current(self, wall: datetime) -> ClockReading:
        with self._lock:
            fresh = self._read_at is not None and wall - self._read_at < timedelta(
                seconds=REREAD_SECONDS
            )
            if self._reading is not None and fresh:
                return self._reading
        with database.read_scope() as session:
            state = session.get(ClockState, 1)
            reading = (
                ClockReading(wall, wall, 1.0)
                if state is None
                else ClockReading(state.wall, state.product, state.speed)
            )
        with self._lock:
            self._reading, self._read_at = reading, wall
        return reading
