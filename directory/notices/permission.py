"""Whether a notice may still go out: asked when it is due, and again at the last moment.

Between the plan and the sending a person may say STOP, a partner may answer, a task may be done.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from directory.discretion import told_by_a_person
from directory.freshness import queries as freshness
from directory.notices import queries
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.partners import queries as partners
from directory.partners.models import Channel
from directory.people import queries as people
from directory.people.models import Person
from directory.people.service import may_be_texted
from directory.referrals import queries as referrals
from directory.referrals.states import ENDED, OPEN, Outcome, Status
from directory.staff import queries as staff
from directory.tasks import queries as tasks
from directory.tasks.models import Task, TaskStatus

# Pages and alarms: nothing holds them back, neither the hour nor a pause.
ALWAYS = (NoticeKind.ON_CALL, NoticeKind.ALARM)
# Among these are others that nothing holds back: a danger that is overdue (see `urgent`).
TO_STAFF = (*ALWAYS, NoticeKind.TASK_OVERDUE)
# What somebody has asked for this very minute: the hour is theirs, only a pause holds it back.
ASKED_FOR = (NoticeKind.SIGN_IN_LINK, NoticeKind.SIGNED_IN)
# What asks a partner for an answer; who never got one of these need not hear how it ended.
ASKING = (NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_REMINDER)

# Among a notice's facts: its contact was told, as was known before what says so was erased.
TOLD = "told"

# Why a resident gets no text: somebody tells them instead.
BY_A_PERSON = "told_by_a_person"

# Why a contact gets nothing any more: whoever took their place is told instead.
CONTACT_REMOVED = "contact_removed"

# While the referral is one of these, the news is news.
_STILL_TRUE: dict[NoticeKind, frozenset[Status]] = {
    NoticeKind.REFERRAL_SENT: frozenset({Status.REQUESTED}),
    NoticeKind.REFERRAL_ACCEPTED: frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD}),
    NoticeKind.REFERRAL_ON_HOLD: frozenset({Status.ON_HOLD}),
    NoticeKind.OUTCOME_QUESTION: OPEN | {Status.COMPLETED},
    NoticeKind.REFERRAL_NEW: frozenset({Status.REQUESTED}),
    NoticeKind.REFERRAL_REMINDER: frozenset({Status.REQUESTED}),
    NoticeKind.REFERRAL_ANSWERED: OPEN,
    NoticeKind.REFERRAL_TAKEN: OPEN,
    NoticeKind.REFERRAL_WITHDRAWN: ENDED,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a notice does not go out, and what becomes of it."""

    status: NoticeStatus
    reason: str


def urgent(notice: Notice) -> bool:
    """Whether it goes at any hour and through a pause: somebody is needed now."""
    danger = notice.kind == NoticeKind.TASK_OVERDUE and notice.facts.get("danger") is True
    return notice.kind in ALWAYS or danger


def refusal(session: Session, notice: Notice, *, now: datetime, wall: datetime) -> Refusal | None:
    """Why this notice must not go out at `now` (product time); None when it may.

    `wall`: wall time, by which nothing is stale at once, however fast product time runs.
    """
    if _is_stale(notice, now=now, wall=wall):
        return Refusal(NoticeStatus.DROPPED, "stale")
    if notice.person_id is not None:
        of_recipient = _of_resident(session, notice.person_id, now=now)
    elif notice.contact_id is not None:
        of_recipient = _of_contact(session, notice.contact_id)
    else:
        of_recipient = _of_staff(session, notice)
    return (
        of_recipient
        or _of_referral(session, notice)
        or _of_discretion(session, notice)
        or _of_listings(session, notice)
    )


def out_of_date(kind: NoticeKind, status: Status, outcome: str | None) -> bool:
    """Whether things have moved on so far that this would only confuse. Pure."""
    if kind is NoticeKind.OUTCOME_QUESTION and outcome in set(Outcome):
        return True
    return kind in _STILL_TRUE and status not in _STILL_TRUE[kind]


def _is_stale(notice: Notice, *, now: datetime, wall: datetime) -> bool:
    if notice.expires_at is None or now <= notice.expires_at:
        return False
    return notice.keep_until is None or wall > notice.keep_until


