"""The search: from what a person needs, where and when, to services with the reasons why.

result = find(session, Query(needs=("food",), place="60540", at=now))
"""

from directory.search.encoding import compare_meanings, encode_now
from directory.search.find import find, warm_up
from directory.search.model import (
    FindResult,
    Match,
    PhoneLine,
    Query,
    Reason,
    Relaxation,
    RelaxationKind,
)
from directory.search.needs import needs_in
from directory.search.places import place_answered, place_in
from directory.search.places_unknown import names_unknown_place
from directory.search.said import says_now

__all__ = [
    "FindResult",
    "Match",
    "PhoneLine",
    "Query",
    "Reason",
    "Relaxation",
    "RelaxationKind",
    "compare_meanings",
    "encode_now",
    "find",
    "names_unknown_place",
    "needs_in",
    "place_answered",
    "place_in",
    "says_now",
    "warm_up",
]
