"""Texts that go the whole way: stored, answered, applied; and what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.answering import Answerer
from bot.conversation import Conversation
from bot.leases import Leases
from directory import database
from directory.checkins.models import CheckIn
from directory.messages.models import OutboundMessage
from directory.notices import queries as notices
from directory.notices import service as notice_service
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.people import service as people
from directory.people.models import AuditEntry
from directory.search import FindResult, Query, find
from directory.tasks.models import Task
from tests.factories import CHICAGO, PHONE, received
from tests.fakes import MORNING, AtOnce, Clock, FakeRasa, NobodySends


def search(query: Query) -> FindResult:
    """The directory's own."""
    with database.read_scope() as session:
        return find(session, query)


@dataclass
class Texting:
    """One phone after the other texts; `rasa` is down unless told otherwise."""

    rasa: FakeRasa = field(default_factory=lambda: FakeRasa(down=True))
    clock: Clock = field(default_factory=Clock)

    @property
    def answerer(self) -> Answerer:
        return Answerer(
            conversation=Conversation(rasa=self.rasa, search=search, zone=CHICAGO),
            sender=NobodySends(),
            lanes=AtOnce(),
            now=self.clock,
            wall=self.clock,
            on_shift=lambda _: True,
            leases=Leases("a process", self.clock),
        )

    def text(self, body: str, phone: str = PHONE) -> list[str]:
        """What this phone gets in answer."""
        self.clock.forward(seconds=10)
        stored = received(body, phone=phone, now=self.clock())
        assert self.answerer.answer(stored.person_id)
        with database.read_scope() as session:
            rows = session.scalars(
                select(OutboundMessage)
                .where(OutboundMessage.in_reply_to == stored.inbound_id)
                .order_by(OutboundMessage.sequence)
            )
            return [row.body for row in rows]


def person_of(phone: str = PHONE) -> str:
    with database.session_scope() as session:
        return people.find_or_create(session, phone, now=MORNING).id


def got(kind: NoticeKind, referral_id: str, *, at: datetime = MORNING) -> None:
    """The resident has got this notice, planned before or not."""
    with database.session_scope() as session:
        planned = session.scalars(
            select(Notice).where(Notice.kind == kind, Notice.referral_id == referral_id)
        ).first()
        if planned is None:
            planned = Notice(
                kind=kind,
                channel="sms",
                person_id=person_of_referral(session, referral_id),
                referral_id=referral_id,
                reference=f"{kind.value}/{database.new_id()}",
                due_at=at,
                created_at=at,
            )
            session.add(planned)
            session.flush()
        notice_service.mark(session, planned.id, NoticeStatus.SENT, now=at, reason=None)
        assert notices.by_id(session, planned.id)


def person_of_referral(session: Any, referral_id: str) -> str:
    from directory.referrals.models import Referral

    return str(session.get_one(Referral, referral_id).person_id)


def rows(model: type[Any], **by: Any) -> Sequence[Any]:
    with database.read_scope() as session:
        return list(session.scalars(select(model).filter_by(**by)))


def task_kinds(**by: Any) -> list[str]:
    return sorted(task.kind for task in rows(Task, **by))


def audited(actor: str) -> list[str]:
    return [entry.action for entry in rows(AuditEntry, actor=actor)]


def checkins_of(person_id: str) -> Sequence[CheckIn]:
    return rows(CheckIn, person_id=person_id)
