"""Behind a partner's link to its listings: confirmed with one tap, corrected, never by looking."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from httpx import Response
from playwright.sync_api import Browser, expect

from directory import database
from directory.clock import wall_now
from directory.freshness import service as freshness
from directory.listings import notices
from directory.listings.models import Address, Location, Organization, Service, ServiceAtLocation
from directory.listings.service import changed
from directory.partners import listing_links
from directory.partners.models import ListingLink, PartnerContact
from tests.api.browsing import needs_browser
from tests.api.conftest import Api
from tests.directory.freshness.builders import (
    a_contact,
    a_listing,
    an_organization,
    asked,
    calls,
    listing,
    passed,
    the_check,
)
from tests.fakes import MORNING

FORM = re.compile(r"<form.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Page:
    """One contact's link, in a browser that does nothing by itself."""

    def __init__(self, api: Api, *names: str) -> None:
        self.client = api.client
        with database.session_scope() as session:
            organization = an_organization(session)
            self.organization_id = organization.id
            contact = a_contact(session, organization)
            self.contact_id = contact.id
            self.ids = [a_listing(session, organization, name).id for name in names]
        passed(MORNING, days=0)
        with database.session_scope() as session:
            contact = session.get_one(PartnerContact, self.contact_id)
            link = listing_links.link_for(session, contact, wall=wall_now())
            self.path = f"/l/{listing_links.token_of(link)}"

    def get(self, **query: str) -> Response:
        return self.client.get(self.path, params=query)

    def press(
        self, button: str, *, nth: int = 0, headers: dict[str, str] | None = None, **fields: str
    ) -> Response:
        forms = [each for each in FORM.findall(self.get().text) if f">{button}</button>" in each]
        form = dict(HIDDEN.findall(forms[nth])) | fields
        return self.client.post(self.path, data=form, headers=headers, follow_redirects=True)


@pytest.fixture(name="page")
def _page(api: Api, morning: None) -> Iterator[Page]:
    yield Page(api, "Pantry", "Rent help")


