"""What the answer to a check-in calls for. Data: which words, which task, what changes."""

from dataclasses import dataclass, replace

from bot.asked import asked_last
from bot.checkin_answers import (
    CheckinAnswer,
    asks_who,
    is_surely_wrong_person,
    read_answer,
    tells_of_death,
)
from bot.choices import Pick, read_choice
from bot.clarifying import MOST_CHOICES
from bot.turn import ConsentChange, NewTask, Situation, Turn, Understood
from bot.wording import results, say
from bot.wording.questions import which_need
from directory.conversations.memory import Memory, Question
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.tasks.models import TaskKind


@dataclass(frozen=True, slots=True)
class AnswerCallsFor:
    """The sentence to say, the tasks to open, and what it changes in whether we may text.

    `offers_call`: the sentence says that a 3 brings a call. `settled`: the check-in is answered.
    """

    sentence: str
    tasks: tuple[NewTask, ...] = ()
    consent: ConsentChange | None = None
    offers_call: bool = False
    settled: bool = True


TO_BE_READ = NewTask(
    TaskKind.CALL_BACK, "A check-in was answered in words that were not understood: please read."
)

_WRONG_NUMBER = NewTask(
    TaskKind.SEND_FAILED,
    "A text of ours was answered: wrong person. Please find the right number; this one gets no "
    "texts.",
)
_MAY_BE_WRONG = NewTask(
    TaskKind.CALL_BACK,
    "A check-in was answered as if by the wrong person, not plainly: please read. The next "
    "check-ins are off until a visit or a new plan brings them back.",
)
_TOLD_OF_DEATH = NewTask(
    TaskKind.CALL_BACK,
    "Somebody answered a check-in that the person has died: please read. No more check-ins go out.",
)

_CALLS_FOR = {
    CheckinAnswer.BETTER: AnswerCallsFor("checkin_better"),
    CheckinAnswer.SAME: AnswerCallsFor("checkin_same", offers_call=True),
    CheckinAnswer.WORSE: AnswerCallsFor(
        "checkin_worse", (NewTask(TaskKind.CALL_BACK, "A check-in was answered: worse."),)
    ),
    CheckinAnswer.NEEDS_HELP: AnswerCallsFor("checkin_needs_help", offers_call=True),
    CheckinAnswer.UNCLEAR: AnswerCallsFor("checkin_unclear", (TO_BE_READ,), offers_call=True),
    CheckinAnswer.CALL_ME: AnswerCallsFor(
        "person",
        (NewTask(TaskKind.CALL_BACK, "Asked for a call in answer to a check-in."),),
    ),
    CheckinAnswer.WRONG_PERSON: AnswerCallsFor(
        "checkin_wrong_person", (_WRONG_NUMBER,), consent=ConsentChange.WRONG_PERSON
    ),
    CheckinAnswer.STOP: AnswerCallsFor("stopped", consent=ConsentChange.STOP),
    # The screen has looked already; should the two ever differ, a person looks.
    CheckinAnswer.CRISIS: AnswerCallsFor(
        "checkin_worse",
        (NewTask(TaskKind.DANGER, "A check-in was answered with a sign of danger."),),
    ),
}

_ASKS_WHO = AnswerCallsFor("checkin_who", settled=False)
_SEEMS_WRONG = AnswerCallsFor(
    "checkin_seems_wrong", (_MAY_BE_WRONG,), consent=ConsentChange.NO_CHECKINS
)
_DIED = AnswerCallsFor("checkin_died", (_TOLD_OF_DEATH,), consent=ConsentChange.NO_CHECKINS)

_NUMBERS = (Pick(1), Pick(2))
# Answered in words that the understanding may find a need in.
IN_WORDS = (CheckinAnswer.UNCLEAR, CheckinAnswer.NEEDS_HELP)


def turn_for(
    answer: CheckinAnswer, situation: Situation, text: str, needs: tuple[str, ...] = ()
) -> Turn:
    """The turn for any answer that asks for no need; `needs` are told to the person who reads."""
    calls_for = _called_for(answer, text)
    tasks = tuple(_telling(task, needs) for task in calls_for.tasks)
    return Turn(
        AnsweredBy.CHECKIN,
        _remembering(calls_for, situation),
        (say(calls_for.sentence, situation.language),),
        tasks=tasks,
        consent=calls_for.consent,
        checkin_answer=answer if calls_for.settled else None,
        understood=Understood(needs=needs, checkin=answer),
    )


def after_answer(text: str, situation: Situation) -> Turn | None:
    """The turn for a text after an answer of ours that said what a 3 brings; None for others.

    A 1 or a 2 may mean something that we asked before.
    """
    answer, nothing_open = read_answer(text), asked_last(situation) is None
    if answer is CheckinAnswer.CALL_ME or (nothing_open and read_choice(text) in _NUMBERS):
        return turn_for(answer, situation, text)
    return None


def _called_for(answer: CheckinAnswer, text: str) -> AnswerCallsFor:
    if tells_of_death(text):
        return _DIED
    if answer is CheckinAnswer.WRONG_PERSON and asks_who(text):
        return _ASKS_WHO
    if answer is CheckinAnswer.WRONG_PERSON and not is_surely_wrong_person(text):
        return _SEEMS_WRONG
    return _CALLS_FOR[answer]


def _remembering(calls_for: AnswerCallsFor, situation: Situation) -> Memory:
    offered = situation.now if calls_for.offers_call else None
    return replace(situation.memory, call_offered_at=offered)


def asking_further(turn: Turn, text: str, situation: Situation) -> Turn:
    """A turn for "worse" also asks which of its likely needs we could help with. `text`: redacted.

    A person calls, but nobody should have to wait for that to get a number.
    """
    needs = turn.understood.needs[:MOST_CHOICES]
    if turn.checkin_answer is not CheckinAnswer.WORSE or not needs:
        return turn
    reply = f"{turn.replies[0]}\n{which_need(needs, situation.language)}"
    question = Question(situation.now, needs=needs, text=text)
    return replace(
        turn,
        memory=replace(turn.memory, needs=needs, question=question),
        replies=(reply,),
        understood=replace(turn.understood, offered=needs),
    )


def _telling(task: NewTask, needs: tuple[str, ...]) -> NewTask:
    if not needs:
        return task
    named = results.name_needs(needs, Language.EN)
    return replace(task, note=f"{task.note or ''} It may be about: {named}.".strip())


def in_words(turn: Turn, answer: CheckinAnswer, situation: Situation) -> Turn:
    """The turn when words were not understood: a person reads them, and no miss is counted."""
    calls_for = _CALLS_FOR[answer]
    return replace(
        turn,
        answered_by=AnsweredBy.CHECKIN,
        memory=_remembering(calls_for, situation),
        replies=(say(calls_for.sentence, situation.language),),
        tasks=(*turn.tasks, *calls_for.tasks),
    )


def with_question(turn: Turn, answer: CheckinAnswer, situation: Situation) -> Turn:
    """The turn when words may have meant a need: the question, in one text with our thanks."""
    question = turn.replies[-1]
    if answer is CheckinAnswer.NEEDS_HELP:
        return replace(turn, replies=(question,))
    thanks = say("checkin_read", situation.language)
    return replace(turn, replies=(f"{thanks}\n{question}",), tasks=_CALLS_FOR[answer].tasks)
