"""A neighbour with an old phone: the search in Spanish, a service, a mistake, paper, and away."""

import pytest
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import select

from directory import database
from directory.listings.models import Service
from directory.referrals.models import ListingReport
from directory.tasks.models import Task, TaskKind
from tests.api.browsing import needs_browser
from tests.api.conftest import Api
from tests.api.public.pages import HOTLINE
from tests.journeys.in_browser.walking import ON_SCREENS, Screen, Walk, walk

pytestmark = [needs_browser, pytest.mark.usefixtures("morning")]
WEATHER = "https://www.weather.gov/"
FOUND = "Loaves & Fishes Grocery Market"
MISTAKE = "La puerta está al otro lado."


@ON_SCREENS
def test_a_neighbour_in_spanish(browser: Browser, listed: Api, screen: Screen) -> None:
    with walk(browser, listed, screen) as here:
        here.page.context.route(f"{WEATHER}**", weather)
        finds(here)
        reports_a_mistake(here)
        prints(here)
        leaves(here)
    with database.read_scope() as session:
        [report] = session.scalars(select(ListingReport))
        name = session.get_one(Service, report.service_id).name
        tasks = list(session.scalars(select(Task)))
    assert (name, report.kind, report.note) == (FOUND, "other", MISTAKE)
    assert [each.kind for each in tasks] == [TaskKind.LISTING_REPORT]


def weather(route: Route) -> None:
    """Answered here: nothing leaves the machine."""
    route.fulfill(status=200, content_type="text/html", body="<title>Weather</title><h1>Sun</h1>")


def finds(here: Walk) -> None:
    here.to("/")
    here.follow("Español")
    here.fill("¿Qué necesita?", "no tengo comida")
    here.fill("Ciudad o código postal", "60540")
    here.press("Buscar")
    here.is_at("Lo que encontramos")
    here.follow(FOUND)
    here.is_at(FOUND)
    here.page.go_back()
    here.is_at("Lo que encontramos")
    here.follow(FOUND)
    expect(here.page.get_by_role("link", name="630-355-3663").first).to_be_visible()


def reports_a_mistake(here: Walk) -> None:
    here.page.locator("#report summary, summary:has(#report-title)").first.click()
    here.page.locator("input[name=kind][value=other]").check()
    here.page.locator("#note").fill(MISTAKE)
    # There is no script here to keep the form: it is the browser's to send it again.
    context = here.page.context
    context.set_offline(True)
    here.press("Enviar")
    here.page.wait_for_url("chrome-error://**")
    context.set_offline(False)
    here.page.reload()
    expect(here.page.get_by_role("status").first).to_be_visible()
    here.is_at(FOUND)


def prints(here: Walk) -> None:
    here.page.emulate_media(media="print")
    expect(here.page.locator(".sheet img")).to_be_visible()
    expect(here.page.locator("#report")).not_to_be_visible()
    here.page.emulate_media(media="screen")


def leaves(here: Walk) -> None:
    here.to("/")
    here.to(f"/services/{HOTLINE}")
    here.page.locator("[data-leave]").click()
    here.page.wait_for_url(WEATHER)
    if here.screen.scripts:
        here.page.go_back()
        assert HOTLINE not in here.page.url
