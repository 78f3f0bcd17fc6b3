"""An administrator: a colleague is added, and one who has lost phone and codes is let in again."""

import pyotp
import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from api.console.access import COOKIE
from directory import database
from directory.clock import wall_now
from directory.people import queries as people
from directory.staff import queries as staff
from directory.staff import second_step
from directory.staff.models import Role, StaffMember
from tests.api.browsing import needs_browser
from tests.api.conftest import EMAIL, PASSWORD, Api
from tests.api.console.console import Console
from tests.journeys.in_browser.walking import ON_SCREENS, Screen, Walk, walk

pytestmark = [needs_browser, pytest.mark.usefixtures("morning")]
ADMIN = "admin@naperville.example"
NEW = "robin@naperville.example"


@ON_SCREENS
def test_an_administrator(browser: Browser, listed: Api, screen: Screen) -> None:
    listed.add_account(ADMIN, Role.ADMIN)
    theirs = lost_phone(listed)
    with walk(browser, listed, screen) as here:
        signs_in(here)
        adds_a_colleague(here)
        turns_the_second_step_off(here)
    cookie = {COOKIE.name(listed.services): theirs}
    seen = listed.client.get("/console", cookies=cookie, follow_redirects=False)
    assert seen.headers["location"].startswith("/console/sign-in")
    with database.read_scope() as session:
        everybody = {each.email: each for each in session.scalars(select(StaffMember))}
        done = people.audit_actions(session)
    assert set(everybody) == {ADMIN, EMAIL, NEW}
    assert everybody[NEW].role == Role.CLINICIAN
    assert everybody[EMAIL].totp_since is None
    assert {"staff.add", "staff.second_step"} <= set(done)


def lost_phone(api: Api) -> str:
    """A clinician with a second step who is signed in somewhere; the cookie of that browser."""
    api.add_account()
    with database.session_scope() as session:
        member = staff.active_by_email(session, EMAIL)
        assert member is not None
        second_step.begin(member)
        app, wall = pyotp.TOTP(member.totp_secret or ""), wall_now()
        second_step.confirm(session, member, app.at(wall), wall=wall)
    console = Console(api).as_(email=EMAIL)
    assert console.get("/console").status_code == 200
    api.client.cookies.clear()
    return console._cookie


def signs_in(here: Walk) -> None:
    here.to("/console/staff")
    here.is_at("Sign in")
    here.fill("E-mail address", ADMIN)
    here.fill("Password", PASSWORD)
    here.press("Sign in")
    here.is_at("Staff")


def adds_a_colleague(here: Walk) -> None:
    here.fill("E-mail address", EMAIL)  # there is one already
    here.fill("First name, as check-ins may say it", "Robin")
    here.press("Make the account")
    here.page.locator("#wrong").wait_for()
    assert here.page.get_by_label("First name, as check-ins may say it").input_value() == "Robin"
    here.fill("E-mail address", NEW)
    here.press("Make the account", twice=True)
    here.page.get_by_role("heading", name="A code for Robin").wait_for()
    here.page.get_by_role("heading", name="Robin", exact=True).wait_for()


def turns_the_second_step_off(here: Walk) -> None:
    theirs = here.page.get_by_role("region", name=EMAIL)
    theirs.locator("summary").first.click()
    here.press("Phone and codes lost: turn their second step off", within=theirs, twice=True)
    here.page.get_by_role("region", name=EMAIL).get_by_text("off").first.wait_for()
    here.to("/console/staff")
    here.is_at("Staff")
