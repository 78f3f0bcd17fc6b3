"""What Rasa (or, without it, the rule search) asks to be said, as a turn. Pure.

The payloads are those of bot/domain; words and lists are the application's.
"""

from dataclasses import replace
from typing import Any

from bot import clarifying
from bot.asked import is_recent
from bot.discreet import said
from bot.goodbyes import payload_for
from bot.languages import requested_language
from bot.listing_questions import asks_of_others
from bot.service_lists import ServiceLists
from bot.turn import NewTask, Situation, Turn, Understanding
from bot.wording import say, sentences
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.tasks.models import TaskKind


def rendered(
    understanding: Understanding, redacted: str, situation: Situation, lists: ServiceLists
) -> Turn:
    """All payloads in order, each with the memory that the one before has left."""
    turn = Turn(understanding.by, situation.memory)
    for sent in understanding.messages:
        payload = payload_for(
            sent,
            redacted,
            in_checkin=situation.checkin is not None,
            ranking=understanding.look.ranking,
        )
        language = Language(turn.memory.language or situation.language)
        now = replace(situation, memory=turn.memory, language=language)
        part = _part(payload, redacted, now, understanding.by, lists)
        turn = replace(
            part,
            replies=(*turn.replies, *part.replies),
            tasks=(*turn.tasks, *part.tasks),
            deeds=(*turn.deeds, *part.deeds),
        )
    return turn


def _part(
    payload: dict[str, Any],
    redacted: str,
    situation: Situation,
    by: AnsweredBy,
    lists: ServiceLists,
) -> Turn:
    memory, language = situation.memory, situation.language
    if "found" in payload:
        more, last = payload["found"].get("more"), memory.results
        if more and last and is_recent(memory.results_at, situation.now):
            return lists.more(last, situation, by)
        return lists.first_page(payload["found"]["result"], situation, by)
    if payload.get("ask") == "place":
        needs = tuple(payload.get("needs") or ())
        memory = replace(memory, needs=needs or memory.needs, misses=0, question=None)
        unknown = bool(payload.get("unknown"))
        return lists.ask_place(needs, replace(situation, memory=memory), by, unknown=unknown)
    if payload.get("ask") == "need":
        return Turn(by, memory, (say("ask_need", language),))
    key = str(payload.get("say"))
    if key == "clarify" or key not in sentences():
        if by is AnsweredBy.FALLBACK:
            # Rasa may yet understand it: no miss is counted, and the full answer is owed.
            return Turn(AnsweredBy.HOLDING, memory, (say("holding", language),))
        return clarifying.not_understood(payload, redacted, situation, by)
    if key == "language_switched":
        return _switched(payload, redacted, situation, by)
    if key == "out_of_scope":
        return clarifying.out_of_scope(situation, by)
    tasks = (NewTask(TaskKind.CALL_BACK),) if key == "person" else ()
    return Turn(by, replace(memory, misses=0), (said(key, situation),), tasks=tasks)


def _switched(payload: dict[str, Any], redacted: str, situation: Situation, by: AnsweredBy) -> Turn:
    """In the language asked for, from now on. "Do they speak spanish" asks nothing of us; with no
    list that it could be about, we ask what is looked for."""
    memory = replace(situation.memory, misses=0)
    if asks_of_others(redacted):
        return Turn(by, memory, (say("no_list", situation.language),))
    language = requested_language(redacted) or Language(
        payload.get("language") or situation.language
    )
    memory = replace(memory, language=language)
    return Turn(by, memory, (say("language_switched", language),))
