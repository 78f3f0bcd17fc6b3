"""What many threads note: all of it, in few transactions, and each hears of its own."""

from functools import partial

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.sms import notes
from bot.sms.notes import Change, Notes
from directory.database import Database
from directory.messages.models import OutboundMessage
from directory.messages.outbox import CLAIM
from tests.factories import commits, met, queued, read_message
from tests.threads import all_at_once


def segments(count: int) -> Change:
    def change(_: Session, message: OutboundMessage | None) -> None:
        assert message is not None
        message.segments = (message.segments or 0) + count

    return change


def refused(_: Session, message: OutboundMessage | None) -> None:
    assert message is not None
    message.segments = 1000
    raise LookupError("no")


def test_what_is_written_is_committed_when_it_returns(any_database: Database) -> None:
    message_id = queued()
    Notes().write(message_id, segments(2))
    assert read_message(message_id).segments == 2


def test_a_text_that_is_not_there_is_none(any_database: Database) -> None:
    found: list[OutboundMessage | None] = []
    Notes().write("none", lambda _, message: found.append(message))
    assert found == [None]


def test_many_at_once_are_all_written_and_few_transactions_do_it(any_database: Database) -> None:
    person_id = met()
    ids = [queued(person_id=person_id) for _ in range(40)]
    together = Notes()
    seen = commits(any_database)
    all_at_once([partial(together.write, each, segments(1)) for each in ids])
    assert [read_message(each).segments for each in ids] == [1] * 40
    assert len(seen) < 20


def test_several_changes_of_one_text_all_count(any_database: Database) -> None:
    message_id = queued()
    together = Notes()
    all_at_once([partial(together.write, message_id, segments(1))] * 12)
    assert read_message(message_id).segments == 12


def test_one_that_fails_is_told_so_and_spoils_nobody_elses(any_database: Database) -> None:
    person_id = met()
    good = [queued(person_id=person_id) for _ in range(10)]
    bad = queued(person_id=person_id)
    together = Notes()

    def fails() -> None:
        with pytest.raises(LookupError):
            together.write(bad, refused)

    all_at_once([*(partial(together.write, each, segments(1)) for each in good), fails])
    assert [read_message(each).segments for each in good] == [1] * 10
    assert read_message(bad).segments is None
    together.write(bad, segments(3))  # and it goes on
    assert read_message(bad).segments == 3


def test_alone_nobody_waits_for_others(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(notes.time, "sleep", waited.append)
    together = Notes()
    for _ in range(5):
        together.write(queued(), segments(1))
    assert waited == []


def test_several_of_one_caller_are_one_transaction_and_each_has_its_own_error(
    any_database: Database,
) -> None:
    person_id = met()
    good = [queued(person_id=person_id) for _ in range(3)]
    seen = commits(any_database)
    assert Notes().write_all([(each, segments(1)) for each in good]) == [None] * 3
    assert len(seen) == 1
    told = Notes().write_all([(good[0], segments(1)), (good[1], refused)])
    assert [type(each) for each in told] == [type(None), LookupError]
    assert [read_message(each).segments for each in good] == [2, 1, 1]


def test_a_transaction_takes_only_so_many(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "AT_ONCE", 2)
    message_id = queued()
    together = Notes()
    three, seen = [(message_id, segments(1))] * 3, commits(db)
    all_at_once([partial(together.write_all, three)] * 4)
    assert read_message(message_id).segments == 12
    assert len(seen) == 4


def locked(times: int) -> Change:
    """A change that the database takes only after it has refused it so often."""
    left = iter(range(times))

    def change(session: Session, message: OutboundMessage | None) -> None:
        if next(left, None) is not None:
            raise OperationalError("UPDATE", None, Exception("database or disk is full"))
        segments(1)(session, message)

    return change


def test_what_nobody_else_knows_is_tried_again(db: Database) -> None:
    message_id, slept = queued(), list[float]()
    Notes(slept.append).write(message_id, locked(3), again=True)
    assert read_message(message_id).segments == 1
    assert slept == list(notes.AGAIN_AFTER[:3])


def test_it_is_given_up_before_its_claim_ends(db: Database) -> None:
    message_id, slept = queued(), list[float]()
    with pytest.raises(OperationalError):
        Notes(slept.append).write(message_id, locked(100), again=True)
    assert sum(slept) < CLAIM.total_seconds() / 2


def test_all_else_is_not_tried_again(db: Database) -> None:
    slept: list[float] = []
    with pytest.raises(OperationalError):
        Notes(slept.append).write(queued(), locked(1))
    assert slept == []
