"""The actions around a search: what it still lacks, and the search itself."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.actions.decide import (
    ANYWHERE,
    SEARCHED,
    form_slots,
    is_filled,
    names_no_place,
    needs_meant,
    wants_open_now,
)
from bot.actions.plain import as_plainly_needed
from bot.actions.tracing import traced
from bot.actions.turn import Turn
from directory.database import read_scope
from directory.search import (
    Query,
    Relaxation,
    RelaxationKind,
    find,
    names_unknown_place,
    needs_in,
    place_answered,
    place_in,
)
from directory.search.jsonable import to_jsonable


def place_named(text: str, *, asking: bool = False) -> str | None:
    """The place that a text names, as the directory calls it. `asking`: we have just asked."""
    place = place_answered(text) if asking else place_in(text)
    return place.name if place else None


class ValidateFindForm(Action):
    """Reads a text into the slots of the search form, and searches once it has all it needs.

    An action of its own for the search would be a second call for every answer.
    """

    def name(self) -> str:
        return "validate_find_form"

    @traced
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        turn = Turn.of(tracker)
        named, by_words = place_named(turn.text, asking=turn.asking), needs_in(turn.text)
        turn = as_plainly_needed(turn, named, by_words)
        slots = form_slots(turn, named, by_words)
        if is_filled(slots):
            needs = tuple(slots.get("needs") or turn.known_needs)
            place = slots.get("place") or turn.known_place
            open_now = bool(slots.get("open_now", turn.open_now))
            found = await search_for(turn, needs, place, open_now=open_now)
            if place == ANYWHERE and names_no_place(turn, by_words):
                _say_place_unknown(found["found"]["result"])
            dispatcher.utter_message(json_message=found)
            slots |= SEARCHED
        return [SlotSet(name, value) for name, value in slots.items()]


class AskPlace(Action):
    """Asks where, naming the needs in question; `unknown`: a place was said, and we know none
    such."""

    def name(self) -> str:
        return "action_ask_find_form_place"

    @traced
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        turn = Turn.of(tracker)
        needs = list(tracker.get_slot("needs") or [])
        asked: dict[str, Any] = {"ask": "place", "needs": needs}
        if names_unknown_place(turn.text) or names_no_place(turn, needs_in(turn.text)):
            asked["unknown"] = True
        dispatcher.utter_message(json_message=asked)
        return []


class FindAgain(Action):
    """Repeats the last search for another place, for what is open now, or for more of it.

    "More" is marked in the payload: the application has the list and knows how far it has come.
    """

    def name(self) -> str:
        return "action_find_again"

    @traced
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        turn = Turn.of(tracker)
        place = place_named(turn.text) or turn.known_place
        needs = needs_meant(turn, needs_in(turn.text)) or turn.known_needs
        if needs:
            found = await search_for(turn, needs, place, open_now=wants_open_now(turn))
            found["found"]["more"] = turn.intent == "more_options"
            dispatcher.utter_message(json_message=found)
        else:
            dispatcher.utter_message(json_message={"ask": "need"})
        return [SlotSet("needs", list(needs)), SlotSet("place", place)]


async def search_for(
    turn: Turn, needs: tuple[str, ...], place: str | None, *, open_now: bool
) -> dict[str, Any]:
    """The payload with what the directory has for these needs."""
    query = Query(
        needs=needs,
        place=None if place == ANYWHERE else place,
        language=turn.language,
        open_now=open_now,
        text=turn.text,
        at=turn.now,
    )
    # Off the event loop: one slow query must not hold up the texts of others.
    result = await asyncio.to_thread(_find, query)
    asked = {"needs": list(query.needs), "place": query.place, "open_now": query.open_now}
    return {"found": {"query": asked, "result": result}}


def _say_place_unknown(result: dict[str, Any]) -> None:
    """Has the list begin with the word that what was answered is no place we know."""
    unknown = to_jsonable(Relaxation(RelaxationKind.PLACE_NOT_KNOWN))
    result["relaxed"] = [unknown, *result["relaxed"]]


def _find(query: Query) -> dict[str, Any]:
    with read_scope() as session:
        return find(session, query).as_json()
