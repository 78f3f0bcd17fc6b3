"""Services that somebody has chosen, in the form of the search's answers."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from directory import database
from directory.gazetteer import place_anywhere
from directory.search.explain import match_of, reasons
from directory.search.follow import current_index
from directory.search.model import Match, Query
from directory.search.places import place_in
from directory.search.rank import Question, consider


def matches_for(session: Session, service_ids: Sequence[str], query: Query) -> list[Match]:
    """These services in this order, each once, as they are at `query.at`; what is not shown any
    more is left out. Of `query` its place, language and instant count."""
    index = current_index(session)
    place = place_anywhere(query.place) or place_in(query.place) if query.place else None
    zone = database.current().settings.zone
    question = Question(place, None, query.language, open_now=False, at=query.at, zone=zone)
    found = []
    for service_id in dict.fromkeys(service_ids):
        row = index.row(service_id)
        if row is None:
            continue
        listing = index.listing(row)
        ranked = consider(listing, next(iter(listing.needs), ""), question)
        found.append(match_of(ranked, question, reasons(ranked, question)))
    return found
