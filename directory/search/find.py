"""`find`: from a question to an answer that says why, and what it gave up.

Names come first where somebody is named. Else each need that the question holds brings a list of
its own, with what is most to the point, nearest and open in front. A question without a name or a
need brings what its words or their meaning speak of, if they clearly do.

A need that no published service meets brings no matches: never a filler. A need that nothing
fits *here and now* is asked again with less, step by step, and each step is told.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from directory import database
from directory.gazetteer import HOME_TOWN, place_anywhere
from directory.needs import taxonomy
from directory.places import Place, town_place
from directory.search.audience import age_asked, groups_in
from directory.search.choose import choose
from directory.search.encoder import Vector
from directory.search.explain import match_of, reasons
from directory.search.fields import need_key
from directory.search.follow import current_index
from directory.search.index import Index
from directory.search.likeness import Compared, likeness
from directory.search.model import FindResult, Match, Query, Relaxation, RelaxationKind
from directory.search.names import Asked, asked, rows_named, rows_of_organization
from directory.search.needs import needs_in
from directory.search.places import place_in
from directory.search.places_unknown import names_unknown_place
from directory.search.rank import Question, Ranked, consider, in_order
from directory.search.relevance import COMMON_STEMS, coverage, coverage_of, steps
from directory.search.said import needs_said, place_said, place_words, without_place
from directory.search.whole_names import rows_called
from directory.search.words import tokens

# The share of a text without name or need that a listing must say…
ABOUT = 0.6
# …or how alike it must be in meaning.
LIKE_A_LISTING = 0.45
# So many bearers of a name are looked at.
_NAMED_AT_MOST = 60
# Of those that are named so many say which organizations are meant.
_FEW = 3
# Of what is told to be so by its words or meaning alone, so many are compared.
_ABOUT_AT_MOST = 200


@dataclass(slots=True)
class _Search:
    """A question being answered."""

    index: Index
    query: Query
    question: Question
    words: str
    read: Asked
    named: list[int] = field(default_factory=list)
    called: bool = False
    vector: Vector | None = None
    likes: Compared | None = None
    relaxed: list[Relaxation] = field(default_factory=list)
    by_name: frozenset[str] = frozenset()


def find(session: Session, query: Query) -> FindResult:
    """The services that answer `query`, best first; each need's best are among the first."""
    search = _begun(current_index(session), query)
    index, place = search.index, search.question.place
    if query.place and place is None:
        kind = RelaxationKind.PLACE_NOT_KNOWN
        search.relaxed.append(Relaxation(kind, detail=query.place))
    elif query.text and not search.named and _is_left_out(query, place):
        search.relaxed.append(Relaxation(RelaxationKind.PLACE_NOT_KNOWN))
    needs = query.needs or needs_said(search.words, search.vector)
    served = [need for need in needs if len(index.rows_of_key(need_key(need)))]
    lists = [_for_need(search, need) for need in served]
    if search.named:
        lists = [_named(search) + _beside(search), *lists]
        if search.called:
            lists = [[one for part in lists for one in part]]
    elif search.words and not needs:
        lists = _by_text(search)
    unserved = tuple(need for need in dict.fromkeys(needs) if need not in served)
    return FindResult(
        query=query,
        matches=_matches(search, _interleaved(lists)[: query.limit]),
        relaxed=tuple(search.relaxed),
        unserved=unserved,
        related=_related(unserved, index),
        place_name=place.name if place else None,
        needs=needs,
    )


def warm_up(session: Session) -> None:
    """Reads in what the first question would otherwise wait a quarter of a second for."""
    words = "food near napervile"
    needs_in(words)
    place_in(words)
    find(session, Query(text=words, place="60540", at=datetime.now(UTC)))


def _begun(index: Index, query: Query) -> _Search:
    opened = database.current()
    text = query.text or ""
    place, words = _place(query.place), text
    if place is not None:
        words = without_place(text, place)
    elif text and not query.place and not query.needs:
        place, words = place_said(index, text)
    question = Question(
        place=place,
        # Where people most likely are who name no place: it orders answers and is never told to
        # anybody as "near you".
        home=town_place(HOME_TOWN),
        language=query.language,
        open_now=query.open_now,
        at=query.at,
        zone=opened.settings.zone,
        groups=groups_in(text),
        age=age_asked(text),
    )
    search = _Search(index, query, question, words, asked(index, words))
    if text:
        search.named = rows_called(index, text)
        if not search.named and place is not None:
            search.named = rows_called(index, words)
        search.called = bool(search.named)
        if not search.called:
            search.named, search.called = rows_named(
                index,
                search.read if words == text else asked(index, text),
                place=place_words(place),
            )
    # Who names somebody has said what is meant.
    if search.read.words and not search.named:
        known = likeness(opened.settings.data_dir)
        search.vector = known.question(words)
        if search.vector is not None:
            search.likes = known.compared(index, search.vector)
    return search


