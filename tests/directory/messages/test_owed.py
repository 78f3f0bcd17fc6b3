"""Texts that are owed their full answer: counted right, without reading all the others."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from directory import database
from directory.database import Database
from directory.messages import inbox
from directory.messages.models import AnsweredBy, InboundMessage
from tests.factories import texted
from tests.fakes import MORNING
from tests.plans import plan_of

INDEX = "ix_inbound_messages_owed"


def answered(by: AnsweredBy, provider_id: str) -> str:
    inbound_id = texted("food", provider_id=provider_id)
    with database.session_scope() as session:
        inbound = session.get_one(InboundMessage, inbound_id)
        inbox.mark_answered(session, inbound, by, now=MORNING)
    return inbound_id


def test_only_what_is_owed_counts(any_database: Database) -> None:
    owed_id = answered(AnsweredBy.HOLDING, "SM1")
    for number, by in enumerate((AnsweredBy.RASA, AnsweredBy.SAFETY), start=2):
        answered(by, f"SM{number}")
    texted("no answer yet", provider_id="SM9")
    with database.read_scope() as session:
        assert inbox.owed_count(session) == 1
        assert [each.id for each in inbox.owed(session)] == [owed_id]


@pytest.mark.parametrize("ask", [inbox.owed_count, inbox.owed], ids=["count", "texts"])
def test_the_others_are_not_read_for_it(
    any_database: Database, ask: Callable[[Session], object]
) -> None:
    answered(AnsweredBy.HOLDING, "SM1")
    assert INDEX in plan_of(any_database, ask)
