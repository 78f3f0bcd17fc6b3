"""Calls to the number: spoken help in both languages, and the way to whoever is on call.

One key puts the caller through to the first on-call phone, then to the next where nobody takes
it; when nobody does, a person calls back.
"""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from api.deps import TheServices
from api.services import Services
from api.webhooks.twilio import genuine_form, twiml
from bot.sms.voice_twiml import (
    connecting_twiml,
    going_on_twiml,
    hanging_up_twiml,
    menu_twiml,
    screening_twiml,
    spoken_twiml,
    was_put_through,
)
from bot.wording import say
from directory.errors import HandoffError
from directory.languages import Language
from directory.on_call import queries as on_call
from directory.people import service as people
from directory.people.phone import to_e164
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/webhooks/twilio/voice", tags=["webhooks"], include_in_schema=False)

TAGS = {Language.EN: "en-US", Language.ES: "es-US"}
TAKE = "1"
# More colleagues than this are not rung one after the other: nobody holds the line so long.
RUNG_AT_MOST = 3
# Who hides the number comes as a made-up one abroad (+266696687 spells ANONYMOUS).
OURS = "+1"
Tried = Annotated[int, Query(ge=0, le=RUNG_AT_MOST)]


@router.post("")
async def receive_call(request: Request, services: TheServices) -> Response:
    """Somebody calls: say where help is and, while somebody is on call, how to reach them."""
    await genuine_form(request, services)
    return twiml(await run_in_threadpool(_greeting, services))


@router.post("/choice")
async def receive_choice(request: Request, services: TheServices) -> Response:
    """The caller has pressed a key."""
    form = await genuine_form(request, services)
    if form.get("Digits") != TAKE:
        return twiml(await run_in_threadpool(_greeting, services))
    return twiml(await run_in_threadpool(_ring, services, 0, form.get("From")))


@router.post("/after")
async def receive_end(request: Request, services: TheServices, tried: Tried = 0) -> Response:
    """The call to a colleague has ended; `tried`: how many have been rung."""
    form = await genuine_form(request, services)
    if was_put_through(form):
        return twiml(hanging_up_twiml())
    return twiml(await run_in_threadpool(_ring, services, tried, form.get("From")))


@router.post("/screen")
async def receive_pick_up(request: Request, services: TheServices) -> Response:
    """A colleague, or a mailbox, has picked up."""
    await genuine_form(request, services)
    return twiml(screening_twiml(_both("voice_screen"), action=_url(services, "taken")))


@router.post("/taken")
async def receive_taken(request: Request, services: TheServices) -> Response:
    """The colleague has pressed a key: 1 takes the call."""
    form = await genuine_form(request, services)
    return twiml(going_on_twiml() if form.get("Digits") == TAKE else hanging_up_twiml())


def _greeting(services: Services) -> str:
    if not _phones(services):
        return spoken_twiml(_both("voice"))
    said = [(TAGS[each], say(key, each)) for each in TAGS for key in ("voice", "voice_press")]
    return menu_twiml(said, action=_url(services, "choice"))


def _ring(services: Services, tried: int, caller: str | None) -> str:
    """Ring the next colleague; after the last, see to it that somebody calls back."""
    phones = _phones(services)[:RUNG_AT_MOST]
    if tried < len(phones):
        return connecting_twiml(
            [] if tried else _both("voice_connecting"),
            to=phones[tried],
            screen=_url(services, "screen"),
            after=_url(services, f"after?tried={tried + 1}"),
        )
    return spoken_twiml(
        _both("voice_call_back" if _call_back(services, caller) else "voice_nobody")
    )


def _phones(services: Services) -> list[str]:
    """On-call phones in their order; none while the database is down: the rest is said anyway."""
    try:
        with services.database.read_scope() as session:
            roster = on_call.on_call(session, now=services.clock.now(), by_text=False)
            return [member.phone for member in roster if member.phone is not None]
    except SQLAlchemyError as error:
        log.error("database_down", kind=type(error).__name__)  # noqa: TRY400  # no SQL in logs
        return []


def _call_back(services: Services, caller: str | None) -> bool:
    """Open a task to call back; False when the number is hidden, or cannot be noted now."""
    try:
        phone = to_e164(caller or "")
        if not phone.startswith(OURS):
            return False
        now = services.clock.now()
        with services.database.session_scope() as session:
            person = people.find_or_create(session, phone, now=now)
            tasks.open_task(
                session,
                TaskKind.CALL_BACK,
                person_id=person.id,
                note="Called the number, and nobody on call took it. Please call back.",
                now=now,
            )
    except HandoffError:
        return False
    except SQLAlchemyError as error:
        log.error("database_down", kind=type(error).__name__)  # noqa: TRY400  # no SQL in logs
        return False
    return True


def _both(key: str) -> list[tuple[str, str]]:
    return [(tag, say(key, language)) for language, tag in TAGS.items()]


def _url(services: Services, path: str) -> str:
    """Absolute, as the signature is checked over the public address."""
    return f"{services.settings.base_url}/webhooks/twilio/voice/{path}"
