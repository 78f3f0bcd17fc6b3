"""Searching Tasks: by status, last change and patient, page by page."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.fhir.search import TaskSearch, task_search
from directory.errors import Invalid
from directory.referrals.states import Status
from tests.api.fhir.conftest import Fhir, outcome
from tests.api.fhir.valid import valid
from tests.directory.referrals.builders import read
from tests.fakes import MORNING

ZONE = ZoneInfo("America/Chicago")


def found(fhir: Fhir, query: str, key: str | None = None) -> list[str]:
    bundle = valid(fhir.get(f"/Task?{query}", key=key).json())
    return [each["resource"]["id"] for each in bundle.get("entry", [])]


def bounds(value: str) -> list[tuple[str, str]]:
    [*pairs] = task_search([("_lastUpdated", value)], ZONE).wanted.updated
    return [(comparison.value, moment.isoformat()) for comparison, moment in pairs]


def test_a_search_finds_what_fits_and_what_is_theirs(fhir: Fhir) -> None:
    first = fhir.referred()
    second = fhir.referred(identifier="R-2", phone="+16305550124")
    fhir.moved(second, "accepted")
    person = read(first).person_id
    for key in (fhir.hospital, fhir.pantry, None):
        assert found(fhir, "", key) == [first, second]
        assert found(fhir, "status=accepted", key) == [second]
        assert found(fhir, "status=accepted,requested", key) == [first, second]
        assert found(fhir, f"patient=Patient/{person}", key) == [first]
        assert found(fhir, f"patient={person}&status=accepted", key) == []


def test_a_search_follows_changes(fhir: Fhir) -> None:
    first = fhir.referred()
    second = fhir.referred(identifier="R-2")
    mark = read(second).changed_at.isoformat().replace("+", "%2B")
    assert found(fhir, f"_lastUpdated=gt{mark}", fhir.hospital) == []
    fhir.moved(first, "accepted")
    assert found(fhir, f"_lastUpdated=gt{mark}", fhir.hospital) == [first]
    assert found(fhir, f"_lastUpdated=le{mark}", fhir.hospital) == [second]
    assert found(fhir, "_lastUpdated=2026-03-18", fhir.hospital) == [first, second]
    assert found(fhir, "_lastUpdated=gt2026-03-18", fhir.hospital) == []


def test_pages_lead_through_everything_once(fhir: Fhir) -> None:
    sent = [fhir.referred(identifier=f"R-{n}") for n in range(5)]
    path, seen = "/Task?_count=2&status=requested", []
    while path:
        bundle = valid(fhir.get(path, key=fhir.pantry).json())
        seen.append([each["resource"]["id"] for each in bundle["entry"]])
        links = {each["relation"]: each["url"] for each in bundle["link"]}
        path = links.get("next", "").partition("/fhir")[2]
    assert seen == [sent[:2], sent[2:4], sent[4:]]


@pytest.mark.parametrize(
    "query",
    [
        "owner=Organization/1",
        "status=done",
        "status=accepted&status=rejected",
        "patient=Patient/a/b",
        "patient=1&patient=2",
        "_count=0",
        "_count=many",
        "_count=٣",
        "_lastUpdated=yesterday",
        "_lastUpdated=2026-13-01",
        "_lastUpdated=2026-03-18T10:00:00",
        "_lastUpdated=ne2026-03-18",
        "_cursor=x",
    ],
)
def test_a_search_that_we_do_not_understand_is_refused(fhir: Fhir, query: str) -> None:
    answer = fhir.get(f"/Task?{query}", key=fhir.pantry)
    code = answer.json()["issue"][0]["details"]["coding"][0]["code"]
    assert code in ("parameter_unknown", "parameter_invalid", "cursor_invalid")
    outcome(answer, 422, code)


def test_a_day_is_a_day_in_chicago_also_when_clocks_change() -> None:
    [start, end] = bounds("2026-03-08")
    assert start == ("ge", "2026-03-08T06:00:00+00:00")
    assert end == ("lt", "2026-03-09T05:00:00+00:00"), "23 hours long"
    assert bounds("gt2026-03-08") == [("ge", end[1])]
    assert bounds("lt2026-03-08") == [("lt", start[1])]


def test_a_count_is_never_larger_than_we_give() -> None:
    assert task_search([("_count", "100000")], ZONE).count == 200


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["status", "_lastUpdated", "patient", "_count", "_cursor", "other"]),
            st.text() | st.sampled_from([*Status, "ge2026-01-01", MORNING.isoformat(), "7"]),
        ),
        max_size=4,
    )
)
def test_any_query_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    try:
        search = task_search(pairs, ZONE)
    except Invalid:
        return
    assert isinstance(search, TaskSearch)
    assert 1 <= search.count <= 200
    for _, moment in search.wanted.updated:
        assert moment.utcoffset() == timedelta(0)