def _of_resident(session: Session, person_id: str, *, now: datetime) -> Refusal | None:
    person = people.by_id(session, person_id)
    if person is None:
        return Refusal(NoticeStatus.CANCELLED, "person_unknown")
    if may_be_texted(session, person, now=now):
        return None
    if person.opted_out_at is not None:
        return Refusal(NoticeStatus.CANCELLED, "opted_out")
    if person.unreachable_because is not None:
        return Refusal(NoticeStatus.FAILED, person.unreachable_because)
    reason = "consent_missing" if person.safe_to_text is True else "not_safe_to_text"
    return Refusal(NoticeStatus.CANCELLED, reason)


def _of_contact(session: Session, contact_id: str) -> Refusal | None:
    contact = partners.contact_by_id(session, contact_id)
    if contact is None or contact.removed_at is not None:
        return Refusal(NoticeStatus.CANCELLED, CONTACT_REMOVED)
    if contact.channel != Channel.SMS:
        return None
    return _of_number(people.by_phone(session, contact.address))


def _of_staff(session: Session, notice: Notice) -> Refusal | None:
    member = staff.active_by_id(session, notice.staff_id) if notice.staff_id else None
    if member is None:
        return Refusal(NoticeStatus.CANCELLED, "staff_removed")
    task = tasks.by_id(session, notice.task_id) if notice.task_id else None
    if task is not None and task.status == TaskStatus.DONE:
        return Refusal(NoticeStatus.CANCELLED, "task_done")
    if task is not None and notice.kind == NoticeKind.ON_CALL and _was_taken(task, notice):
        return Refusal(NoticeStatus.CANCELLED, "task_taken")
    if notice.channel != Channel.SMS:
        return None
    if member.phone is None:
        return Refusal(NoticeStatus.FAILED, "no_phone")
    return _of_number(people.by_phone(session, member.phone))


def _was_taken(task: Task, page: Notice) -> bool:
    """Whether somebody has it; also when they gave it back, for that begins a new round of pages.

    What is overdue is told all the same: a claim does not stop that clock.
    """
    again = task.reopened_at is not None and task.reopened_at > page.created_at
    return again or task.status != TaskStatus.OPEN


def _of_number(person: Person | None) -> Refusal | None:
    """Of a partner's or a colleague's number: consent is theirs to end by STOP, and only so."""
    if person is None:
        return None
    if person.opted_out_at is not None:
        return Refusal(NoticeStatus.FAILED, "opted_out")
    if person.unreachable_because is not None:
        return Refusal(NoticeStatus.FAILED, person.unreachable_because)
    return None


def _of_referral(session: Session, notice: Notice) -> Refusal | None:
    if notice.referral_id is None:
        return None
    referral = referrals.by_id(session, notice.referral_id)
    if referral is None:
        return Refusal(NoticeStatus.CANCELLED, "referral_unknown")
    kind = NoticeKind(notice.kind)
    if out_of_date(kind, Status(referral.status), referral.outcome):
        return Refusal(NoticeStatus.CANCELLED, "out_of_date")
    ends = kind in (NoticeKind.REFERRAL_WITHDRAWN, NoticeKind.REFERRAL_TAKEN)
    if ends and notice.contact_id is not None:
        told = contact_was_told(session, notice.contact_id, notice)
        return None if told else Refusal(NoticeStatus.CANCELLED, "never_told")
    return None


def contact_was_told(session: Session, contact_id: str, ending: Notice) -> bool:
    """Whether the contact whom `ending` tells how a referral ended ever heard of it."""
    if ending.facts.get(TOLD) is True:
        return True
    return queries.was_told(session, contact_id, ending.referral_id or "", ASKING)


def _of_discretion(session: Session, notice: Notice) -> Refusal | None:
    """What was planned before it was known that somebody else may hold the phone."""
    if notice.referral_id is None or notice.person_id is None:
        return None
    person = people.by_id(session, notice.person_id)
    if person is None or not told_by_a_person(session, person):
        return None
    return Refusal(NoticeStatus.CANCELLED, BY_A_PERSON)


def _of_listings(session: Session, notice: Notice) -> Refusal | None:
    """Once everything that it asks about was answered, it asks nothing."""
    if notice.kind not in freshness.ASKING:
        return None
    asked = [str(each) for each in notice.facts.get("service_ids", [])]
    waiting = freshness.open_checks(session, asked)
    return None if waiting else Refusal(NoticeStatus.CANCELLED, "answered")
