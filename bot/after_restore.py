"""What was under way when a backup was made, once it is put back: for people to look at.

Between the backup and the end of the system that it was made of, texts went out that the backup
knows nothing of. So whatever it holds as waiting may have left, or may not: sent again it could
reach somebody twice, who has to be careful who reads their phone; not sent it could leave somebody
alone. Only a person who looks into the carrier's log can tell. So nothing of it leaves by itself,
each of it is a task, and everything that the product starts is held back (`handoff resume`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot import intake
from bot.notices import fates
from bot.safety.screen import screen
from bot.sms.ends import give_up
from directory.checkins import queries as checkin_queries
from directory.checkins import service as checkins
from directory.checkins.models import CheckInStatus
from directory.conversations import service as conversations
from directory.messages import inbox
from directory.messages.models import AnsweredBy, InboundMessage, OutboundMessage, OutboundStatus
from directory.messages.spool import SpooledText
from directory.notices.models import Notice, NoticeStatus
from directory.notices.permission import Refusal
from directory.on_call import pause
from directory.partners.models import PartnerSession
from directory.people import service as people
from directory.staff.models import StaffSession, StaffToken
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

BY = "command:restore"
REASON = "restored"
_CHECKIN = (
    "A check-in was due before the system was restored from a backup. It may have been sent: look "
    "into the carrier's log, and follow up by phone if not."
)
_TEXT = (
    "This text came before the system was restored from a backup. It may have been answered: look "
    "into the carrier's log, and answer it if not."
)


@dataclass(frozen=True, slots=True)
class Settled:
    """How many of each were left to people."""

    texts: int = 0
    checkins: int = 0
    unanswered: int = 0
    notices: int = 0
    sign_ins: int = 0


def settle(
    session: Session, spooled: Sequence[SpooledText], *, now: datetime, wall: datetime
) -> Settled:
    """Hold back, and hand to people, whatever was under way; everybody signs in again.

    `spooled`: texts that waited on disk when the backup was made.
    """
    pause.start(session, by=BY, now=now)
    conversations.release_all(session)
    for text in spooled:
        intake.store(session, text, now=now)
    settled = Settled(
        texts=_texts(session, now=now),
        checkins=_checkins(session, now=now),
        unanswered=_unanswered(session, now=now),
        notices=_notices(session, now=now),
        sign_ins=_sign_ins(session),
    )
    people.audit(
        session, actor=BY, action="backup.restored", person_id=None, subject_id=None, now=now
    )
    return settled


def _texts(session: Session, *, now: datetime) -> int:
    """Texts of ours that had not left, or of which it was not known."""
    under_way = (OutboundStatus.QUEUED, OutboundStatus.SENDING)
    waiting = session.scalars(
        select(OutboundMessage).where(OutboundMessage.status.in_(under_way))
    ).all()
    for message in waiting:
        give_up(session, message, OutboundStatus.UNCERTAIN, REASON, now=now)
    return len(waiting)


def _checkins(session: Session, *, now: datetime) -> int:
    """Check-ins that came due, before the backup or since."""
    count = 0
    while due := checkin_queries.due(session, now=now):
        for checkin in due:
            checkins.mark_not_sent(session, checkin.id, CheckInStatus.DROPPED, reason=REASON)
            tasks.open_task(
                session,
                TaskKind.SEND_FAILED,
                person_id=checkin.person_id,
                now=now,
                note=_CHECKIN,
            )
        count += len(due)
        session.flush()
    return count


def _unanswered(session: Session, *, now: datetime) -> int:
    """Texts of residents without an answer, or with a promise of a fuller one."""
    waiting = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.answered_at.is_(None) | InboundMessage.owed.is_(True))
        .order_by(InboundMessage.received_at, InboundMessage.sequence)
    ).all()
    for inbound in waiting:
        danger = screen(inbound.body)
        in_danger = danger is not None and danger.immediate
        inbox.mark_answered(session, inbound, AnsweredBy.STAFF, now=now)
        tasks.open_task(
            session,
            TaskKind.DANGER if in_danger else TaskKind.TEXT_WAITING,
            person_id=inbound.person_id,
            inbound_id=inbound.id,
            now=now,
            note=_TEXT,
        )
    return len(waiting)


def _notices(session: Session, *, now: datetime) -> int:
    """E-mail and calls to partners' systems that were due or on their way, and texts not begun."""
    waiting = session.scalars(
        select(Notice).where(
            Notice.status.in_((NoticeStatus.PLANNED, NoticeStatus.SENDING)), Notice.due_at <= now
        )
    ).all()
    for notice in waiting:
        fates.ended(session, notice, Refusal(NoticeStatus.FAILED, REASON), now=now)
    return len(waiting)


def _sign_ins(session: Session) -> int:
    """A sign-in that was ended since the backup would be open again."""
    rows = 0
    for table in (StaffSession, StaffToken, PartnerSession):
        ids = [key for (key,) in session.execute(select(*table.__table__.primary_key)).all()]
        rows += len(ids)
        session.execute(delete(table))
    return rows
