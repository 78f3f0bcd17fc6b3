"""What a person is handed of what is known about them."""

import json
from zoneinfo import ZoneInfo

from directory import database
from directory.database import Database
from directory.retention import person_export
from tests.factories import met, queued, texted
from tests.fakes import MORNING

CHICAGO = ZoneInfo("America/Chicago")


def test_texts_of_both_ways_are_in_it_without_what_would_let_somebody_act(db: Database) -> None:
    person_id = met()
    texted("I need food")
    queued("Answer here: http://127.0.0.1/r/abcdefghijklmnop", person_id=person_id)
    with database.session_scope() as session:
        everything = person_export.export(
            session, person_id, by="ana@city.example", now=MORNING, zone=CHICAGO
        )
    written = json.dumps(everything, default=str)
    assert "I need food" in written
    assert "Answer here: http://127.0.0.1/r/" in written
    assert "abcdefghijklmnop" not in written
