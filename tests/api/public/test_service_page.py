"""`/services/{slug}`: everything that may leave, nothing that may not."""

import json
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from api.public.pages.codes import code_of
from directory import database
from directory.freshness.models import Freshness
from directory.listings import notices, queries
from directory.listings.models import Organization, Service
from tests.api.conftest import Api
from tests.api.public.pages import (
    HOTLINE,
    LIFELINE,
    PANTRY,
    SECRET_PLACE,
    Parts,
    edit,
    page,
    words,
)
from tests.factories import CHICAGO
from tests.fakes import MORNING

EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def structured(html: str) -> dict[str, object]:
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert block is not None
    found: dict[str, object] = json.loads(block[1])
    return found


def test_every_published_service_has_a_page_with_its_published_numbers_alone(
    public: Api,
) -> None:
    with database.read_scope() as session:
        published = queries.published_services(session)
        everything = session.scalars(select(Service)).all()
        never = {
            phone.number for each in everything for phone in each.phones if not phone.attested
        } - {phone.number for each in published for phone in each.phones if phone.attested}
        slugs = [each.slug for each in published]
    assert never
    for slug in slugs:
        html = page(public, f"/services/{slug}").text
        assert [each for each in never if re.search(rf"(?<!\d){each}(?!\d)", html)] == []
        assert structured(html)["@type"] == "Service"
        assert Parts(html).inline == []


def test_a_page_tells_what_somebody_needs_who_goes_there(public: Api) -> None:
    answer = page(public, f"/services/{PANTRY}")
    said = words(answer)
    for fact in (
        "Loaves & Fishes Grocery Market",
        "Call 630-355-3663",
        "1871 High Grove Lane, Naperville, IL 60540",
        "Cost Free",
        "Who can use it",
        "How to get it Bring ID",
        "Languages English",
        "As their pages said in January 2022",
    ):
        assert fact in said
    links = Parts(answer.text).links
    assert any(each.startswith("https://www.openstreetmap.org/search?query=1871") for each in links)
    assert 'rel="canonical" href="http://127.0.0.1:8000/services/' in answer.text
    assert answer.text.count('rel="alternate" hreflang="') == 2


def test_hours_are_told_a_day_at_a_time_and_whether_it_is_open(listed: Api, morning: None) -> None:
    edit(PANTRY, opening_hours="Mo-Fr 09:00-12:00,13:00-17:00; Sa off")
    answer = page(listed, f"/services/{PANTRY}")
    said = words(answer).replace("\u202f", " ")
    assert "Open now until 12:00 PM" in said
    assert "Wed, Mar 18 today 9:00 AM – 12:00 PM 1:00 PM – 5:00 PM" in said
    assert "Sat, Mar 21 closed" in said
    assert "As a rule: Mon-Fri 9am-12pm,1pm-5pm" in said
    opening = structured(answer.text)["hoursAvailable"]
    assert isinstance(opening, list) and len(opening) == 2


def test_a_closure_is_told_while_it_lasts(listed: Api, morning: None) -> None:
    edit(PANTRY, opening_hours="24/7")
    with database.session_scope() as session:
        service = session.query(Service).filter_by(slug=PANTRY).one()
        body = notices.NoticeBody(
            kind=notices.NoticeType.CLOSURE,
            text="The roof is mended.",
            text_es="Arreglan el techo.",
            ends_at=MORNING + timedelta(days=2),
        )
        notices.post(session, service, body, by="staff:x", now=MORNING)
    said = words(page(listed, f"/services/{PANTRY}")).replace("\u202f", " ")
    assert "Closed until Fri, Mar 20, 10:00 AM. The roof is mended." in said
    assert "Closed for now" in said and "Open now" not in said
    assert "Arreglan el techo." in words(page(listed, f"/services/{PANTRY}?lang=es"))
    found = words(page(listed, "/needs/food"))
    assert "The roof is mended." in found
    assert on_paper(listed) == "Closed for now. Call before you go. 24 hours, every day"
    (told,) = [each for each in listed.client.get("/api/v1/services").json()["items"]
               if each["slug"] == PANTRY]  # fmt: skip
    assert (told["status"], told["opening_hours"]) == ("temporarily closed", "24/7")
    assert told["closed_until"] == (MORNING + timedelta(days=2)).isoformat()
    assert told["notices"][0]["text"]["en"] == "The roof is mended."


