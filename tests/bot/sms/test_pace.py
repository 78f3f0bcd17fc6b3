"""Danger first, then replies, then notices, then check-ins, and never faster than the rate."""

from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.deliver import Sender
from bot.sms.pace import HORIZON, room
from directory import database
from directory.database import Database
from directory.messages.models import MessageKind, OutboundStatus, SendPriority
from directory.on_call import pause
from tests.factories import a_sender, met, queued, read_message, texted
from tests.fakes import MORNING, FakeGateway
from tests.threads import all_at_once

SECOND = timedelta(seconds=1)


class Line:
    """A sender whose waiting is noted, and the times at which its texts leave."""

    def __init__(self, rate: float, gateway: FakeGateway | None = None) -> None:
        self.gateway = gateway or FakeGateway()
        self.wall = self.gateway.wall
        self.left: dict[str, float] = {}
        self.waits: list[float] = []
        self.sender: Sender = a_sender(self.gateway, rate=rate)
        self.sender._sleep = self.waits.append

    def deliver(self, message_id: str) -> float | None:
        """Seconds after MORNING at which the text leaves; None when it was not its turn."""
        self.waits.clear()
        self.sender.deliver(message_id)
        return self._leave(message_id)

    def _leave(self, message_id: str) -> float | None:
        if read_message(message_id).status != OutboundStatus.SENT:
            return None
        if message_id not in self.left:
            now = (self.wall() - MORNING).total_seconds()
            self.left[message_id] = now + sum(self.waits)
        return self.left[message_id]

    def sweep(self) -> None:
        """What is done again and again while something waits."""
        for ready in self.sender.take_next():
            self.waits.clear()
            self.sender.send(ready)
            self._leave(ready.claimed.id)


def backlog(count: int, priority: SendPriority) -> list[str]:
    person_id = met("+16305550101")
    return [
        queued(f"text {number}", person_id=person_id, priority=priority) for number in range(count)
    ]


def test_a_backlog_of_check_ins_delays_nobody(any_database: Database) -> None:
    line = Line(rate=2.0)
    waiting = backlog(30, SendPriority.CHECKIN)
    for message_id in waiting:
        line.deliver(message_id)
    assert len(line.left) == 3  # 0, 0.5, 1 seconds: what its horizon holds
    danger = queued("danger", priority=SendPriority.DANGER)
    reply = queued("reply")
    assert line.deliver(danger) == 1.5
    assert line.deliver(reply) == 2.0


@pytest.mark.parametrize("behind", [SendPriority.REPLY, SendPriority.NOTICE, SendPriority.CHECKIN])
def test_whatever_waits_the_more_urgent_finds_a_slot_within_the_others_horizon(
    db: Database, behind: SendPriority
) -> None:
    line = Line(rate=4.0)
    for message_id in backlog(40, behind):
        line.deliver(message_id)
    for priority in SendPriority:
        if priority < behind:
            left = line.deliver(queued(priority=priority))
            assert left is not None
            assert left <= HORIZON[behind].total_seconds() + 1


def test_the_sweep_goes_by_priority_and_then_by_age(any_database: Database) -> None:
    line = Line(rate=1.0)
    person = met("+16305550101")
    ids = {
        priority: [
            queued(person_id=person, priority=priority, now=MORNING + SECOND * n) for n in (0, 1)
        ]
        for priority in reversed(SendPriority)
    }
    order = [each for priority in SendPriority for each in ids[priority]]
    line.wall.forward(seconds=1)
    for _ in range(12):
        line.sweep()
        line.wall.forward(seconds=1)
    assert sorted(order, key=lambda each: line.left[each]) == order


def test_a_queue_is_emptied_at_exactly_the_rate(any_database: Database) -> None:
    line = Line(rate=5.0)
    waiting = backlog(60, SendPriority.CHECKIN)
    seconds = 0
    while len(line.left) < len(waiting):
        line.sweep()
        line.wall.forward(seconds=1)
        seconds += 1
        assert seconds < 20
    times = sorted(line.left.values())
    assert times == pytest.approx([number / 5 for number in range(60)])


