"""The pages of search, people and referrals in a real browser: axe, a phone, htmx and without."""

from playwright.sync_api import Browser, Page

from directory import database
from directory.clock import wall_now
from directory.listings.models import Service
from directory.messages import inbox
from directory.people.models import Purpose
from directory.referrals import service as referrals
from directory.referrals.service import NewReferral
from directory.staff.models import Role
from tests.api.browsing import needs_browser
from tests.api.conftest import Api
from tests.api.console.console import Console
from tests.api.console.in_browser import opened
from tests.api.web.browser import DESKTOP, PHONE, sticks_out, violations
from tests.directory.referrals.builders import BY_CLINICIAN, agreed
from tests.factories import PHONE as NUMBER

LONGEST_PAGE = 100_000  # bytes


def a_case() -> tuple[str, str, str]:
    """A person who texts and was referred; the ids of person, service and referral."""
    now = wall_now()
    with database.session_scope() as session:
        person_id = agreed(session, Purpose.SMS, Purpose.REFERRAL, now=now)
        rows = session.query(Service).filter_by(accepts_referrals=True, published=True)
        service = next(row for row in rows if "food" in row.needs)
        new = NewReferral(person_id, service.id, need="food", reason="No groceries at home")
        made = referrals.create(session, new, actor=BY_CLINICIAN, now=now)
        inbox.record_inbound(session, provider_id="1", phone=NUMBER, body="thank you", now=now)
        return person_id, service.id, made.id


def check(page: Page, path: str) -> None:
    """It is there, light enough, readable by everybody, and no wider than the screen."""
    answer = page.goto(path)
    assert answer is not None and answer.status == 200, path
    assert len(answer.body()) < LONGEST_PAGE, path
    assert violations(page) == [], path
    assert not sticks_out(page), path


@needs_browser
def test_the_pages_pass_axe_and_work_on_a_phone(browser: Browser, listed: Api) -> None:
    console = Console(listed).as_(Role.SUPERVISOR)
    person_id, service_id, referral_id = a_case()
    chosen = f"service={service_id}&person={person_id}"
    with opened(browser, console, viewport=DESKTOP) as page:
        dense = (
            f"/console/people/{person_id}",
            f"/console/search?q=food+60540&person={person_id}",
            f"/console/search/compare?s={service_id}&person={person_id}",
            "/console/referrals",
        )
        for path in dense:
            check(page, path)
        page.set_viewport_size(PHONE)
        for path in (
            *dense,
            "/console/people",
            f"/console/people/{person_id}/visit",
            f"/console/search/text?{chosen}",
            f"/console/search/refer?{chosen}",
            f"/console/referrals/{referral_id}",
        ):
            check(page, path)
        # htmx: found while one writes, counted while one writes.
        page.goto("/console/search")
        page.get_by_label("In any words").press_sequentially("food pantry")
        page.get_by_role("heading", name="services").wait_for()
        page.goto(f"/console/people/{person_id}")
        page.get_by_label("Text", exact=True).press_sequentially("Hello there")
        page.get_by_text("1 segment, 11 letters").wait_for()


@needs_browser
def test_without_scripts_a_person_is_found_written_to_and_referred(
    browser: Browser, listed: Api
) -> None:
    console = Console(listed).as_(Role.CLINICIAN)
    person_id, _service_id, _referral_id = a_case()
    with opened(browser, console, viewport=PHONE, java_script_enabled=False) as page:
        page.goto("/console/people")
        page.get_by_label("Phone number").fill("630-555-0100")
        page.get_by_role("button", name="Find").click()
        assert page.url.endswith(person_id)
        page.get_by_label("Text", exact=True).fill("Hi, this is Sam.")
        page.get_by_role("button", name="Send", exact=True).click()
        page.get_by_text("You speak with this person").wait_for()
        page.get_by_role("link", name="Find a service").click()
        page.get_by_label("In any words").fill("food 60540")
        page.get_by_role("button", name="Search", exact=True).click()
        page.get_by_role("link", name="Refer").nth(1).click()
        page.get_by_role("button", name="Send the referral").click()
        page.get_by_text("The referral was written down.").wait_for()
