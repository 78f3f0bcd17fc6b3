"""From danger to the phone of whoever is on call: at night, through a pause, without content."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot import due
from directory import database
from directory.database import Database
from directory.messages.models import OutboundMessage, OutboundStatus, SendPriority
from directory.notices.models import Notice, NoticeKind
from directory.on_call import paging, pause
from directory.on_call import service as on_call_service
from directory.staff import queries as staff
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskStatus
from tests.directory.on_call.builders import a_colleague, danger, on_call
from tests.factories import PHONE, QUIET, a_sender, visited
from tests.fakes import MORNING, Clock, FakeGateway

NIGHT = MORNING + timedelta(hours=12)  # 22:00 in Chicago
FIRST, SECOND, SUPERVISOR = "+16305550161", "+16305550162", "+16305550171"


class Night:
    """The scheduler and the sender, second by second."""

    def __init__(self) -> None:
        self.clock = Clock(NIGHT)
        self.gateway = FakeGateway(wall=self.clock)
        self._sender = a_sender(self.gateway, now=self.clock)

    def go_on(self, **amount: float) -> list[str]:
        """Time passes; who has been texted until then."""
        now = self.clock.forward(**amount)
        due.look(due.Moment(now, now, QUIET))
        with database.read_scope() as session:
            waiting = session.scalars(
                select(OutboundMessage.id).where(OutboundMessage.status == OutboundStatus.QUEUED)
            ).all()
        for message_id in waiting:
            self._sender.deliver(message_id)
        return [text.to for text in self.gateway.carried]


@pytest.fixture
def night(any_database: Database) -> Night:
    on_call(a_colleague(61), 1)
    on_call(a_colleague(62), 2)
    a_colleague(71, role=Role.SUPERVISOR)
    visited(MORNING - timedelta(hours=12), occurred_at=MORNING - timedelta(hours=12))
    with database.session_scope() as session:
        pause.start(session, by="command", now=NIGHT)
    return Night()


def test_a_page_goes_on_until_somebody_takes_it(night: Night) -> None:
    task_id = danger(now=NIGHT)
    assert night.go_on() == [FIRST]
    assert night.go_on(minutes=4) == [FIRST]
    assert night.go_on(minutes=1) == [FIRST, SECOND]
    assert night.go_on(minutes=5) == [FIRST, SECOND, FIRST]
    with database.session_scope() as session:
        member = staff.active_by_phone(session, SECOND)
        assert member is not None
        assert on_call_service.acknowledge(session, member.id, now=night.clock())
        assert session.get_one(Task, task_id).status == TaskStatus.CLAIMED
    texted = night.go_on(minutes=5)
    assert texted[:3] == [FIRST, SECOND, FIRST]
    assert texted[3:] == [SUPERVISOR], "after a quarter of an hour it is not done yet"
    assert night.go_on(hours=1)[4:] == []


def test_a_page_has_no_content_and_goes_before_everything_else(night: Night) -> None:
    danger(now=NIGHT)
    night.go_on()
    [text] = night.gateway.carried
    assert not any(word in text.body for word in ("Maria", PHONE[-4:], "Call now", "danger"))
    with database.read_scope() as session:
        [message] = session.scalars(select(OutboundMessage)).all()
    assert (message.priority, message.initiated) == (SendPriority.DANGER, False)


def planned_page(task_id: str, now: datetime = NIGHT) -> None:
    """A page that was planned in a look that did not come to hand it over."""
    with database.session_scope() as session:
        paging.look(session, now=now, wall=now)
        assert session.scalars(select(Notice).where(Notice.task_id == task_id)).first()


def fates() -> set[tuple[str, str | None]]:
    with database.read_scope() as session:
        pages = session.scalars(select(Notice).where(Notice.kind == NoticeKind.ON_CALL))
        return {(each.status, each.reason) for each in pages if each.channel == "sms"}


def test_a_page_is_not_sent_once_somebody_has_the_task(night: Night) -> None:
    task_id = danger(now=NIGHT)
    planned_page(task_id)
    with database.session_scope() as session:
        tasks.claim(session.get_one(Task, task_id), by="somebody", now=NIGHT)
    assert night.go_on() == []
    assert fates() == {("cancelled", "task_taken")}


def test_nor_when_it_is_claimed_between_hand_over_and_sending(night: Night) -> None:
    task_id = danger(now=NIGHT)
    due.look(due.Moment(NIGHT, NIGHT, QUIET))
    with database.session_scope() as session:
        tasks.claim(session.get_one(Task, task_id), by="somebody", now=NIGHT)
    assert night.go_on() == []
    assert fates() == {("cancelled", "task_taken")}


def test_given_back_it_is_paged_anew_and_the_old_page_is_not_sent_besides(night: Night) -> None:
    task_id = danger(now=NIGHT)
    planned_page(task_id)
    later = night.clock.forward(seconds=1)
    with database.session_scope() as session:
        task = session.get_one(Task, task_id)
        tasks.claim(task, by="somebody", now=later)
        tasks.reopen(task, now=later)
    assert night.go_on(seconds=1) == [FIRST]
    assert fates() == {("cancelled", "task_taken"), ("sent", None)}


def test_an_overdue_danger_is_told_though_somebody_has_it(night: Night) -> None:
    task_id = danger(now=NIGHT)
    with database.session_scope() as session:
        tasks.claim(session.get_one(Task, task_id), by="somebody", now=NIGHT)
    assert night.go_on(minutes=16) == [SUPERVISOR]
