"""How a text is answered: the one order that every text passes through.

Danger, then STOP/START/HELP, are decided by plain rules before anything that can fail; then
the answer to an open check-in, a choice from the last list, and only then Rasa, which sees
redacted text and an opaque id. Where Rasa fails the directory's own rule search answers, so
nobody meets silence. No database session is open while this runs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot import checkin_turns, fallback
from bot.checkin_answers import CheckinAnswer, read_answer
from bot.choices import Details, More, Pick, read_choice
from bot.languages import language_of, requested_language
from bot.plain_rules import in_danger, on_keyword
from bot.privacy import redact
from bot.rasa_client import RasaAnswer, RasaUnavailable
from bot.safety.screen import Danger, screen
from bot.sms.keywords import keyword
from bot.turn import NewTask, Situation, Turn, Understanding, Understood
from bot.wording import results, say
from directory.conversations.memory import Memory
from directory.messages.models import AnsweredBy
from directory.needs import taxonomy
from directory.search import FindResult, Query, place_in
from directory.tasks.models import TaskKind

LONGEST_TEXT = 1600
# A list is what "2" or MORE speaks of for a day; then the numbers mean nothing any more.
LIST_LIFETIME = timedelta(hours=24)
MISSES_BEFORE_A_PERSON = 2

Search = Callable[[Query], FindResult]


class Rasa(Protocol):
    """What this module needs of bot.rasa_client.RasaClient."""

    def ask(
        self, *, sender: str, message_id: str, text: str, metadata: dict[str, Any]
    ) -> RasaAnswer: ...


@dataclass(frozen=True, slots=True)
class Conversation:
    """Answers texts. `rasa` and `search` may fail or be slow; nothing else here can."""

    rasa: Rasa
    search: Search
    zone: ZoneInfo

    def respond_to(self, text: str, situation: Situation) -> Turn:
        """The answer to one text of a person. Always at least one reply, unless opted out."""
        text = text.replace("\x00", "").strip()[:LONGEST_TEXT]
        danger = screen(text)
        if danger is not None and danger.immediate:
            return in_danger(text, danger, situation)
        word = keyword(text)
        if word is not None or situation.opted_out:
            return on_keyword(word, text, situation)
        situation = _in_language_of(text, situation)
        turn = self._answer(text, situation)
        return _with_danger(turn, danger)

    def _answer(self, text: str, situation: Situation) -> Turn:
        language = situation.language
        if not text:
            key = "only_media" if situation.media_count else "empty"
            return Turn(AnsweredBy.CHOICE, situation.memory, (say(key, language),))
        choice = read_choice(text)
        if choice is not None and _list_is_newest(situation):
            return self._on_choice(choice, situation)
        if situation.checkin is not None:
            return self._on_checkin(text, situation)
        if choice is not None:
            return self._on_choice(choice, situation)
        return self._understand(text, situation)

    # --- the last list ------------------------------------------------------------------------

    def _on_choice(self, choice: More | Pick | Details, situation: Situation) -> Turn:
        memory, language = situation.memory, situation.language
        if isinstance(choice, More) and memory.after_danger:
            query = self._query(memory.after_danger, memory.place, situation)
            resumed = replace(situation, memory=replace(memory, after_danger=()))
            return self._show(self.search(query).as_json(), resumed, AnsweredBy.CHOICE)
        if memory.results is None or _is_old(memory, situation.now):
            return Turn(AnsweredBy.CHOICE, memory, (say("no_list", language),))
        if isinstance(choice, More):
            return self._more(situation, memory.results)
        matches = memory.results["matches"]
        if not 1 <= choice.number <= max(memory.shown, 1) or not matches:
            reply = say("pick_unknown", language, last=memory.shown)
            return Turn(AnsweredBy.CHOICE, memory, (reply,))
        reply = results.details(
            matches[choice.number - 1], language=language, now=situation.now, zone=self.zone
        )
        return Turn(AnsweredBy.CHOICE, replace(memory, results_at=situation.now), (reply,))

    def _more(self, situation: Situation, last: dict[str, Any]) -> Turn:
        memory = situation.memory
        related = results.related_needs(last)
        if memory.shown >= len(last["matches"]) and related:
            query = self._query(related, memory.place, situation)
            return self._show(self.search(query).as_json(), situation, AnsweredBy.CHOICE)
        reply, count = results.page_of_services(
            last,
            start=memory.shown,
            language=situation.language,
            now=situation.now,
            zone=self.zone,
        )
        memory = replace(memory, shown=memory.shown + count, results_at=situation.now)
        return Turn(AnsweredBy.CHOICE, memory, (reply,))

    # --- an open check-in ---------------------------------------------------------------------

    def _on_checkin(self, text: str, situation: Situation) -> Turn:
        """The turn that the answer to a check-in calls for; in words it may name a need."""
        answer = read_answer(text)
        if answer not in checkin_turns.IN_WORDS or isinstance(read_choice(text), Pick):
            return checkin_turns.turn_for(answer, situation)
        turn = self._understand(text, situation)
        if not _is_served(turn):
            unclear = answer is CheckinAnswer.UNCLEAR
            key = "checkin_unclear" if unclear else "checkin_needs_help"
            turn = replace(
                turn,
                answered_by=AnsweredBy.CHECKIN,
                memory=situation.memory,
                replies=(say(key, situation.language),),
                tasks=(*turn.tasks, checkin_turns.TO_BE_READ) if unclear else turn.tasks,
            )
        understood = replace(turn.understood, checkin=answer)
        return replace(turn, checkin_answer=answer, understood=understood)

    # --- a need, in words ---------------------------------------------------------------------

    def _understand(self, text: str, situation: Situation) -> Turn:
        understanding = self._ask(text, situation)
        memory = situation.memory
        switched = requested_language(text)
        if switched is not None:
            memory = replace(memory, language=switched)
            situation = replace(situation, language=switched, memory=memory)
        turn = self._render(understanding, situation)
        place = place_in(text)
        return replace(
            turn,
            tracked=understanding.by is AnsweredBy.RASA,
            understood=Understood(
                needs=understanding.ranking[:3], place=place.name if place else None
            ),
        )

    def _ask(self, text: str, situation: Situation) -> Understanding:
        memory = situation.memory
        redacted = redact(text)
        try:
            answer = self.rasa.ask(
                sender=situation.person_id,
                message_id=situation.message_id,
                text=redacted,
                metadata={
                    "language": situation.language.value,
                    "place": memory.place,
                    "needs": list(memory.needs),
                    "now": situation.now.isoformat(),
                },
            )
        except RasaUnavailable:
            return fallback.understand(redacted, memory, situation.now, self.search)
        needs = taxonomy()
        ranking = tuple(name for name, _ in answer.ranking if name in needs)
        return Understanding(answer.messages, ranking, AnsweredBy.RASA)

    def _render(self, understanding: Understanding, situation: Situation) -> Turn:
        turn = Turn(understanding.by, situation.memory)
        for payload in understanding.messages:
            part = self._part(payload, replace(situation, memory=turn.memory), understanding.by)
            turn = replace(
                part, replies=(*turn.replies, *part.replies), tasks=(*turn.tasks, *part.tasks)
            )
        return turn

    def _part(self, payload: dict[str, Any], situation: Situation, by: AnsweredBy) -> Turn:
        memory, language = situation.memory, situation.language
        if "found" in payload:
            last = memory.results
            if payload["found"].get("more") and last and not _is_old(memory, situation.now):
                return replace(self._more(situation, last), answered_by=by)
            return self._show(payload["found"]["result"], situation, by)
        if payload.get("ask") == "place":
            needs = tuple(payload.get("needs") or ())
            memory = replace(memory, needs=needs or memory.needs, misses=0)
            named = results.name_needs(needs, language)
            key = "ask_place" if named else "ask_need"
            return Turn(by, memory, (say(key, language, needs=named),))
        if payload.get("ask") == "need":
            return Turn(by, memory, (say("ask_need", language),))
        key = str(payload.get("say"))
        if key in ("clarify", "out_of_scope"):
            if by is AnsweredBy.FALLBACK:
                # Rasa may yet understand it: no miss is counted, and the full answer is owed.
                return Turn(AnsweredBy.HOLDING, memory, (say("holding", language),))
            misses = memory.misses + 1
            memory = replace(memory, misses=misses)
            key = "second_miss" if misses >= MISSES_BEFORE_A_PERSON else key
        else:
            memory = replace(memory, misses=0)
        tasks = (NewTask(TaskKind.CALL_BACK),) if key == "person" else ()
        return Turn(by, memory, (say(key, language),), tasks=tasks)

    def _show(self, result: dict[str, Any], situation: Situation, by: AnsweredBy) -> Turn:
        """The first page of a new list, and what is said of needs that nobody serves."""
        language = situation.language
        query = result["query"]
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
            after_danger=(),
            misses=0,
        )
        return Turn(by, memory, tuple(replies))

    def _query(self, needs: tuple[str, ...], place: str | None, situation: Situation) -> Query:
        return Query(
            needs=needs, place=place, language=None, open_now=False, text=None, at=situation.now
        )


def _in_language_of(text: str, situation: Situation) -> Situation:
    language = requested_language(text) or language_of(text, otherwise=situation.language)
    memory = replace(situation.memory, language=language)
    return replace(situation, language=language, memory=memory)


def _is_old(memory: Memory, now: datetime) -> bool:
    return memory.results_at is None or now - memory.results_at > LIST_LIFETIME


def _list_is_newest(situation: Situation) -> bool:
    """Whether "2" speaks of the last list rather than of an open check-in."""
    shown_at = situation.memory.results_at
    if shown_at is None or _is_old(situation.memory, situation.now):
        return False
    return situation.checkin is None or shown_at > situation.checkin.sent_at


def _is_served(turn: Turn) -> bool:
    """Whether the understanding found something to do with the text."""
    return turn.memory.misses == 0 and turn.answered_by is not AnsweredBy.HOLDING


def _with_danger(turn: Turn, danger: Danger | None) -> Turn:
    if danger is None:
        return turn
    return replace(turn, understood=replace(turn.understood, danger=danger))
