"""Notices: planned once, claimed by one, taken back while they have not left."""

from datetime import timedelta
from functools import partial

from directory import database
from directory.database import Database
from directory.messages import outbox
from directory.messages.models import MessageKind, OutboundMessage, OutboundStatus
from directory.notices import queries
from directory.notices import service as notices
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.partners.models import Channel
from directory.people import service as people
from tests.factories import PHONE
from tests.fakes import MORNING
from tests.threads import all_at_once

SECOND = timedelta(seconds=1)


def planned(reference: str = "fact", *, after: timedelta = timedelta(0)) -> str:
    """The id of an e-mail to a member of staff, due `after` MORNING."""
    with database.session_scope() as session:
        notice = notices.to_staff(
            session,
            "colleague",
            NoticeKind.ALARM,
            channel=Channel.EMAIL,
            reference=reference,
            now=MORNING + after,
        )
        assert notice is not None
        return notice.id


def claim(notice_id: str, after: timedelta = timedelta(0)) -> bool:
    with database.session_scope() as session:
        at = MORNING + after
        return notices.claim(session, notice_id, now=at, wall=at) is not None


def due(after: timedelta = timedelta(0), **given: tuple[NoticeKind, ...]) -> list[str]:
    with database.read_scope() as session:
        at = MORNING + after
        return queries.due_ids(session, channels=(Channel.EMAIL,), now=at, wall=at, **given)


def read(notice_id: str) -> Notice:
    with database.read_scope() as session:
        return session.get_one(Notice, notice_id)


def test_the_same_fact_tells_the_same_person_once(any_database: Database) -> None:
    planned()
    with database.session_scope() as session:
        again = notices.to_staff(
            session,
            "colleague",
            NoticeKind.ALARM,
            channel=Channel.EMAIL,
            reference="fact",
            now=MORNING,
        )
    assert again is None
    assert len(due()) == 1


def test_of_many_who_claim_one_has_it(any_database: Database) -> None:
    notice_id = planned()
    assert sum(all_at_once([partial(claim, notice_id)] * 5)) == 1
    assert read(notice_id).attempts == 1


def test_what_a_dead_sender_held_is_due_again_when_its_claim_ends(any_database: Database) -> None:
    notice_id = planned()
    assert claim(notice_id)
    assert due() == []
    assert due(notices.CLAIM + SECOND) == [notice_id]
    assert claim(notice_id, notices.CLAIM + SECOND)
    assert read(notice_id).attempts == 2


def test_at_the_start_of_the_only_process_claims_end(db: Database) -> None:
    notice_id = planned()
    claim(notice_id)
    with database.session_scope() as session:
        notices.release_claims(session, wall=MORNING)
    assert due() == [notice_id]


def test_nothing_is_claimed_before_its_time(any_database: Database) -> None:
    notice_id = planned(after=SECOND)
    assert not claim(notice_id)
    assert due() == []
    assert claim(notice_id, SECOND)


def test_after_a_failed_try_it_waits(any_database: Database) -> None:
    notice_id = planned()
    claim(notice_id)
    with database.session_scope() as session:
        notice = session.get_one(Notice, notice_id)
        notices.try_again(notice, at=MORNING + 2 * SECOND, reason="mail_refused")
    assert not claim(notice_id, SECOND)
    assert claim(notice_id, 2 * SECOND)


def test_due_may_be_asked_for_some_kinds_alone(db: Database) -> None:
    notice_id = planned()
    assert due(kinds=(NoticeKind.ON_CALL,)) == []
    assert due(kinds=(NoticeKind.ALARM,)) == [notice_id]


def test_what_has_not_left_is_taken_back_and_what_is_over_stays(any_database: Database) -> None:
    with database.session_scope() as session:
        person = people.find_or_create(session, PHONE, now=MORNING)
        kinds = (NoticeKind.REFERRAL_SENT, NoticeKind.REFERRAL_ACCEPTED, NoticeKind.ON_CALL)
        made = [
            notices.to_resident(session, person, kind, reference="r", now=MORNING) for kind in kinds
        ]
        waiting, queued, over = [notice for notice in made if notice is not None]
        queued.status = NoticeStatus.HANDED_OVER
        text = outbox.queue_text(
            session,
            person_id=person.id,
            body="news",
            kind=MessageKind.NOTICE,
            notice_id=queued.id,
            now=MORNING,
        )
        notices.mark(session, over.id, NoticeStatus.SENT, now=MORNING, reason=None)
        session.flush()
        notices.cancel(session, person_id=person.id, reason="opted_out")
    statuses = [read(notice.id).status for notice in (waiting, queued, over)]
    assert statuses == [NoticeStatus.CANCELLED, NoticeStatus.CANCELLED, NoticeStatus.SENT]
    with database.read_scope() as session:
        assert session.get_one(OutboundMessage, text.id).status == OutboundStatus.DROPPED


def test_a_mark_on_a_notice_that_is_gone_does_nothing(db: Database) -> None:
    with database.session_scope() as session:
        notices.mark(session, "gone", NoticeStatus.SENT, now=MORNING, reason=None)
