"""The order by arrays is the order of `rank`; and what else the arrays must agree on."""

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.gazetteer import place_anywhere
from directory.hours import state_at
from directory.places import Place, place_named
from directory.search import order
from directory.search.audience import Group
from directory.search.choose import choose
from directory.search.hours_table import KINDS, UNKNOWN, HoursTable, _is_holiday
from directory.search.index import build
from directory.search.listing import Area, Listing, Passing, Room, decoded, encoded
from directory.search.rank import Question, Ranked, Reach, consider, in_order, steps_beside
from directory.search.reach import seen_from
from directory.search.relevance import LAST_STEP
from tests.directory.listings.files import NOW
from tests.directory.search.test_rank import DUPAGE, ILLINOIS, NAPERVILLE, QUESTION, STATES, listing

WEEKS = [
    None,
    "24/7",
    "24/7 off",
    "Mo-Fr 09:00-17:00",
    "Sa 09:00-10:00",
    "Tu[2] 18:00-20:00",
    "Mo 22:00-06:00",
    "Mo-Su 00:00-24:00",
    "Mo-Fr 09:00-12:00,13:00-17:00; PH off",
]
PLACES: list[Place | None] = [
    None, *map(place_anywhere, ("60540", "Naperville", "DuPage County", "Columbus, OH", "20735")),
]  # fmt: skip
_AREAS = st.sampled_from(
    [
        NAPERVILLE,
        DUPAGE,
        ILLINOIS,
        STATES,
        Area(),
        Area(zips=frozenset({"60540"}), around=frozenset({"DuPage County"})),
        Area(counties=frozenset({"Franklin County, OH"})),
        Area(states=frozenset({"OH"})),
    ]
)
_POINTS = st.none() | st.sampled_from([(41.77, -88.14), (41.9, -88.3), (39.96, -83.0), (38.7, -77)])
_serial = itertools.count()


def _a_listing(**given: object) -> Listing:
    number = next(_serial)
    phone = given.pop("phone")
    one = listing(f"service {number:06}", **given)
    if phone is None:
        return replace(one, phones=())
    return replace(one, phones=(replace(one.phones[0], number=f"630-555-{phone:04}"),))


_LISTINGS = st.lists(
    st.builds(
        _a_listing,
        phone=st.none() | st.integers(0, 40),
        area=_AREAS,
        hours=st.sampled_from(WEEKS),
        coordinates=_POINTS,
        county=st.sampled_from(["", "DuPage County", "Franklin County, OH"]),
        town=st.sampled_from(["", "naperville", "columbus"]),
        state=st.sampled_from(["", "IL", "OH"]),
        needs=st.sampled_from(
            [("food",), ("rent", "food"), ("food", "shelter"), ("domestic_violence", "food")]
        ),
        has_intake=st.booleans(),
        languages=st.sampled_from([("en",), ("en", "es")]),
        last_checked=st.none() | st.dates(date(2019, 1, 1), date(2026, 11, 20)),
        lowered=st.booleans(),
        groups=st.sampled_from([0, int(Group.VETERANS), int(Group.CHILDREN), int(Group.WOMEN)]),
        minimum_age=st.sampled_from([None, 18, 60]),
        maximum_age=st.sampled_from([None, 24, 64]),
        room=st.sampled_from([(), (Room(0, NOW),), (Room(3, NOW - timedelta(days=9)),)]),
    ),
    min_size=1,
    max_size=40,
)
_QUESTIONS = st.builds(
    lambda place, **given: replace(QUESTION, place=place, **given),
    st.sampled_from(PLACES),
    language=st.sampled_from(["en", "es", None]),
    open_now=st.booleans(),
    groups=st.sampled_from([0, int(Group.VETERANS)]),
    age=st.sampled_from([None, 16, 70]),
)


def _rows(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.int32)


