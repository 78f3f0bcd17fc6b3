"""From a question to an answer that says why, and what it gave up."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from directory import database
from directory.database import Database
from directory.hours import HoursKind
from directory.listings import queries
from directory.listings.service import catalogue_changed
from directory.search import FindResult, Query, Reason, RelaxationKind, find
from tests.directory.listings.files import NOW, edited, load

NIGHT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # ten in the evening


@pytest.fixture(autouse=True)
def _loaded(db: Database) -> None:
    load()


def ask(*needs: str, at: datetime = NOW, **more: Any) -> FindResult:
    with database.read_scope() as session:
        return find(session, Query(needs=needs, at=at, **more))


def slugs(result: FindResult) -> list[str]:
    return [match.slug for match in result.matches]


def test_an_answer_holds_everything_that_a_reply_needs() -> None:
    match = ask("food", place="60540", language="es").matches[0]
    assert match.slug == "oak-pantry--groceries"
    assert match.service_name == "Oak Pantry groceries"
    assert match.organization_name == "Oak Pantry"
    assert (match.phone, match.phone_kind) == ("630-555-0101", "voice")
    assert match.hours.kind is HoursKind.OPEN
    assert match.description == {
        "en": "Free groceries for families.",
        "es": "Despensa gratis para familias.",
    }
    assert match.cost == {"en": "Free", "es": "Gratis"}
    assert match.address == "1 Oak St., Naperville, IL 60540"
    assert match.distance_miles == 0.0
    assert match.url == "https://oak.example.org"
    assert match.accepts_referrals
    assert str(match.last_checked) == "2026-02-01"
    assert match.reasons == (
        Reason.SERVES_YOUR_TOWN,
        Reason.NEAR,
        Reason.OPEN_NOW,
        Reason.SPEAKS_SPANISH,
        Reason.FREE,
    )


def test_numbers_that_may_not_leave_are_nowhere_in_an_answer() -> None:
    everything = repr(ask("food", "clothing_household", text="oak elm diapers"))
    for hidden in ("0102", "0103", "0111"):
        assert hidden not in everything


def test_an_unserved_need_brings_no_filler_but_its_nearest_served_one() -> None:
    result = ask("grief", "education", place="Naperville")
    assert result.matches == ()
    assert result.unserved == ("grief", "education")
    assert result.related == {"grief": "mental_health"}


def test_an_unserved_need_beside_a_served_one_leaves_that_one_alone() -> None:
    result = ask("grief", "food", place="Naperville")
    assert slugs(result) == ["oak-pantry--groceries", "elm-pantry--food"]
    assert {match.need for match in result.matches} == {"food"}


def test_two_needs_take_turns_so_that_each_has_its_best_in_the_first_three() -> None:
    result = ask("food", "rent", place="Naperville")
    assert [match.need for match in result.matches] == ["food", "rent", "food"]


def test_a_service_that_meets_both_needs_is_named_once() -> None:
    result = ask("food", "clothing_household", place="Wheaton")
    assert slugs(result) == ["elm-pantry--food"]


def test_whom_a_service_does_not_serve_is_not_sent_there() -> None:
    assert slugs(ask("food", place="Wheaton")) == ["elm-pantry--food"]


def test_a_town_in_two_counties_is_served_from_both() -> None:
    assert slugs(ask("rent", place="Naperville")) == ["oak-pantry--rent"]
    assert ask("rent", place="60540").relaxed == ()
    assert ask("rent", place="60564").relaxed[0].kind is RelaxationKind.PLACE_TO_STATE


def test_when_nothing_serves_the_place_the_county_is_tried_and_said(tmp_path: Path) -> None:
    wide, narrow = (
        f"area: {{values: [{area}]}}\n        accepts_referrals: false"
        for area in ("DuPage County", "Wheaton")
    )
    load(edited(tmp_path, (wide, narrow)))
    result = ask("food", place="Lisle")
    assert [(r.kind, r.need, r.detail) for r in result.relaxed] == [
        (RelaxationKind.PLACE_TO_COUNTY, "food", "DuPage County")
    ]
    assert set(slugs(result)) == {"oak-pantry--groceries", "elm-pantry--food"}
    assert all(Reason.OUTSIDE_ITS_AREA in match.reasons for match in result.matches)


def test_when_the_county_has_nothing_either_all_that_there_is_is_shown() -> None:
    result = ask("food", place="Peoria")
    assert [r.kind for r in result.relaxed] == [RelaxationKind.PLACE_TO_STATE]
    assert len(result.matches) == 2


def test_open_now_leaves_the_closed_out() -> None:
    result = ask("food", place="Naperville", open_now=True)
    assert result.relaxed == ()
    assert slugs(result) == ["oak-pantry--groceries", "elm-pantry--food"]
    assert [match.hours.kind for match in result.matches] == ["open", "unknown"]


def test_when_none_is_known_to_be_open_the_others_are_shown_and_it_is_said() -> None:
    result = ask("food", place="Naperville", open_now=True, at=NIGHT)
    assert [(r.kind, r.need) for r in result.relaxed] == [(RelaxationKind.OPEN_NOW, "food")]
    # "Call first" before known to be closed.
    assert [match.hours.kind for match in result.matches] == ["unknown", "closed"]
    assert result.matches[1].hours.opens_at == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def test_a_place_that_we_do_not_know_is_left_out_and_told() -> None:
    result = ask("food", place="Atlantis")
    assert [(r.kind, r.detail) for r in result.relaxed] == [
        (RelaxationKind.PLACE_NOT_KNOWN, "Atlantis")
    ]
    assert len(result.matches) == 2
    assert result.place_name is None


def test_a_place_that_only_the_text_names_is_told_too_where_we_do_not_know_it() -> None:
    kinds = [r.kind for r in ask("food", text="food in xyzville").relaxed]
    assert kinds == [RelaxationKind.PLACE_NOT_KNOWN]
    elsewhere = ask("food", text="food in xyzville", place="Naperville")
    assert [r.kind for r in elsewhere.relaxed] == [RelaxationKind.PLACE_NOT_KNOWN]
    assert elsewhere.place_name == "Naperville"
    assert ask("food", text="food for a family in need").relaxed == ()


def test_a_line_in_spanish_goes_first_for_who_writes_spanish() -> None:
    english = ask("mental_health", language="en").matches[0]
    spanish = ask("mental_health", language="es").matches[0]
    assert (english.phone, english.press) == ("800-555-0130", None)
    assert (spanish.phone, spanish.press) == ("800-555-0130", "2")
    assert spanish.other_phones[0].press is None


def test_a_line_that_answers_day_and_night_is_always_open() -> None:
    match = ask("mental_health", at=NIGHT).matches[0]
    assert match.hours.kind is HoursKind.ALWAYS
    assert Reason.HOTLINE in match.reasons


def test_stated_hours_hold_though_the_phone_is_answered_day_and_night(tmp_path: Path) -> None:
    load(edited(tmp_path, ("answered_24h: false", "answered_24h: true")))
    kinds = {match.slug: match.hours.kind for match in ask("food", at=NIGHT).matches}
    assert kinds["oak-pantry--groceries"] is HoursKind.CLOSED


def test_a_service_without_a_number_comes_last_and_says_so() -> None:
    result = ask("peer_support")
    assert slugs(result) == ["state-line--talk", "state-line--web"]
    assert result.matches[1].phone is None
    assert result.matches[1].reasons[-1] is Reason.NO_PHONE


def test_text_alone_is_understood_by_its_words() -> None:
    assert slugs(ask(text="no groceries till friday", place="60540"))[0] == "oak-pantry--groceries"


@pytest.mark.parametrize("text", ["safe harbor", "safe harbour number please", "harbor"])
def test_a_service_is_found_by_its_name_with_slips(text: str) -> None:
    match = ask(text=text).matches[0]
    assert match.slug == "safe-harbor--shelter"
    assert match.reasons[0] is Reason.NAME_MATCH


def test_another_name_of_the_organisation_finds_it_too() -> None:
    assert set(slugs(ask(text="roble"))) == {"oak-pantry--groceries", "oak-pantry--rent"}


def test_words_that_only_a_description_holds_find_it() -> None:
    assert slugs(ask(text="familias")) == ["oak-pantry--groceries"]


@pytest.mark.parametrize("text", ["", "   ", "hello there", "xyzzy plugh", "😀", "[NAME]"])
def test_text_that_says_nothing_finds_nothing(text: str) -> None:
    assert ask(text=text).matches == ()


def test_no_more_than_asked_for() -> None:
    assert len(ask("food", limit=1).matches) == 1
    assert ask("food", limit=0).matches == ()


def test_an_unknown_need_is_unserved_and_no_accident() -> None:
    assert ask("teleportation").unserved == ("teleportation",)


def test_a_directory_with_nothing_published_answers_with_nothing() -> None:
    with database.session_scope() as session:
        for service in queries.published_services(session):
            service.published, service.held_because = False, "test"
        catalogue_changed(session)
    assert ask("food").unserved == ("food",)


@pytest.mark.parametrize(
    "question",
    [
        {"needs": ("food", "rent", "grief"), "place": "60540", "language": "es"},
        {"needs": ("domestic_violence",), "open_now": True, "place": "Lisle"},
        {"text": "safe harbor", "at": NIGHT + timedelta(microseconds=7)},
        {},
    ],
)
def test_an_answer_survives_json(question: dict[str, Any]) -> None:
    with database.read_scope() as session:
        result = find(session, Query(**({"at": NOW} | question)))
    assert FindResult.from_json(json.loads(json.dumps(result.as_json()))) == result


def test_a_query_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Query(at=datetime(2026, 1, 1))  # noqa: DTZ001
