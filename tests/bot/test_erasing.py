"""Erasing a person whose texts wait on disk, or have no answer yet."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import erasing, intake
from bot.erasing import Gone
from bot.rasa_client import RasaAnswer
from directory import database
from directory.conversations import service as conversations
from directory.database import Database
from directory.encryption import Cipher
from directory.errors import Conflict, NotFound
from directory.messages.models import InboundMessage, OutboundMessage
from directory.messages.spool import Spool, SpooledText
from directory.people import queries
from directory.people import service as people
from directory.people.models import Person
from directory.retention import holds, waiting
from directory.retention.erase import erase
from directory.retention.models import CarrierCopy
from directory.retention.purge import purge
from tests.bot.test_answering import an_answerer
from tests.directory.retention.builders import found_anywhere
from tests.factories import met, texted
from tests.fakes import MORNING, FakeRasa

PHONE, OTHER = "+16305550111", "+16305550112"


def on_disk(body: str, *, phone: str = PHONE, provider_id: str = "SM1") -> Spool:
    spool = waiting.spool()
    spool.keep(SpooledText(provider_id, phone, body, 0, MORNING.isoformat()))
    return spool


def erased(person_id: str | None, phone: str = PHONE) -> Gone:
    return erasing.erase(person_id=person_id, phone=phone, by="command", now=MORNING)


def test_a_text_that_waits_on_disk_goes_with_the_person_and_no_other_does(
    any_database: Database,
) -> None:
    person_id = met(PHONE)
    on_disk("marigoldbody")
    spool = on_disk("petuniabody", phone=OTHER, provider_id="SM2")
    gone = erased(person_id)
    assert (gone.erased.texts, gone.from_disk, gone.unreadable) == (1, 1, 0)
    assert [text.body for _, text in spool.waiting()] == ["petuniabody"]
    assert intake.take_in(spool, now=MORNING)
    assert found_anywhere(("marigoldbody", "6305550111")) == {}
    with database.read_scope() as session:
        # That there was a text counts, and the carrier's copy of it is blanked.
        assert session.scalar(select(func.count()).select_from(InboundMessage)) == 2
        assert session.scalars(select(CarrierCopy.provider_id)).all() == ["SM1"]


def test_who_is_known_from_a_text_on_disk_only_is_erased_by_number(any_database: Database) -> None:
    spool = on_disk("marigoldbody")
    assert erased(None).from_disk == 1
    assert spool.count() == 0
    assert found_anywhere(("marigoldbody", "6305550111")) == {}
    with pytest.raises(NotFound):
        erased(None)


def test_a_legal_hold_keeps_the_text_where_it_is(any_database: Database) -> None:
    person_id = met(PHONE)
    spool = on_disk("marigoldbody")
    with database.session_scope() as session:
        holds.add(session, person_id=person_id, reason="Case 26-100", by="counsel", now=MORNING)
    with pytest.raises(Conflict, match="legal hold"):
        erased(person_id)
    assert [text.body for _, text in spool.waiting()] == ["marigoldbody"]
    with database.read_scope() as session:
        assert session.scalars(select(InboundMessage)).all() == []


def test_danger_on_disk_is_no_text_to_forget(any_database: Database) -> None:
    person_id = met(PHONE)
    spool = on_disk("i am going to kill myself tonight")
    with pytest.raises(Conflict) as refused:
        erased(person_id)
    assert refused.value.code == "danger_open"
    assert spool.count() == 1


def test_stop_on_disk_outlives_the_person(any_database: Database) -> None:
    person_id = met(PHONE)
    on_disk("STOP")
    assert erased(person_id).erased.silent
    with database.read_scope() as session:
        known = queries.by_phone(session, PHONE)
        assert known is not None
        assert (known.id == person_id, known.opted_out_at is not None) == (False, True)


def test_the_last_word_of_stop_and_start_counts(any_database: Database) -> None:
    person_id = met(PHONE)
    texted("STOP", phone=PHONE, provider_id="SM0")  # stored, and nobody has answered it
    on_disk("START", provider_id="SM1")
    assert not erased(person_id).erased.silent


def test_a_text_that_was_stored_and_is_on_disk_too_counts_once(any_database: Database) -> None:
    texted("marigoldbody", phone=PHONE, provider_id="SM1")
    spool = on_disk("marigoldbody", provider_id="SM1")
    assert erased(met(PHONE)).erased.texts == 1
    assert intake.take_in(spool, now=MORNING) == []
    assert found_anywhere(("marigoldbody",)) == {}


def test_a_text_to_a_number_that_is_somebody_elses_now_is_theirs(any_database: Database) -> None:
    person_id = met(PHONE)
    with database.session_scope() as session:
        people.give_up_number(session, session.get_one(Person, person_id), now=MORNING)
    spool = on_disk("marigoldbody")
    with database.read_scope() as session:
        phone = waiting.number_of(session.get_one(Person, person_id))
    erased(person_id, phone)
    assert spool.count() == 1


def test_what_no_key_fits_is_told(any_database: Database, tmp_path: Path) -> None:
    person_id = met(PHONE)
    other = Cipher(keys=("A" * 43 + "=",), secret="a secret")
    folder = any_database.settings.data_dir / "inbox-spool"
    Spool(folder, other).keep(SpooledText("SM1", PHONE, "body", 0, MORNING.isoformat()))
    assert erased(person_id).unreadable == 1


class ErasedMeanwhile(FakeRasa):
    """The person is erased while this is asked. `looked`: and the next look has been."""

    looked = False

    def ask(self, **question: Any) -> RasaAnswer:
        erased(question["sender"])
        if self.looked:
            with database.session_scope() as session:
                conversations.mark_forgotten(session, question["sender"])
        return super().ask(**question)


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("looked", [False, True])
def test_a_text_that_is_answered_meanwhile_is_forgotten_by_rasa_too(
    any_database: Database, looked: bool, down: bool
) -> None:
    texted("hello there", phone=PHONE)
    person_id = met(PHONE)
    rasa = ErasedMeanwhile(answers=[({"say": "greeting"},)], down=down)
    rasa.looked = looked
    an_answerer(rasa).answer(person_id)
    assert len(rasa.asked) == 1
    with database.read_scope() as session:
        yesterday = MORNING - timedelta(days=1)
        assert conversations.to_forget(session, idle_since=yesterday) == [person_id]
        assert session.scalars(select(OutboundMessage)).all() == []
    assert found_anywhere(("hello there",)) == {}


def test_the_nightly_purge_lets_who_has_a_text_on_disk_wait(any_database: Database) -> None:
    person_id = met(PHONE)
    on_disk("marigoldbody")
    late = MORNING + timedelta(days=3000)
    assert purge(by="system", now=late).get("people:erase") == 0
    with database.session_scope() as session, pytest.raises(Conflict) as refused:
        erase(session, person_id, by="system", now=late)
    assert refused.value.code == "text_waiting"
