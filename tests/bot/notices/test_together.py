"""News of several referrals to one person is one text, and never two that read alike."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.notices.together import grouped
from directory import database
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.notices import service as notices
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.people import service as people
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.states import Status
from tests.bot.notices.builders import (
    change_person,
    fates_of,
    handed_over,
    referred,
    the_notice,
    the_person,
)
from tests.directory.referrals.builders import BY_CLINICIAN, agreed
from tests.factories import PHONE, a_sender
from tests.fakes import MORNING, FakeGateway

pytestmark = pytest.mark.usefixtures("partners")
SENT, ACCEPTED = NoticeKind.REFERRAL_SENT, NoticeKind.REFERRAL_ACCEPTED
MINUTE = timedelta(minutes=1)


def move(
    referral_id: str, to: Status, reason: str | None = None, *, now: datetime = MORNING
) -> None:
    actor = partner("contact-1") if to is Status.ACCEPTED else BY_CLINICIAN
    with database.session_scope() as session:
        referrals.move(session, referral_id, to, actor=actor, reason=reason, now=now)


def to_the_person(messages: list[OutboundMessage]) -> list[str]:
    with database.read_scope() as session:
        person = the_person(session, PHONE)
        return [each.body for each in messages if each.person_id == person.id]


def delivered(*, at: datetime = MORNING) -> list[str]:
    """What the carrier gets of all that waits, for the person."""
    gateway = FakeGateway()
    gateway.wall.at = at
    sender = a_sender(gateway)
    with database.read_scope() as session:
        waiting = list(
            session.scalars(
                select(OutboundMessage.id).where(OutboundMessage.status == OutboundStatus.QUEUED)
            )
        )
    for message_id in waiting:
        sender.deliver(message_id)
    return [text.body for text in gateway.carried if text.to == PHONE]


def fate(referral_id: str, kind: NoticeKind = SENT) -> str:
    return the_notice(kind, referral_id=referral_id, contact_id=None).status


def test_two_referrals_at_once_are_one_text_to_the_person() -> None:
    first, second = referred(), referred(need="rent")
    [text] = to_the_person(handed_over())
    assert "your requests were passed on. Reply 1 for details" in text
    assert to_the_person(handed_over(MORNING + MINUTE)) == []
    assert delivered() == [text]
    assert (fate(first), fate(second)) == (NoticeStatus.SENT, NoticeStatus.SENT)


def test_in_spanish_with_a_name() -> None:
    referred(), referred(need="rent")
    change_person(PHONE, name="José Example", language="es")
    [text] = to_the_person(handed_over())
    assert text.startswith("Hola José, sobre la ayuda que pidio: sus solicitudes ya se pasaron.")


def test_of_two_people_each_gets_their_own() -> None:
    with database.session_scope() as session:
        other = agreed(session, phone="+16305550101")
    referred()
    referred(need="rent", person_id=other)
    messages = [each for each in handed_over() if "your request was passed on" in each.body]
    assert len({each.person_id for each in messages}) == 2


def test_a_second_one_joins_a_text_that_has_not_left() -> None:
    first = referred()
    [alone] = to_the_person(handed_over())
    second = referred(need="rent", now=MORNING + MINUTE)
    assert to_the_person(handed_over(MORNING + MINUTE)) == []
    [text] = delivered(at=MORNING + 2 * MINUTE)
    assert text != alone
    assert "your requests were passed on" in text
    assert (fate(first), fate(second)) == (NoticeStatus.SENT, NoticeStatus.SENT)


def test_a_text_that_was_tried_is_left_as_it_is() -> None:
    referred()
    handed_over()
    with database.session_scope() as session:
        message = session.scalars(
            select(OutboundMessage).where(OutboundMessage.notice_id == the_notice(SENT).id)
        ).one()
        message.attempts, message.reason = 1, outbox.AMBIGUOUS
    referred(need="rent", now=MORNING + MINUTE)
    [text] = to_the_person(handed_over(MORNING + MINUTE))
    assert "your request was passed on" in text, "nobody knows yet whether the first has left"


def test_after_the_first_has_left_the_second_says_that_it_is_another() -> None:
    referred()
    handed_over()
    [first] = delivered()
    referred(need="rent", now=MORNING + 5 * MINUTE)
    [second] = to_the_person(handed_over(MORNING + 5 * MINUTE))
    assert "one more request of yours was passed on. Reply 1 for details of all" in second
    assert second != first


def test_days_later_a_request_is_a_request() -> None:
    referred()
    handed_over()
    delivered()
    later = MORNING + timedelta(days=2)
    referred(need="rent", now=later)
    [text] = to_the_person(handed_over(later))
    assert "your request was passed on" in text


def test_different_news_of_two_is_that_there_is_news() -> None:
    first = referred()
    move(first, Status.ACCEPTED)
    second = referred(need="rent")
    [text] = to_the_person(handed_over())
    assert "there is news" in text
    delivered()
    assert (fate(first, ACCEPTED), fate(second)) == (NoticeStatus.SENT, NoticeStatus.SENT)


def test_what_must_not_go_out_is_left_out_of_the_text() -> None:
    first = referred()
    referred(need="rent")
    move(first, Status.CANCELLED, "found another")
    [text] = to_the_person(handed_over())
    assert "your request was passed on" in text


def test_when_the_first_is_taken_back_the_other_is_told_by_itself() -> None:
    first, second = referred(), referred(need="rent")
    handed_over()
    leading, other = (first, second) if _leads(first) else (second, first)
    move(leading, Status.CANCELLED, "found another")
    assert (fate(leading), fate(other)) == (NoticeStatus.CANCELLED, NoticeStatus.PLANNED)
    [text] = to_the_person(handed_over())
    assert "your request was passed on" in text
    assert delivered() == [text]
    assert fate(other) == NoticeStatus.SENT


def test_when_another_is_taken_back_the_text_goes_for_the_first() -> None:
    first, second = referred(), referred(need="rent")
    handed_over()
    leading, other = (first, second) if _leads(first) else (second, first)
    move(other, Status.CANCELLED, "found another")
    assert fate(other) == NoticeStatus.CANCELLED
    assert len(delivered()) == 1
    assert (fate(leading), fate(other)) == (NoticeStatus.SENT, NoticeStatus.CANCELLED)


def test_when_the_first_is_overtaken_at_the_last_moment_the_other_goes() -> None:
    first, second = referred(), referred(need="rent")
    handed_over()
    leading, other = (first, second) if _leads(first) else (second, first)
    with database.session_scope() as session:
        session.get_one(referrals.Referral, leading).status = Status.REJECTED
    assert delivered() == []
    assert fate(leading) == NoticeStatus.CANCELLED
    assert len(to_the_person(handed_over())) == 1
    assert fate(other) == NoticeStatus.HANDED_OVER


def test_stop_takes_back_both() -> None:
    referred(), referred(need="rent")
    handed_over()
    with database.session_scope() as session:
        person = the_person(session, PHONE)
        people.opt_out(session, person, now=MORNING)
        notices.cancel(session, person_id=person.id, reason="opted_out")
    assert set(fates_of(SENT)) == {(NoticeStatus.CANCELLED, "opted_out")}
    assert to_the_person(handed_over()) == []
    assert delivered() == []


def test_a_text_that_fails_fails_for_both() -> None:
    referred(), referred(need="rent")
    handed_over()
    change_person(PHONE, unreachable_because="landline")
    assert delivered() == []
    assert set(fates_of(SENT)) == {(NoticeStatus.FAILED, "landline")}


def test_texts_to_partners_stay_apart() -> None:
    referred(), referred(contact=False)
    texts = [each.body for each in handed_over() if "new request" in each.body]
    assert len(texts) == 2


def test_only_news_to_one_person_is_put_together() -> None:
    def a_notice(number: int, kind: NoticeKind, **who: str) -> Notice:
        return Notice(id=f"n{number}", kind=kind, **who)

    due = [
        a_notice(1, SENT, person_id="p"),
        a_notice(2, NoticeKind.OUTCOME_QUESTION, person_id="p"),
        a_notice(3, ACCEPTED, person_id="p"),
        a_notice(4, SENT, person_id="q"),
        a_notice(5, NoticeKind.REFERRAL_NEW, contact_id="c"),
        a_notice(6, NoticeKind.REFERRAL_NEW, contact_id="c"),
    ]
    assert [[each.id for each in group] for group in grouped(due)] == [
        ["n1", "n3"], ["n2"], ["n4"], ["n5"], ["n6"],
    ]  # fmt: skip


def _leads(referral_id: str) -> bool:
    return "also" in the_notice(SENT, referral_id=referral_id).facts
