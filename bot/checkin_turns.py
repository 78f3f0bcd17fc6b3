"""What the answer to a check-in calls for. Data: which words, which task, what changes."""

from dataclasses import dataclass, replace

from bot.asked import Asked, asked_last, waits_for_place
from bot.checkin_answers import (
    CheckinAnswer,
    asks_who,
    is_surely_wrong_person,
    read_answer,
    tells_of_death,
    tells_of_no_call,
)
from bot.choices import Pick, read_answer_in_words, read_choice
from bot.clarifying import MOST_CHOICES
from bot.plain_text import words_of
from bot.second_net import is_sentence
from bot.turn import ConsentChange, NewTask, Situation, Turn, Understood
from bot.wording import results, say
from bot.wording.questions import which_need
from directory.conversations.memory import Memory, Question
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.search import needs_in
from directory.tasks.models import TaskKind


@dataclass(frozen=True, slots=True)
class AnswerCallsFor:
    """The sentence to say, the tasks to open, and what it changes in whether we may text.

    `keeps_menu`: the numbers of the check-in go on to mean what it said of them, so that who thinks
    again can still ask for a call with a 3. `settled`: the check-in is answered.
    """

    sentence: str
    tasks: tuple[NewTask, ...] = ()
    consent: ConsentChange | None = None
    keeps_menu: bool = True
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
        "checkin_wrong_person",
        (_WRONG_NUMBER,),
        consent=ConsentChange.WRONG_PERSON,
        keeps_menu=False,
    ),
    CheckinAnswer.STOP: AnswerCallsFor("stopped", consent=ConsentChange.STOP, keeps_menu=False),
    # The screen has looked already; should the two ever differ, a person looks.
    CheckinAnswer.CRISIS: AnswerCallsFor(
        "checkin_worse",
        (NewTask(TaskKind.DANGER, "A check-in was answered with a sign of danger."),),
        keeps_menu=False,
    ),
}

_ASKS_WHO = AnswerCallsFor("checkin_who", settled=False)
_SEEMS_WRONG = AnswerCallsFor(
    "checkin_seems_wrong",
    (_MAY_BE_WRONG,),
    consent=ConsentChange.NO_CHECKINS,
    keeps_menu=False,
)
_DIED = AnswerCallsFor(
    "checkin_died", (_TOLD_OF_DEATH,), consent=ConsentChange.NO_CHECKINS, keeps_menu=False
)

_NO_CALL_CAME = AnswerCallsFor(
    "person",
    (
        NewTask(
            TaskKind.CALL_BACK,
            "They wrote that nobody has called: a call that was promised did not come.",
        ),
    ),
)
_OUTSIDE = NewTask(TaskKind.CALL_BACK, "Asked to be called.")
# A longer text says more than that, and is understood as a whole.
WORDS_OF_A_REQUEST = 8
_NUMBERS = (Pick(1), Pick(2))
_THREE = frozenset({"3", "three", "tres"})
# Answered in words that the understanding may find a need in.
IN_WORDS = (CheckinAnswer.UNCLEAR, CheckinAnswer.NEEDS_HELP)


def is_plain(answer: CheckinAnswer, text: str) -> bool:
    """Whether the rules alone say what the text calls for; else it is understood as words are.

    A bare yes or no to "how are things?" tells nothing: the numbers are named, and a person reads.
    """
    if isinstance(read_choice(text), Pick):
        return True
    if answer is CheckinAnswer.UNCLEAR and read_answer_in_words(text) is not None:
        return True
    return answer not in IN_WORDS and not is_sentence(text)


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
    """The turn for a text after a check-in was answered, within the day in which its numbers still
    count; None for others.

    A 1 or a 2 may mean something that we asked before; the list of services from before it is not.
    """
    answer = read_answer(text)
    if answer is CheckinAnswer.CALL_ME and _asks_only_that(text):
        return turn_for(answer, situation, text)
    if read_choice(text) in _NUMBERS and asked_last(situation) in (None, Asked.LIST):
        return None if waits_for_place(situation) else turn_for(answer, situation, text)
    return None