def test_danger_in_the_middle_of_a_long_queue_goes_at_once_and_the_rate_is_kept(
    db: Database,
) -> None:
    line = Line(rate=2.0)
    backlog(40, SendPriority.CHECKIN)
    line.sweep()
    line.wall.forward(seconds=1)
    danger = queued("danger", priority=SendPriority.DANGER)
    left = line.deliver(danger)
    assert left is not None
    assert left - 1.0 <= HORIZON[SendPriority.CHECKIN].total_seconds()
    for _ in range(20):
        line.sweep()
        line.wall.forward(seconds=1)
    times = sorted(line.left.values())
    assert all(later - earlier >= 0.499 for earlier, later in pairwise(times))


def test_who_finds_no_slot_is_left_as_if_nobody_had_looked(any_database: Database) -> None:
    line = Line(rate=1.0)
    *_, last = backlog(4, SendPriority.CHECKIN)
    for message_id in backlog(3, SendPriority.CHECKIN):
        line.deliver(message_id)
    assert line.deliver(last) is None
    message = read_message(last)
    assert (message.status, message.attempts, message.retry_at) == (OutboundStatus.QUEUED, 0, None)
    assert message.first_tried_at is None


def test_processes_share_one_pace(any_database: Database) -> None:
    gateway = FakeGateway()
    lines = [Line(rate=4.0, gateway=gateway) for _ in range(3)]
    waiting = backlog(12, SendPriority.REPLY)

    def work(line: Line, theirs: list[str]) -> None:
        for message_id in theirs:
            line.deliver(message_id)

    all_at_once([partial(work, line, waiting[n::3]) for n, line in enumerate(lines)])
    times = sorted(left for line in lines for left in line.left.values())
    assert times == [number / 4 for number in range(12)]


def test_of_one_answer_the_first_part_leaves_first(any_database: Database) -> None:
    line = Line(rate=1.0)
    inbound = texted("food 60540")
    for message_id in backlog(5, SendPriority.REPLY):
        line.deliver(message_id)
    first, second = (queued(part, person_id=met(), in_reply_to=inbound) for part in ("one", "two"))
    assert line.deliver(first) is None
    line.wall.forward(seconds=1)
    assert line.deliver(second) is None
    times = [line.deliver(first), line.deliver(second)]
    line.wall.forward(seconds=2)
    times[1] = times[1] or line.deliver(second)
    assert None not in times
    assert times == sorted(times, key=float)  # type: ignore[arg-type]


def test_a_pause_holds_back_what_we_start_and_not_replies(any_database: Database) -> None:
    line = Line(rate=100.0)
    started = queued("started", initiated=True, kind=MessageKind.NOTICE)
    reply = queued("reply")
    with database.session_scope() as session:
        pause.start(session, by="command", now=MORNING)
    assert line.sender.next_up() == [reply]
    assert line.deliver(started) is None  # a job that was under way
    line.sweep()
    assert set(line.left) == {reply}
    assert read_message(started).attempts == 0
    with database.session_scope() as session:
        pause.end(session, by="command", now=MORNING)
    line.sweep()
    assert set(line.left) == {reply, started}


@given(
    ahead=st.floats(0, 20),
    horizon=st.sampled_from(list(HORIZON.values())),
    rate=st.floats(0.1, 1000),
)
def test_room_is_the_number_of_slots_up_to_the_horizon(
    ahead: float, horizon: timedelta, rate: float
) -> None:
    free = room(timedelta(seconds=ahead), horizon, rate)
    slack = 1e-5 * max(rate, 1.0)
    left = horizon.total_seconds() - ahead
    if left < 0:
        assert free == 0 or left > -1e-6
    else:
        assert (free - 1) / rate <= left + slack
        assert free / rate > left - slack


def test_each_may_look_further_ahead_than_what_comes_after_it() -> None:
    horizons = [HORIZON[priority] for priority in SendPriority]
    assert horizons == sorted(horizons, reverse=True)
    assert len(set(horizons)) == len(horizons)
