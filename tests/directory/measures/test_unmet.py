"""Needs that stayed unmet are counted, and nothing of the person is."""

from sqlalchemy import select

from bot.deeds import Applying
from bot.service_lists import ServiceLists
from bot.turn import Situation
from directory import database
from directory.conversations import service as conversations
from directory.conversations.memory import Memory
from directory.database import Database
from directory.languages import Language
from directory.measures import queries, unmet
from directory.measures.models import Unmet, UnmetNeed
from directory.messages.models import AnsweredBy
from directory.people.models import Person
from directory.search import Query
from tests.directory.measures.worlds import CHICAGO, NOW, OCTOBER, a_person, on
from tests.factories import a_search


def test_the_same_need_is_one_row_that_is_counted_up(any_database: Database) -> None:
    for _ in range(3):
        with database.session_scope() as session:
            unmet.note(session, ["grief"], Unmet.NOTHING_FOUND, area="Naperville", now=NOW)
    with database.session_scope() as session:
        unmet.note(session, ["grief"], Unmet.DECLINED, area=None, now=NOW)
        unmet.note(session, ["grief"], Unmet.FULL, area=None, now=on(11, 1))
        counted = queries.unmet_needs(session, OCTOBER)
    assert counted == {
        ("grief", "Naperville", "nothing_found"): 3,
        ("grief", "", "declined"): 1,
    }


def test_only_a_place_and_a_need_that_we_know_are_kept(db: Database) -> None:
    with database.session_scope() as session:
        said = "the blue house behind the church"
        unmet.note(session, ["grief", "a secret"], Unmet.NOTHING_FOUND, area=said, now=NOW)
        rows = list(session.scalars(select(UnmetNeed)))
    assert [(row.need, row.area, row.count) for row in rows] == [("grief", "", 1)]


def test_the_place_is_the_one_that_the_person_had_texted(db: Database) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        conversations.remember(session, person, Memory(place="Aurora"), now=NOW)
        unmet.note_for_person(session, person, "food", Unmet.FULL, now=NOW)
        unmet.note_for_person(session, person, None, Unmet.FULL, now=NOW)
        assert queries.unmet_needs(session, OCTOBER) == {("food", "Aurora", "full"): 1}


def test_a_list_that_lacks_a_need_says_so_to_the_count(db: Database) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, a_person(session, 1))
        situation = Situation(
            person_id=person.id,
            message_id="m",
            opted_out=False,
            language=Language.EN,
            memory=Memory(place="Lisle"),
            checkin=None,
            media_count=0,
            on_shift=True,
            now=NOW,
        )
        search = a_search(unserved=("grief",))
        query = Query(needs=("food", "grief"), at=NOW)
        lists = ServiceLists(search, CHICAGO)
        turn = lists.first_page(search(query).as_json(), situation, AnsweredBy.RASA)
        at = Applying(session, person, turn.memory, Language.EN, NOW, NOW)
        for deed in turn.deeds:
            assert deed.carry_out(at).replies == ()
        assert queries.unmet_needs(session, OCTOBER) == {("grief", "Lisle", "nothing_found"): 1}
