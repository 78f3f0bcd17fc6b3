"""A text that must not be answered: whoever is feared would read it on the person's phone.

Plain rules, before everything that can fail. "OK." is all that is said, a person is told at once,
and what we start later names nothing. An opt-out in the same text is heeded, and whether the text
speaks of danger besides is kept as the screen saw it.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from bot.checkin_answers import CheckinAnswer
from bot.deeds import Applying, Done
from bot.languages import language_of
from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain
from bot.safety.screen import Danger, Risk
from bot.sms.keywords import Keyword, keyword
from bot.turn import ConsentChange, NewTask, Situation, Turn, Understood
from bot.wording import say
from directory.messages.models import AnsweredBy
from directory.own_files import read_once, read_yaml
from directory.people import service as people
from directory.referrals import actors
from directory.tasks.models import TaskKind

PHRASES_FILE = Path(__file__).with_name("unanswerable.yml")

# Minutes count, and whoever reads the answer can save a life with it.
_ANSWERED_ALL_THE_SAME = (Risk.OVERDOSE,)
NOTE = (
    "Texting back is not safe, and a call may not be: somebody else reads this phone. Only OK was "
    "answered. The next check-ins are off until a visit or a new plan brings them back."
)


@dataclass(frozen=True, slots=True)
class _Phrases:
    benign: PhraseBook[str]
    requests: PhraseBook[str]
    readers: PhraseBook[str]


def must_not_be_answered(text: str) -> bool:
    """Whether the text asks for no answer, now or ever, because somebody else would read it."""
    known = _phrases()
    sentence = known.benign.mask(plain(text))
    if not known.readers.occurs(sentence):
        return False
    return known.requests.occurs(sentence) or keyword(text) is Keyword.STOP


def answer(text: str, danger: Danger | None, situation: Situation) -> Turn | None:
    """The turn for such a text; None for any other. `danger`: what the screen saw in it."""
    if situation.clinician is not None or not must_not_be_answered(text):
        return None
    immediate = danger is not None and danger.immediate
    if danger is not None and immediate and danger.risk in _ANSWERED_ALL_THE_SAME:
        return None
    note = f"{NOTE} {danger.noted(text) if danger is not None else text[:300]}"
    understood = Understood(danger=danger)
    deeds = (ReadByOthers(),)
    if situation.opted_out:
        task = NewTask(TaskKind.OPTED_OUT_DANGER, note)
        return Turn(
            AnsweredBy.SAFETY,
            situation.memory,
            tasks=(task,),
            deeds=deeds,
            understood=understood,
        )
    language = language_of(text, otherwise=situation.language)
    stops = _opts_out_besides(text)
    noted = CheckinAnswer.CRISIS if situation.checkin is not None else None
    return Turn(
        AnsweredBy.SAFETY,
        # A number in the next text answers nothing that we had asked before.
        replace(
            situation.memory,
            language=language,
            question=None,
            about_referral=None,
            after_danger=(),
            danger_at=situation.now,
        ),
        (say("stopped" if stops else "read_by_others", language),),
        tasks=(NewTask(TaskKind.DANGER, note),),
        consent=ConsentChange.STOP if stops else ConsentChange.NO_CHECKINS,
        checkin_answer=noted,
        deeds=deeds,
        understood=replace(understood, optout=stops, checkin=noted),
    )


@dataclass(frozen=True, slots=True)
class ReadByOthers:
    """From now on nothing that we start names anybody, and no answer tells who we are."""

    def carry_out(self, at: Applying) -> Done:
        if not at.person.number_shared:
            at.person.number_shared = True
            people.audit(
                at.session,
                actor=actors.resident(at.person.id).by,
                action="person.change",
                person_id=at.person.id,
                now=at.now,
            )
        return Done(at.memory)


def _opts_out_besides(text: str) -> bool:
    """Whether an opt-out is left once "do not text back" is taken out."""
    return keyword(_phrases().requests.mask(plain(text))) is Keyword.STOP


@read_once
def _phrases() -> _Phrases:
    content = read_yaml(PHRASES_FILE)
    notation = Notation(content["lists"])

    def book(name: str) -> PhraseBook[str]:
        return PhraseBook((notation.compile(source), source) for source in content[name])

    return _Phrases(book("benign"), book("requests"), book("readers"))
