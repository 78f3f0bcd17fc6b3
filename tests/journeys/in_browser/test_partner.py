"""A partner's front desk: from the link in a text to the listing that is right, and a referral."""

import re

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from directory import database
from directory.clock import wall_now
from directory.listings.models import Service
from directory.partners.models import PartnerSession
from directory.people.models import Purpose
from directory.referrals import service as referrals
from directory.referrals.models import Referral
from directory.referrals.service import NewReferral
from tests.api.browsing import needs_browser
from tests.api.conftest import Api
from tests.api.partners.pages.partner import Partner
from tests.bot.notices.builders import handed_over
from tests.directory.referrals.builders import BY_CLINICIAN, agreed
from tests.fakes import MORNING
from tests.journeys.in_browser.walking import ON_SCREENS, Screen, Walk, walk

pytestmark = [needs_browser, pytest.mark.usefixtures("morning")]
PATIENCE = 100  # tenths of a second
LINK = re.compile(r"/partner/link/[0-9a-f]+")
WHAT = "Groceries on Mondays, and bread on Fridays."


@ON_SCREENS
def test_a_front_desk(browser: Browser, listed: Api, screen: Screen) -> None:
    partner = Partner(listed).with_listings("Food pantry", "Rent help")
    referral_id = referred(partner.ids[0])
    with walk(browser, listed, screen) as here:
        signs_in(here)
        edits(here)
        counts(here)
        answers(here)
        confirms(here)
    pantry = partner.listing()
    assert (pantry.description, pantry.opening_hours) == (
        WHAT,
        "Mo-Fr 09:00-17:00; Sa 10:00-13:00",
    )
    assert [each.available for each in pantry.capacities] == [2]
    assert {partner.listing(number).assured_date for number in (0, 1)} == {MORNING.date()}
    with database.read_scope() as session:
        assert session.get_one(Referral, referral_id).status == "accepted"
        opened = select(PartnerSession.token_hash).where(PartnerSession.token_hash.is_not(None))
        assert len(list(session.scalars(opened))) == 1


def referred(service_id: str) -> str:
    with database.session_scope() as session:
        session.get_one(Service, service_id).accepts_referrals = True
        person_id = agreed(session, Purpose.SMS, Purpose.REFERRAL)
        new = NewReferral(person_id, service_id, need="food", reason="No groceries at home")
        return referrals.create(session, new, actor=BY_CLINICIAN, now=MORNING).id


def signs_in(here: Walk) -> None:
    here.to("/partner")
    here.is_at("Sign in as a partner")
    here.fill("Your mobile number or e-mail address", "630-555-0150")
    here.press("Send me a link", twice=True)
    here.is_at("Look at your messages")
    # Of a button that is pressed twice the second answer may come before the first is written.
    for _ in range(PATIENCE):
        texts = [each.body for each in handed_over(wall_now())]
        links = [found[0] for found in map(LINK.search, texts) if found]
        if links:
            break
        here.page.wait_for_timeout(100)
    assert links, texts
    here.to(links[-1])
    here.press("Sign in for Example House")
    here.is_at("Your listings")
    here.to(links[-1])
    here.is_at("This link does not work")
    here.to("/partner")


def edits(here: Walk) -> None:
    here.follow("Food pantry")
    here.follow("Change")
    here.is_at("Change a listing")
    here.page.get_by_label("Saturday: from").fill("10 am")
    here.page.get_by_label("Web page", exact=True).fill("example")
    if here.screen.scripts:
        here.page.locator("#note-url .wrong-field").wait_for()
    here.press("Save")
    here.reads("Nothing was saved yet")
    here.page.get_by_label("Web page", exact=True).fill("")
    here.page.get_by_label("Saturday: to", exact=True).fill("1 pm")
    here.page.locator("#description").fill(WHAT)
    here.press_without_connection("Save")
    here.is_at("Food pantry")
    here.reads("10:00")
    here.follow("All changes")
    here.page.go_back()
    here.is_at("Food pantry")
    here.to("/partner")


def counts(here: Walk) -> None:
    pantry = here.page.get_by_role("region", name="Food pantry")
    here.press("There is room", within=pantry)
    if not here.screen.scripts:
        here.reads("Counted.")
        here.to("/partner")
    pantry.get_by_role("button", name="One more: 2 free").click()
    here.reads("2 places free")


def answers(here: Walk) -> None:
    here.to("/partner/referrals")
    here.follow("Food pantry")
    here.page.locator("#accept button").dblclick()
    here.reads("No groceries at home")


def confirms(here: Walk) -> None:
    here.page.locator("header").get_by_role("link", name="Your listings").click()
    here.press("Everything is right", twice=True)
    here.reads("Thank you. They are marked as checked today.")
