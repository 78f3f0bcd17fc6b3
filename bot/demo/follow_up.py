"""Check-ins after visits, the answers to them, and what those call for."""

from datetime import datetime, timedelta

from bot.checkin_answers import CheckinAnswer
from bot.demo.duties import Duties
from bot.demo.talk import Talk
from bot.demo.world import Resident, World
from bot.safety.replies import approved
from bot.safety.risks import Risk
from bot.wording import say, sentences
from directory.checkins import plans
from directory.checkins.models import CheckIn, CheckInStatus
from directory.checkins.plan import due_steps
from directory.checkins.plan_rules import NONE
from directory.checkins.working_days import is_working_day
from directory.languages import Language
from directory.messages.models import AnsweredBy, InboundMessage, MessageKind
from directory.tasks.models import TaskKind
from directory.visits.models import Visit
from directory.wordings.rules import fill

# Of texts that ask; most who answer are doing okay.
_ANSWERED = 0.48
_ANSWERS = {
    CheckinAnswer.BETTER: 0.52,
    CheckinAnswer.SAME: 0.12,
    CheckinAnswer.NEEDS_HELP: 0.15,
    CheckinAnswer.CALL_ME: 0.09,
    CheckinAnswer.WORSE: 0.04,
    CheckinAnswer.STOP: 0.035,
    CheckinAnswer.WRONG_PERSON: 0.015,
    CheckinAnswer.CRISIS: 0.01,
    CheckinAnswer.UNCLEAR: 0.02,
}
_WORDS = {
    Language.EN: {
        CheckinAnswer.BETTER: ("1", "doing ok thank you", "better today"),
        CheckinAnswer.SAME: ("about the same", "no change"),
        CheckinAnswer.NEEDS_HELP: ("2", "i could use some help"),
        CheckinAnswer.CALL_ME: ("3", "please call me"),
        CheckinAnswer.WORSE: ("worse", "not good, worse than before"),
        CheckinAnswer.STOP: ("STOP", "stop"),
        CheckinAnswer.WRONG_PERSON: ("wrong number", "who is this? wrong person"),
        CheckinAnswer.CRISIS: ("i want to die",),
        CheckinAnswer.UNCLEAR: ("we will see how it goes with the thing",),
    },
    Language.ES: {
        CheckinAnswer.BETTER: ("1", "bien gracias", "mejor hoy"),
        CheckinAnswer.SAME: ("igual", "sigo igual"),
        CheckinAnswer.NEEDS_HELP: ("2", "necesito ayuda"),
        CheckinAnswer.CALL_ME: ("3", "llameme por favor"),
        CheckinAnswer.WORSE: ("peor", "peor que antes"),
        CheckinAnswer.STOP: ("STOP",),
        CheckinAnswer.WRONG_PERSON: ("numero equivocado",),
        CheckinAnswer.CRISIS: ("me quiero morir",),
        CheckinAnswer.UNCLEAR: ("a ver como sale lo otro",),
    },
}
_REPLIES = {
    CheckinAnswer.BETTER: "checkin_better",
    CheckinAnswer.SAME: "checkin_same",
    CheckinAnswer.NEEDS_HELP: "checkin_needs_help",
    CheckinAnswer.CALL_ME: "person",
    CheckinAnswer.WORSE: "checkin_worse",
    CheckinAnswer.STOP: "stopped",
    CheckinAnswer.WRONG_PERSON: "checkin_wrong_person",
    CheckinAnswer.UNCLEAR: "checkin_unclear",
}
_CALLS = {
    CheckinAnswer.CALL_ME: "Asked for a call in answer to a check-in.",
    CheckinAnswer.WORSE: "A check-in was answered: worse.",
    CheckinAnswer.UNCLEAR: "A check-in was answered in words that were not understood.",
}
_SILENCING = (CheckinAnswer.STOP, CheckinAnswer.WRONG_PERSON)


def follow(world: World, talk: Talk, duties: Duties, residents: list[Resident]) -> None:
    for resident in residents:
        if not resident.agrees_to_texts:
            continue
        visits = [visit for visit in resident.visits if visit.voided_at is None]
        for visit, following in zip(visits, [*visits[1:], None], strict=True):
            if visit.safe_to_text and visit.follow_up != NONE:
                until = following.created_at if following else None
                _after(world, talk, duties, resident, visit, until)


