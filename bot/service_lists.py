"""The numbered list of services: its first page, MORE of it, and the details of one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.asked import is_recent, open_question, waits_for_place
from bot.choices import Choice, More
from bot.listing_turns import opened
from bot.turn import Situation, Turn
from bot.unmet_deeds import NoteNothingFound
from bot.wording import results, say
from directory.messages.models import AnsweredBy
from directory.search import FindResult, Query

# MORE or a number is no town: the question is put once more, then the search runs without one.
MISSES_BEFORE_ANY_PLACE = 1

Search = Callable[[Query], FindResult]


@dataclass(frozen=True, slots=True)
class ServiceLists:
    """Shows lists and reads choices from them. `search` may fail; nothing else here can."""

    search: Search
    zone: ZoneInfo

    def choice(self, choice: Choice, situation: Situation) -> Turn:
        """What MORE or a number calls for; without a list, what to text first."""
        memory, language = situation.memory, situation.language
        if isinstance(choice, More) and memory.after_danger:
            resumed = replace(situation, memory=replace(memory, after_danger=()))
            return self._search(memory.after_danger, resumed)
        listed = memory.results is not None and is_recent(memory.results_at, situation.now)
        if waits_for_place(situation) and (isinstance(choice, More) or not listed):
            return self._no_place_given(situation)
        if memory.results is None or not listed:
            return Turn(AnsweredBy.CHOICE, memory, (say("no_list", language),))
        if isinstance(choice, More):
            return self.more(memory.results, situation, AnsweredBy.CHOICE)
        matches = memory.results["matches"]
        if not 1 <= choice.number <= max(memory.shown, 1) or not matches:
            reply = say("pick_unknown", language, last=memory.shown)
            return Turn(AnsweredBy.CHOICE, memory, (reply,))
        reply = results.details(
            matches[choice.number - 1], language=language, now=situation.now, zone=self.zone
        )
        return Turn(AnsweredBy.CHOICE, opened(memory, choice.number, situation.now), (reply,))

    def more(self, last: dict[str, Any], situation: Situation, by: AnsweredBy) -> Turn:
        """The next services of the last list; at its end, the nearest needs that are served."""
        memory = situation.memory
        related = results.related_needs(last)
        if memory.shown >= len(last["matches"]) and related:
            return replace(self._search(related, situation), answered_by=by)
        reply, count = results.page_of_services(
            last,
            start=memory.shown,
            language=situation.language,
            now=situation.now,
            zone=self.zone,
        )
        memory = replace(
            memory,
            shown=memory.shown + count,
            results_at=situation.now,
            question=None,
            about_list=None,
        )
        return Turn(by, memory, (reply,))

    def ask_place(
        self,
        needs: tuple[str, ...],
        situation: Situation,
        by: AnsweredBy,
        *,
        unknown: bool = False,
    ) -> Turn:
        """Asks in what town or ZIP these needs are to be looked for; without any, what for.

        `unknown`: the text named a place that is none we know.
        """
        named = results.name_needs(needs, situation.language)
        if not named:
            return Turn(by, situation.memory, (say("ask_need", situation.language),))
        key = "ask_place"
        if unknown:
            key = "place_unknown" if waits_for_place(situation) else "ask_place_unknown"
        memory = replace(situation.memory, place_asked_at=situation.now, place_misses=0)
        return Turn(by, memory, (say(key, situation.language, needs=named),))

    def _no_place_given(self, situation: Situation) -> Turn:
        """MORE or a number in answer to "which town?": asked again, then searched without."""
        memory = situation.memory
        misses = memory.place_misses + 1
        if misses > MISSES_BEFORE_ANY_PLACE:
            return self._search(memory.needs, situation)
        turn = self.ask_place(memory.needs, situation, AnsweredBy.CHOICE)
        return replace(turn, memory=replace(turn.memory, place_misses=misses))

    def first_page(self, result: dict[str, Any], situation: Situation, by: AnsweredBy) -> Turn:
        """The first page of a new list, and what is said of needs that nobody serves."""
        language = situation.language
        result = _without_wrong_guesses(result, situation)
        query, unserved = result["query"], tuple(result["unserved"])
        replies = []
        text, shown = results.page_of_services(
            result, start=0, language=language, now=situation.now, zone=self.zone
        )
        missing = results.unserved(result, language)
        if missing is not None:
            replies.append(missing)
        if shown or missing is None:
            replies.append(text)
        memory = replace(
            situation.memory,
            place=query.get("place") or situation.memory.place,
            needs=tuple(query["needs"]),
            results=result,
            shown=shown,
            results_at=situation.now,
            question=None,
            after_danger=(),
            misses=0,
            place_asked_at=None,
            place_misses=0,
            about_list=None,
        )
        deeds = (NoteNothingFound(unserved, memory.place),) if unserved else ()
        return Turn(by, memory, tuple(replies), deeds=deeds)

    def _search(self, needs: tuple[str, ...], situation: Situation) -> Turn:
        query = Query(
            needs=needs,
            place=situation.memory.place,
            language=None,
            open_now=False,
            text=None,
            at=situation.now,
        )
        return self.first_page(self.search(query).as_json(), situation, AnsweredBy.CHOICE)


def _without_wrong_guesses(result: dict[str, Any], situation: Situation) -> dict[str, Any]:
    """The result without the needs that nobody serves, where all were only guesses of ours.

    Who answers "1 food 2 grief support 3 legal help" with a town has asked for none of them by
    name: that we know no place for grief would be news about a need that may not be theirs.
    """
    question, query = open_question(situation), result["query"]
    if question is None or tuple(query["needs"]) != question.needs or not result["matches"]:
        return result
    served = [need for need in query["needs"] if need not in result["unserved"]]
    return result | {"query": query | {"needs": served}, "unserved": [], "related": {}}
