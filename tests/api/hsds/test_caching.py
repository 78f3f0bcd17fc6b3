"""What is at hand already is not sent again; what has changed is seen at once."""

import gzip
from datetime import timedelta

import pytest
import time_machine

from directory import database
from directory.listings.models import Service
from directory.listings.service import changed
from tests.api.conftest import Api
from tests.directory.hsds.builders import a_listing, a_notice
from tests.fakes import MORNING

PAGE = "/hsds/services?per_page=5"
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def service_id(api: Api) -> str:
    with database.session_scope() as session:
        return a_listing(session).id


def test_a_copy_that_is_still_right_is_not_sent_again(api: Api, service_id: str) -> None:
    for path in ("", "/", "/services", f"/services/{service_id}", "/organizations"):
        url = f"/hsds{path}"
        first = api.client.get(url)
        assert first.headers["cache-control"] == "public, no-cache"
        tag = first.headers["etag"]
        assert not tag.startswith("W/")
        again = api.client.get(url, headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert api.client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["/hsds/services", "/hsds/services/{}"])
def test_one_change_is_seen_at_once(api: Api, service_id: str, path: str) -> None:
    url = path.format(service_id)
    known = {"If-None-Match": api.client.get(url).headers["etag"]}
    with database.session_scope() as session:
        service = session.get_one(Service, service_id)
        service.description = "Bread on Mondays."
        changed(session, service, now=MORNING)
    answer = api.client.get(url, headers=known)
    assert answer.status_code == 200
    assert "Bread on Mondays." in answer.text


@pytest.mark.parametrize("path", ["/hsds/services", "/hsds/services/{}"])
def test_a_closure_that_begins_or_ends_by_itself_is_seen(
    api: Api, service_id: str, path: str
) -> None:
    url = path.format(service_id)
    with database.session_scope() as session:
        service = session.get_one(Service, service_id)
        start, end = MORNING + timedelta(hours=1), MORNING + timedelta(hours=2)
        a_notice(session, service, starts_at=start, ends_at=end)
    tags = []
    for minutes, closed in [(0, False), (61, True), (121, False)]:
        with time_machine.travel(MORNING + timedelta(minutes=minutes), tick=False):
            known = {"If-None-Match": tags[-1]} if tags else {}
            answer = api.client.get(url, headers=known)
        assert answer.status_code == 200
        assert ("temporarily closed" in answer.text) is closed
        tags.append(answer.headers["etag"])


def test_compressed_and_plain_are_two_things(api: Api, service_id: str) -> None:
    plain = api.client.get(PAGE, headers=PLAIN)
    assert "content-encoding" not in plain.headers
    squeezed = api.client.get(PAGE, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert squeezed.headers["content-encoding"] == "gzip"
    assert squeezed.json() == plain.json()
    assert squeezed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in plain.headers["vary"]
    known = {"If-None-Match": plain.headers["etag"], "Accept-Encoding": "gzip"}
    assert api.client.get(PAGE, headers=known).status_code == 200


def test_who_does_not_take_gzip_gets_none(api: Api, service_id: str) -> None:
    for refused in ("gzip;q=0", "gzip; q=0.0", "gzip;q=0.000", "deflate", ""):
        answer = api.client.get(PAGE, headers={"Accept-Encoding": refused})
        assert "content-encoding" not in answer.headers, refused


def test_a_stream_is_compressed_as_it_goes(api: Api, service_id: str) -> None:
    url = "/hsds/services?format=ndjson"
    with api.client.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["etag"].startswith("W/")
    assert "content-length" not in answer.headers
    assert gzip.decompress(raw) == api.client.get(url, headers=PLAIN).content
    known = {"If-None-Match": answer.headers["etag"], "Accept-Encoding": "gzip"}
    assert api.client.get(url, headers=known).status_code == 304


def test_pages_of_any_origin_may_read_it_and_nothing_else(api: Api) -> None:
    origin = {"Origin": "https://example.org"}
    answer = api.client.get("/hsds/services", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert {"ETag", "Link"} <= set(answer.headers["access-control-expose-headers"].split(", "))
    asked = {"Access-Control-Request-Headers": "if-none-match"}
    may_i = origin | asked | {"Access-Control-Request-Method": "GET"}
    allowed = api.client.options("/hsds/services", headers=may_i)
    assert allowed.status_code == 200
    assert "If-None-Match" in allowed.headers["access-control-allow-headers"]
    may_i["Access-Control-Request-Method"] = "POST"
    assert api.client.options("/hsds/services", headers=may_i).status_code == 400
    for path in ("/api/v1/services", "/hsdsx", "/healthz"):
        assert "access-control-allow-origin" not in api.client.get(path, headers=origin).headers
