"""What is done at leisure: copies blanked, and the purge once a night where it is switched on."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.upkeep import Upkeep
from directory import database
from directory.database import Database
from directory.messages.models import InboundMessage
from directory.retention.models import RetentionRun
from tests.conftest import settings_for
from tests.directory.retention.test_carrier_copies import Carrier
from tests.factories import texted
from tests.fakes import Clock

LONG = timedelta(days=800)


def upkeep(carrier: Carrier, clock: Clock, *, nightly: bool) -> Upkeep:
    after = timedelta(days=1)
    return Upkeep(carrier, redact_after=after, nightly=nightly, now=clock, wall=clock)


def never() -> bool:
    return False


def body_of(inbound_id: str) -> str:
    with database.read_scope() as session:
        return session.get_one(InboundMessage, inbound_id).body


@pytest.mark.parametrize("nightly", [True, False])
def test_the_purge_runs_by_itself_only_where_it_was_switched_on(
    db: Database, nightly: bool
) -> None:
    carrier, clock = Carrier(), Clock()
    text = texted("words", provider_id="SMin")
    clock.at += LONG
    look = upkeep(carrier, clock, nightly=nightly)
    for _ in range(3):
        look(never)
    assert carrier.blanked == ["SMin"]
    assert body_of(text) == ("" if nightly else "words")
    with database.read_scope() as session:
        runs = session.scalars(select(RetentionRun)).all()
    assert [each.by for each in runs] == (["system"] if nightly else [])
    assert all(each.finished_at for each in runs)


def test_a_process_that_ends_stops_in_between(db: Database) -> None:
    carrier, clock = Carrier(), Clock()
    text = texted("words", provider_id="SMin")
    clock.at += LONG
    upkeep(carrier, clock, nightly=True)(lambda: True)
    assert (carrier.blanked, body_of(text)) == ([], "words")


def test_a_look_that_goes_on_is_not_begun_twice(db: Database) -> None:
    carrier, clock = Carrier(), Clock()
    texted("words", provider_id="SMin")
    clock.at += LONG
    look, inner = upkeep(carrier, clock, nightly=False), list[int]()

    def meanwhile() -> bool:
        look(never)
        inner.append(len(carrier.blanked))
        return False

    look(meanwhile)
    assert inner[0] == 0
    assert carrier.blanked == ["SMin"]


@pytest.mark.parametrize(
    ("carrier", "hours", "after"),
    [
        ("simulated", None, None),
        ("simulated", 1, timedelta(hours=1)),
        ("twilio", None, timedelta(hours=24)),
        ("twilio", 0, None),
    ],
)
def test_copies_are_blanked_after_a_day_where_others_keep_them(
    tmp_path: Path, carrier: str, hours: int | None, after: timedelta | None
) -> None:
    settings = settings_for(tmp_path, carrier=carrier, carrier_redact_after_hours=hours)
    assert settings.carrier_redact_after == after
    assert settings.purge_nightly is False
