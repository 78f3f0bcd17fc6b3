"""What is answered when one number sends more texts than anybody writes (directory/messages/flood).

Danger and opting out are read as ever, by the rules alone; one text says that a person will read
the rest, and then there is silence, so that two machines never talk to each other for long. All
texts are kept.
"""

from dataclasses import replace
from datetime import timedelta

from bot import clarifying, unanswerable
from bot.clinician_texts.danger import own_danger
from bot.deeds import Deed
from bot.plain_rules import on_keyword
from bot.referral_answers import TakeBack, reads_take_back
from bot.referral_deeds import TakeBackConsent
from bot.safety.screen import screen
from bot.sms.keywords import Keyword, keyword
from bot.turn import NewTask, Situation, Turn
from bot.wording import say
from directory.messages.flood import Flood
from directory.messages.models import AnsweredBy
from directory.tasks.models import TaskKind

# In a flood a danger reply is said again after this (product time), and staff told again.
AGAIN_AFTER = timedelta(minutes=1)
NOTE = "Many texts within a short time, answered once. Read them, and call if it is a person."


def in_flood(text: str, flood: Flood, situation: Situation) -> Turn:
    """The turn for one text of a flood."""
    danger = screen(text) if situation.clinician is None else own_danger(text)
    unanswered = unanswerable.answer(text, danger, situation)
    if unanswered is not None:
        return _not_again(unanswered, situation)
    if danger is not None and danger.immediate:
        return _not_again(clarifying.in_danger_meanwhile(text, danger, situation), situation)
    word = keyword(text)
    if word in (Keyword.STOP, Keyword.START):
        turn = on_keyword(word, text, situation)
        return turn if word is Keyword.STOP else replace(turn, replies=())
    deeds: tuple[Deed, ...] = ()
    if situation.clinician is None and reads_take_back(text) is TakeBack.SURE:
        deeds = (TakeBackConsent(silently=True),)
    if situation.opted_out or not flood.first:
        return Turn(AnsweredBy.SILENCE, situation.memory, deeds=deeds)
    return Turn(
        AnsweredBy.FLOOD,
        situation.memory,
        (say("flood", situation.language),),
        tasks=(NewTask(TaskKind.CALL_BACK, NOTE),),
        deeds=deeds,
    )


def _not_again(turn: Turn, situation: Situation) -> Turn:
    """Danger is answered, with a task; not each of a hundred times. A mere hint counts: nobody is
    asked."""
    last = situation.memory.danger_at
    if last is not None and situation.now - last < AGAIN_AFTER:
        return Turn(AnsweredBy.SILENCE, situation.memory, understood=turn.understood)
    return turn