def text_of(answer: Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def gone(answer: Response) -> bytes:
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    return answer.content


def confirmed(page: Page) -> list[date | None]:
    return [listing(each).assured_date for each in page.ids]


TODAY = date(2026, 3, 18)


def test_it_shows_what_residents_see_with_the_day_it_was_checked(page: Page) -> None:
    said = text_of(page.get())
    for shown in ("Pantry", "Rent help", "630-555-0140", "Mon-Fri 9am-5pm", "Groceries once"):
        assert shown in said
    assert "Last checked Nov 3, 2025" in said
    assert "Revisado el 3 nov 2025" in text_of(page.get(language="es"))


def test_looking_confirms_nothing(page: Page) -> None:
    for method in ("GET", "HEAD"):
        for query in ("", "?step=all", "?done=right&listing=" + page.ids[0]):
            assert page.client.request(method, page.path + query).status_code == 200
    assert confirmed(page) == [None, None]
    assert the_check(page.ids[0]).answered_at is None


def test_one_tap_confirms_everything_and_ends_the_link(page: Page) -> None:
    answer = page.press("All of this is right")
    assert "checked today" in text_of(answer)
    assert answer.url.path == "/l/thanks"
    assert confirmed(page) == [TODAY, TODAY]
    assert the_check(page.ids[0]).by == f"partner:{page.contact_id}"
    gone(page.get())


def test_each_can_be_confirmed_by_itself(page: Page) -> None:
    answer = page.press("This is right")
    assert "Pantry is marked as checked today" in text_of(answer)
    assert sorted(map(str, confirmed(page))) == ["2026-03-18", "None"]
    page.press("This is right", nth=1)
    gone(page.get())


def test_what_is_wrong_is_a_task(page: Page) -> None:
    answer = page.press("Tell the team", words="We close at 4 <b>now</b> & mañana")
    assert "Our team corrects" in text_of(answer)
    (task,) = calls()
    assert "We close at 4 <b>now</b> & mañana" in (task.note or "")
    assert confirmed(page) == [None, None]
    assert page.get().status_code == 200, "there may be more to say"


def test_closed_for_a_time_is_shown_and_ends_by_itself(page: Page) -> None:
    answer = page.press("Show it as closed until then", until="2026-04-01")
    assert "Shown as closed until Apr 1, 2026" in text_of(answer)
    with database.read_scope() as session:
        passing = notices.current(session, page.ids, MORNING + timedelta(hours=1))
        until = notices.closed_until(passing[page.ids[0]])
        assert until is not None
        assert until.isoformat() == "2026-04-01T05:00:00+00:00", "midnight in Chicago"
        assert notices.current(session, page.ids, until) == {}


def test_a_day_that_cannot_be_is_asked_for_again(page: Page) -> None:
    for until in ("", "soon", "2026-03-18", "2020-01-01", "2031-01-01"):
        answer = page.press("Show it as closed until then", until=until)
        assert answer.status_code == 422, until
        assert "within a year" in text_of(answer)


def test_words_are_needed_and_not_too_many(page: Page) -> None:
    assert page.press("Tell the team", words="  ").status_code == 422
    answer = page.press("Tell the team", words="x" * 1001)
    assert answer.status_code == 422
    assert "x" * 1001 in answer.text, "what was written is not lost"
    assert not calls()


def test_what_changed_since_it_was_seen_is_shown_again_and_not_confirmed(page: Page) -> None:
    form = dict(HIDDEN.findall(FORM.findall(page.get().text)[0]))
    with database.session_scope() as session:
        changed(session, session.get_one(Service, page.ids[0]), now=MORNING)
    answer = page.client.post(page.path, data=form, follow_redirects=False)
    assert answer.status_code == 409
    assert "look once more" in text_of(answer)
    assert confirmed(page) == [None, None]
    assert page.press("All of this is right").url.path == "/l/thanks"


def test_another_organisations_listing_is_out_of_reach(api: Api, page: Page) -> None:
    other = Page(api, "Foreign")
    forms = (
        {"step": "right", "seen": f"{other.ids[0]}:1"},
        {"step": "all", "seen": f"{other.ids[0]}:1"},
        {"step": "wrong", "seen": f"{other.ids[0]}:1", "words": "x"},
        {"step": "closed", "seen": f"{other.ids[0]}:1", "until": "2026-04-01"},
    )
    for form in forms:
        assert page.client.post(page.path, data=form).status_code == 409
    assert "Foreign" not in page.get(done="right", listing=other.ids[0]).text
    assert confirmed(other) == [None]
    assert not calls()


def test_a_form_that_is_none_of_ours_changes_nothing(page: Page) -> None:
    forms: list[dict[str, str]] = [
        {},
        {"step": "all"},
        {"step": "?", "seen": "a:1"},
        {"step": "right", "seen": "a"},
        {"step": "right", "seen": "a:-1"},
        {"step": "right", "seen": "a:99999999999999999999"},
        {"step": "right", "seen": ",".join(["a:1"] * 5000)},
        {"step": "right", "seen": "\x00:1"},
        {"step": "all", "seen": "a:1", "language": "xx"},
    ]
    for form in forms:
        assert page.client.post(page.path, data=form).status_code in (409, 422), form
    assert confirmed(page) == [None, None]


def test_a_form_of_another_website_is_refused(page: Page) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert page.press("All of this is right", headers=headers).status_code == 403
    assert confirmed(page) == [None, None]


def test_guessed_expired_used_and_removed_are_one_and_the_same(api: Api, page: Page) -> None:
    guessed = gone(page.client.get("/l/" + "0" * 32))
    assert gone(page.client.post("/l/" + "0" * 32, data={"step": "all"})) == guessed
    referral_link = gone(page.client.get(page.path.replace("/l/", "/r/")))
    assert referral_link == guessed
    with time_machine.travel(MORNING + timedelta(days=29, hours=23), tick=True):
        assert page.get().status_code == 200
    with time_machine.travel(MORNING + timedelta(days=31), tick=True):
        assert gone(page.get()) == guessed
    with database.session_scope() as session:
        session.get_one(PartnerContact, page.contact_id).removed_at = MORNING
    assert gone(page.get()) == guessed


def test_the_page_is_closed_to_everything_from_elsewhere(page: Page) -> None:
    for answer in (page.get(), page.press("Tell the team"), page.client.get("/l/thanks")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy and "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "<script" not in answer.text


def test_a_name_with_markup_is_shown_as_it_is_written(page: Page) -> None:
    with database.session_scope() as session:
        session.get_one(Service, page.ids[0]).name = "<script>alert(1)</script>"
        session.get_one(Organization, page.organization_id).name = "<i>House</i>"
    assert "<script>" not in page.get().text
    assert "<i>" not in page.get().text


def test_a_withheld_listing_is_shown_to_its_own_and_comes_back(page: Page) -> None:
    with database.session_scope() as session:
        freshness.withhold(session, page.ids[0], staff_id="s", reason="?", now=MORNING)
    assert page.client.get(f"/api/v1/services/{page.ids[0]}").status_code == 404
    said = text_of(page.get())
    assert "not shown to anybody now" in said
    assert said.count("630-555-0140") == 2
    page.press("All of this is right")
    shown = page.client.get(f"/api/v1/services/{page.ids[0]}").json()
    assert shown["last_checked"] == "2026-03-18"


def test_a_confidential_place_has_no_address_here_either(page: Page) -> None:
    with database.session_scope() as session:
        service = session.get_one(Service, page.ids[0])
        location = Location(organization_id=page.organization_id, location_type="physical")
        location.addresses = [
            Address(
                address_1="1 Example St.",
                city="Naperville",
                state_province="IL",
                country="US",
                address_type="physical",
            )
        ]
        service.service_at_locations = [ServiceAtLocation(location=location)]
    assert "1 Example St." in page.get().text
    with database.session_scope() as session:
        service = session.get_one(Service, page.ids[0])
        service.service_at_locations = []
        session.flush()
        service.confidential = True
    assert "1 Example St." not in page.get().text


def test_only_the_hash_of_a_token_is_kept(page: Page) -> None:
    with database.read_scope() as session:
        stored = [link.token_hash for link in session.query(ListingLink)]
    assert page.path.removeprefix("/l/") not in stored
    assert [notice.facts.get("link") for notice in asked()] == [None]


@needs_browser
def test_it_fits_a_small_phone_and_one_tap_is_enough(
    api: Api, page: Page, browser: Browser
) -> None:
    opened = browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False
    ).new_page()
    css = page.client.get("/r/static/referral.css").text
    opened.set_content(page.get().text.replace("</head>", f"<style>{css}</style></head>"))
    expect(opened.locator("form button").first).to_have_text("All of this is right")
    width = opened.locator("body").bounding_box()
    assert width is not None
    assert width["width"] <= 360
    for button in opened.locator("button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= 360
    opened.get_by_text("Something is wrong").first.click()
    expect(opened.get_by_label("What is wrong, and what is right?").first).to_be_visible()
