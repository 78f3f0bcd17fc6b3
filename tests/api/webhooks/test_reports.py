"""Delivery reports are noted together, and each is answered when its own is committed."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from api.webhooks import reports
from api.webhooks.reports import Reports
from bot.sms.notes import Notes
from directory.database import Database
from directory.messages.models import OutboundMessage
from tests.factories import commits, met, queued, read_message


def segment(_: Session, message: OutboundMessage | None) -> None:
    assert message is not None
    message.segments = (message.segments or 0) + 1


def refused(_: Session, message: OutboundMessage | None) -> None:
    raise LookupError("no")


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_those_of_one_moment_are_one_transaction(
    any_database: Database, threads: ThreadPoolExecutor
) -> None:
    person_id = met()
    ids = [queued(person_id=person_id) for _ in range(5)]

    async def all_come() -> None:
        gathered = Reports(Notes(), threads)
        await asyncio.gather(*(gathered.write(each, segment) for each in ids))

    seen = commits(any_database)
    asyncio.run(all_come())
    assert len(seen) == 1
    assert [read_message(each).segments for each in ids] == [1] * 5


def test_what_was_written_is_committed_and_later_ones_follow(
    db: Database, threads: ThreadPoolExecutor
) -> None:
    message_id = queued()

    async def one_after_the_other() -> None:
        gathered = Reports(Notes(), threads)
        for count in (1, 2, 3):
            await gathered.write(message_id, segment)
            assert read_message(message_id).segments == count

    asyncio.run(one_after_the_other())


def test_very_many_are_several_transactions(
    db: Database, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "AT_ONCE", 3)
    message_id = queued()

    async def all_come() -> None:
        gathered = Reports(Notes(), threads)
        await asyncio.gather(*(gathered.write(message_id, segment) for _ in range(8)))

    asyncio.run(all_come())
    assert read_message(message_id).segments == 8


def test_one_that_fails_is_told_so_and_spoils_nobody_elses(
    db: Database, threads: ThreadPoolExecutor
) -> None:
    good, bad = queued(), queued()

    async def both_come() -> list[BaseException | None]:
        gathered = Reports(Notes(), threads)
        writing = (gathered.write(good, segment), gathered.write(bad, refused))
        return [*await asyncio.gather(*writing, return_exceptions=True)]

    told = asyncio.run(both_come())
    assert [type(each) for each in told] == [type(None), LookupError]
    assert read_message(good).segments == 1


@pytest.mark.parametrize("error", [StopIteration(), KeyboardInterrupt(), OSError("no")])
def test_whatever_goes_wrong_nobody_waits_for_ever(
    db: Database, threads: ThreadPoolExecutor, error: BaseException
) -> None:
    def fails(*_: object) -> None:
        raise error

    async def two_come() -> list[BaseException | None]:
        gathered = Reports(Notes(), threads)
        writing = (gathered.write(queued(), each) for each in (fails, segment))
        told = asyncio.gather(*writing, return_exceptions=True)
        return [*await asyncio.wait_for(told, timeout=20)]

    first, second = asyncio.run(two_come())
    assert isinstance(first, OSError if isinstance(error, OSError) else RuntimeError)
    assert second is None


def test_without_a_thread_the_report_is_refused(db: Database) -> None:
    ended = ThreadPoolExecutor(1)
    ended.shutdown()

    async def one_comes() -> None:
        await asyncio.wait_for(Reports(Notes(), ended).write(queued(), segment), timeout=20)

    with pytest.raises(RuntimeError):
        asyncio.run(one_comes())


def test_who_hangs_up_meanwhile_changes_nothing(db: Database, threads: ThreadPoolExecutor) -> None:
    message_id = queued()

    async def one_hangs_up() -> None:
        gathered = Reports(Notes(), threads)
        leaving = asyncio.create_task(gathered.write(message_id, segment))
        staying = asyncio.create_task(gathered.write(message_id, segment))
        await asyncio.sleep(0)
        leaving.cancel()
        await staying

    asyncio.run(one_hangs_up())
    assert read_message(message_id).segments == 2