def on_paper(api: Api) -> str:
    """What a printed sheet of the need says of when the pantry is open."""
    html = page(api, "/needs/food").text
    card = html.partition(f'href="/services/{PANTRY}"')[2]
    found = re.search(r'<p class="print-only">(.*?)</p>', card, re.S)
    assert found is not None
    return " ".join(found[1].split())


def test_a_closure_until_midnight_tells_its_last_day(listed: Api, morning: None) -> None:
    with database.session_scope() as session:
        service = session.query(Service).filter_by(slug=PANTRY).one()
        midnight = datetime(2026, 3, 21, tzinfo=CHICAGO)
        body = notices.NoticeBody(kind=notices.NoticeType.CLOSURE, ends_at=midnight)
        notices.post(session, service, body, by="staff:x", now=MORNING)
    assert "Closed through Mar 20, 2026." in words(page(listed, f"/services/{PANTRY}"))
    spanish = words(page(listed, f"/services/{PANTRY}?lang=es"))
    assert "Cerrado hasta el 20 mar 2026 inclusive." in spanish


def test_one_that_is_closed_for_a_time_is_not_merely_closed_now(listed: Api, morning: None) -> None:
    edit(PANTRY, status="temporarily closed", opening_hours="Mo-Fr 09:00-17:00")
    card = words(page(listed, "/needs/food")).partition("Grocery Market")[2][:60]
    assert "Closed for now" in card
    assert on_paper(listed) == "Closed for now. Call before you go."


def test_a_secret_place_stays_one(public: Api) -> None:
    html = page(public, f"/services/{SECRET_PLACE}").text
    assert "The place is kept secret" in html
    assert "openstreetmap" not in html
    assert "PostalAddress" not in html


def test_sensitive_pages_can_be_left_and_are_kept_nowhere(public: Api) -> None:
    for path in (f"/services/{HOTLINE}", f"/services/{LIFELINE}", "/needs/sexual_assault"):
        answer = page(public, path)
        assert 'href="https://www.weather.gov/" rel="noreferrer" data-leave' in answer.text
        assert "If somebody may look at this phone" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert page(public, f"{path}/qr.svg").headers["cache-control"] == "no-store"
    for path in (f"/services/{PANTRY}", "/needs/food", "/"):
        assert "data-leave" not in page(public, path).text


def test_a_line_without_a_need_counts_as_sensitive(public: Api) -> None:
    for slug in ("dcfs--child-abuse-and-neglect-hotline", "human-trafficking-hotline--hotline"):
        assert "data-leave" in page(public, f"/services/{slug}").text


def test_who_has_the_page_is_told_so(public: Api) -> None:
    first = page(public, f"/services/{PANTRY}")
    assert first.headers["cache-control"] == "public, no-cache"
    again = page(
        public, f"/services/{PANTRY}", status=304, **{"If-None-Match": first.headers["etag"]}
    )
    assert again.content == b"" and again.headers["etag"] == first.headers["etag"]
    other = {"If-None-Match": first.headers["etag"], "Accept-Language": "es"}
    assert page(public, f"/services/{PANTRY}", **other).headers["etag"] != first.headers["etag"]


def test_a_service_that_nobody_published_is_unknown(public: Api) -> None:
    with database.read_scope() as session:
        held = session.query(Service).filter(Service.published.is_(False)).first()
    assert held is not None
    for key in (held.slug, held.id, "no-such-service", "x" * 300, "ñ", "%00", "%0a", "%2e%2e", "'"):
        for path in (f"/services/{key}", f"/services/{key}/qr.svg"):
            answer = page(public, path, status=422 if len(key) > 255 else 404)
            assert 'role="search"' in answer.text
            assert held.name not in answer.text


