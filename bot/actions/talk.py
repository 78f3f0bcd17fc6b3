"""The actions of small talk that need more than a fixed answer."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.actions.decide import SEARCHED, language_asked_for, needs_to_offer, wants_open_now
from bot.actions.find import place_named, search_for
from bot.actions.plain import plainly_needed
from bot.actions.tracing import traced
from bot.actions.turn import Turn
from directory.search import needs_in


class SwitchLanguage(Action):
    """Says which language was asked for; the application remembers it."""

    def name(self) -> str:
        return "action_switch_language"

    @traced
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        language = language_asked_for(Turn.of(tracker))
        dispatcher.utter_message(json_message={"say": "language_switched", "language": language})
        return []


class Clarify(Action):
    """Asks what was meant, with the likeliest needs to choose from (there may be none).

    What is plain by its words is no question: that is searched for.
    """

    def name(self) -> str:
        return "action_clarify"

    @traced
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        turn = Turn.of(tracker)
        by_words = needs_in(turn.text)
        place = place_named(turn.text)
        plain = plainly_needed(turn, place, by_words)
        if plain is not None:
            found = await search_for(turn, (plain,), place, open_now=wants_open_now(turn))
            dispatcher.utter_message(json_message=found)
            slots: dict[str, Any] = {"needs": [plain], "place": place, **SEARCHED}
            return [SlotSet(name, value) for name, value in slots.items()]
        needs = list(needs_to_offer(turn, by_words))
        dispatcher.utter_message(json_message={"say": "clarify", "needs": needs})
        # A place texted in answer is searched for these, not for a need of long before.
        return [SlotSet("needs", needs)] if needs else []
