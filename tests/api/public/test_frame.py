"""What all public pages share: language, privacy, robots, and pages that are not there."""

from xml.etree import ElementTree

import pytest

from api.public.pages import crawlers
from directory import database
from directory.listings import queries
from directory.needs import taxonomy
from tests.api.conftest import Api
from tests.api.public.pages import HOTLINE, PANTRY, SECRET_PLACE, Parts, page, words

EVERY = ("/", "/search?q=food", "/needs/shelter", f"/services/{PANTRY}", f"/services/{HOTLINE}")
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.mark.parametrize("path", EVERY)
def test_nothing_is_loaded_from_elsewhere_and_no_cookie_is_set(public: Api, path: str) -> None:
    answer = page(public, path)
    parts = Parts(answer.text)
    assert [each for each in parts.files if not each.startswith("/")] == []
    assert parts.inline == []
    assert "set-cookie" not in answer.headers
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", EVERY)
def test_a_page_and_all_that_it_loads_is_light(public: Api, path: str) -> None:
    answer = page(public, path)
    files = sum(len(page(public, each).content) for each in Parts(answer.text).files)
    assert len(answer.content) + files < 40_000


@pytest.mark.parametrize("path", EVERY)
def test_a_page_answers_to_head(public: Api, path: str) -> None:
    answer = public.client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_language_that_was_chosen_is_kept_in_the_one_cookie(public: Api) -> None:
    first = page(public, f"/services/{PANTRY}?lang=es")
    assert '<html lang="es">' in first.text
    cookie = first.headers["set-cookie"]
    assert cookie.startswith("language=es;") and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert first.headers["cache-control"] == "private, no-cache"
    later = page(public, "/", Cookie="language=es")
    assert '<html lang="es">' in later.text and "set-cookie" not in later.headers
    assert '<html lang="en">' in page(public, "/?lang=en", Cookie="language=es").text


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({"Accept-Language": "es-MX,es;q=0.9,en;q=0.8"}, "es"),
        ({"Accept-Language": "en-US"}, "en"),
        ({"Accept-Language": "pl"}, "en"),
        ({"Cookie": "language=%00<b>"}, "en"),
        ({}, "en"),
    ],
)
def test_else_the_browser_says_the_language(
    public: Api, headers: dict[str, str], language: str
) -> None:
    answer = page(public, "/", **headers)
    assert f'<html lang="{language}">' in answer.text
    assert {"Cookie", "Accept-Language"} <= set(answer.headers["vary"].split(", "))


def test_the_other_language_is_one_link_away_with_the_question_kept(public: Api) -> None:
    answer = page(public, "/search?q=food+%26+rent&place=Lisle")
    assert 'href="/search?q=food+%26+rent&amp;place=Lisle&amp;lang=es"' in answer.text


def test_spanish_pages_say_988_in_spanish(public: Api) -> None:
    answer = page(public, "/?lang=es")
    assert "988 y oprima 2" in words(answer)
    assert 'href="sms:988?&amp;body=AYUDA"' in answer.text


def test_robots_find_the_directory_and_stay_out_of_the_rest(public: Api) -> None:
    robots = public.client.get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    for door in ("/console", "/r/", "/l/", "/api/", "/search"):
        assert f"Disallow: {door}\n" in robots.text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in robots.text


def test_the_map_of_the_site_has_exactly_what_is_published(public: Api) -> None:
    tree = ElementTree.fromstring(public.client.get("/sitemap.xml").content)
    found = {each.text for each in tree.iterfind("s:url/s:loc", SPACE)}
    with database.read_scope() as session:
        slugs = {each.slug for each in queries.published_services(session)}
    base = "http://127.0.0.1:8000"
    expected = {f"{base}/"} | {f"{base}/needs/{code}" for code in taxonomy()}
    assert found == expected | {f"{base}/services/{slug}" for slug in slugs}
    assert f"{base}/services/{SECRET_PLACE}" in found


def test_a_large_directory_has_a_map_in_parts(public: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ElementTree.fromstring(public.client.get("/sitemap.xml").content)
    monkeypatch.setattr(crawlers, "A_FILE", 20)
    index = ElementTree.fromstring(public.client.get("/sitemap.xml").content)
    parts = [each.text or "" for each in index.iterfind("s:sitemap/s:loc", SPACE)]
    assert len(parts) == 4
    found = [
        each.text
        for part in parts
        for each in ElementTree.fromstring(
            public.client.get(part.removeprefix("http://127.0.0.1:8000")).content
        ).iterfind("s:url/s:loc", SPACE)
    ]
    assert sorted(found) == sorted(each.text for each in whole.iterfind("s:url/s:loc", SPACE))
    assert public.client.get("/sitemap-9.xml").status_code == 404


@pytest.mark.parametrize(
    "path", ["/nothing", "/services", "/search/x", "//evil.example/x", "/%3Cb%3E"]
)
def test_a_page_that_is_not_there_offers_the_search(public: Api, path: str) -> None:
    answer = page(public, path, status=404)
    assert 'role="search"' in answer.text
    assert "evil.example" not in answer.text and "<b>" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/hsds/nothing", "/fhir/nothing", "/webhooks/x"]
)
def test_programs_get_a_document_of_errors(public: Api, path: str) -> None:
    answer = page(public, path, status=404)
    assert answer.headers["content-type"].startswith("application/")
    plain = public.client.get("/nothing")
    assert plain.headers["content-type"] == "application/problem+json"


def test_the_demo_says_what_it_is(sqlite_settings: object) -> None:
    from directory.settings import Settings
    from tests.api.conftest import running

    assert isinstance(sqlite_settings, Settings)
    with running(sqlite_settings.model_copy(update={"demo": True})) as api:
        assert "DEMO: the people here are made up." in words(page(api, "/"))
