"""Without Rasa: the directory's own rule search answers. Less clever, never silent."""

from collections.abc import Callable
from datetime import datetime

from bot.turn import Understanding
from directory.conversations.memory import Memory
from directory.messages.models import AnsweredBy
from directory.search import FindResult, Query, needs_in, place_in


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
        return Understanding(({"ask": "place", "needs": list(needs)},), needs, AnsweredBy.FALLBACK)
    query = Query(needs=needs, place=where, language=None, open_now=False, text=text, at=now)
    found = {"found": {"result": search(query).as_json()}}
    return Understanding((found,), needs, AnsweredBy.FALLBACK)
