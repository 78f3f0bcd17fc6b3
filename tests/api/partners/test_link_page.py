"""The page behind a partner's link in a browser: a small screen, and no scripts."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from directory import database
from directory.conversations import service as conversations
from directory.conversations.memory import Memory
from directory.people.models import Person
from tests.api.browsing import needs_browser
from tests.api.partners.conftest import link_to
from tests.api.referrals.conftest import Desk, stored
from tests.api.web.browser import PHONE, TIMEOUT, served
from tests.fakes import MORNING

pytestmark = needs_browser

# What must hold of everything that can be tapped, and of the width.
MEASURE = """() => {
  const taps = [...document.querySelectorAll("button, textarea, .choice, .switch a, .call")];
  return {
    low: taps.filter(each => each.getBoundingClientRect().height < 44)
             .map(each => each.outerHTML.slice(0, 80)),
    wide: document.documentElement.scrollWidth > window.innerWidth,
    unlabelled: [...document.querySelectorAll("textarea, input[type=radio]")]
             .filter(each => each.labels.length === 0).length,
    headings: [...document.querySelectorAll("h1, h2, h3")].map(each => +each.tagName[1]),
    ids: [...document.querySelectorAll("[id]")].map(each => each.id),
  };
}"""


@pytest.fixture(name="phone")
def _phone(browser: Browser, desk: Desk) -> Iterator[Page]:
    """An old phone: narrow, and without scripts. It fails when it has anything to complain of."""
    complaints: list[str] = []
    with served(desk.api.client.app) as url:
        context = browser.new_context(viewport=PHONE, java_script_enabled=False, base_url=url)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        page.on(
            "console",
            lambda line: (
                complaints.append(line.text)
                if line.type == "error" and "favicon" not in str(line.location)
                else None
            ),
        )
        yield page
        context.close()
    assert [line for line in complaints if "status of 4" not in line] == []


def fits(page: Page) -> None:
    """Everything can be tapped, nothing sticks out, every field has its label."""
    page.wait_for_load_state("load")  # the style, too
    measured = page.evaluate(MEASURE)
    assert (measured["low"], measured["wide"], measured["unlabelled"]) == ([], False, 0)
    levels = measured["headings"]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(measured["ids"]) == len(set(measured["ids"]))


def known(desk: Desk) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, desk.person_id)
        person.name, person.language, person.number_shared = "Maria Example", "es", True
        conversations.remember(session, person.id, Memory(place="Naperville"), now=MORNING)


def test_a_referral_is_accepted_and_closed_on_a_phone(desk: Desk, phone: Page) -> None:
    known(desk)
    referral_id = desk.refer(reason="Groceries until payday", priority="urgent")["id"]
    phone.goto(link_to(referral_id, desk.contact_id))
    fits(phone)
    expect(phone.get_by_text("Urgent: please answer within an hour")).to_be_visible()
    phone.get_by_role("button", name="Accept").click()
    assert phone.get_by_role("status").inner_text().startswith("Thank you. You have accepted.")
    expect(phone.get_by_role("link", name="(630) 555-0100")).to_be_visible()
    fits(phone)
    assert stored(referral_id).status == "accepted"
    phone.reload()
    phone.get_by_label("How long, about? (if you know)").fill("two weeks")
    phone.get_by_role("button", name="On our waiting list").click()
    assert stored(referral_id).status == "on-hold"
    phone.get_by_role("button", name="Done").click()
    assert stored(referral_id).status == "completed"
    fits(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    phone.go_back()
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link does not work")
    fits(phone)


def test_a_referral_is_declined_in_spanish(desk: Desk, phone: Page) -> None:
    known(desk)
    referral_id = desk.refer()["id"]
    phone.goto(link_to(referral_id, desk.contact_id))
    phone.get_by_role("link", name="Leer en español").click()
    fits(phone)
    assert phone.locator("html").get_attribute("lang") == "es"
    phone.get_by_label("Otra razón").check()
    phone.get_by_role("button", name="Rechazar").click()
    assert "en sus palabras" in phone.get_by_role("alert").inner_text()
    assert phone.get_by_label("Otra razón").is_checked()
    fits(phone)
    phone.locator("#decline-words").fill("no es para nosotros")
    phone.get_by_role("button", name="Rechazar").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Gracias")
    assert stored(referral_id).status == "rejected"


def test_who_is_late_reads_why(desk: Desk, phone: Page) -> None:
    known(desk)
    referral_id = desk.refer()["id"]
    phone.goto(link_to(referral_id, desk.contact_id))
    desk.move(referral_id, "accepted")
    phone.get_by_role("button", name="Accept").click()
    assert "already" in phone.get_by_role("alert").inner_text()
    expect(phone.get_by_role("link", name="(630) 555-0100")).to_be_visible()
    fits(phone)
