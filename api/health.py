"""Liveness, readiness and metrics (api/metrics.py has these)."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.deps import TheServices
from api.metrics import exposed
from api.services import Services
from bot.sms.gateway import SmsGateway
from directory.clock import wall_now
from directory.on_call import queries as on_call

router = APIRouter(tags=["health"])
SWEEP_AT_LEAST_EVERY = timedelta(seconds=30)
PING_EVERY = timedelta(seconds=30)


class Alive(BaseModel):
    """`now` is product time."""

    status: str
    now: datetime
    clock_speed: float


class Ready(BaseModel):
    """Each part by name: `ok` or what is wrong. `alarms`: what a person has to look after."""

    status: str
    parts: dict[str, str]


@router.head("/healthz", include_in_schema=False)  # what monitors ask by default
@router.get("/healthz")
def is_alive(services: TheServices) -> Alive:
    try:
        return Alive(status="ok", now=services.clock.now(), clock_speed=services.clock.speed)
    except SQLAlchemyError:
        return Alive(status="ok", now=wall_now(), clock_speed=1.0)


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", responses={503: {"model": Ready}})
def is_ready(services: TheServices, response: Response) -> Ready:
    parts = {
        "database": _database(services),
        "rasa": "ok" if services.rasa.ready() else "not answering",
        "carrier": "ok" if _carrier.answers(services) else "not answering",
        "worker": _worker(services),
    }
    ready = all(state == "ok" for state in parts.values())
    # Shown, and no reason to send requests elsewhere: a person has to look, and texts get in.
    parts["alarms"] = _alarms(services)
    if not ready:
        response.status_code = 503
    return Ready(status="ready" if ready else "not ready", parts=parts)


@router.get("/metrics", response_class=Response, include_in_schema=False)
def metrics(services: TheServices) -> Response:
    return Response(exposed(services), media_type=CONTENT_TYPE_LATEST)


class _LastPing:
    """The carrier's answer, kept for a moment: a probe each second must not cost a call each."""

    def __init__(self) -> None:
        self._gateway: SmsGateway | None = None
        self._at: datetime | None = None
        self._answered = False

    def answers(self, services: Services) -> bool:
        wall = wall_now()
        known = self._answered and self._gateway is services.gateway
        if not known or self._at is None or wall - self._at > PING_EVERY:
            self._answered, self._at = services.gateway.ping(), wall
            self._gateway = services.gateway
        return self._answered


_carrier = _LastPing()


def _database(services: Services) -> str:
    try:
        with services.database.read_scope() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return type(error).__name__
    return "ok"


def _alarms(services: Services) -> str:
    try:
        with services.database.read_scope() as session:
            standing = on_call.standing_alarms(session)
    except SQLAlchemyError:
        return "unknown"
    return ", ".join(alarm.kind for alarm in standing) or "ok"


def _worker(services: Services) -> str:
    swept = services.workers.swept_at
    if swept is None:
        return "not started"
    return "ok" if wall_now() - swept < SWEEP_AT_LEAST_EVERY else "stuck"
