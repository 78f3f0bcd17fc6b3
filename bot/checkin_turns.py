"""What the answer to a check-in calls for. Data: which words, which task, what changes."""

from dataclasses import dataclass, replace

from bot.checkin_answers import CheckinAnswer
from bot.clarifying import MOST_CHOICES
from bot.turn import ConsentChange, NewTask, Situation, Turn, Understood
from bot.wording import results, say
from bot.wording.questions import which_need
from directory.conversations.memory import Question
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.tasks.models import TaskKind


@dataclass(frozen=True, slots=True)
class AnswerCallsFor:
    """The sentence to say, the tasks to open, and what it changes in whether we may text."""

    sentence: str
    tasks: tuple[NewTask, ...] = ()
    consent: ConsentChange | None = None


TO_BE_READ = NewTask(
    TaskKind.CALL_BACK, "A check-in was answered in words that were not understood: please read."
)

_CALLS_FOR = {
    CheckinAnswer.BETTER: AnswerCallsFor("checkin_better"),
    CheckinAnswer.SAME: AnswerCallsFor("checkin_same"),
    CheckinAnswer.WORSE: AnswerCallsFor(
        "checkin_worse", (NewTask(TaskKind.CALL_BACK, "A check-in was answered: worse."),)
    ),
    CheckinAnswer.NEEDS_HELP: AnswerCallsFor("checkin_needs_help"),
    CheckinAnswer.UNCLEAR: AnswerCallsFor("checkin_unclear", (TO_BE_READ,)),
    CheckinAnswer.CALL_ME: AnswerCallsFor(
        "person",
        (NewTask(TaskKind.CALL_BACK, "Asked for a call in answer to a check-in."),),
    ),
    CheckinAnswer.WRONG_PERSON: AnswerCallsFor(
        "checkin_wrong_person", consent=ConsentChange.WRONG_PERSON
    ),
    CheckinAnswer.STOP: AnswerCallsFor("stopped", consent=ConsentChange.STOP),
    # The screen has looked already; should the two ever differ, a person looks.
    CheckinAnswer.CRISIS: AnswerCallsFor(
        "checkin_worse",
        (NewTask(TaskKind.DANGER, "A check-in was answered with a sign of danger."),),
    ),
}

# Answered in words that the understanding may find a need in.
IN_WORDS = (CheckinAnswer.UNCLEAR, CheckinAnswer.NEEDS_HELP)


def turn_for(answer: CheckinAnswer, situation: Situation, needs: tuple[str, ...] = ()) -> Turn:
    """The turn for any answer that asks for no need; `needs` are told to the person who reads."""
    calls_for = _CALLS_FOR[answer]
    tasks = tuple(_telling(task, needs) for task in calls_for.tasks)
    return Turn(
        AnsweredBy.CHECKIN,
        situation.memory,
        (say(calls_for.sentence, situation.language),),
        tasks=tasks,
        consent=calls_for.consent,
        checkin_answer=answer,
        understood=Understood(needs=needs, checkin=answer),
    )


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
        memory=situation.memory,
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
