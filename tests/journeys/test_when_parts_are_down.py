"""Rasa, the action server, the carrier or the database down: the resident still gets an answer."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text as sql

from bot.carrier.client import CarrierControl
from bot.owed import Owed
from directory import database
from directory.settings import Settings
from tests.factories import QUIET
from tests.journeys.running import RESIDENT, Product, free_port, running_product, wait_until


@pytest.fixture
def without_rasa(
    sqlite_settings: Settings, ports: dict[str, int], carrier: CarrierControl
) -> Iterator[Product]:
    """The product while nobody listens where Rasa should be."""
    changes = {
        "port": ports["api"],
        "carrier_port": ports["carrier"],
        "rasa_url": f"http://127.0.0.1:{free_port()}",
    }
    settings = sqlite_settings.model_copy(update=changes)
    with running_product(settings, carrier) as running:
        yield running


def test_without_rasa_the_directory_answers(without_rasa: Product) -> None:
    (reply,) = without_rasa.text("need food 60540")
    assert "Loaves" in reply
    (question,) = without_rasa.text("can you help with rent", phone="+16305550111")
    assert "town or ZIP" in question
    (services,) = without_rasa.text("naperville", phone="+16305550111")
    assert "1 " in services


def test_without_rasa_danger_stop_and_help_are_answered_as_ever(without_rasa: Product) -> None:
    assert "988" in without_rasa.text("i want to die")[0]
    assert "911" in without_rasa.text("HELP")[0]
    assert "no more texts" in without_rasa.text("please stop texting me")[0]


def test_what_was_not_understood_without_rasa_is_answered_fully_later(
    without_rasa: Product, rasa: object
) -> None:
    (holding,) = without_rasa.text("my fridge is just ketchup and a light bulb, naperville")
    assert "211" in holding
    assert "soon" in holding
    running = without_rasa.services
    settling = Owed(running.answerer, QUIET)
    object.__setattr__(running.answerer.conversation, "rasa", _client(rasa))
    with database.read_scope() as session:
        from directory.messages import inbox

        (owed,) = inbox.owed(session)
    before = without_rasa.carrier.last_order()

    def late_answers() -> list[Any]:
        # Asked again, as the sweep does: the turn that gave the holding reply may not have let go.
        settling.settle(owed.id)
        return without_rasa.received(RESIDENT, after=before)

    late = wait_until("the late answer", late_answers)
    assert "earlier text" in late[0].body
    settling.settle(owed.id)
    assert len(without_rasa.received(RESIDENT, after=before)) == len(late)


def _client(rasa: object) -> object:
    from bot.rasa_client import RasaClient

    return RasaClient(rasa.url, rasa.token)  # type: ignore[attr-defined]


def test_a_busy_carrier_delays_a_reply_and_loses_none(product: Product) -> None:
    product.carrier.faults(send_429=2)
    (reply,) = product.text("need food 60540")
    assert "Loaves" in reply


def test_a_carrier_that_times_out_after_accepting_gets_the_text_once(product: Product) -> None:
    product.carrier.faults(send_timeout_after_accept=1)
    product.text("need food 60540")
    wait_until(
        "the outbox to settle",
        lambda: (
            not re.search(
                r'handoff_outbound_messages\{status="(sending|queued)"\} (?!0\.0)',
                product.http.get("/metrics").text,
            )
        ),
        seconds=60,
    )
    assert len(product.received()) == 1


def test_with_the_database_down_the_person_hears_what_to_dial_and_is_answered_later(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    from directory.messages import inbox

    real = inbox.record_inbound

    def down(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("down"))

    monkeypatch.setattr(inbox, "record_inbound", down)
    before = product.carrier.last_order()
    product.carrier.text(RESIDENT, "need food 60540")
    told = wait_until(
        "what to dial",
        lambda: [
            m for m in product.carrier.messages(RESIDENT, before) if m.direction == "outbound"
        ],
    )
    assert "211" in told[0].body
    monkeypatch.setattr(inbox, "record_inbound", real)
    answered = wait_until(
        "the full answer",
        lambda: [m for m in product.received(after=before) if "Loaves" in m.body],
    )
    assert len(answered) == 1


def test_a_number_on_paper_is_never_readable_in_the_database(product: Product) -> None:
    product.text("my name is Alex Doe, need food 60540")
    rows = []
    with product.services.database.engine.connect() as connection:
        for table in ("people", "inbound_messages", "outbound_messages", "conversations", "tasks"):
            rows += connection.execute(sql(f"SELECT * FROM {table}")).all()
    everything = repr(rows)
    assert "5550100" not in everything
    assert "Alex" not in everything
    assert "food" not in everything
