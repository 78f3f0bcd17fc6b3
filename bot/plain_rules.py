"""What plain rules decide before anything that can fail: danger, then STOP, START and HELP."""

from dataclasses import replace

from bot.checkin_answers import CheckinAnswer
from bot.discreet import said
from bot.languages import language_of
from bot.safety.replies import approved
from bot.safety.screen import Danger
from bot.sms.keywords import Keyword, is_the_carriers, language_of_keyword
from bot.turn import ConsentChange, NewTask, Situation, Turn, Understood
from bot.wording import results, say
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.needs import is_sensitive
from directory.search import needs_in, place_in
from directory.tasks.models import TaskKind


def in_danger(text: str, danger: Danger, situation: Situation) -> Turn:
    """The approved reply and a task for a person; nothing here can fail or wait.

    An opted-out number gets no text (the carrier would block it): a person must call.
    """
    memory = situation.memory
    note = danger.noted(text)
    place = place_in(text)
    understood = Understood(danger=danger, place=place.name if place else None)
    if situation.opted_out:
        task = NewTask(TaskKind.OPTED_OUT_DANGER, note)
        return Turn(AnsweredBy.SAFETY, memory, tasks=(task,), understood=understood)
    language = language_of(text, otherwise=situation.language)
    replies = [approved(danger.risk, language, on_shift=situation.on_shift).text]
    kept = memory.needs or tuple(needs_in(text)[:2])
    if kept and any(is_sensitive(need) for need in kept):
        replies.append(say("after_danger_unnamed", language))
    elif kept:
        named = results.name_needs(kept, language)
        replies.append(say("after_danger", language, needs=named))
    answer = CheckinAnswer.CRISIS if situation.checkin is not None else None
    return Turn(
        AnsweredBy.SAFETY,
        # A number after danger ("press 1") answers nothing that we had asked.
        replace(
            memory,
            after_danger=kept,
            language=language,
            about_referral=None,
            danger_at=situation.now,
        ),
        tuple(replies),
        tasks=(NewTask(TaskKind.DANGER, note),),
        checkin_answer=answer,
        understood=replace(understood, checkin=answer),
    )


def on_keyword(word: Keyword | None, text: str, situation: Situation) -> Turn:
    """STOP, START and HELP; and silence for a number that opted out and says anything else."""
    memory = situation.memory
    if memory.language is None and (shown := language_of_keyword(text)) is not None:
        # What comes after STOP, such as the answer to START, is in that language too.
        memory = replace(memory, language=shown)
    language = Language(memory.language or situation.language)
    if not is_the_carriers(text):
        language = language_of(text, otherwise=language)
    if situation.opted_out and word is not Keyword.START:
        optout = Understood(optout=word is Keyword.STOP)
        return Turn(AnsweredBy.SILENCE, memory, understood=optout)
    if word is Keyword.STOP:
        answer = CheckinAnswer.STOP if situation.checkin is not None else None
        return Turn(
            AnsweredBy.KEYWORD,
            memory,
            (say("stopped", language),),
            consent=ConsentChange.STOP,
            checkin_answer=answer,
            understood=Understood(optout=True, checkin=answer),
        )
    if word is Keyword.START:
        return Turn(
            AnsweredBy.KEYWORD, memory, (say("started", language),), consent=ConsentChange.START
        )
    spoken_to = replace(situation, language=language)
    return Turn(AnsweredBy.KEYWORD, memory, (said("help", spoken_to),))