@pytest.mark.parametrize(
    "why", [{"freshness": Freshness.WITHHELD}, {"status": "inactive"}, {"status": "defunct"}]
)
def test_one_that_is_no_longer_shown_is_gone(listed: Api, why: dict[str, str]) -> None:
    edit(PANTRY, **why)
    answer = page(listed, f"/services/{PANTRY}", status=410)
    assert "no longer listed" in words(answer)
    assert "630-355-3663" not in answer.text
    page(listed, f"/services/{PANTRY}/qr.svg", status=410)


def test_one_that_was_merged_leads_to_its_successor(listed: Api) -> None:
    other = "lisle-twp--food-pantry"
    with database.read_scope() as session:
        successor = session.query(Service).filter_by(slug=other).one().id
    edit(PANTRY, merged_into_id=successor)
    answer = page(listed, f"/services/{PANTRY}?lang=es", status=301)
    assert answer.headers["location"] == f"/services/{other}?lang=es"


def test_an_id_leads_to_the_address_with_the_name(public: Api) -> None:
    with database.read_scope() as session:
        identity = session.query(Service).filter_by(slug=PANTRY).one().id
    answer = page(public, f"/services/{identity}", status=301)
    assert answer.headers["location"] == f"/services/{PANTRY}"


def test_html_in_a_listing_stays_words(listed: Api) -> None:
    edit(
        PANTRY,
        name=f"Pantry {EVIL}",
        description=EVIL,
        description_es=EVIL,
        alert=EVIL,
        wait_time=EVIL,
        fees_description=EVIL,
    )
    for path in (f"/services/{PANTRY}", "/needs/food", f"/services/{PANTRY}?lang=es"):
        html = page(listed, path).text
        assert "<script>alert" not in html and "<img src=x" not in html
        assert Parts(html).inline == []
    assert structured(page(listed, f"/services/{PANTRY}").text)["description"] == EVIL


def test_an_address_of_a_website_that_is_a_script_is_no_link(listed: Api) -> None:
    edit(PANTRY, url="javascript:alert(1)")
    html = page(listed, f"/services/{PANTRY}").text
    assert 'href="javascript' not in html


def test_what_has_no_spanish_is_marked_as_english(listed: Api) -> None:
    edit(PANTRY, description="Only in English.", description_es=None)
    html = page(listed, f"/services/{PANTRY}?lang=es").text
    assert '<html lang="es">' in html
    assert '<span lang="en">Only in English.</span>' in html


def test_a_listing_with_next_to_nothing_has_a_page(listed: Api) -> None:
    with database.session_scope() as session:
        organization = session.scalars(select(Organization)).first()
        session.add(
            Service(
                slug="bare",
                name="Bare",
                organization=organization,
                origin="test",
                status="active",
                published=True,
                last_modified=MORNING,
            )
        )
    said = words(page(listed, "/services/bare"))
    assert "We have no number that we may give" in said
    assert "We do not know their hours. Call first." in said
    assert "We do not know when this was last checked" in said


@pytest.mark.parametrize("path", [f"/services/{PANTRY}", "/needs/food"])
def test_the_square_leads_to_the_public_address(public: Api, path: str) -> None:
    html = page(public, path).text
    assert f'<img src="{path}/qr.svg"' in html
    assert f"http://127.0.0.1:8000{path}" in words(page(public, path))
    code = page(public, f"{path}/qr.svg")
    assert code.headers["content-type"] == "image/svg+xml"
    assert code.content == code_of(f"http://127.0.0.1:8000{path}")
    spanish = page(public, f"{path}/qr.svg?lang=es")
    assert spanish.content == code_of(f"http://127.0.0.1:8000{path}?lang=es")
    assert f'<img src="{path}/qr.svg?lang=es"' in page(public, f"{path}?lang=es").text


def test_a_need_that_does_not_exist_has_no_page(public: Api) -> None:
    for code in ("nonsense", "%00", "Food", "x" * 3000):
        page(public, f"/needs/{code}", status=404)
        page(public, f"/needs/{code}/qr.svg", status=404)


def test_a_need_can_be_printed_for_one_town(public: Api) -> None:
    said = words(page(public, "/needs/food?place=60532&open_now=1"))
    assert "Near 60532." in said
