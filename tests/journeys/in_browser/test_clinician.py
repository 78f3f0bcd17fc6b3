"""A clinician on scene: from the sign-in to the reply as staff, and a visit put right."""

from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from directory import database
from directory.clock import wall_now
from directory.conversations.models import Conversation
from directory.messages import inbox
from directory.messages.models import MessageKind, OutboundMessage
from directory.people.models import Consent, Person
from directory.referrals.models import Referral
from directory.staff import queries as staff
from directory.staff import second_step
from directory.visits.models import Visit
from tests.api.browsing import needs_browser
from tests.api.conftest import EMAIL, PASSWORD, Api
from tests.journeys.in_browser.walking import ON_SCREENS, Screen, Walk, walk

pytestmark = [needs_browser, pytest.mark.usefixtures("morning")]
NUMBER = "630-555-0123"
ENDED = "Talked at the kitchen table; the sister stays tonight."


def app_of(api: Api) -> pyotp.TOTP:
    """The clinician's account, and the app on their phone that shows its codes."""
    api.add_account()
    with database.session_scope() as session:
        member = staff.active_by_email(session, EMAIL)
        assert member is not None
        second_step.begin(member)
        app = pyotp.TOTP(member.totp_secret or "")
        earlier = wall_now() - timedelta(seconds=60)
        second_step.confirm(session, member, app.at(earlier), wall=earlier)
    return app


@ON_SCREENS
def test_a_clinician_on_scene(browser: Browser, listed: Api, screen: Screen) -> None:
    app = app_of(listed)
    with walk(browser, listed, screen) as here:
        signs_in(here, app)
        looks_and_compares(here)
        logs_a_visit(here)
        texts_a_service(here)
        refers(here)
        speaks_as_staff(here)
        puts_the_visit_right(here)
    what_is_kept()


def signs_in(here: Walk, app: pyotp.TOTP) -> None:
    here.to("/console")
    here.is_at("Sign in")
    here.fill("E-mail address", EMAIL)
    here.fill("Password", PASSWORD)
    here.press("Sign in")
    here.is_at("Second step")
    here.fill("Code", app.at(wall_now()))
    here.press("Sign in")
    here.is_at("Today")
    here.reads("Nothing waits.")


def looks_and_compares(here: Walk) -> None:
    here.menu("Search")
    here.is_at("Search")
    here.fill("In any words", "food 60540")
    here.press("Search")
    here.page.get_by_role("heading", level=2, name="services").wait_for()
    for tick in here.page.get_by_role("checkbox", name="Compare").all()[:2]:
        tick.check()
    here.press("Compare those that are ticked")
    here.is_at("Side by side")
    here.page.go_back()
    here.page.get_by_role("heading", level=2, name="services").wait_for()


def logs_a_visit(here: Walk) -> None:
    here.menu("People")
    here.is_at("Find a person")
    here.fill("Phone number", NUMBER)
    here.press("Find")
    here.reads("Nobody is known by this number")
    here.press("Log a visit with this number")
    here.is_at("Log a visit")
    here.page.get_by_label("What it was about").select_option("mental_health")
    here.fill("Name", "Maria Example")
    here.fill("How it ended", ENDED)
    here.press_without_connection("Log the visit")
    here.is_at("Maria Example")


def texts_a_service(here: Walk) -> None:
    here.follow("Find a service")
    here.reads("For Maria Example")
    here.fill("In any words", "food 60540")
    here.press("Search")
    here.page.get_by_role("heading", level=2, name="services").wait_for()
    here.page.get_by_role("link", name="Text it").first.click()
    here.is_at("Text a service")
    here.page.get_by_label("I have asked: this phone is safe").check()
    here.press("Send", twice=True)
    here.is_at("Maria Example")
    here.reads("safe to text")


def refers(here: Walk) -> None:
    here.to(here.page.url.replace("/people/", "/search?need=food&person=").partition("?done")[0])
    here.page.get_by_role("link", name="Refer").nth(1).click()
    here.page.get_by_label("I have asked, and they say yes").check()
    here.press("Send the referral", twice=True)
    here.reads("The referral was written down.")


def speaks_as_staff(here: Walk) -> None:
    with database.session_scope() as session:
        inbox.record_inbound(
            session, provider_id="SM1", phone="+16305550123", body="thank you", now=wall_now()
        )
    here.follow("Maria Example")
    here.reads("thank you")
    here.fill("Text", "This is Sam. I call you at five.")
    here.press("Send", twice=True)
    here.reads("You speak with this person")
    with database.read_scope() as session:
        assert session.scalars(select(Conversation.held_by)).one() is not None
    here.press("Hand back to the bot")
    here.page.get_by_text("You speak with this person").wait_for(state="detached")


def puts_the_visit_right(here: Walk) -> None:
    here.follow("put right")
    here.is_at("Put a visit right")
    assert here.page.get_by_label("How it ended").input_value() == ENDED
    here.page.get_by_label("What it was about").select_option("elderly")
    here.press("Save", twice=True)
    here.is_at("Maria Example")


def what_is_kept() -> None:
    with database.read_scope() as session:
        person = session.scalars(select(Person)).one()
        visit = session.scalars(select(Visit)).one()
        referral = session.scalars(select(Referral)).one()
        texts = session.scalars(select(OutboundMessage).order_by(OutboundMessage.sequence)).all()
        agreed = {each.purpose for each in session.scalars(select(Consent)) if each.given}
        held = session.scalars(select(Conversation.held_by)).one()
    assert (person.name, person.phone, person.safe_to_text) == (
        "Maria Example",
        "+16305550123",
        True,
    )
    assert (visit.call_type, visit.disposition, visit.corrected_at is not None) == (
        "elderly",
        ENDED,
        True,
    )
    assert (referral.person_id, referral.status) == (person.id, "requested")
    assert agreed == {"sms", "referral"}
    assert held is None
    by_staff = [each.body for each in texts if each.kind == MessageKind.STAFF]
    assert len(by_staff) == 2
    assert by_staff[1] == "This is Sam. I call you at five."
