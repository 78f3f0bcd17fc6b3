"""The order of the answers, decided on plain values."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.hours import HoursKind
from directory.places import place_named
from directory.search.audience import Group
from directory.search.explain import match_of, reasons
from directory.search.listing import Area, Listing
from directory.search.model import OnlyFor, PhoneLine, Reason
from directory.search.rank import (
    CRISIS_NEEDS,
    Question,
    Ranked,
    Reach,
    consider,
    in_order,
    steps_beside,
)
from tests.directory.listings.files import NOW

NAPERVILLE = Area(towns=frozenset({"naperville"}), around=frozenset({"DuPage County"}))
DUPAGE = Area(counties=frozenset({"DuPage County"}), around=frozenset({"DuPage County"}))
ILLINOIS, STATES = Area(state=True), Area(country=True)
OPEN, CLOSED = "Mo-Fr 09:00-17:00", "Sa 09:00-10:00"  # at 11 on a Monday
QUESTION = Question(
    place=place_named("60540"),
    home=place_named("Naperville"),
    language="en",
    open_now=False,
    at=NOW,
    zone=ZoneInfo("America/Chicago"),
)
_numbers = iter(range(10**6))


def listing(name: str, **changes: object) -> Listing:
    number = f"630-555-{next(_numbers):04d}"
    plain = Listing(
        service_id=name,
        slug=name,
        name=name,
        organization=name,
        also_known_as=(),
        needs=("food",),
        phones=(PhoneLine(number, "voice"),),
        has_intake=True,
        hours=None,
        description={"en": "", "es": ""},
        eligibility=None,
        cost=None,
        apply=None,
        free=False,
        url=None,
        address=None,
        coordinates=None,
        county="",
        area=NAPERVILLE,
        languages=("en",),
        accepts_referrals=True,
        last_checked=NOW.date(),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def order(*listings: Listing, question: Question = QUESTION, need: str = "food") -> list[str]:
    ranked = [consider(one, need, question) for one in listings]
    return [one.listing.name for one in in_order(ranked, question)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"phones": ()}),
        ({}, {"needs": ("rent", "food")}),
        ({}, {"area": ILLINOIS}),
        ({"area": ILLINOIS}, {"area": STATES}),
        ({"area": DUPAGE}, {"area": STATES, "hours": "24/7"}),
        ({"hours": OPEN}, {"hours": None}),
        ({"hours": OPEN, "area": DUPAGE}, {"hours": None, "area": NAPERVILLE}),
        ({"area": NAPERVILLE}, {"area": DUPAGE}),
        ({"coordinates": (41.77, -88.14)}, {"coordinates": (41.99, -88.2)}),
        ({"last_checked": NOW.date()}, {"last_checked": date(2020, 1, 1)}),
        ({"last_checked": date(2024, 6, 1)}, {"last_checked": None}),
        ({}, {"has_intake": False}),
        # Half a mile does not outweigh a listing that was checked this year.
        (
            {"coordinates": (41.775, -88.14)},
            {"coordinates": (41.767, -88.141), "last_checked": date(2019, 1, 1)},
        ),
    ],
)
def test_the_better_one_comes_first(first: dict[str, object], second: dict[str, object]) -> None:
    assert order(listing("b", **second), listing("z", **first)) == ["z", "b"]


def test_in_a_crisis_a_line_that_answers_now_beats_a_nearer_one_that_may_not() -> None:
    near, far = listing("near", area=NAPERVILLE), listing("far", area=STATES, hours="24/7")
    for need in CRISIS_NEEDS:
        ones = [replace(one, needs=(need,)) for one in (near, far)]
        assert order(*ones, need=need) == ["far", "near"]
    assert order(near, far) == ["near", "far"]


SURVIVORS = {"needs": ("domestic_violence", "shelter"), "hours": "24/7"}


@pytest.mark.parametrize(
    ("limited", "groups"),
    [
        (SURVIVORS, Group.WOMEN),
        ({"needs": ("veterans", "shelter")}, Group.VETERANS),
        ({"minimum_age": 18, "maximum_age": 24}, Group.YOUTH),
        ({"minimum_age": 60}, Group.SENIORS),
    ],
    ids=["survivors", "veterans", "the young", "the old"],
)
def test_for_the_bare_need_who_takes_in_some_people_only_comes_after_who_takes_in_all(
    limited: dict[str, object], groups: Group
) -> None:
    changes = {"needs": ("shelter",), "hours": "24/7"} | limited
    ones = [listing("some", **changes), listing("all", needs=("shelter",), area=STATES)]
    assert order(*ones, need="shelter") == ["all", "some"]
    known = replace(QUESTION, groups=int(groups))
    assert order(*ones, question=known, need="shelter") == ["some", "all"]


def test_an_age_says_for_whom_it_is_and_a_wide_range_of_ages_is_no_limit() -> None:
    young = listing("young", needs=("shelter",), hours="24/7", minimum_age=18, maximum_age=24)
    adults = listing("adults", needs=("shelter",), minimum_age=18, maximum_age=64, area=STATES)
    assert order(young, adults, need="shelter") == ["adults", "young"]
    asked = replace(QUESTION, age=19)
    assert order(young, adults, question=asked, need="shelter") == ["young", "adults"]


def test_whom_alone_it_takes_in_is_told_unless_the_need_says_it() -> None:
    def told(need: str, **changes: object) -> OnlyFor | None:
        ranked = consider(listing("one", **changes), need, QUESTION)
        return match_of(ranked, QUESTION, ()).only_for

    assert told("shelter", **SURVIVORS) == OnlyFor("domestic_violence")
    assert told("domestic_violence", **SURVIVORS) is None
    assert told("sexual_assault", needs=("domestic_violence", "sexual_assault")) is None
    assert told("shelter", needs=("shelter",), minimum_age=18, maximum_age=24) == OnlyFor(
        "", 18, 24
    )
    assert told("food", minimum_age=18) is None
    assert told("elder", needs=("elder",), minimum_age=60) is None


def test_asked_for_open_now_unknown_stands_between_open_and_closed_wherever_they_are() -> None:
    question = replace(QUESTION, open_now=True)
    ones = [
        listing("closed", hours=CLOSED),
        listing("unknown", area=DUPAGE),
        listing("open", hours=OPEN, area=STATES),
    ]
    assert order(*ones, question=question) == ["open", "unknown", "closed"]


def test_who_speaks_the_language_comes_first_for_who_needs_it() -> None:
    ones = [listing("a"), listing("z", languages=("en", "es"))]
    assert order(*ones, question=replace(QUESTION, language="es")) == ["z", "a"]
    assert order(*ones) == ["a", "z"]


def test_a_number_that_was_given_already_is_no_second_chance() -> None:
    line = (PhoneLine("630-555-9999", "voice"),)
    ones = [listing("a", phones=line), listing("b", phones=line), listing("c", area=STATES)]
    assert order(*ones) == ["a", "c", "b"]


def test_without_a_place_the_ones_around_home_come_first_and_no_distance_is_told() -> None:
    question = replace(QUESTION, place=None)
    ones = [
        listing("a", coordinates=(41.5, -88.1), area=DUPAGE),
        listing("z", coordinates=(41.77, -88.14), area=DUPAGE),
    ]
    assert order(*ones, question=question) == ["z", "a"]
    assert consider(ones[1], "food", question).distance is None


def test_a_county_is_nowhere_to_measure_from() -> None:
    one = listing("a", coordinates=(41.86, -88.08), area=DUPAGE)
    question = replace(QUESTION, place=place_named("DuPage County"))
    assert consider(one, "food", question).distance is None


def test_the_county_that_most_of_a_town_lies_in_comes_first() -> None:
    will = Area(counties=frozenset({"Will County"}), around=frozenset({"Will County"}))
    question = replace(QUESTION, place=place_named("Naperville"))
    assert order(listing("a", area=will), listing("z", area=DUPAGE), question=question) == [
        "z",
        "a",
    ]


_AREAS = st.sampled_from([NAPERVILLE, DUPAGE, ILLINOIS, STATES, Area()])
_LISTINGS = st.builds(
    lambda area, hours, days, coordinates, needs, intake: listing(
        f"s{next(_numbers)}",
        area=area,
        hours=hours,
        coordinates=coordinates,
        needs=needs,
        has_intake=intake,
        last_checked=None if days is None else NOW.date() - timedelta(days=days),
    ),
    _AREAS,
    st.sampled_from([None, "24/7", OPEN, CLOSED]),
    st.none() | st.integers(0, 4000),
    st.none() | st.tuples(st.floats(41, 42), st.floats(-89, -87)),
    st.sampled_from([("food",), ("rent", "food")]),
    st.booleans(),
)


def _as_good(one: Ranked, other: Ranked, question: Question) -> bool:
    """But for the hours: of one reach, and as much to the point."""
    return one.reach.tier == other.reach.tier and (
        steps_beside(one, question) == steps_beside(other, question)
    )


@given(st.lists(_LISTINGS, max_size=8), st.booleans())
def test_within_one_reach_unknown_hours_never_stand_before_open(
    listings: list[Listing], open_now: bool
) -> None:
    question = replace(QUESTION, open_now=open_now)
    ranked = in_order([consider(one, "food", question) for one in listings], question)
    for position, earlier in enumerate(ranked):
        for later in ranked[position + 1 :]:
            if _as_good(earlier, later, question) and later.is_open:
                assert earlier.is_open


@given(st.lists(_LISTINGS, max_size=8))
def test_the_order_does_not_depend_on_the_order_before(listings: list[Listing]) -> None:
    assert order(*listings) == order(*reversed(listings))


@given(_LISTINGS)
def test_reasons_say_what_is_true(one: Listing) -> None:
    ranked = consider(one, "food", QUESTION)
    given_reasons = reasons(ranked, QUESTION, by_name=False)
    assert (Reason.HOURS_UNKNOWN in given_reasons) == (ranked.hours.kind is HoursKind.UNKNOWN)
    assert (Reason.NEAR in given_reasons) == (ranked.distance is not None and ranked.distance <= 5)
    assert (Reason.SERVES_YOUR_TOWN in given_reasons) == (ranked.reach is Reach.TOWN)
    assert len(given_reasons) == len(set(given_reasons))
