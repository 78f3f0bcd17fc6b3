"""At 7200 times the speed an hour is half a second: pages reach somebody all the same."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot import due
from directory import database
from directory.database import Database
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.notices.models import NoticeKind
from directory.on_call import alarms
from directory.settings import FASTEST_CLOCK
from directory.staff.models import Role
from directory.staff.telling import AT_LEAST
from tests.bot.notices.builders import fates_of
from tests.directory.on_call.builders import a_colleague, danger, on_call
from tests.factories import QUIET, a_sender
from tests.fakes import MORNING, Clock, FakeGateway

FIRST, SECOND, SUPERVISOR = "+16305550161", "+16305550162", "+16305550171"


class Fast:
    """The scheduler and the sender; of wall time each look takes a second."""

    def __init__(self) -> None:
        self.wall = Clock()
        self.gateway = FakeGateway(wall=self.wall)
        self._sender = a_sender(self.gateway, now=self.product)  # type: ignore[arg-type]

    def product(self) -> datetime:
        return MORNING + (self.wall() - MORNING) * FASTEST_CLOCK

    def look(self) -> None:
        due.look(due.Moment(self.product(), self.wall(), QUIET))

    def deliver(self, *, after_seconds: float = 1.0) -> list[str]:
        """Who has been texted until now."""
        self.wall.forward(seconds=after_seconds)
        with database.read_scope() as session:
            waiting = session.scalars(
                select(OutboundMessage.id).where(OutboundMessage.status == OutboundStatus.QUEUED)
            ).all()
        for message_id in waiting:
            self._sender.deliver(message_id)
        return [text.to for text in self.gateway.carried]


@pytest.fixture
def fast(any_database: Database) -> Fast:
    on_call(a_colleague(61), 1, ends_at=MORNING + timedelta(days=30))
    on_call(a_colleague(62), 2, ends_at=MORNING + timedelta(days=30))
    a_colleague(71, role=Role.SUPERVISOR)
    return Fast()


def test_a_page_leaves_though_an_hour_of_product_time_is_over(fast: Fast) -> None:
    danger()
    fast.look()
    assert fast.product() - MORNING == timedelta(0)
    assert fast.deliver(after_seconds=2) == [FIRST]
    assert fast.product() - MORNING == timedelta(hours=4)


def test_an_overdue_danger_is_told_to_the_supervisor(fast: Fast) -> None:
    danger()
    fast.look()
    fast.deliver()
    fast.look()
    assert SUPERVISOR in fast.deliver(after_seconds=30)


def test_an_alarm_is_told(fast: Fast) -> None:
    with database.session_scope() as session:
        alarms.steps_fail(session, now=fast.product(), wall=fast.wall())
    fast.wall.forward(seconds=20)
    fast.look()
    assert fast.deliver() == [SUPERVISOR]


def test_who_was_paged_has_a_few_seconds_to_answer(fast: Fast) -> None:
    danger()
    fast.look()
    for _ in range(4):
        fast.deliver()
        fast.look()
    assert [each for each in fast.deliver(after_seconds=0) if each != SUPERVISOR] == [FIRST]
    fast.deliver()
    fast.look()
    assert [each for each in fast.deliver() if each != SUPERVISOR] == [FIRST, SECOND]


def test_what_could_not_leave_for_minutes_is_stale(fast: Fast) -> None:
    danger()
    fast.look()
    too_late = AT_LEAST + timedelta(seconds=1)
    assert fast.deliver(after_seconds=too_late.total_seconds()) == []
    assert ("dropped", "stale") in fates_of(NoticeKind.ON_CALL)


def test_at_the_usual_speed_it_is_stale_after_an_hour(any_database: Database) -> None:
    on_call(a_colleague(61), 1)
    danger()
    wall = Clock()
    gateway = FakeGateway(wall=wall)
    due.look(due.Moment(wall(), wall(), QUIET))
    wall.forward(minutes=61)
    with database.read_scope() as session:
        ids = session.scalars(select(OutboundMessage.id)).all()
    for each in ids:
        a_sender(gateway).deliver(each)
    assert gateway.carried == []
