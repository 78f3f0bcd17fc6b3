"""The web application: every door of the product, put together."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from api import auth, health
from api.body_limit import BodyLimit
from api.checkins import plans as checkin_plans
from api.checkins import wordings
from api.clinicians import endpoints as clinicians
from api.console.pages import ROUTERS as CONSOLE
from api.errors import describe_errors, problem
from api.fhir.server import add_fhir
from api.interchange import endpoints as interchange
from api.openapi import describe_api
from api.partners import contacts as partner_contacts
from api.partners import endpoints as partners
from api.partners.links import link_pages
from api.phone import phone_router
from api.public import endpoints as public
from api.referrals import endpoints as referrals
from api.services import Services, prepare_search
from api.web import static_files
from api.webhooks import twilio as webhooks
from api.webhooks import voice
from bot.carrier.client import CarrierControl
from directory.settings import Carrier

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")


def create_app(services: Services, *, work: bool = True) -> FastAPI:
    """The application over `services`; with `work` its background workers run while it does."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(prepare_search)
        if work:
            await run_in_threadpool(services.workers.start)
            services.watchdog.start()
        yield
        if work:
            await run_in_threadpool(services.watchdog.stop)
            await run_in_threadpool(services.workers.stop)
        services.database.close()

    app = FastAPI(
        title="Handoff",
        summary="The warm handoff from a crisis team to a community partner.",
        version="0.1.0",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    describe_errors(app)
    app.include_router(webhooks.router)
    app.include_router(voice.router)
    app.include_router(auth.router)
    app.include_router(clinicians.router)
    app.include_router(checkin_plans.router)
    app.include_router(wordings.router)
    app.include_router(referrals.router)
    app.include_router(partner_contacts.router)
    app.include_router(partners.router)
    app.include_router(link_pages())
    app.include_router(public.router)
    app.include_router(health.router)
    app.include_router(interchange.staff_router)
    app.include_router(interchange.partner_router)
    add_fhir(app, services)
    app.include_router(static_files.router)
    for router in CONSOLE:
        app.include_router(router)
    _add_phones(app, services)
    _add_middleware(app, services)
    describe_api(app)
    return app


def _add_phones(app: FastAPI, services: Services) -> None:
    """The simulated phones, where the carrier is simulated; nowhere else do they exist."""
    settings = services.settings
    if settings.carrier is not Carrier.SIMULATED:
        return
    app.include_router(phone_router(CarrierControl(settings.carrier_api), services.clock))

    @app.get("/", include_in_schema=False)
    def to_the_phones() -> RedirectResponse:
        return RedirectResponse("/phone")


def _add_middleware(app: FastAPI, services: Services) -> None:
    app.add_middleware(BodyLimit)
    public = urlsplit(services.settings.base_url).hostname or "127.0.0.1"
    hosts = {f"[{public}]" if ":" in public else public, "127.0.0.1", "localhost", "[::1]"}

    @app.middleware("http")
    async def guard(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        host = _HOST.fullmatch(request.headers.get("host", ""))
        if host is None or host[1].lower() not in hosts:
            response: Response = problem(400, "host_unknown", "This is not a host of ours.")
        else:
            response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.url.path.startswith(("/api/v1/", "/webhooks/", "/fhir")):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
