"""What the answer to "is this a good time to text?" calls for."""

from dataclasses import dataclass

from bot.checkin_answers import is_surely_wrong_person
from bot.checkin_texts import checkin_text
from bot.choices import read_choice
from bot.deeds import Applying, Done
from bot.discreet import asks_about_us
from bot.good_time import SafetyAnswer, read_safety_answer
from bot.plain_text import words_of
from bot.turn import SafetyQuestion, Situation, Turn
from bot.wording import say
from directory import database
from directory.checkins import service as checkins
from directory.messages.models import AnsweredBy
from directory.quiet_hours import QuietHours
from directory.search import needs_in, place_in

# More words than this are no try at a yes, a no or the word that was agreed on.
WORDS_OF_AN_ANSWER = 4
# "Who is this?" and "what is this?" are words of that need, too.
_ASKED_OF_US = frozenset({"information"})


@dataclass(frozen=True, slots=True)
class GoodTime:
    """It is: what the check-in says goes out as the reply to this very text.

    A reply passes no last look, so whether the person may still be texted is asked here.
    """

    checkin_id: str

    def carry_out(self, at: Applying) -> Done:
        checkin = checkins.safety_open_for(at.session, at.person.id, now=at.now)
        if checkin is None or checkin.id != self.checkin_id:
            return Done(at.memory, (say("safety_later", at.language),))
        why_not = checkins.not_to_be_said(at.session, checkin, now=at.now)
        if why_not is not None:
            checkin.status, checkin.reason = why_not
            return Done(at.memory, (say("safety_later", at.language),))
        text = checkins.safety_confirmed(at.session, checkin, wording=checkin_text, now=at.now)
        return Done(at.memory, (text,))


@dataclass(frozen=True, slots=True)
class BadTime:
    """It is not, or (`wrong_word`) it may be somebody else."""

    checkin_id: str
    wrong_word: bool

    def carry_out(self, at: Applying) -> Done:
        checkin = checkins.safety_open_for(at.session, at.person.id, now=at.now)
        if checkin is not None and checkin.id == self.checkin_id:
            settings = database.current().settings
            checkins.safety_refused(
                at.session,
                checkin,
                quiet=QuietHours(*settings.quiet, settings.zone),
                now=at.now,
                wrong_word=self.wrong_word,
            )
        key = "safety_closed" if self.wrong_word else "safety_later"
        return Done(at.memory, (say(key, at.language),))


def answer(text: str, asked: SafetyQuestion, situation: Situation) -> Turn | None:
    """The turn for an answer; None for a text that is about something else."""
    read = read_safety_answer(text, asked.code_word)
    deed: GoodTime | BadTime
    if read is SafetyAnswer.YES:
        deed = GoodTime(asked.checkin_id)
    elif read is SafetyAnswer.NO:
        deed = BadTime(asked.checkin_id, wrong_word=False)
    elif _is_about_something_else(text):
        return None
    elif asked.code_word is not None:
        deed = BadTime(asked.checkin_id, wrong_word=True)
    elif asked.ended:
        return None
    else:
        reply = say("safety_who" if asks_about_us(text) else "safety_unclear", situation.language)
        return Turn(AnsweredBy.CHECKIN, situation.memory, (reply,))
    return Turn(AnsweredBy.CHECKIN, situation.memory, deeds=(deed,))


def _is_about_something_else(text: str) -> bool:
    """A need, a place, a longer sentence, the wrong number: to be understood as such.

    Who asks who we are may be anybody who holds the phone, and is told no more than whether it is
    a good time, whatever need the question sounds like.
    """
    if is_surely_wrong_person(text):
        return True
    if read_choice(text) is not None or asks_about_us(text):
        return False
    if len(words_of(text)) > WORDS_OF_AN_ANSWER or place_in(text) is not None:
        return True
    return not _ASKED_OF_US.issuperset(needs_in(text))