def _is_left_out(query: Query, place: Place | None) -> bool:
    """Whether the text names a place that is not known, and so is not the one looked for."""
    of_the_text = place is not None and not query.place
    return not of_the_text and names_unknown_place(query.text or "")


def _place(text: str | None) -> Place | None:
    return (place_anywhere(text) or place_in(text)) if text else None


def _for_need(search: _Search, need: str) -> list[Ranked]:
    """The services of one need in order, with less asked where nothing fits."""
    rows = search.index.rows_of_key(need_key(need))
    behind = np.zeros(len(rows), np.uint8)
    if search.read.words:
        likes = None if search.likes is None else search.likes.of(rows)
        behind = steps(search.index, rows, search.read, likes)
    return _chosen(search, rows, need, behind)


def _chosen(
    search: _Search, rows: NDArray[Any], need: str, behind: NDArray[np.uint8]
) -> list[Ranked]:
    found = choose(
        search.index,
        rows,
        need,
        search.question,
        relevance=behind,
        count=search.query.limit,
    )
    search.relaxed += found.relaxed
    return found.ranked


def _named(search: _Search) -> list[Ranked]:
    """What is named, as well as it is named; with a place those first that are for it."""
    found = _considered(search, search.named[:_NAMED_AT_MOST])
    if search.question.place is not None:
        found.sort(key=lambda one: one.reach.tier)
    found = found[: search.query.limit]
    search.by_name = frozenset(one.listing.service_id for one in found)
    return found


def _beside(search: _Search) -> list[Ranked]:
    """What else the organizations have that the text names."""
    index = search.index
    named = frozenset(search.named)
    organizations = dict.fromkeys(index.listing(row).organization for row in search.named[:_FEW])
    rows = [
        row
        for organization in organizations
        for row in rows_of_organization(index, organization)
        if row not in named
    ]
    return in_order(_considered(search, rows[: search.query.limit]), search.question)


def _considered(search: _Search, rows: list[int]) -> list[Ranked]:
    """These rows with everything that the answer tells of them, each for its main need."""
    listings = [search.index.listing(row) for row in rows]
    return [
        consider(listing, listing.needs[0] if listing.needs else "", search.question)
        for listing in listings
    ]


def _by_text(search: _Search) -> list[list[Ranked]]:
    """What the words speak of, and the services of the needs that they mean."""
    index, read = search.index, search.read
    if not read.words:
        return []
    covered = coverage(index, read)
    about = np.zeros(len(covered), np.bool_)
    if _says_something(search):
        about |= covered >= ABOUT
    likes = None if search.likes is None else search.likes.of_all()
    if likes is not None:
        about |= likes >= LIKE_A_LISTING
    rows = np.flatnonzero(about & index.live)
    lists = []
    if len(rows):
        score = covered[rows] + (0 if likes is None else likes[rows])
        rows = np.sort(rows[np.argsort(-score, kind="stable")[:_ABOUT_AT_MOST]])
        in_names = coverage(index, read, names_only=True)[rows] >= ABOUT
        search.by_name = frozenset(index.service_id(row) for row in rows[in_names].tolist())
        lists.append(
            _chosen(
                search, rows, "", steps(index, rows, read, None if likes is None else likes[rows])
            )
        )
    return lists


def _says_something(search: _Search) -> bool:
    """Whether a text has a word that is not everybody's, or nothing but such a word: "familias"
    may be looked for, "what time is it" may not."""
    read = search.read
    if any(word not in COMMON_STEMS for word, _, _ in read.known()):
        return True
    return len(read.words) == len(tokens(search.query.text or ""))


def _interleaved(lists: list[list[Ranked]]) -> list[Ranked]:
    """The best of each list, then the second of each…; a service once only."""
    chosen: dict[str, Ranked] = {}
    for position in range(max(map(len, lists), default=0)):
        for found in lists:
            if position < len(found):
                chosen.setdefault(found[position].listing.service_id, found[position])
    return list(chosen.values())


def _related(unserved: tuple[str, ...], index: Index) -> dict[str, str]:
    """For each unserved need the nearest one that somebody serves."""
    related: dict[str, str] = {}
    for code in unserved:
        nearest = taxonomy()[code].related if code in taxonomy() else ()
        served = (other for other in nearest if len(index.rows_of_key(need_key(other))))
        found = next(served, None)
        if found is not None:
            related[code] = found
    return related


def _matches(search: _Search, chosen: list[Ranked]) -> tuple[Match, ...]:
    index, question = search.index, search.question
    rows = np.array([index.row(one.listing.service_id) or 0 for one in chosen], np.int64)
    covered = coverage_of(index, rows, search.read)
    likes = None if search.likes is None else search.likes.of(rows)
    found = []
    for place, ranked in enumerate(chosen):
        why = reasons(
            ranked,
            question,
            by_name=ranked.listing.service_id in search.by_name,
            by_words=bool(covered[place] >= ABOUT),
            by_meaning=likes is not None and bool(likes[place] >= LIKE_A_LISTING),
        )
        found.append(match_of(ranked, question, why))
    return tuple(found)
