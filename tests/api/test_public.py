"""The published directory: for anyone, and nothing in it that must not leave."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api import paging
from directory import database
from directory.listings import service as listings
from directory.listings.models import Service
from directory.settings import Settings
from tests.api.conftest import Api, problem, running
from tests.conftest import settings_for
from tests.fakes import MORNING


@pytest.fixture(scope="module")
def library(partners_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings on a directory that is copied once: these tests only read."""
    folder = tmp_path_factory.mktemp("library")
    shutil.copy(partners_template, folder / "handoff.sqlite")
    return settings_for(folder)


@pytest.fixture
def public(library: Settings) -> Iterator[Api]:
    with running(library) as api:
        yield api


def get(api: Api, path: str = "", **query: Any) -> dict[str, Any]:
    answer = api.client.get(f"/api/v1/services{path}", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def every_service(api: Api, *, limit: int = 200) -> list[dict[str, Any]]:
    page = get(api, limit=limit)
    items: list[dict[str, Any]] = page["items"]
    while page["next"]:
        page = get(api, limit=limit, cursor=page["next"])
        items += page["items"]
    return items


def test_the_list_is_all_that_is_published_and_only_that(public: Api) -> None:
    shown = {each["id"] for each in every_service(public)}
    with database.read_scope() as session:
        every = session.query(Service).all()
        published = {row.id for row in every if row.published}
        held = {row.id for row in every if not row.published}
    assert shown == published
    assert held and not shown & held


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_pages_lose_and_double_nothing(public: Api, limit: int) -> None:
    ids = [each["id"] for each in every_service(public, limit=limit)]
    assert ids == [each["id"] for each in every_service(public)]
    assert len(set(ids)) == len(ids) > 50


def test_a_page_goes_on_where_it_was_while_services_are_added(listed: Api) -> None:
    first = get(listed, limit=10)
    last = first["items"][-1]
    with database.session_scope() as session:
        row = session.get_one(Service, last["id"])
        for name in ("AAA before all", f"{last['name']} and more"):
            session.add(_like(row, name))
    seen = [each["name"] for each in first["items"]]
    rest = get(listed, limit=200, cursor=first["next"])
    names = seen + [each["name"] for each in rest["items"]]
    assert "AAA before all" not in names
    assert f"{last['name']} and more" in names
    assert len(names) == len(every_service(listed)) - 1


def _like(row: Service, name: str) -> Service:
    return Service(
        slug=re.sub(r"\W+", "-", name.lower()),
        name=name,
        organization=row.organization,
        origin="test",
        status="active",
        published=True,
        position=0,
        last_modified=MORNING,
    )


def test_a_service_is_found_by_id_and_by_slug(public: Api) -> None:
    one = get(public)["items"][0]
    assert get(public, f"/{one['id']}") == get(public, f"/{one['slug']}") == one


def test_an_unpublished_service_is_unknown(public: Api) -> None:
    with database.read_scope() as session:
        held = session.query(Service).filter(Service.published.is_(False)).first()
    assert held is not None
    for key in (held.id, held.slug, "no-such-service", "%2e%2e", "x" * 255, "ñ"):
        problem(public.client.get(f"/api/v1/services/{key}"), 404, "service_not_found")


def test_a_confidential_place_has_no_address(public: Api) -> None:
    with database.read_scope() as session:
        confidential = [
            each.id for each in listings.queries.published_services(session) if each.confidential
        ]
    assert confidential
    for service_id in confidential:
        assert get(public, f"/{service_id}")["addresses"] == []


def test_nothing_unattested_and_no_note_leaves(public: Api) -> None:
    shown = str(every_service(public))
    with database.read_scope() as session:
        phones = [phone for service in session.query(Service) for phone in service.phones]
        attested = {phone.number for phone in phones if phone.attested}
        never = {phone.number for phone in phones} - attested
    assert never
    assert [number for number in never if number in shown] == []
    for held_back in ("held_because", "call_first", "attested"):
        assert held_back not in shown


def test_a_search_in_everyday_words_gives_reasons(public: Api) -> None:
    found = get(public, "/search", q="no groceries till friday", place="60540")
    assert found["needs"][0] == "food"
    assert found["place"]
    best = found["items"][0]
    assert best["need"] == "food"
    assert best["phone"] and best["reasons"]
    assert isinstance(best["accepts_referrals"], bool)
    assert set(found) == {"items", "needs", "place", "relaxed", "unserved", "next"}


def test_the_place_may_stand_among_the_words(public: Api) -> None:
    assert get(public, "/search", q="food in wheaton")["place"] == "Wheaton"


def test_what_nobody_serves_brings_no_filler(public: Api) -> None:
    found = get(public, "/search", q="i need a job", place="Naperville")
    assert found["items"] == []
    assert found["unserved"] == ["employment"]


def test_a_place_that_nobody_knows_is_said(public: Api) -> None:
    found = get(public, "/search", q="food", place="Atlantis")
    assert found["place"] is None
    assert found["items"]


def test_a_hotline_takes_no_referrals(public: Api) -> None:
    shown = every_service(public)
    hotlines = [
        each for each in shown if re.search("hotline|lifeline|helpline", each["name"], re.I)
    ]
    assert len(hotlines) > 5
    assert [each["slug"] for each in hotlines if each["accepts_referrals"]] == []
    assert any(each["accepts_referrals"] for each in shown)


def test_search_takes_language_and_open_now(public: Api) -> None:
    for language in ("en", "es"):
        assert get(public, "/search", q="comida", language=language, open_now=True)["items"]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "x" * 301},
        {"q": "food", "place": "x" * 81},
        {"q": "food", "language": "fr"},
        {"q": "food", "open_now": "perhaps"},
    ],
)
def test_a_wrong_question_is_malformed(public: Api, query: dict[str, str]) -> None:
    answer = public.client.get("/api/v1/services/search", params=query)
    problem(answer, 422, "malformed")
    assert "xxx" not in answer.text


@pytest.mark.parametrize(
    "cursor", ["", "x", "ñ", "\x00", paging.encode_text("a\x00", "b"), "A" * 5000]
)
def test_a_cursor_that_we_did_not_make_is_refused(public: Api, cursor: str) -> None:
    answer = public.client.get("/api/v1/services", params={"cursor": cursor})
    assert answer.json()["code"] in ("cursor_invalid", "malformed")
    problem(answer, 422, answer.json()["code"])


def test_every_cursor_that_we_make_is_taken_back(public: Api) -> None:
    answer = public.client.get(
        "/api/v1/services", params={"cursor": paging.encode_text("ñ" * 255, "f" * 36)}
    )
    assert answer.status_code == 200
