"""When a text is not clear: one short question with numbered choices, and what is answered to it.

The order: the likeliest needs to choose from; then other words are asked for; then a person. From
the second unclear text in a row on, 211 and a call back are named and staff is told once to read
what was texted. Nobody is called who did not ask for it: a phone may be in the wrong hands.
The choices are still offered then, where there are any, so that nothing ends with a miss.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.asked import open_question
from bot.choices import Answer, More, read_answer_in_words, read_choice, read_numbers
from bot.plain_rules import in_danger
from bot.plain_text import plain, words_of
from bot.safety.screen import Danger
from bot.turn import NewTask, Situation, Turn, Understood
from bot.wording import say
from bot.wording.questions import in_both_languages, which_need
from directory.conversations.memory import Question
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.needs import taxonomy
from directory.search import needs_in, place_in
from directory.tasks.models import TaskKind

MOST_CHOICES = 3
MISSES_BEFORE_A_PERSON = 2
# An answer of more words is a new sentence, to be understood as one.
WORDS_OF_AN_ANSWER = 5

NOT_UNDERSTOOD = NewTask(
    TaskKind.CALL_BACK,
    "Two texts in a row were not understood: please read them. No call was asked for.",
)
ANOTHER_LANGUAGE = NewTask(
    TaskKind.CALL_BACK,
    "A text in another language than English or Spanish could not be read, nor checked for "
    "danger: please read it. No call was asked for.",
)

_NEGATIONS = frozenset(["no", "not", "nor", "neither", "none", "dont", "isnt", "ni", "nada"])


@dataclass(frozen=True, slots=True)
class Chosen:
    """The needs that were picked, in the order in which they were offered."""

    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SomethingElse:
    """None of those that were offered."""


@dataclass(frozen=True, slots=True)
class NotOffered:
    """An answer to the question, though not one that tells which need."""


Reply = Chosen | SomethingElse | NotOffered


def read_reply(text: str, question: Question) -> Reply | None:
    """What the text answers to the question; None for a new text, to be understood as such."""
    offered = question.needs
    choice = read_choice(text)
    answer = read_answer_in_words(text)
    if isinstance(choice, More) or answer is Answer.NEITHER:
        return SomethingElse()
    if choice is not None:
        return _numbered((choice.number,), offered)
    if answer is Answer.ALL or (answer is Answer.YES and len(offered) == 1):
        return Chosen(offered)
    if answer is Answer.YES:
        return NotOffered()
    numbers = read_numbers(text)
    if numbers and max(numbers) <= len(offered) + 1:
        return _numbered(numbers, offered)
    named = _named(text, offered)
    return Chosen(named) if named else None


def _numbered(numbers: Sequence[int], offered: tuple[str, ...]) -> Reply:
    picked = tuple(need for number, need in enumerate(offered, start=1) if number in numbers)
    if picked:
        return Chosen(picked)
    return SomethingElse() if len(offered) + 1 in numbers else NotOffered()


def _named(text: str, offered: tuple[str, ...]) -> tuple[str, ...]:
    """The offered needs that a short text names, in our words or its own.

    A text that also names a place, denies something or names another need says more than a choice.
    """
    sentence = plain(text)
    for number, need in enumerate(offered, start=1):
        if sentence in _our_words(number, need):
            return (need,)
    words = words_of(text)
    if len(words) > WORDS_OF_AN_ANSWER or not _NEGATIONS.isdisjoint(words):
        return ()
    named = needs_in(text)
    if place_in(text) is not None or not set(named) <= set(offered):
        return ()
    return tuple(need for need in offered if need in named)


def _our_words(number: int, need: str) -> set[str]:
    known = taxonomy()[need]
    said = [each[language] for each in (known.ask, known.label) for language in Language]
    return {plain(words) for each in said for words in (each, f"{number} {each}")}


def not_understood(
    payload: dict[str, Any], text: str, situation: Situation, by: AnsweredBy
) -> Turn:
    """The turn for Rasa's `clarify`, with or without needs to offer. `text`: redacted."""
    memory, language = situation.memory, situation.language
    before = open_question(situation)
    misses = 1 + (memory.misses if before else 0)
    refused = before.refused if before else ()
    needs = needs_to_offer(payload, refused)
    place = place_in(text)
    replies = [which_need(needs, language)] if needs else []
    if misses >= MISSES_BEFORE_A_PERSON:
        replies.insert(0, say("second_miss", language))
    memory = replace(
        memory,
        misses=misses,
        # A place alone, texted next, is then searched for these.
        needs=needs or memory.needs,
        place=place.name if place else memory.place,
        question=Question(situation.now, needs=needs, text=text, refused=refused),
    )
    return Turn(
        by,
        memory,
        tuple(replies) or (say("clarify", language),),
        tasks=(NOT_UNDERSTOOD,) if misses == MISSES_BEFORE_A_PERSON else (),
        understood=Understood(offered=needs),
    )


