"""The web application: every door of the product, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from api import auth, health
from api.body_limit import BodyLimit
from api.checkins import plans as checkin_plans
from api.checkins import wordings
from api.clinicians import endpoints as clinicians
from api.console.pages import ROUTERS as CONSOLE
from api.duplicates import endpoints as duplicates
from api.errors import describe_errors
from api.fhir.server import add_fhir
from api.guard import Guard
from api.hsds import description as hsds_description
from api.hsds import endpoints as hsds
from api.hsds.open_to_all import OpenToAll
from api.imports.endpoints import imports_router
from api.interchange import endpoints as interchange
from api.interchange import visit_endpoints as visits_interchange
from api.limits.addresses import Addresses
from api.limits.wall import Wall
from api.listings import approvals
from api.listings import freshness as listings_freshness
from api.openapi import describe_api
from api.own_telemetry import NO_TELEMETRY
from api.partners import contacts as partner_contacts
from api.partners import endpoints as partners
from api.partners import listings as partner_listings
from api.partners.links import link_pages
from api.partners.listing_links import listing_pages
from api.partners.pages import partner_page_routers
from api.phone import phone_router
from api.public import endpoints as public
from api.public.pages import ROUTERS as PUBLIC_PAGES
from api.public.pages.missing import describe_missing_pages
from api.public.security_txt import security_txt_router
from api.referrals import endpoints as referrals
from api.services import Services, prepare_search
from api.web import static_files
from api.webhooks import twilio as webhooks
from api.webhooks import voice
from bot.carrier.client import CarrierControl
from directory.rates import Rate
from directory.settings import Carrier
from directory.version import VERSION


def create_app(services: Services, *, work: bool = True) -> FastAPI:
    """The application over `services`; with `work` its background workers run while it does."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if work:
            await run_in_threadpool(services.workers.start)
            services.watchdog.start()
        else:
            await run_in_threadpool(prepare_search)
        yield
        if work:
            await run_in_threadpool(services.watchdog.stop)
            await run_in_threadpool(services.workers.stop)
        services.database.close()

    app = FastAPI(
        title="Handoff",
        summary="The warm handoff from a crisis team to a community partner.",
        version=VERSION,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
    app.state.services = services
    describe_errors(app)
    describe_missing_pages(app)
    app.router.routes.extend(webhooks.ROUTES)
    app.include_router(voice.router)
    app.include_router(auth.router)
    app.include_router(clinicians.router)
    app.include_router(checkin_plans.router)
    app.include_router(wordings.router)
    app.include_router(referrals.router)
    app.include_router(partner_contacts.router)
    app.include_router(partners.router)
    app.include_router(partner_listings.router)
    app.include_router(approvals.router)
    app.include_router(listings_freshness.router)
    app.include_router(imports_router())
    app.include_router(duplicates.router)
    app.include_router(link_pages())
    app.include_router(listing_pages())
    app.include_router(public.router)
    app.include_router(hsds_description.router)
    app.include_router(hsds.router)
    app.include_router(health.router)
    own = interchange.staff_router, interchange.partner_router
    for router in (*own, *visits_interchange.ROUTERS):
        app.include_router(router)
    add_fhir(app, services)
    app.include_router(static_files.router)
    for router in (*CONSOLE, *PUBLIC_PAGES, *partner_page_routers()):
        app.include_router(router)
    _add_what_settings_ask_for(app, services)
    _add_middleware(app, services)
    describe_api(app)
    return app


def _add_what_settings_ask_for(app: FastAPI, services: Services) -> None:
    """security.txt where a contact is named, and the simulated phones where the carrier is
    simulated; nowhere else do they exist."""
    settings = services.settings
    app.include_router(security_txt_router(settings))
    if settings.carrier is not Carrier.SIMULATED:
        return
    app.include_router(phone_router(CarrierControl(settings.carrier_api), services.clock))


def _add_middleware(app: FastAPI, services: Services) -> None:
    settings = services.settings
    app.add_middleware(BodyLimit)
    app.add_middleware(OpenToAll)
    usual = Rate(settings.address_rate) if settings.address_rate else None
    app.add_middleware(Wall, addresses=Addresses(usual))
    public = urlsplit(settings.base_url)
    app.add_middleware(Guard, public=public.hostname or "127.0.0.1", https=public.scheme == "https")
