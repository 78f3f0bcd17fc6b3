"""What the action server reads in as it starts."""

import logging
from collections.abc import Iterator

import pytest

from bot.actions.__main__ import read_in
from directory import database
from directory.database import Database
from directory.search import Query, find, follow
from directory.search.index import Index
from directory.settings import Settings
from tests.conftest import settings_for
from tests.fakes import MORNING


@pytest.fixture
def read() -> Iterator[list[Index]]:
    """The indexes that were read from a database."""
    indexes: list[Index] = []
    follow.listeners.append(indexes.append)
    yield indexes
    follow.listeners.remove(indexes.append)


def question() -> None:
    with database.read_scope() as session:
        assert find(session, Query(text="food", place="60540", at=MORNING)).matches


def test_the_first_question_finds_the_listings_read_in(
    partners: Database, read: list[Index]
) -> None:
    read_in()
    assert len(read) == 1
    question()
    assert len(read) == 1


def test_without_tables_it_serves_and_the_first_question_reads(
    partners: Database, read: list[Index], caplog: pytest.LogCaptureFixture
) -> None:
    there: Settings = partners.settings
    database.use(Database(settings_for(there.data_dir / "nobody has made this")))
    with caplog.at_level(logging.ERROR):
        read_in()
    assert (len(read), caplog.messages) == (0, ["preparing_failed"])
    database.use(Database(there))
    question()
    assert len(read) == 1
