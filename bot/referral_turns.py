"""What a resident's text about a referral calls for. Pure: the rest happens when it is applied.

Numbers and short words answer what was asked last; words that can mean nothing else ("yes i got
it", "they never called me") count as long as the question is open. Whatever is no answer is left
to the ordinary conversation.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.asked import Asked
from bot.choices import Pick, read_choice
from bot.deeds import Deed
from bot.referral_answers import (
    Came,
    CameOf,
    TakeBack,
    asks_for_details,
    is_wrong_person,
    read_outcome,
    read_why,
    read_yes_or_no,
    reads_take_back,
)
from bot.referral_deeds import (
    Another,
    Because,
    NotReceivedAtAll,
    NotYet,
    Received,
    SendOn,
    TakeBackConsent,
)
from bot.referral_facts import ReferralFacts, SentNotice
from bot.sms.segments import to_gsm7
from bot.turn import ConsentChange, NewTask, Situation, Turn
from bot.wording import results, say
from directory.conversations.memory import ReferralQuestion, Topic
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.referrals.states import NotReceived, Outcome, Status
from directory.tasks.models import TaskKind

WRONG_PERSON = (
    "A text of ours about a referral was answered: wrong person. The partner may have this number "
    "too: please find the right one."
)
UNSURE = "May want to take back a referral; asked plainly. Please read, and call if in doubt."
_LAST_NUMBER = {Topic.WHY: 5, Topic.NEXT: 2, Topic.TAKE_BACK: 2}
# Of so many requests each is told of by itself; of more it is asked which one.
DETAILS_AT_ONCE = 2
NUMBERS_AT_MOST = 9
LONGEST_NAME, SHORTEST_NAME = 60, 15
_STATE = {
    Status.DRAFT: "referral_by_our_team",
    Status.REQUESTED: "referral_requested",
    Status.ACCEPTED: "referral_accepted",
    Status.IN_PROGRESS: "referral_accepted",
    Status.ON_HOLD: "referral_on_hold",
    Status.COMPLETED: "referral_completed",
}
_GOES_ON = (Status.REQUESTED, Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD)


def take_back(text: str, situation: Situation) -> Turn | None:
    """The turn for a text that withdraws what may be told to partners; asked where unsure."""
    read = reads_take_back(text)
    if read is TakeBack.SURE:
        return _doing(situation, TakeBackConsent(silently=situation.opted_out))
    if read is not TakeBack.UNSURE or situation.opted_out or not situation.open_referrals:
        return None
    question = ReferralQuestion(Topic.TAKE_BACK, situation.now)
    return Turn(
        AnsweredBy.NOTICE,
        replace(situation.memory, about_referral=question),
        (say("take_back_question", situation.language),),
        tasks=(NewTask(TaskKind.CALL_BACK, UNSURE),),
    )


def answer(text: str, situation: Situation, last: Asked | None) -> Turn | None:
    """The turn for an answer to what we asked or told about a referral; None for another text."""
    question = situation.memory.about_referral
    if last is Asked.REFERRAL and question is not None:
        turn = _on_question(text, question, situation)
        if turn is not None:
            return turn
    if last in (Asked.REFERRAL, Asked.OUTCOME, Asked.TOLD) and is_wrong_person(text):
        return _wrong_person(situation)
    if situation.outcome_asked is not None:
        turn = _on_outcome(text, situation.outcome_asked, situation, last)
        if turn is not None:
            return turn
    if last is Asked.TOLD and situation.told_of and asks_for_details(text):
        return _details(situation)
    return None


def why_in_own_words(text: str, situation: Situation, last: Asked | None) -> Turn | None:
    """The turn for words that no list knows, after we asked why: kept for the clinician."""
    question = situation.memory.about_referral
    if last is not Asked.REFERRAL or question is None or question.topic is not Topic.WHY:
        return None
    if question.referral_id is None:
        return None
    return _doing(situation, Because(question.referral_id, NotReceived.OTHER, text))


def _on_question(text: str, question: ReferralQuestion, situation: Situation) -> Turn | None:
    if question.topic is Topic.WHICH:
        return _on_which(text, question, situation)
    deed = _deed_for(text, question)
    if deed is not None:
        return _doing(situation, deed)
    if question.topic is Topic.TAKE_BACK and read_yes_or_no(text) is False:
        memory = replace(situation.memory, about_referral=None)
        return Turn(AnsweredBy.NOTICE, memory, (say("take_back_not", situation.language),))
    if isinstance(read_choice(text), Pick) and question.topic in _LAST_NUMBER:
        reply = say("pick_unknown", situation.language, last=_LAST_NUMBER[question.topic])
        return Turn(AnsweredBy.NOTICE, situation.memory, (reply,))
    return None


def _deed_for(text: str, question: ReferralQuestion) -> Deed | None:
    if question.topic is Topic.TAKE_BACK:
        return TakeBackConsent() if read_yes_or_no(text) else None
    if question.referral_id is None:
        return None
    if question.topic is Topic.WHY:
        why = read_why(text)
        words = None if isinstance(read_choice(text), Pick) else text
        return Because(question.referral_id, why, words) if why else None
    if question.topic is Topic.NEXT and question.service_ids:
        wanted = read_yes_or_no(text)
        if wanted:
            return SendOn(question.referral_id, question.service_ids)
        if wanted is False:
            return Another(question.referral_id, question.service_ids[1:])
    return None


def _on_outcome(
    text: str, asked: SentNotice, situation: Situation, last: Asked | None
) -> Turn | None:
    """What the text says came of the referral. Settled, it is changed by plain words only."""
    settled = asked.referral.outcome in (Outcome.SERVICE_RECEIVED, Outcome.NOT_RECEIVED)
    asked_last = last is Asked.OUTCOME and not settled
    read = read_outcome(text, asked_last=asked_last)
    if read is not None:
        return _doing(situation, _settling(read, asked.referral.id, text))
    if asked_last and isinstance(read_choice(text), Pick):
        reply = say("pick_unknown", situation.language, last=3)
        return Turn(AnsweredBy.NOTICE, situation.memory, (reply,))
    return None


def _settling(read: CameOf, referral_id: str, text: str) -> Deed:
    match read.came:
        case Came.RECEIVED:
            return Received(referral_id)
        case Came.NOT_YET:
            return NotYet(referral_id)
        case Came.NOT_RECEIVED:
            return NotReceivedAtAll(referral_id, read.why, text if read.why else None)


def _details(situation: Situation) -> Turn:
    """Who will help with each request that the person was told of, or which one is meant."""
    told_of, language = situation.told_of, situation.language
    if len(told_of) <= DETAILS_AT_ONCE:
        # How to take it back is said once: it takes back all of them.
        replies = [details(each, language, hint=each is told_of[-1]) for each in told_of]
        return Turn(AnsweredBy.NOTICE, situation.memory, tuple(replies))
    asked = told_of[:NUMBERS_AT_MOST]
    question = ReferralQuestion(
        Topic.WHICH, situation.now, referral_ids=tuple(each.id for each in asked)
    )
    memory = replace(situation.memory, about_referral=question)
    return Turn(AnsweredBy.NOTICE, memory, (_which(asked, language),))


def _which(asked: Sequence[ReferralFacts], language: Language) -> str:
    """The requests with their numbers; long names are cut, so that all of them fit."""
    names = [each.service.name if each.service else "-" for each in asked]
    longest = LONGEST_NAME
    while True:
        numbered = [f"{number} {_cut(name, longest)}" for number, name in enumerate(names, 1)]
        text = say("referral_which", language, needs="; ".join(numbered))
        text = to_gsm7(text, fold_accents=language is Language.ES)
        if len(text) <= results.LONGEST_DETAILS or longest <= SHORTEST_NAME:
            return text
        longest -= 5


def _on_which(text: str, question: ReferralQuestion, situation: Situation) -> Turn | None:
    """The turn for a number; the question stays open, so that the others can be asked for too."""
    if not isinstance(choice := read_choice(text), Pick):
        return _details(situation) if situation.told_of and asks_for_details(text) else None
    ids = question.referral_ids
    known = {each.id: each for each in situation.told_of}
    if not 1 <= choice.number <= len(ids):
        reply = say("pick_unknown", situation.language, last=len(ids))
    elif (chosen := known.get(ids[choice.number - 1])) is not None:
        reply = details(chosen, situation.language)
    else:  # it has ended meanwhile
        reply = say("referral_over", situation.language)
    return Turn(AnsweredBy.NOTICE, situation.memory, (reply,))


def details(referral: ReferralFacts, language: Language, *, hint: bool = True) -> str:
    """Who will help, how to reach them, how to take it back (`hint`); the least important left out
    first. In a reply the organisation may be named. At most two segments."""
    service = referral.service
    if service is None:
        return say("referral_not_listed", language)
    key = _STATE.get(referral.status, "referral_ended")
    if referral.status is Status.REQUESTED and not referral.partner_knows:
        key = "referral_by_our_team"
    contact = service.contact[language]
    parts = [
        say(key, language, name=service.full_name),
        say("referral_call_them", language, contact=contact) if contact else "",
        say("referral_take_back_hint", language) if hint and referral.status in _GOES_ON else "",
    ]
    kept: list[str] = []
    for part in filter(None, parts):
        if not kept or len(" ".join([*kept, part])) <= results.LONGEST_DETAILS:
            kept.append(part)
    return to_gsm7(" ".join(kept), fold_accents=language is Language.ES)


def _cut(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 3].rstrip()}..."


def _wrong_person(situation: Situation) -> Turn:
    return Turn(
        AnsweredBy.NOTICE,
        replace(situation.memory, about_referral=None),
        (say("checkin_wrong_person", situation.language),),
        tasks=(NewTask(TaskKind.SEND_FAILED, WRONG_PERSON),),
        consent=ConsentChange.WRONG_PERSON,
    )


def _doing(situation: Situation, deed: Deed) -> Turn:
    return Turn(AnsweredBy.NOTICE, situation.memory, deeds=(deed,))