def wants_call(text: str, situation: Situation) -> Turn | None:
    """The turn for who asks to be called, or tells that a call we owe has not come, with no
    check-in to answer; None for other texts."""
    if tells_of_no_call(text):
        wanted = situation.call_awaited  # where we never promised one, they speak of others
    else:
        wanted = _asks_to_be_called(text, situation)
    if not wanted:
        return None
    turn = turn_for(CheckinAnswer.CALL_ME, situation, text)
    tasks = tuple(
        _OUTSIDE if task in _CALLS_FOR[CheckinAnswer.CALL_ME].tasks else task for task in turn.tasks
    )
    return replace(turn, tasks=tasks, checkin_answer=None, understood=Understood())


def _asks_to_be_called(text: str, situation: Situation) -> bool:
    """A bare number does not: what it stood for is over."""
    if situation.clinician is not None or read_choice(text) is not None:
        return False
    short = len(words_of(text)) <= WORDS_OF_A_REQUEST
    return short and not needs_in(text) and read_answer(text) is CheckinAnswer.CALL_ME


def _asks_only_that(text: str) -> bool:
    """Whether a call is what is wanted: "can i call a food pantry" is a need."""
    return not _THREE.isdisjoint(words_of(text)[:3]) or not needs_in(text)


def _called_for(answer: CheckinAnswer, text: str) -> AnswerCallsFor:
    if tells_of_death(text):
        return _DIED
    if answer is CheckinAnswer.WRONG_PERSON and asks_who(text):
        return _ASKS_WHO
    if answer is CheckinAnswer.WRONG_PERSON and not is_surely_wrong_person(text):
        return _SEEMS_WRONG
    if answer is CheckinAnswer.CALL_ME and tells_of_no_call(text):
        return _NO_CALL_CAME
    return _CALLS_FOR[answer]


def _remembering(calls_for: AnswerCallsFor, situation: Situation) -> Memory:
    kept = situation.now if calls_for.keeps_menu else None
    return replace(situation.memory, call_offered_at=kept)


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
        # Its numbers are the ones that count from now on.
        memory=replace(turn.memory, needs=needs, question=question, call_offered_at=None),
        replies=(reply,),
        understood=replace(turn.understood, offered=needs),
    )


def _telling(task: NewTask, needs: tuple[str, ...]) -> NewTask:
    if not needs:
        return task
    named = results.name_needs(needs, Language.EN)
    return replace(task, note=f"{task.note or ''} It may be about: {named}.".strip())


def understood(turn: Turn, answer: CheckinAnswer, situation: Situation) -> Turn:
    """The turn for an answer in words, from what the understanding made of it."""
    if turn.understood.offered:
        turn = _with_question(turn, answer, situation)
    elif not _is_served(turn):
        turn = _in_words(turn, answer, situation)
    elif turn.memory.results_at != situation.now:  # nothing with numbers of its own was shown
        turn = replace(turn, memory=replace(turn.memory, call_offered_at=situation.now))
    noted = replace(turn.understood, checkin=answer)
    return replace(turn, checkin_answer=answer, understood=noted)


def _is_served(turn: Turn) -> bool:
    """Whether the understanding found something to do with the text."""
    if turn.understood.other_language:
        return True
    return turn.memory.misses == 0 and turn.answered_by is not AnsweredBy.HOLDING


def _in_words(turn: Turn, answer: CheckinAnswer, situation: Situation) -> Turn:
    """The turn when words were not understood: a person reads them, and no miss is counted."""
    calls_for = _CALLS_FOR[answer]
    return replace(
        turn,
        answered_by=AnsweredBy.CHECKIN,
        memory=_remembering(calls_for, situation),
        replies=(say(calls_for.sentence, situation.language),),
        tasks=(*turn.tasks, *calls_for.tasks),
    )


def _with_question(turn: Turn, answer: CheckinAnswer, situation: Situation) -> Turn:
    """The turn when words may have meant a need: the question, in one text with our thanks."""
    question = turn.replies[-1]
    if answer is CheckinAnswer.NEEDS_HELP:
        return replace(turn, replies=(question,))
    thanks = say("checkin_read", situation.language)
    return replace(turn, replies=(f"{thanks}\n{question}",), tasks=_CALLS_FOR[answer].tasks)
