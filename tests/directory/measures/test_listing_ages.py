"""How old what listings say is."""

from datetime import date, timedelta

from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.freshness import shown
from directory.freshness.models import Freshness
from directory.listings.models import Service
from directory.listings.publication import is_published
from directory.measures import text_queries

TODAY = date(2026, 10, 20)


def test_listings_that_are_shown_are_counted_by_age(partners: Database) -> None:
    with database.session_scope() as session:
        every = list(session.scalars(select(Service)))
        published = [each for each in every if is_published(each)]
        published[0].assured_date = TODAY - timedelta(days=30)
        published[1].freshness = Freshness.WITHHELD
        published[2].freshness = Freshness.LOWERED
        session.flush()
        found = text_queries.listing_ages(session, today=TODAY)
        days = [shown.shown(each).checked for each in published if is_published(each)]
    assert found.withheld == 1
    assert sum(found.by_age) == sum(found.by_freshness.values()) == len(published) - 1
    assert found.by_freshness["lowered"] == 1
    assert found.by_age[0] == sum(
        day is not None and day >= TODAY - timedelta(days=30) for day in days
    )