def needs_to_offer(payload: dict[str, Any], refused: Sequence[str]) -> tuple[str, ...]:
    """Of the needs that Rasa holds possible, likeliest first, those to choose from."""
    known = taxonomy()
    possible = [str(need) for need in payload.get("needs") or ()]
    fresh = [need for need in possible if need in known and need not in refused]
    return tuple(dict.fromkeys(fresh))[:MOST_CHOICES]


def out_of_scope(situation: Situation, by: AnsweredBy) -> Turn:
    """The turn for what we can't do. Its sentence names 211, and no person needs to look."""
    before = open_question(situation)
    memory = replace(
        situation.memory,
        misses=max(1, situation.memory.misses if before else 0),
        question=before or Question(situation.now),
    )
    return Turn(by, memory, (say("out_of_scope", situation.language),))


def in_danger_meanwhile(text: str, danger: Danger, situation: Situation) -> Turn:
    """The turn for danger, whatever we had asked. Our guesses at a need are not named in it.

    A number after danger ("press 1") picks nothing; MORE asks the question again.
    """
    question = open_question(situation)
    if question is None or not question.needs:
        return in_danger(text, danger, situation)
    turn = in_danger(
        text, danger, replace(situation, memory=replace(situation.memory, needs=(), question=None))
    )
    if turn.memory.after_danger or not turn.replies:
        return turn
    language = Language(turn.memory.language or situation.language)
    return replace(
        turn,
        memory=replace(turn.memory, question=replace(question, paused=True)),
        replies=(*turn.replies, say("after_danger_unnamed", language)),
    )


def ask_again(question: Question, situation: Situation) -> Turn:
    """The question once more, after danger came between."""
    asked = replace(question, asked_at=situation.now, paused=False)
    memory = replace(situation.memory, needs=question.needs, question=asked)
    reply = which_need(question.needs, situation.language)
    return Turn(AnsweredBy.CHOICE, memory, (reply,), understood=Understood(offered=question.needs))


def picked(needs: tuple[str, ...], situation: Situation) -> Situation:
    """The situation once these were picked: nothing is asked any more, no other was meant."""
    return replace(situation, memory=replace(situation.memory, needs=needs, question=None))


def something_else(question: Question, situation: Situation) -> Turn:
    """Asks for other words; what was refused is not offered again."""
    memory = replace(
        situation.memory,
        needs=(),
        question=Question(situation.now, refused=(*question.refused, *question.needs)),
    )
    return Turn(AnsweredBy.CHOICE, memory, (say("clarify_else", situation.language),))


def ask_for_a_number(question: Question, situation: Situation) -> Turn:
    """The question stays open; its numbers are named."""
    reply = say("pick_unknown", situation.language, last=len(question.needs) + 1)
    return Turn(AnsweredBy.CHOICE, situation.memory, (reply,))


def in_another_language(situation: Situation) -> Turn:
    """The line with interpreters, in both languages. Nobody could screen the text: staff reads."""
    return Turn(
        AnsweredBy.CHOICE,
        situation.memory,
        (in_both_languages("other_language"),),
        tasks=(ANOTHER_LANGUAGE,),
        understood=Understood(other_language=True),
    )