@settings(deadline=None, max_examples=60)
@given(_LISTINGS, _QUESTIONS, st.sampled_from(["food", "shelter"]), st.data())
def test_by_arrays_the_first_are_those_that_one_by_one_come_first(
    listings: list[Listing], question: Question, need: str, data: st.DataObject
) -> None:
    index = build(listings, head=None)
    steps = [data.draw(st.integers(0, LAST_STEP)) for _ in listings]
    relevance = np.array(steps, np.uint8)
    rows = _rows(len(listings))
    view = seen_from(index, question.place, question.home)
    ranked = [
        consider(one, need, question, relevance=step)
        for one, step in zip(listings, steps, strict=True)
    ]
    assert [Reach(value) for value in view.reach.tolist()] == [one.reach for one in ranked]
    count = max(1, len(listings) // 3)
    best = order.foremost(
        index,
        rows,
        need,
        question,
        view=view,
        states=order.states_of(index, rows, question),
        relevance=relevance,
        count=count,
    )
    by_arrays = in_order([ranked[row] for row in best.tolist()], question)
    exactly = in_order(ranked, question)[:count]
    assert [_told(one, question) for one in by_arrays] == [_told(one, question) for one in exactly]


def _told(ranked: Ranked, question: Question) -> tuple[object, ...]:
    """What two that stand equally high may differ in is left out: the name decides then."""
    one = ranked.listing
    steps = ranked.relevance + steps_beside(ranked, question)
    return (
        bool(one.phones or one.coordinates),
        ranked.reach.tier,
        steps,
        ranked.hours,
        one.lowered,
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 800 * 24 * 60), st.sampled_from(WEEKS))
def test_hours_in_the_table_are_those_of_the_listing(minutes: int, text: str | None) -> None:
    instant = NOW + timedelta(minutes=minutes)
    local = instant.astimezone(QUESTION.zone)
    table = HoursTable()
    for each in WEEKS:
        table.add(each)
    number = table.add(text)
    states = table.states(instant, QUESTION.zone)
    exact = KINDS[state_at(text, instant, QUESTION.zone).kind]
    assert states[number] in (exact, UNKNOWN)
    refined = table.refined(states, np.array([number], np.int32), instant, QUESTION.zone)
    # What a holiday cuts is unknown to the table, and comes neither first nor last.
    assert refined[number] == exact or (_is_holiday(local) and refined[number] == UNKNOWN)


@pytest.mark.parametrize(
    ("day", "known"),
    [(24, True), (25, False), (26, False), (27, True)],  # Christmas is a Friday
)
def test_the_night_from_or_into_a_holiday_is_unknown(day: int, known: bool) -> None:
    table = HoursTable()
    number = table.add("Th,Fr,Sa 22:00-06:00")
    at = datetime(2026, 12, day, 2, tzinfo=QUESTION.zone)
    assert bool(table.states(at, QUESTION.zone)[number] != UNKNOWN) is known


def test_a_closure_counts_while_it_lasts() -> None:
    closure = Passing(True, "Closed for repairs.", "", NOW, NOW + timedelta(days=2))
    one = listing("a", hours="24/7", passing=(closure,))
    index = build([one, listing("b", hours="24/7")], head=None)
    during = [order.states_of(index, _rows(2), QUESTION).tolist()]
    assert consider(one, "food", QUESTION).hours.kind == "closed"
    later = replace(QUESTION, at=NOW + timedelta(days=2))
    during.append(order.states_of(index, _rows(2), later).tolist())
    assert during == [[0, 3], [3, 3]]
    assert consider(one, "food", later).hours.kind == "always"


def test_many_behind_one_number_do_not_fill_the_answer() -> None:
    line = listing("a").phones
    ones = [listing(f"same {n}", phones=line) for n in range(200)]
    ones += [listing(f"other {n}", area=ILLINOIS) for n in range(5)]
    index = build(ones, head=None)
    relevance = np.zeros(len(ones), np.uint8)
    found = choose(index, _rows(len(ones)), "food", QUESTION, relevance=relevance, count=8)
    numbers = [one.listing.number for one in found.ranked]
    assert len(set(numbers[:6])) == 6


def test_who_says_nothing_of_whom_it_serves_serves_its_neighbours() -> None:
    near = listing("a", area=Area(), county="Kane County", coordinates=(41.8, -88.3))
    a_drive = listing("b", area=Area(), county="Kane County", coordinates=(42.1, -88.5))
    too_far = listing("c", area=Area(), coordinates=(40.0, -83.0))
    somewhere = listing("d", area=Area(), state="IL")
    elsewhere = listing("e", area=Area(), state="OH")
    there = listing("f", area=Area(), town="naperville", state="IL", coordinates=(41.8, -88.1))
    question = replace(QUESTION, place=place_named("60540"))
    assert [consider(one, "food", question).reach for one in (near, a_drive, too_far)] == [
        Reach.COUNTY,
        Reach.FAR,
        Reach.OUTSIDE,
    ]
    assert [consider(one, "food", question).reach for one in (somewhere, elsewhere, there)] == [
        Reach.FAR,
        Reach.OUTSIDE,
        Reach.TOWN,
    ]


@pytest.mark.parametrize("at", [NOW, NOW.astimezone(QUESTION.zone)])
def test_a_listing_is_kept_whole_as_bytes(at: datetime) -> None:
    one = listing(
        "a",
        eligibility={"en": "All", "es": "Todos"},
        coordinates=(41.0, -88.0),
        room=(Room(2.0, at),),
        passing=(Passing(False, "a", "b", at, at),),
    )
    assert decoded(encoded(one)) == one
