"""Behind a partner's links (/r, /l) and on the public form, mistakes are told in Spanish."""

import re

import pytest
from httpx import Response

from tests.api.conftest import Api
from tests.api.partners.test_links import Page as ReferralPage
from tests.api.partners.test_listing_links import Page as ListingPage
from tests.api.public.pages import PANTRY
from tests.api.referrals.conftest import Desk
from tests.api.web.spanish import english, mistakes

OURS = {"Sec-Fetch-Site": "same-origin"}


def told(answer: Response, status: int = 422) -> None:
    assert answer.status_code == status
    assert mistakes(answer.text)
    assert english(answer.text) == []


def test_answers_to_a_referral(desk: Desk) -> None:
    page = ReferralPage(desk, desk.refer(reason="x")["id"], desk.contact_id)

    def post(step: str, **fields: str) -> Response:
        return page.post(step, None, **{"language": "es"} | fields)

    told(post("dance"))
    told(post("decline"))
    told(post("decline", why="other"))
    told(post("ask", words=""))
    told(post("ask", words="x" * 9000))
    page.accept()
    told(post("accept"), 409)


def test_answers_about_listings(api: Api, morning: None) -> None:
    page = ListingPage(api, "Pantry", "Rent help")
    seen = re.search(r'name="seen" value="([^"]*:\d+)"', page.get(language="es").text)
    assert seen is not None
    one = seen[1].split(",")[0]
    for form in (
        {"step": "dance", "seen": one},
        {"step": "right", "seen": ""},
        {"step": "wrong", "seen": one, "words": ""},
        {"step": "wrong", "seen": one, "words": "x" * 9000},
        {"step": "closed", "seen": one, "until": "soon"},
        {"step": "closed", "seen": one, "until": "2020-01-01"},
    ):
        told(page.client.post(page.path, data=form | {"language": "es"}))
    stale = {"step": "right", "seen": f"{one.partition(':')[0]}:999", "language": "es"}
    told(page.client.post(page.path, data=stale), 409)


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "", "note": "Kept"},
        {"kind": "wrong_number", "note": "largo " * 200},
        {"kind": "other", "note": " "},
        {"kind": "x" * 90, "note": ""},
        {"kind": "wrong_number", "note": "x" * 30_000},
    ],
)
def test_the_public_form(listed: Api, form: dict[str, str]) -> None:
    answer = listed.client.post(
        f"/services/{PANTRY}/report", data=form, headers=OURS | {"Accept-Language": "es"}
    )
    assert answer.status_code == 422
    assert english(answer.text) == []
    assert mistakes(answer.text) or "No funcionó" in answer.text or "no se entendió" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/services/nothing", 404), ("/needs/nothing", 404), ("/nothing", 404), ("/search?page=x", 0)],
)
def test_public_pages_that_are_not_there(listed: Api, path: str, status: int) -> None:
    headers = {"Accept-Language": "es", "Accept": "text/html"}
    answer = listed.client.get(path, headers=headers)
    assert answer.status_code == status or not status
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    assert heading is not None
    assert english(f'<p class="wrong">{heading[1]}</p>{answer.text}') == []
