"""The actions of small talk that need more than a fixed answer."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.actions.decide import language_asked_for, needs_to_offer
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
    """Asks what was meant, with the likeliest needs to choose from (there may be none)."""

    def name(self) -> str:
        return "action_clarify"

    @traced
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        turn = Turn.of(tracker)
        needs = list(needs_to_offer(turn, needs_in(turn.text)))
        dispatcher.utter_message(json_message={"say": "clarify", "needs": needs})
        # A place texted in answer is searched for these, not for a need of long before.
        return [SlotSet("needs", needs)] if needs else []
