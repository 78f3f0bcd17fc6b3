"""Listings, the checklist, plans and wordings in a real browser, and without its scripts."""

import pytest
from playwright.sync_api import Browser, expect

from directory import database
from directory.duplicates.find import find_doubles
from directory.listings.models import Phone, Service
from directory.staff.models import Role
from tests.api.browsing import needs_browser
from tests.api.console.console import Console
from tests.api.console.in_browser import opened
from tests.api.console.listing_pages import listed, proposed, stored
from tests.api.web.browser import DESKTOP, PHONE, sticks_out, violations
from tests.fakes import MORNING

pytestmark = [needs_browser, pytest.mark.usefixtures("morning")]


def a_directory(console: Console) -> str:
    """Something of everything that these pages show; the id of a hotline's listing."""
    hotline = listed("Crisis line", kind="hotline", number="630-555-0150")
    with database.session_scope() as session:
        service = session.get_one(Service, hotline)
        service.phones.append(Phone(number="630-555-0151", attested=False, note="From memory"))
    proposed(hotline)
    listed("Grace Pantry")
    listed("Grace Food Pantry")
    find_doubles(console.api.services.database, now=MORNING)
    console.post(f"/console/listings/{hotline}/report", {"kind": "moved", "note": "To Elm St"})
    draft = {"text": "Hi{name}. A hello. STOP to end.", "based_on": "0"}
    console.post("/console/wordings/our_hello/en", draft)
    return hotline


def test_the_pages_pass_axe_and_fit_a_phone(browser: Browser, console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    hotline = a_directory(console)
    screens = {
        "listings": DESKTOP,
        f"listings/{hotline}": PHONE,
        f"listings/{hotline}/edit": PHONE,
        "listings/review": DESKTOP,
        "listings/duplicates": PHONE,
        "checklist": PHONE,
        "plans": DESKTOP,
        "plans/standard": PHONE,
        "wordings": DESKTOP,
        "wordings/checkin_first/es": PHONE,
    }
    with opened(browser, console) as page:
        for path, screen in screens.items():
            page.set_viewport_size(screen)
            page.goto(f"/console/{path}")
            for closed in page.locator("main summary").all():
                closed.click()
            assert violations(page) == [], path
            page.set_viewport_size(PHONE)
            assert not sticks_out(page), path


def test_the_list_and_the_phone_follow_what_is_typed(browser: Browser, console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    a_directory(console)
    with opened(browser, console, viewport=DESKTOP) as page:
        page.goto("/console/listings")
        page.get_by_label("Name or number").fill("crisis")
        page.get_by_role("link", name="Grace Pantry").wait_for(state="detached")
        expect(page.get_by_role("link", name="Crisis line")).to_be_visible()
        page.goto("/console/wordings/our_hello/en")
        page.get_by_label("The text").fill("The police say hello. STOP")
        page.get_by_text('Leave out "police"').wait_for()
        assert "The police say hello." in page.locator("#preview").inner_text()


def test_a_merge_an_approval_and_a_tick_need_no_scripts(browser: Browser, console: Console) -> None:
    console.as_(Role.SUPERVISOR)
    hotline = a_directory(console)
    with opened(browser, console, viewport=PHONE, java_script_enabled=False) as page:
        page.goto("/console/listings/duplicates")
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="Make them one").click()
        page.get_by_text("The two are one now.").wait_for()
        page.get_by_role("button", name="Take it back").first.click()
        page.get_by_text("Taken back:").wait_for()
        page.goto("/console/checklist")
        page.get_by_role("button", name="It is right 630-555-0150").click()
        page.get_by_text("Every hotline was dialled this quarter.").wait_for()
        page.goto("/console/listings/review")
        page.get_by_role("button", name="Approve").click()
        page.get_by_text("Approved. The listing is shown to nobody").wait_for()
        assert stored(hotline).status == "inactive"
        page.goto("/console/wordings/our_hello/en")
        page.get_by_label("The text").fill("Hi{name}. Another hello. STOP")
        page.get_by_role("button", name="Look at it on a phone").click()
        page.locator("#preview").get_by_text("Hi Maria. Another hello.").wait_for()
