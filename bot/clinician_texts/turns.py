"""What a clinician's command calls for. Pure: nothing is logged or referred on a guess."""

from typing import Any

from bot.asked import Asked, asked_last, is_recent
from bot.clinician_texts.deeds import AcknowledgePage, LogTheVisit, ReferPerson, ShowStatus
from bot.clinician_texts.read import Acknowledge, Help, LogVisit, Refer, Status, read
from bot.deeds import Deed
from bot.turn import Clinician, Situation, Turn
from bot.wording import say
from directory.messages.models import AnsweredBy
from directory.referrals.models import Priority

# A fictitious number, for the examples.
EXAMPLE_NUMBER = "630-555-0100"


def answer(text: str, situation: Situation) -> Turn | None:
    """The turn for a command; None for a look-up and everything else."""
    clinician = situation.clinician
    if clinician is None:
        return None
    match read(text):
        case LogVisit() as visit:
            return _visit(visit, clinician, situation)
        case Refer() as refer:
            return _refer(refer, clinician, situation)
        case Status():
            return _doing(ShowStatus(clinician.staff_id), situation)
        case Help():
            return help_for(situation)
        case Acknowledge(plainly):
            if plainly or _page_came_last(clinician, situation):
                return _doing(AcknowledgePage(clinician.staff_id), situation)
    return None


def help_for(situation: Situation) -> Turn:
    """The commands, and the two lines that every HELP names."""
    reply = say("clinician_help", situation.language, number=EXAMPLE_NUMBER)
    return _saying(reply, situation)


def _visit(visit: LogVisit, clinician: Clinician, situation: Situation) -> Turn:
    missing = [
        key
        for key, known in (("call_type", visit.call_type), ("phone", visit.phone))
        if known is None
    ]
    if missing:
        return _missing("clinician_visit_unread", missing, situation)
    return _doing(LogTheVisit(clinician.staff_id, visit), situation)


def _refer(refer: Refer, clinician: Clinician, situation: Situation) -> Turn:
    memory, language = situation.memory, situation.language
    missing = [
        key for key, known in (("place", refer.number), ("phone", refer.phone)) if known is None
    ]
    if missing or refer.number is None or refer.phone is None:
        return _missing("clinician_refer_unread", missing, situation)
    if memory.results is None or not is_recent(memory.results_at, situation.now):
        return _saying(say("clinician_refer_no_list", language, number=EXAMPLE_NUMBER), situation)
    matches: list[dict[str, Any]] = memory.results["matches"]
    shown = min(memory.shown, len(matches))
    if not 1 <= refer.number <= shown:
        key = "clinician_refer_not_in_list" if shown else "clinician_refer_no_list"
        return _saying(say(key, language, last=shown, number=EXAMPLE_NUMBER), situation)
    match = matches[refer.number - 1]
    deed = ReferPerson(
        staff_id=clinician.staff_id,
        service_id=str(match["service_id"]),
        phone=refer.phone,
        need=str(match["need"]) if match.get("need") else None,
        priority=Priority.URGENT if refer.urgent else Priority.ROUTINE,
        reason=refer.reason,
    )
    return _doing(deed, situation)


def _page_came_last(clinician: Clinician, situation: Situation) -> bool:
    """Whether "1" or "ok" can only speak of the page."""
    if clinician.paged_at is None:
        return False
    last, shown_at = asked_last(situation), situation.memory.results_at
    newer_list = last is Asked.LIST and shown_at is not None and shown_at > clinician.paged_at
    return not newer_list


def _missing(key: str, missing: list[str], situation: Situation) -> Turn:
    language = situation.language
    named = f" {say('and', language)} ".join(
        say(f"clinician_missing_{each}", language) for each in missing
    )
    return _saying(say(key, language, missing=named, number=EXAMPLE_NUMBER), situation)


def _saying(reply: str, situation: Situation) -> Turn:
    return Turn(AnsweredBy.CLINICIAN, situation.memory, (reply,))


def _doing(deed: Deed, situation: Situation) -> Turn:
    return Turn(AnsweredBy.CLINICIAN, situation.memory, deeds=(deed,))