def _after(
    world: World,
    talk: Talk,
    duties: Duties,
    resident: Resident,
    visit: Visit,
    until: datetime | None,
) -> None:
    """The plan of one visit. `until`: the next one, which cancels what is still planned."""
    plan = plans.shipped_plans()[visit.follow_up]
    steps = due_steps(
        plan,
        visit.occurred_at,
        now=visit.created_at,
        quiet=world.quiet,
        is_working_day=is_working_day,
    )
    for due in steps:
        checkin = CheckIn(
            id=world.id(),
            person_id=resident.person.id,
            visit_id=visit.id,
            step=due.number,
            due_at=due.due_at,
            status=CheckInStatus.PLANNED,
            plan_id=plan.id,
            wording=due.step.wording,
            asks=due.step.asks,
            named_sender=plan.named_sender,
        )
        world.rows.append(checkin)
        if until is not None and due.due_at >= until:
            checkin.status, checkin.reason = CheckInStatus.CANCELLED, "visited_again"
        elif not resident.listens(due.due_at):
            checkin.status, checkin.reason = CheckInStatus.CANCELLED, "opted_out"
        elif due.due_at < world.now - timedelta(minutes=10):
            _send(world, talk, duties, resident, checkin)


def _send(world: World, talk: Talk, duties: Duties, resident: Resident, checkin: CheckIn) -> None:
    if world.happens(0.015):
        checkin.status, checkin.reason = CheckInStatus.DROPPED, "stale"
        return
    language = Language(resident.person.language or Language.EN)
    at = checkin.due_at + timedelta(seconds=world.chance.randrange(1, 240))
    arrives = world.happens(0.96)
    talk.says(
        resident.person.id,
        fill(sentences()[checkin.wording][language], name="", sender=""),
        at,
        kind=MessageKind.CHECKIN,
        checkin_id=checkin.id,
        arrives=arrives,
    )
    checkin.queued_at = at
    if not arrives:
        checkin.status, checkin.reason = CheckInStatus.FAILED, "unreachable"
        if world.happens(0.5):
            note = "A check-in did not arrive: please call."
            duties.give(TaskKind.SEND_FAILED, resident, at, note=note)
        return
    checkin.status, checkin.sent_at = CheckInStatus.SENT, at
    answered_at = at + world.about(timedelta(minutes=45), spread=1.3)
    asks = _ANSWERED if checkin.asks else 0.05
    if answered_at < world.now and world.happens(asks):
        _answer(world, talk, duties, resident, checkin, answered_at, language)
    else:
        checkin.reason = "unanswered" if at < world.now - timedelta(days=2) else None


def _answer(  # who answers what, and when
    world: World,
    talk: Talk,
    duties: Duties,
    resident: Resident,
    checkin: CheckIn,
    at: datetime,
    language: Language,
) -> None:
    answer = world.one_of(_ANSWERS)
    checkin.status, checkin.answered_at, checkin.answer = CheckInStatus.ANSWERED, at, answer
    checkin.reason = None
    person_id = resident.person.id
    words = world.any_of(_WORDS[language][answer])
    text = talk.hears(person_id, words, at, AnsweredBy.CHECKIN)
    if answer is CheckinAnswer.CRISIS:
        in_danger(talk, duties, resident, text, language)
        return
    key = _REPLIES[answer]
    silenced = answer in _SILENCING
    talk.says(person_id, say(key, language), at, to=text, after_opt_out=silenced, arrives=True)
    if silenced:
        resident.stopped_at = resident.person.opted_out_at = at
        if answer is CheckinAnswer.WRONG_PERSON:
            resident.person.safe_to_text = False
    elif answer in _CALLS:
        duties.give(TaskKind.CALL_BACK, resident, at, note=_CALLS[answer], text=text)


def in_danger(
    talk: Talk,
    duties: Duties,
    resident: Resident,
    text: InboundMessage,
    language: Language,
) -> None:
    """The approved reply at once, and a person."""
    text.answered_by = AnsweredBy.SAFETY
    reply = approved(Risk.SUICIDE, language, on_shift=True).text
    at = text.received_at
    talk.says(resident.person.id, reply, at, to=text, danger=True, arrives=True)
    note = f"{Risk.SUICIDE.value}: {text.body}"
    duties.give(TaskKind.DANGER, resident, at, note=note, text=text)
