"""What became of a notice, and whose concern it is when it did not arrive.

A resident's text that fails is a task by itself (bot/sms/deliver.py). A partner that could not be
told is the clinician's concern, who would otherwise wait for an answer that cannot come.
"""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from directory.freshness import asking
from directory.freshness.queries import ASKING
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.notices import queries
from directory.notices import service as notices
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.notices.permission import BY_A_PERSON, CONTACT_REMOVED, Refusal
from directory.partners import queries as partners
from directory.partners.models import Channel
from directory.people import queries as people
from directory.referrals import notify, silence
from directory.referrals import queries as referrals
from directory.referrals.models import Referral
from directory.referrals.states import OPEN, Status
from directory.tasks import queries as task_queries
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

log = structlog.get_logger(__name__)

# Reasons for which a text of ours is taken back rather than lost.
TAKEN_BACK = frozenset({"opted_out", "not_safe_to_text", "consent_missing", "cancelled"})
# A partner that misses one of these is waited for in vain.
_WAITED_FOR = frozenset(
    {NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_REMINDER, NoticeKind.REFERRAL_ANSWERED}
)
# Or goes on with what was withdrawn.
_MISSED = _WAITED_FOR | {NoticeKind.REFERRAL_WITHDRAWN}
_WHY = {
    Channel.SMS: "the partner's number takes no texts",
    Channel.EMAIL: "the e-mail to the partner did not go out",
    Channel.WEBHOOK: "the partner's system does not answer",
}


def text_sent(session: Session, message: OutboundMessage, *, now: datetime) -> None:
    """The carrier has taken the text of a notice."""
    if message.notice_id is not None:
        notices.mark(session, message.notice_id, NoticeStatus.SENT, now=now, reason=None)


def text_given_back(session: Session, message: OutboundMessage, *, now: datetime) -> None:
    """The carrier had taken the text and could not deliver it: it is tried again."""
    if message.notice_id is not None:
        notices.mark(session, message.notice_id, NoticeStatus.HANDED_OVER, now=now, reason=None)


def text_ended(
    session: Session,
    message: OutboundMessage,
    status: OutboundStatus,
    reason: str,
    *,
    now: datetime,
) -> bool:
    """The text of a notice will not arrive. True where that is nobody's concern any more: then
    the sender opens no task of its own."""
    notice = queries.by_id(session, message.notice_id) if message.notice_id else None
    if notice is None:
        return False
    ended(session, notice, _fate(notice, status, reason), now=now)
    return notice.person_id is None


def ended(session: Session, notice: Notice, fate: Refusal, *, now: datetime) -> None:
    """Note that a notice does not arrive; the clinician hears of a partner that misses it, and of
    a resident who must not be texted of it."""
    if notice.status in (NoticeStatus.CANCELLED, NoticeStatus.DROPPED):
        return  # it was taken back before, with a reason of its own
    notices.mark(session, notice.id, fate.status, now=now, reason=fate.reason)
    if fate.reason == BY_A_PERSON:
        _tell_by_a_person(session, notice, now=now)
    elif fate.reason == CONTACT_REMOVED and notice.kind in _WAITED_FOR:
        _tell_who_is_there_now(session, notice, now=now)
    if fate.status is not NoticeStatus.FAILED:
        return
    if notice.staff_id is not None:
        log.error("staff_not_told", kind=notice.kind, channel=notice.channel, reason=fate.reason)
    elif notice.contact_id is not None and notice.kind in _MISSED:
        _tell_clinician(session, notice, fate.reason, now=now)
    elif notice.contact_id is not None and notice.kind in ASKING:
        _call_about_listings(session, notice, fate.reason, now=now)


def _fate(notice: Notice, status: OutboundStatus, reason: str) -> Refusal:
    if reason == "opted_out" and notice.person_id is None:
        # A partner may say STOP for good reasons; the referral needs an answer all the same.
        return Refusal(NoticeStatus.FAILED, reason)
    if reason in TAKEN_BACK:
        return Refusal(NoticeStatus.CANCELLED, reason)
    dropped = status is OutboundStatus.DROPPED
    return Refusal(NoticeStatus.DROPPED if dropped else NoticeStatus.FAILED, reason)


def _tell_by_a_person(session: Session, notice: Notice, *, now: datetime) -> None:
    referral = referrals.by_id(session, notice.referral_id) if notice.referral_id else None
    if referral is not None:
        notify.leave_to_a_person(session, referral, NoticeKind(notice.kind), now=now)


def _tell_who_is_there_now(session: Session, notice: Notice, *, now: datetime) -> None:
    """The contact was removed while this waited. Others at the partner are told, none of them
    twice (a fact is planned once for each); without any it is the clinician's to call."""
    referral = referrals.by_id(session, notice.referral_id) if notice.referral_id else None
    if referral is None or referral.status != Status.REQUESTED:
        return
    if not notify.requested(session, referral, now=now):
        silence.nobody_left(session, referral, now=now)


def _call_about_listings(session: Session, notice: Notice, reason: str, *, now: datetime) -> None:
    """Whoever was asked whether listings are right and cannot read it is asked by a person."""
    contact = partners.contact_by_id(session, notice.contact_id or "")
    if contact is not None:
        why = f"Our message did not arrive: {_WHY[Channel(contact.channel)]} ({reason})."
        asking.not_told(session, notice, why, now=now)


def _tell_clinician(session: Session, notice: Notice, reason: str, *, now: datetime) -> None:
    referral = referrals.by_id(session, notice.referral_id) if notice.referral_id else None
    withdrawn = notice.kind == NoticeKind.REFERRAL_WITHDRAWN
    if referral is None or (referral.status not in OPEN and not withdrawn):
        return
    contact = partners.contact_by_id(session, notice.contact_id or "")
    if contact is None:
        return
    about = "that this referral was withdrawn" if withdrawn else "about this referral"
    name = partners.name_of(session, referral.organization_id)
    why = f"{_WHY[Channel(contact.channel)]} ({reason})."
    note = f"Please call the partner, {name}, {about}: {why}"
    person = people.by_id(session, referral.person_id)
    # Who was erased is nobody whose page could be opened: the call is about the partner.
    person_id = referral.person_id if person and person.erased_at is None else None
    if _is_known(session, referral, person_id, note):
        return
    tasks.open_task(
        session,
        TaskKind.REFERRAL_UNANSWERED,
        person_id=person_id,
        referral_id=referral.id,
        service_id=referral.service_id,
        assigned_to=referral.clinician_id,
        note=note,
        now=now,
    )


def _is_known(session: Session, referral: Referral, person_id: str | None, note: str) -> bool:
    """Whether somebody is to call already: a reminder that fails like the first text says nothing
    new; nor does, of who was erased, a second contact, for one call tells the partner."""
    kind = TaskKind.REFERRAL_UNANSWERED
    if person_id is None:
        return bool(task_queries.not_done_about(session, referral.id, kind))
    waiting = task_queries.open_task(session, person_id, kind, referral_id=referral.id)
    return waiting is not None and note in (waiting.note or "")
