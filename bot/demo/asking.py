"""What people text for by themselves: services, STOP, and sometimes danger."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from bot.demo.duties import Duties
from bot.demo.follow_up import in_danger
from bot.demo.talk import Talk
from bot.demo.world import Resident, World
from bot.wording import results, say
from directory.languages import Language
from directory.measures.models import Unmet
from directory.messages.models import AnsweredBy
from directory.needs import taxonomy
from directory.search import FindResult, Query, find
from directory.tasks.models import TaskKind

SEARCHES = 1100
TOWNS = {
    "Naperville": 0.5,
    "Aurora": 0.15,
    "Lisle": 0.08,
    "Bolingbrook": 0.09,
    "Wheaton": 0.08,
    "Plainfield": 0.05,
    "": 0.05,
}
# What is asked for more than other things.
_OFTEN = {
    "food": 6.0,
    "rent": 5.0,
    "mental_health": 5.0,
    "utilities": 3.0,
    "shelter": 3.0,
    "transportation": 3.0,
    "legal": 2.0,
    "employment": 2.0,
    "clothing_household": 1.5,
}
# A child's or an elder's abuse, violence: who texts of it is answered otherwise.
_NOT_ASKED = ("adult_protective", "sexual_assault", "information")
_DANGER = {
    Language.EN: ("i dont want to be alive anymore", "i want to end it all tonight"),
    Language.ES: ("ya no quiero vivir", "quiero acabar con todo esta noche"),
}


def ask(
    session: Session, world: World, talk: Talk, duties: Duties, residents: list[Resident]
) -> None:
    """Searches over the year, answered as the product answers them; then danger and STOP."""
    needs = {need: _OFTEN.get(need, 1.0) for need in taxonomy() if need not in _NOT_ASKED}
    search = _search(session, world)
    for _ in range(SEARCHES):
        resident, at = _somebody(world, residents)
        if at < world.now and resident.listens(at):
            need, town = world.one_of(needs), world.one_of(TOWNS)
            _look_for(world, talk, resident, at, need, town, search(need, town))
    for _ in range(24):
        resident, at = _somebody(world, residents)
        if at < world.now:
            _speak_of_danger(world, talk, duties, resident, at)
    # One waits right now, so that the page of the day shows what it is for.
    last = world.now - timedelta(minutes=4)
    _speak_of_danger(world, talk, duties, _listening(world, residents), last)
    for _ in range(10):
        resident, at = _somebody(world, residents)
        if at < world.now and resident.listens(world.now):
            _stop(talk, resident, world.now - timedelta(minutes=world.chance.randrange(9, 90_000)))


def _somebody(world: World, residents: list[Resident]) -> tuple[Resident, datetime]:
    """A resident, and a moment after their first visit."""
    resident = world.any_of(residents)
    return resident, resident.visits[0].created_at + world.about(timedelta(days=12), spread=1.4)


def _listening(world: World, residents: list[Resident]) -> Resident:
    return world.any_of([each for each in residents if each.listens(world.now)])


def _search(session: Session, world: World) -> Callable[[str, str], FindResult]:
    """The real search over the real listings, each question once."""

    @cache
    def search(need: str, town: str) -> FindResult:
        query = Query(
            needs=(need,),
            place=town or None,
            language=None,
            open_now=False,
            text=None,
            at=world.now,
        )
        return find(session, query)

    return search


def _look_for(
    world: World,
    talk: Talk,
    resident: Resident,
    at: datetime,
    need: str,
    town: str,
    found: FindResult,
) -> None:
    language = Language(resident.person.language or Language.EN)
    text = talk.hears(resident.person.id, _question(need, town, language), at, AnsweredBy.RASA)
    as_json = found.as_json()
    missing = results.unserved(as_json, language)
    if missing is not None:
        talk.says(resident.person.id, missing, at, to=text)
        world.stays_unmet(need, town, Unmet.NOTHING_FOUND, at)
        return
    body, _count = results.page_of_services(
        as_json, start=0, language=language, now=at, zone=world.zone
    )
    talk.says(resident.person.id, body, at, to=text)


def _question(need: str, town: str, language: Language) -> str:
    said = taxonomy()[need].ask[language]
    if language is Language.ES:
        return f"busco {said} en {town}" if town else f"necesito {said}"
    return f"looking for {said} near {town}" if town else f"i need {said}"


def _speak_of_danger(
    world: World, talk: Talk, duties: Duties, resident: Resident, at: datetime
) -> None:
    language = Language(resident.person.language or Language.EN)
    words = world.any_of(_DANGER[language])
    text = talk.hears(resident.person.id, words, at, AnsweredBy.SAFETY)
    if resident.listens(at):
        in_danger(talk, duties, resident, text, language)
    else:
        note = f"suicide: {words}"
        duties.give(TaskKind.OPTED_OUT_DANGER, resident, at, note=note, text=text)


def _stop(talk: Talk, resident: Resident, at: datetime) -> None:
    if any(text.person_id == resident.person.id and text.created_at > at for text in talk.sent):
        return  # they went on talking with us
    language = Language(resident.person.language or Language.EN)
    text = talk.hears(resident.person.id, "STOP", at, AnsweredBy.KEYWORD)
    reply = say("stopped", language)
    talk.says(resident.person.id, reply, at, to=text, after_opt_out=True, arrives=True)
    resident.stopped_at = resident.person.opted_out_at = at
