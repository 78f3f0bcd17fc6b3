"""What the answer to a check-in calls for. Data: which words, which task, what changes."""

from dataclasses import dataclass

from bot.checkin_answers import CheckinAnswer
from bot.turn import ConsentChange, NewTask, Situation, Turn, Understood
from bot.wording import say
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


def turn_for(answer: CheckinAnswer, situation: Situation) -> Turn:
    """The turn for any answer that is not in words."""
    calls_for = _CALLS_FOR[answer]
    return Turn(
        AnsweredBy.CHECKIN,
        situation.memory,
        (say(calls_for.sentence, situation.language),),
        tasks=calls_for.tasks,
        consent=calls_for.consent,
        checkin_answer=answer,
        understood=Understood(checkin=answer),
    )
