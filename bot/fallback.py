"""Without Rasa: the directory's own rule search answers. Less clever, never silent. And where not
even that can answer, the words that always can."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.turn import NewTask, Situation, Turn, Understanding
from bot.wording import say
from directory.conversations.memory import Memory
from directory.messages.models import AnsweredBy
from directory.search import FindResult, Query, names_unknown_place, needs_in, place_in
from directory.tasks.models import TaskKind


def understand(
    text: str,
    memory: Memory,
    now: datetime,
    search: Callable[[Query], FindResult],
    *,
    chosen: tuple[str, ...] = (),
) -> Understanding:
    """Needs and place by words alone; a place alone goes on with the need asked last.

    `chosen`: needs that the person picked; the text then only tells the rest.
    """
    named = chosen or tuple(needs_in(text)[:2])
    place = place_in(text)
    where = place.name if place else memory.place
    needs = named or (memory.needs if place else ())
    if not needs:
        return Understanding(({"say": "clarify"},), (), AnsweredBy.FALLBACK)
    if where is None:
        asked: dict[str, Any] = {"ask": "place", "needs": list(needs)}
        if names_unknown_place(text):
            asked["unknown"] = True
        return Understanding((asked,), needs, AnsweredBy.FALLBACK)
    query = Query(needs=needs, place=where, language=None, open_now=False, text=text, at=now)
    found = {"found": {"result": search(query).as_json()}}
    return Understanding((found,), needs, AnsweredBy.FALLBACK)


def holding(situation: Situation) -> Turn:
    """What to dial, when nothing better can be said right now."""
    words = (say("holding", situation.language),)
    # Nobody knows how far it got: Rasa may have been asked.
    return Turn(AnsweredBy.HOLDING, situation.memory, words, tracked=True)


def for_a_person(situation: Situation) -> Turn:
    """The same words, and a task: nothing is owed, since no process gets through this text."""
    task = NewTask(TaskKind.CALL_BACK, "A text could not be answered automatically: please read.")
    return replace(holding(situation), answered_by=AnsweredBy.FALLBACK, tasks=(task,))
