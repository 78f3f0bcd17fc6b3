"""How a text is answered: the one order that every text passes through.

Danger, then STOP/START/HELP, are decided by plain rules before anything that can fail; then a
choice from whatever was asked last, the answer to an open check-in, and only then Rasa, which sees
redacted text and an opaque id. Rasa's classifier is a second net for danger and opting out: what
it sees is answered like what the rules see, and it can take nothing back. Where Rasa fails the
rules alone decide and the directory's own rule search answers, so nobody meets silence. No
database session is open while this runs.
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot import checkin_turns, clarifying, fallback
from bot.asked import Asked, asked_last, is_recent, open_question
from bot.checkin_answers import CheckinAnswer, read_answer
from bot.choices import More, Pick, read_choice
from bot.languages import language_of, requested_language
from bot.legible import has_words, legible
from bot.other_languages import in_another_language
from bot.plain_rules import on_keyword
from bot.privacy import redact
from bot.rasa_client import Look, RasaAnswer, RasaUnavailable
from bot.safety.screen import Danger, screen
from bot.second_net import as_answer, as_danger, confirms, is_sentence, likely_needs
from bot.service_lists import Search, ServiceLists
from bot.sms.keywords import Keyword, keyword
from bot.turn import NewTask, Situation, Turn, Understanding
from bot.wording import results, say, sentences
from directory.conversations.memory import Question
from directory.messages.models import AnsweredBy
from directory.needs import taxonomy
from directory.search import needs_in, place_in
from directory.tasks.models import TaskKind


class Rasa(Protocol):
    """What this module needs of bot.rasa_client.RasaClient."""

    def ask(
        self, *, sender: str, message_id: str, text: str, metadata: dict[str, Any]
    ) -> RasaAnswer: ...

    def look(self, text: str) -> Look: ...


@dataclass(frozen=True, slots=True)
class Conversation:
    """Answers texts. `rasa` and `search` may fail or be slow; nothing else here can."""

    rasa: Rasa
    search: Search
    zone: ZoneInfo

    def respond_to(self, text: str, situation: Situation) -> Turn:
        """The answer to one text of a person. Always at least one reply, unless opted out."""
        text = legible(text)
        danger = screen(text)
        if danger is not None and danger.hint and not confirms(self._look(text)):
            danger = replace(danger, immediate=False)
        if danger is not None and danger.immediate:
            return clarifying.in_danger_meanwhile(text, danger, situation)
        word = keyword(text)
        if word is None and situation.opted_out and is_sentence(text):
            look = self._look(text)
            seen = as_danger(look.danger) if look else None
            if seen is not None:
                return clarifying.in_danger_meanwhile(text, seen, situation)
        if word is not None or situation.opted_out:
            return on_keyword(word, text, situation)
        situation = _in_language_of(text, situation)
        turn = self._answer(text, situation)
        return _with_danger(turn, danger)

    def _answer(self, text: str, situation: Situation) -> Turn:
        if not text:
            key = "only_media" if situation.media_count else "empty"
            return _said(key, situation)
        choice, last = read_choice(text), asked_last(situation)
        question = open_question(situation)
        if question is not None and question.paused and isinstance(choice, More):
            return clarifying.ask_again(question, situation)
        if question is not None and last is Asked.QUESTION:
            turn = self._on_question(text, question, situation)
            if turn is not None:
                return turn
        if choice is not None and last is Asked.LIST:
            return self._lists.choice(choice, situation)
        if situation.checkin is not None:
            return self._on_checkin(text, situation)
        if choice is not None:
            return self._lists.choice(choice, situation)
        return self._understand(text, situation)

    @property
    def _lists(self) -> ServiceLists:
        return ServiceLists(self.search, self.zone)

    # --- a question with numbered choices, and an open check-in -------------------------------

    def _on_question(self, text: str, question: Question, situation: Situation) -> Turn | None:
        """The turn for an answer to the question; None for a new text."""
        match clarifying.read_reply(text, question):
            case clarifying.Chosen(needs):
                return self._understand(question.text, situation, chosen=needs)
            case clarifying.SomethingElse():
                return clarifying.something_else(question, situation)
            case clarifying.NotOffered():
                return clarifying.ask_for_a_number(question, situation)
        return None

    def _on_checkin(self, text: str, situation: Situation) -> Turn:
        """The turn that the answer to a check-in calls for; in words it may name a need."""
        answer = read_answer(text)
        plain = answer not in checkin_turns.IN_WORDS and not is_sentence(text)
        if plain or isinstance(read_choice(text), Pick) or not has_words(text):
            return checkin_turns.turn_for(answer, situation)
        look = self._look(text) or Look()
        raised = self._raised(text, look, situation)
        if raised is not None:
            return raised
        if answer is CheckinAnswer.UNCLEAR:
            answer = as_answer(look.checkin)
        if answer not in checkin_turns.IN_WORDS:
            turn = checkin_turns.turn_for(answer, situation, needs=likely_needs(look))
            return checkin_turns.asking_further(turn, redact(text), situation)
        turn = self._understand(text, situation)
        if turn.consent is not None or turn.answered_by is AnsweredBy.SAFETY:
            return turn
        if turn.understood.offered:
            turn = checkin_turns.with_question(turn, answer, situation)
        elif not _is_served(turn):
            turn = checkin_turns.in_words(turn, answer, situation)
        understood = replace(turn.understood, checkin=answer)
        return replace(turn, checkin_answer=answer, understood=understood)

    # --- a need, in words ---------------------------------------------------------------------

    def _understand(self, text: str, situation: Situation, chosen: tuple[str, ...] = ()) -> Turn:
        """The turn for a text in words; `chosen`: needs that it is known to be about."""
        if not has_words(text):
            return _said("no_words", situation)
        if not chosen and in_another_language(text):
            return clarifying.in_another_language(situation)
        redacted = redact(text)
        understanding = self._ask(redacted, situation, chosen)
        raised = self._raised(text, understanding.look, situation)
        if raised is not None:
            return replace(raised, tracked=True)
        several = _several_named(text, understanding)
        if several and not chosen:
            # The question which of them is meant would be a foolish one: all of them are.
            again = replace(situation, message_id=f"{situation.message_id}-all")
            understanding = replace(
                self._ask(redacted, again, several), ranking=understanding.ranking
            )
        switched = None if chosen else requested_language(text)
        if switched is not None:
            memory = replace(situation.memory, language=switched)
            situation = replace(situation, language=switched, memory=memory)
        turn = self._render(understanding, redacted, situation)
        place = place_in(text)
        return replace(
            turn,
            tracked=understanding.by is AnsweredBy.RASA,
            understood=replace(
                turn.understood,
                needs=chosen or understanding.ranking[:3],
                confidence=understanding.confidence,
                place=place.name if place else None,
            ),
        )

    def _ask(self, redacted: str, situation: Situation, chosen: tuple[str, ...]) -> Understanding:
        memory = situation.memory
        metadata: dict[str, Any] = {
            "language": situation.language.value,
            "place": memory.place,
            "needs": list(memory.needs),
            "now": situation.now.isoformat(),
        }
        if chosen:
            metadata |= {"chosen_need": chosen[0], "also_chosen": list(chosen[1:])}
        try:
            answer = self.rasa.ask(
                sender=situation.person_id,
                message_id=situation.message_id,
                text=redacted,
                metadata=metadata,
            )
        except RasaUnavailable:
            return fallback.understand(redacted, memory, situation.now, self.search, chosen=chosen)
        needs = taxonomy()
        ranking = [(name, share) for name, share in answer.look.ranking if name in needs]
        return Understanding(
            answer.messages,
            tuple(name for name, _ in ranking),
            AnsweredBy.RASA,
            confidence=ranking[0][1] if ranking else None,
            look=answer.look,
        )

    def _look(self, text: str) -> Look | None:
        """What the second net sees, outside of any conversation; None when it can't be asked."""
        try:
            return self.rasa.look(redact(text))
        except RasaUnavailable:
            return None

    def _raised(self, text: str, look: Look, situation: Situation) -> Turn | None:
        """The turn for danger or an opt-out that only the second net saw."""
        danger = as_danger(look.danger)
        if danger is not None:
            return clarifying.in_danger_meanwhile(text, danger, situation)
        return on_keyword(Keyword.STOP, text, situation) if look.opts_out else None

    def _render(self, understanding: Understanding, redacted: str, situation: Situation) -> Turn:
        turn = Turn(understanding.by, situation.memory)
        for payload in understanding.messages:
            now = replace(situation, memory=turn.memory)
            part = self._part(payload, redacted, now, understanding.by)
            turn = replace(
                part, replies=(*turn.replies, *part.replies), tasks=(*turn.tasks, *part.tasks)
            )
        return turn

    def _part(
        self, payload: dict[str, Any], redacted: str, situation: Situation, by: AnsweredBy
    ) -> Turn:
        memory, language = situation.memory, situation.language
        if "found" in payload:
            more, last = payload["found"].get("more"), memory.results
            if more and last and is_recent(memory.results_at, situation.now):
                return self._lists.more(last, situation, by)
            return self._lists.first_page(payload["found"]["result"], situation, by)
        if payload.get("ask") == "place":
            needs = tuple(payload.get("needs") or ())
            memory = replace(memory, needs=needs or memory.needs, misses=0, question=None)
            named = results.name_needs(needs, language)
            key = "ask_place" if named else "ask_need"
            return Turn(by, memory, (say(key, language, needs=named),))
        if payload.get("ask") == "need":
            return Turn(by, memory, (say("ask_need", language),))
        key = str(payload.get("say"))
        if key == "clarify" or key not in sentences():
            if by is AnsweredBy.FALLBACK:
                # Rasa may yet understand it: no miss is counted, and the full answer is owed.
                return Turn(AnsweredBy.HOLDING, memory, (say("holding", language),))
            return clarifying.not_understood(payload, redacted, situation, by)
        if key == "out_of_scope":
            return clarifying.out_of_scope(situation, by)
        tasks = (NewTask(TaskKind.CALL_BACK),) if key == "person" else ()
        return Turn(by, replace(memory, misses=0), (say(key, language),), tasks=tasks)


def _several_named(text: str, understanding: Understanding) -> tuple[str, ...]:
    """The needs of an unclear text whose own words name several of the likeliest, else none."""
    if not any(payload.get("say") == "clarify" for payload in understanding.messages):
        return ()
    named = tuple(need for need in needs_in(text) if need in understanding.ranking[:3])
    return named if len(named) > 1 else ()


def _said(key: str, situation: Situation) -> Turn:
    return Turn(AnsweredBy.CHOICE, situation.memory, (say(key, situation.language),))


def _in_language_of(text: str, situation: Situation) -> Situation:
    language = requested_language(text) or language_of(text, otherwise=situation.language)
    memory = replace(situation.memory, language=language)
    return replace(situation, language=language, memory=memory)


def _is_served(turn: Turn) -> bool:
    """Whether the understanding found something to do with the text."""
    if turn.understood.other_language:
        return True
    return turn.memory.misses == 0 and turn.answered_by is not AnsweredBy.HOLDING


def _with_danger(turn: Turn, danger: Danger | None) -> Turn:
    if danger is None:
        return turn
    return replace(turn, understood=replace(turn.understood, danger=danger))
