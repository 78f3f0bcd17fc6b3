"""How a text is answered: the one order that every text passes through.

Danger, then STOP/START/HELP, are decided by plain rules before anything that can fail. Where a
member of staff speaks with the person the bot stands aside after these (bot/held.py). Then what
clinicians and partners text as such, a choice from whatever was asked last, the answer to an open
check-in, and only then Rasa, which sees redacted text and an opaque id. Rasa's classifier is a
second net for danger and opting out: what it sees is answered like what the rules see, and it can
take nothing back. Where Rasa fails the rules alone decide and the directory's own rule search
answers, so nobody meets silence. No database session is open while this runs.
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot import (
    about_us,
    asked,
    checkin_turns,
    clarifying,
    discreet,
    fallback,
    good_time_turns,
    listing_texts,
    listing_turns,
    partner_texts,
    referral_turns,
    second_net,
    unanswerable,
)
from bot.asked import Asked, asked_last, open_question
from bot.checkin_answers import CheckinAnswer, read_answer, tells_of_death
from bot.choices import More, read_choice
from bot.clinician_texts import turns as clinician_turns
from bot.clinician_texts.danger import own_danger, speaks_of_danger
from bot.clinician_texts.read import language_at_the_end
from bot.flood import in_flood
from bot.held import aside
from bot.languages import language_of, requested_language
from bot.legible import has_words, legible
from bot.other_languages import in_another_language
from bot.plain_rules import on_keyword
from bot.privacy import redact
from bot.rasa_client import Look, RasaAnswer, RasaUnavailable
from bot.referral_answers import TakeBack, reads_take_back, said_besides
from bot.referral_deeds import TakeBackConsent
from bot.rendering import rendered
from bot.safety.screen import Danger, screen
from bot.service_lists import Search, ServiceLists
from bot.sms.keywords import Keyword, keyword
from bot.turn import Held, Situation, Turn, Understanding
from bot.wording import say
from directory.conversations.memory import Question
from directory.messages.models import AnsweredBy
from directory.needs import taxonomy
from directory.search import needs_in, place_in

# Likelier than this a text is something else than the answer in own words that we had asked for.
CLEARLY_ELSE = 0.5


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
        if situation.flood is not None:
            return in_flood(text, situation.flood, situation)
        danger = screen(text) if situation.clinician is None else own_danger(text)
        if (turn := unanswerable.answer(text, danger, situation)) is not None:
            return turn
        if danger is not None and danger.hint and not second_net.confirms(self._look(text)):
            danger = replace(danger, immediate=False)
        if danger is not None and danger.immediate:
            return clarifying.in_danger_meanwhile(text, danger, situation)
        takes_back = situation.clinician is None and reads_take_back(text) is TakeBack.SURE
        # "I revoke my consent to share…" is about partners, not about our texts.
        said = said_besides(text) if takes_back else [text]
        word = next((word for each in said if (word := keyword(each)) is not None), None)
        if word is None and situation.opted_out and second_net.is_sentence(text):
            raised = self._danger_seen(text, self._look(text), situation)
            if raised is not None:
                return raised
        if word is not None or situation.opted_out:
            turn = self._on_keyword(word, text, situation)
            # Taken back also by who gets no text any more.
            return replace(turn, deeds=(TakeBackConsent(silently=True),)) if takes_back else turn
        if situation.clinician is not None:
            return self._for_clinician(text, situation)
        situation = _in_language_of(text, situation)
        if situation.held is not None:
            turn = self._aside(text, situation.held, situation)
            deeds = (TakeBackConsent(silently=True), *turn.deeds) if takes_back else turn.deeds
            return _with_danger(replace(turn, deeds=deeds), danger)
        turn = self._answer(text, situation)
        return _with_danger(turn, danger)

    def _aside(self, text: str, held: Held, situation: Situation) -> Turn:
        """Staff speaks with the person: only danger and opting out are answered, also what the
        second net alone sees of them."""
        look = self._look(text) if second_net.is_sentence(text) else None
        raised = self._raised(text, look, situation) if look is not None else None
        return raised or aside(text, held, situation)

    def _on_keyword(self, word: Keyword | None, text: str, situation: Situation) -> Turn:
        if word is Keyword.HELP and situation.clinician is not None and not situation.opted_out:
            return clinician_turns.help_for(_in_language_of(text, situation))
        return on_keyword(word, text, situation)

    def _for_clinician(self, text: str, situation: Situation) -> Turn:
        """A command, or else a look-up for somebody: that somebody's danger is only pointed at."""
        turn = clinician_turns.answer(text, situation)
        if turn is not None:
            return turn
        wanted, language = language_at_the_end(text)
        situation = replace(_in_language_of(wanted, situation), look_up_for=language)
        turn = self._answer(wanted, situation)
        if not turn.replies or not speaks_of_danger(text):
            return turn
        first = say("clinician_danger", situation.language) + "\n" + turn.replies[0]
        return replace(turn, replies=(first, *turn.replies[1:]))

    def _answer(self, text: str, situation: Situation) -> Turn:
        if not text:
            key = "only_media" if situation.media_count else "empty"
            return _said(key, situation)
        turn = listing_texts.answer(text, situation) or partner_texts.answer(text, situation)
        if turn is not None:
            return turn
        choice, last = read_choice(text), asked_last(situation)
        turn = checkin_turns.after_answer(text, situation) if asked.offers_call(situation) else None
        turn = turn or self._about_referral(text, situation, last)
        if turn is not None:
            return turn
        if situation.safety_asked is not None and last is Asked.SAFETY:
            turn = good_time_turns.answer(text, situation.safety_asked, situation)
            if turn is not None:
                return turn
        question = open_question(situation)
        if question is not None and question.paused and isinstance(choice, More):
            return clarifying.ask_again(question, situation)
        if question is not None and last is Asked.QUESTION:
            turn = self._on_question(text, question, situation)
            if turn is not None:
                return turn
        if choice is not None and last is Asked.LIST:
            return self._lists.choice(choice, situation)
        if situation.checkin is not None and not asked.asks_of_notice(text, last):
            return self._on_checkin(text, situation)
        turn = discreet.to_who_asks(text, situation) or checkin_turns.wants_call(text, situation)
        if choice is not None and turn is None:
            return self._lists.choice(choice, situation)
        if asked.is_wrong_person(text, situation, last):
            return checkin_turns.turn_for(CheckinAnswer.WRONG_PERSON, situation, text)
        return self._unless_danger(text, turn, situation) or self._understand(text, situation)

    @property
    def _lists(self) -> ServiceLists:
        return ServiceLists(self.search, self.zone)

    # --- what was asked or told about a referral -----------------------------------------------

    def _about_referral(self, text: str, situation: Situation, last: Asked | None) -> Turn | None:
        """The turn for a text about a referral, a service just listed or us; None for another."""
        turn = None
        if situation.clinician is None and not situation.at_partner:
            turn = referral_turns.take_back(text, situation)
        turn = turn or referral_turns.answer(text, situation, last)
        turn = turn or listing_turns.answer(text, situation, last, self.zone)
        turn = turn or about_us.answer(text, situation, last)
        if turn is not None:
            return self._unless_danger(text, turn, situation)
        turn = referral_turns.why_in_own_words(text, situation, last)
        if turn is None or not second_net.is_sentence(text) or "?" in text:
            return None
        if needs_in(text) or place_in(text) is not None:
            return None
        look = self._look(text) or Look()
        raised = self._raised(text, look, situation)
        if raised is not None:
            return raised
        return None if look.ranking and look.ranking[0][1] >= CLEARLY_ELSE else turn

    # --- a question with numbered choices, and an open check-in -------------------------------

    def _on_question(self, text: str, question: Question, situation: Situation) -> Turn | None:
        """The turn for an answer to the question; None for a new text."""
        match clarifying.read_reply(text, question):
            case clarifying.Chosen(needs):
                return self._understand(question.text, clarifying.picked(needs, situation), needs)
            case clarifying.SomethingElse():
                return clarifying.something_else(question, situation)
            case clarifying.NotOffered():
                return clarifying.ask_for_a_number(question, situation)
        return None

    def _on_checkin(self, text: str, situation: Situation) -> Turn:
        """The turn that the answer to a check-in calls for; in words it may name a need."""
        answer = read_answer(text)
        if checkin_turns.is_plain(answer, text) or not has_words(text):
            return checkin_turns.turn_for(answer, situation, text)
        look = self._look(text) or Look()
        raised = self._raised(text, look, situation)
        if raised is not None:
            return raised
        if answer is CheckinAnswer.UNCLEAR:
            answer = second_net.as_answer(look.checkin)
        if answer not in checkin_turns.IN_WORDS or tells_of_death(text):
            needs = second_net.likely_needs(look)
            turn = checkin_turns.turn_for(answer, situation, text, needs=needs)
            return checkin_turns.asking_further(turn, redact(text), situation)
        turn = self._understand(text, situation)
        if turn.consent is not None or turn.answered_by is AnsweredBy.SAFETY:
            return turn
        return checkin_turns.understood(turn, answer, situation)

    # --- a need, in words ---------------------------------------------------------------------

    def _understand(self, text: str, situation: Situation, chosen: tuple[str, ...] = ()) -> Turn:
        """The turn for a text in words; `chosen`: needs that it is known to be about."""
        if not has_words(text):
            return _said("no_words", situation)
        if not chosen and in_another_language(text):
            return clarifying.in_another_language(situation)
        redacted, chosen = redact(text), chosen or second_net.needs_after_denial(text)
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
        turn = rendered(understanding, redacted, situation, self._lists)
        place = place_in(text)
        return replace(
            turn,
            tracked=True,  # also without an answer: who was asked too long may store it yet
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
            "language": (situation.look_up_for or situation.language).value,
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
        """The turn for danger or an opt-out that only the second net saw.

        A clinician writes of others, so what it sees there is not the clinician's.
        """
        raised = self._danger_seen(text, look, situation)
        if raised is not None or situation.clinician is not None:
            return raised
        stops = second_net.opts_out(look, text)
        return on_keyword(Keyword.STOP, text, situation) if stops else None

    def _unless_danger(self, text: str, turn: Turn | None, situation: Situation) -> Turn | None:
        """This turn, unless the second net sees danger in a sentence that no rule caught."""
        look = self._look(text) if turn is not None and second_net.is_sentence(text) else None
        return self._danger_seen(text, look, situation) or turn

    def _danger_seen(self, text: str, look: Look | None, situation: Situation) -> Turn | None:
        seen = second_net.as_danger(look.danger, text) if look is not None else None
        if seen is None or situation.clinician is not None:
            return None
        return clarifying.in_danger_meanwhile(text, seen, situation)


def _several_named(text: str, understanding: Understanding) -> tuple[str, ...]:
    """The needs of an unclear text whose own words name several of the likeliest, else none."""
    if not any(payload.get("say") == "clarify" for payload in understanding.messages):
        return ()
    named = tuple(need for need in needs_in(text) if need in understanding.ranking[:3])
    return named if len(named) > 1 else ()


def _said(key: str, situation: Situation) -> Turn:
    return Turn(AnsweredBy.CHOICE, situation.memory, (discreet.said(key, situation),))


def _in_language_of(text: str, situation: Situation) -> Situation:
    language = requested_language(text) or language_of(text, otherwise=situation.language)
    memory = replace(situation.memory, language=language)
    return replace(situation, language=language, memory=memory)


def _with_danger(turn: Turn, danger: Danger | None) -> Turn:
    understood = turn.understood if danger is None else replace(turn.understood, danger=danger)
    return replace(turn, understood=understood)
