"""A supervisor: what waits for approval, doubles, wordings, figures, and who did what."""

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from directory import database
from directory.clock import wall_now
from directory.duplicates.find import find_doubles
from directory.listings import edit
from directory.listings.change_models import DuplicatePair, DuplicateStatus
from directory.listings.models import Service
from directory.people import queries as people
from directory.referrals import actors
from directory.staff.models import Role
from directory.wordings.models import Wording
from tests.api.browsing import needs_browser
from tests.api.conftest import PASSWORD, Api
from tests.api.console import listing_pages
from tests.journeys.in_browser.walking import ON_SCREENS, Screen, Walk, walk

pytestmark = [needs_browser, pytest.mark.usefixtures("morning")]
SUPERVISOR = "supervisor@naperville.example"
OLD, NEW = "630-555-0150", "630-555-0151"
HELLO = "Hi{name}. A short hello from us. STOP to end."


@ON_SCREENS
def test_a_supervisor(browser: Browser, listed: Api, screen: Screen) -> None:
    listed.add_account(SUPERVISOR, Role.SUPERVISOR)
    hotline = a_hotline_that_waits()
    listing_pages.listed("Grace Pantry")
    listing_pages.listed("Grace Food Pantry")
    find_doubles(listed.services.database, now=wall_now())
    with walk(browser, listed, screen) as here:
        signs_in(here)
        approves(here)
        merges_and_takes_back(here)
        writes_a_wording(here)
        looks_at_figures(here)
        looks_who_did_what(here)
    assert [each.number for each in listing_pages.stored(hotline).phones] == [NEW]
    with database.read_scope() as session:
        pairs = set(session.scalars(select(DuplicatePair.status)))
        [wording] = session.scalars(select(Wording).where(Wording.key == "our_hello"))
        done = set(people.audit_actions(session))
    assert pairs == {DuplicateStatus.OPEN}
    assert (wording.text, wording.status) == (HELLO, "draft")
    assert {"listing.merge", "listing.unmerge"} <= done


def a_hotline_that_waits() -> str:
    """A partner has sent a new number for it."""
    service_id = listing_pages.listed("Crisis line", kind="hotline", number=OLD)
    with database.session_scope() as session:
        service = session.get_one(Service, service_id)
        edit.edit(
            session,
            service.organization_id,
            service_id,
            {"phones": [{"number": NEW, "type": "hotline"}]},
            by=actors.partner("somebody").by,
            based_on=edit.ANY,
            now=wall_now(),
        )
    return service_id


def signs_in(here: Walk) -> None:
    here.to("/console")
    here.fill("E-mail address", SUPERVISOR)
    here.fill("Password", PASSWORD)
    here.press("Sign in")
    here.is_at("Today")


def approves(here: Walk) -> None:
    here.menu("Listings")
    here.to("/console/listings/review")
    here.reads("Dial the new number before you approve it.")
    here.press("Approve", twice=True)
    here.page.get_by_text(NEW).first.wait_for(state="detached")


def merges_and_takes_back(here: Walk) -> None:
    here.to("/console/listings/duplicates")
    here.page.get_by_role("radio").first.check()
    here.press("Make them one", twice=True)
    here.page.locator("main .notice").first.wait_for()
    here.to("/console/listings/duplicates?status=merged")
    here.press("Take it back")
    here.reads("Taken back:")


def writes_a_wording(here: Walk) -> None:
    here.to("/console/wordings/new")
    here.page.locator("#key").fill("our_hello")
    here.press("Write it")
    here.page.get_by_label("The text", exact=True).fill(HELLO)
    if here.screen.scripts:
        here.page.locator("#preview").get_by_text("Hi Maria. A short hello").wait_for()
    here.press("Look at it on a phone")
    here.page.locator("#preview").get_by_text("Hi Maria. A short hello").wait_for()
    here.press_without_connection("Keep as a draft")
    here.reads("our_hello")


def looks_at_figures(here: Walk) -> None:
    here.menu("Staff")
    here.reads(SUPERVISOR)
    here.to("/console/measures/calls")
    plot = here.page.locator("img.plot").first
    plot.wait_for()
    with here.page.expect_download() as waiting:
        here.page.get_by_role("link", name="as CSV").first.click()
    assert waiting.value.suggested_filename.endswith(".csv")


def looks_who_did_what(here: Walk) -> None:
    here.to("/console/audit")
    here.is_at("Audit log")
    here.page.get_by_role("cell", name="listing.merge").first.wait_for()
