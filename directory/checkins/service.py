"""Planning, sending, answering and ending check-ins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.checkins import plans, queries
from directory.checkins.models import CheckIn, CheckInStatus
from directory.checkins.plan import STALE_AFTER, due_steps, is_stale
from directory.checkins.working_days import is_working_day
from directory.messages import outbox
from directory.messages.models import MessageKind, OutboundMessage, SendPriority
from directory.on_call import pause
from directory.people import queries as people
from directory.people.models import Person, Purpose
from directory.quiet_hours import QuietHours
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from directory.visits.models import CallType, Visit

# After this many in a row without an answer a person decides what then.
UNANSWERED_LIMIT = 3
# How many due check-ins are handed over at once, whatever room there is: whoever else wants to
# write waits for as long as that takes.
AT_ONCE = 50
# How many are looked at for that, where most must not go out.
LOOKED_AT = 200
# Older than this a sent check-in is no longer what a text answers.
OPEN_FOR = timedelta(days=14)
# How long a person may take to answer before silence counts.
TIME_TO_ANSWER = timedelta(hours=48)

# Whether it is a good time is a question of the day: a later yes means something else.
SAFETY_OPEN_FOR = timedelta(hours=24)
ASK_AGAIN_AFTER = timedelta(days=1)
SAFETY_ASKED_AT_MOST = 2
# No more than this many wait in the outbox at once: what is answered must not stand behind them.
AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Worded:
    """What a check-in says. `version`: of the approved wording; None for a shipped sentence."""

    text: str
    version: int | None = None


Wording = Callable[[Session, CheckIn, Person], Worded]


def plan_for_visit(
    session: Session, visit: Visit, *, quiet: QuietHours, now: datetime
) -> list[CheckIn]:
    """Plan the sequence that the visit names; it replaces what an earlier visit had planned.

    After domestic violence every check-in first asks whether it is a good time, and none is
    signed, whatever the plan says. Raises NotFound `plan_unknown`.
    """
    cancel_planned(session, visit.person_id)
    plans.ensure_shipped(session, now=now)
    plan = plans.plan(session, visit.follow_up)
    neutral = visit.call_type == CallType.DOMESTIC_VIOLENCE
    planned = [
        CheckIn(
            person_id=visit.person_id,
            visit_id=visit.id,
            plan_id=plan.id,
            step=each.number,
            due_at=each.due_at,
            wording=each.step.wording,
            asks=each.step.asks,
            safe_first=plan.safe_first or neutral,
            named_sender=plan.named_sender and not neutral,
        )
        for each in due_steps(
            plan,
            visit.occurred_at,
            now=now,
            quiet=quiet,
            is_working_day=is_working_day,
            greeted=queries.any_sent(session, visit.id),
        )
    ]
    session.add_all(planned)
    session.flush()
    return planned


def send_due(
    session: Session, *, wording: Wording, quiet: QuietHours, now: datetime, at_most: int = AT_MOST
) -> list[OutboundMessage]:
    """Hand what is due to the outbox, after looking again at everything that may forbid it.

    As many as keep the outbox at `at_most` check-ins, and a handful at once; the others stay
    planned. Nothing in quiet hours, nor while a pause stands.
    """
    if quiet.covers(now) or pause.standing(session):
        return []
    room = at_most - queries.in_outbox(session, now=now)
    if room <= 0:
        return []
    limit = min(room, AT_ONCE)
    for _ in range(LOOKED_AT // AT_ONCE):
        due = queries.due(session, now=now, limit=limit)
        queued = _hand_over_all(session, due, wording=wording, now=now)
        if queued or len(due) < limit:
            return queued
    return []


def _hand_over_all(
    session: Session, due: Sequence[CheckIn], *, wording: Wording, now: datetime
) -> list[OutboundMessage]:
    """Those of these that nothing forbids; the others are over."""
    to = people.by_ids(session, {checkin.person_id for checkin in due})
    queued: list[OutboundMessage] = []
    with session.no_autoflush:  # all are written at once
        for checkin in due:
            if checkin.status != CheckInStatus.PLANNED:
                continue  # another one of this person has just ended it
            why_not = forbidden(session, checkin, now=now)
            if why_not is not None:
                checkin.status, checkin.reason = why_not
                if checkin.status == CheckInStatus.FAILED:
                    _ask_for_a_call(session, checkin, now=now)
                continue
            person = to[checkin.person_id]
            if any(message.person_id == person.id for message in queued):
                session.flush()  # texts to one person are numbered in their order
            queued.append(_hand_over(session, checkin, person, wording=wording, now=now))
    return queued


def _ask_for_a_call(session: Session, checkin: CheckIn, *, now: datetime) -> None:
    """The carrier has said that no text reaches this number: a person calls, once for them all."""
    session.flush()  # this one has failed, only the others are cancelled
    cancel_planned(session, checkin.person_id, reason=checkin.reason or "")
    note = f"A check-in could not be sent ({checkin.reason}). Please call."
    tasks.open_task(session, TaskKind.SEND_FAILED, person_id=checkin.person_id, now=now, note=note)
    session.flush()


def _hand_over(
    session: Session, checkin: CheckIn, person: Person, *, wording: Wording, now: datetime
) -> OutboundMessage:
    # Who has agreed on a word is asked for it first, whichever plan it is; and after domestic
    # violence each check-in asks, also one that a later visit has planned.
    checkin.safe_first = (
        checkin.safe_first
        or person.code_word is not None
        or queries.after_domestic_violence(session, person.id)
    )
    checkin.safety_asked = checkin.safe_first and checkin.safety_confirmed_at is None
    worded = wording(session, checkin, person)
    checkin.queued_at, checkin.wording_version = now, worded.version
    return outbox.queue_text(
        session,
        person_id=person.id,
        body=worded.text,
        kind=MessageKind.CHECKIN,
        now=now,
        checkin_id=checkin.id,
        priority=SendPriority.CHECKIN,
        initiated=True,
        expires_at=checkin.due_at + STALE_AFTER,
    )


def forbidden(
    session: Session, checkin: CheckIn, *, now: datetime
) -> tuple[CheckInStatus, str] | None:
    """Why this check-in must not go out now; None when it may."""
    if is_stale(checkin.due_at, now=now):
        return CheckInStatus.DROPPED, "stale"
    return not_to_be_said(session, checkin, now=now)


def not_to_be_said(
    session: Session, checkin: CheckIn, *, now: datetime
) -> tuple[CheckInStatus, str] | None:
    """Why nothing of this check-in may be said to whoever has the phone; None when it may.

    Unlike `forbidden`, not for its being late: who has just said that the time is good is waiting.
    """
    person = people.by_id(session, checkin.person_id)
    if person is None or person.opted_out_at is not None:
        return CheckInStatus.CANCELLED, "opted_out"
    if person.safe_to_text is not True:
        return CheckInStatus.CANCELLED, "not_safe_to_text"
    if people.valid_consent(session, person.id, Purpose.SMS, now=now) is None:
        return CheckInStatus.CANCELLED, "consent_missing"
    if person.unreachable_because is not None:
        return CheckInStatus.FAILED, person.unreachable_because
    return None


def cancel_planned(session: Session, person_id: str, *, reason: str = "replaced") -> None:
    for checkin in queries.planned(session, person_id):
        checkin.status, checkin.reason = CheckInStatus.CANCELLED, reason


def end_question(session: Session, person_id: str, *, reason: str) -> None:
    """A yes to "is this a good time?" lets nothing out any more."""
    checkin = queries.latest_sent(session, person_id)
    if checkin is not None and waits_for_safety(checkin):
        checkin.status, checkin.reason = CheckInStatus.CANCELLED, reason


def mark_sent(session: Session, checkin_id: str, *, now: datetime) -> None:
    """The carrier has taken it."""
    checkin = queries.by_id(session, checkin_id)
    if checkin is None or checkin.status != CheckInStatus.PLANNED:
        return
    checkin.status, checkin.sent_at = CheckInStatus.SENT, now


def give_up_on_silent(session: Session, *, now: datetime) -> int:
    """Three that asked and no answer: a person decides what then, and nothing more goes out.

    Messages that ask for nothing never count. Returns how many people were handed over.
    """
    handed_over: set[str] = set()
    long_ago = now - TIME_TO_ANSWER
    for checkin in queries.unexamined(session, sent_before=long_ago):
        checkin.reason = "unanswered"
        outcomes = queries.last_outcomes(
            session, checkin.person_id, sent_before=long_ago, limit=UNANSWERED_LIMIT
        )
        if len(outcomes) == UNANSWERED_LIMIT and set(outcomes) == {CheckInStatus.SENT}:
            cancel_planned(session, checkin.person_id, reason="unanswered")
            tasks.open_task(
                session, TaskKind.UNANSWERED_CHECKINS, person_id=checkin.person_id, now=now
            )
            handed_over.add(checkin.person_id)
    return len(handed_over)


def mark_not_sent(session: Session, checkin_id: str, status: CheckInStatus, *, reason: str) -> None:
    """It will not go out; or, FAILED, it went out and never arrived."""
    checkin = queries.by_id(session, checkin_id)
    if checkin is None:
        return
    lost = status is CheckInStatus.FAILED and checkin.status == CheckInStatus.SENT
    if lost or checkin.status == CheckInStatus.PLANNED:
        checkin.status, checkin.reason = status, reason


def take_back(session: Session, checkin_id: str) -> None:
    """The carrier took it and could not deliver it: it is tried again, unless cancelled."""
    checkin = queries.by_id(session, checkin_id)
    if checkin is not None and checkin.status == CheckInStatus.SENT:
        checkin.status, checkin.sent_at = CheckInStatus.PLANNED, None


def open_for(session: Session, person_id: str, *, now: datetime) -> CheckIn | None:
    """The check-in that a text of this person may be the answer to.

    None while the person has only been asked whether it is a good time: see `safety_open_for`.
    """
    checkin = queries.latest_sent(session, person_id)
    if checkin is None or checkin.sent_at is None or now - checkin.sent_at > OPEN_FOR:
        return None
    return None if waits_for_safety(checkin) else checkin


def record_answer(session: Session, checkin_id: str, answer: str, *, now: datetime) -> None:
    checkin = queries.by_id(session, checkin_id)
    if checkin is not None and checkin.status == CheckInStatus.SENT:
        checkin.status, checkin.answer, checkin.answered_at = CheckInStatus.ANSWERED, answer, now


# --- is it a good time? ---------------------------------------------------------------------------


def safety_open_for(session: Session, person_id: str, *, now: datetime) -> CheckIn | None:
    """The check-in whose question "is this a good time?" a text of this person may answer."""
    checkin = safety_asked_of(session, person_id, now=now)
    return checkin if checkin is not None and checkin.status == CheckInStatus.SENT else None


def safety_asked_of(session: Session, person_id: str, *, now: datetime) -> CheckIn | None:
    """The same, also when the question has been ended since: who has read it may answer it."""
    checkin = queries.newest_sent(session, person_id)
    if checkin is None or checkin.sent_at is None or not waits_for_safety(checkin):
        return None
    if checkin.status == CheckInStatus.ANSWERED:
        return None
    return checkin if now - checkin.sent_at <= SAFETY_OPEN_FOR else None


def safety_confirmed(session: Session, checkin: CheckIn, *, wording: Wording, now: datetime) -> str:
    """It is a good time: the words of the check-in, to go out as the reply to that very text."""
    person = people.by_id(session, checkin.person_id)
    assert person is not None  # noqa: S101  # a foreign key says so
    checkin.safety_confirmed_at = now
    worded = wording(session, checkin, person)
    checkin.wording_version = worded.version
    return worded.text


def safety_refused(
    session: Session,
    checkin: CheckIn,
    *,
    quiet: QuietHours,
    now: datetime,
    wrong_word: bool = False,
) -> None:
    """It is no good time: asked once more a day later, then the clinician decides, by phone.

    `wrong_word`: whoever answered doesn't know the word that was agreed on. That may not be the
    person, so nothing more goes out at all.
    """
    checkin.safety_refusals += 1
    if checkin.safety_refusals < SAFETY_ASKED_AT_MOST and not wrong_word:
        checkin.status, checkin.safety_asked = CheckInStatus.PLANNED, False
        checkin.queued_at = checkin.sent_at = None
        checkin.due_at = quiet.end_after(now + ASK_AGAIN_AFTER)
        return
    answer = "wrong_word" if wrong_word else "not_a_good_time"
    record_answer(session, checkin.id, answer, now=now)
    cancel_planned(session, checkin.person_id, reason=answer)
    note = _BY_PHONE_AFTER_WORD if wrong_word else _BY_PHONE
    visit = session.get_one(Visit, checkin.visit_id)
    person = people.by_id(session, checkin.person_id)
    tasks.open_task(
        session,
        TaskKind.CALL_BACK,
        person_id=checkin.person_id,
        assigned_to=(person.clinician_id if person else None) or visit.clinician_id,
        note=note,
        now=now,
    )


_BY_PHONE = (
    "Asked twice whether it is a good time to text, the answer was no. No more check-ins go out: "
    "please decide whether and how to call."
)
_BY_PHONE_AFTER_WORD = (
    "Somebody answered the question for the agreed word with another one; it may not have been "
    "the person. No more check-ins go out: please decide whether and how to call."
)


def waits_for_safety(checkin: CheckIn) -> bool:
    return checkin.safety_asked and checkin.safety_confirmed_at is None
