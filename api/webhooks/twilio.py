"""Twilio's webhooks for texts. Nothing is believed before the signature has been checked; a text
is stored before it is acknowledged, and answered after.

Source: https://www.twilio.com/docs/usage/security (X-Twilio-Signature).
"""

import asyncio
import time
from urllib.parse import parse_qsl

import structlog
from fastapi import Request, Response
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.datastructures import ImmutableMultiDict
from starlette.routing import Route

from api.services import Services
from api.webhooks.door import Door
from bot import intake
from bot.languages import language_of
from bot.safety.replies import approved
from bot.safety.screen import screen
from bot.sms.gateway import InboundText
from bot.sms.keywords import Keyword, keyword
from bot.sms.receipts import apply_to
from bot.sms.twilio import (
    empty_twiml,
    message_twiml,
    read_inbound,
    read_status,
    webhook_is_genuine,
)
from bot.wording import say
from directory.clock import wall_now
from directory.errors import Forbidden, HandoffError, Invalid, TooLarge
from directory.failpoints import Point, armed, reach
from directory.languages import Language
from directory.messages import inbox
from directory.messages.models import OutboundMessage
from directory.messages.spool import SpooledText
from directory.people.phone import to_e164
from directory.telemetry import timings, traces

log = structlog.get_logger(__name__)

LARGEST_FORM = 64_000
MOST_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"


async def receive_text(request: Request, services: Services) -> Response:
    """Store one inbound text, acknowledge with empty TwiML, answer through the REST API."""
    with timings.webhook() as timed:
        timed.outcome = "refused"
        began = time.time_ns(), time.perf_counter()
        form = await genuine_form(request, services)
        inbound = read_inbound(form)
        if inbound is None:
            raise Invalid("not_a_text", "MessageSid and From are missing.")
        reach(Point.ARRIVED)
        said, timed.outcome = await asyncio.get_running_loop().run_in_executor(
            services.arriving, _store, services, inbound, began
        )
        reach(Point.STORED)
        return twiml(said)


async def receive_status(request: Request, services: Services) -> Response:
    """Apply one delivery report; late, repeated and reordered ones change nothing."""
    form = await genuine_form(request, services)
    report = read_status(form)
    if report is None:
        raise Invalid("not_a_report", "MessageSid is missing.")
    reach(Point.REPORTED)
    reference = request.query_params.get("reference")

    def apply(session: Session, message: OutboundMessage | None) -> None:
        apply_to(session, message, report, now=services.clock.now(), wall=wall_now())

    await services.reports.write(reference or "", apply)
    return Response(status_code=204)


# Plain routes: each text that is sent and answered comes through these doors three times.
ROUTES = tuple(
    Route(f"/webhooks/twilio/{path}", Door(answer), methods=["POST"])
    for path, answer in (("sms", receive_text), ("status", receive_status))
)


async def genuine_form(request: Request, services: Services) -> ImmutableMultiDict[str, str]:
    """The form, once its signature over the public address has been checked; 403 otherwise."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > LARGEST_FORM:
        raise TooLarge("too_large", "A text is never this large.")
    fields = ImmutableMultiDict(
        _fields(request.headers.get("content-type", ""), await request.body())
    )
    settings, query = services.settings, request.scope["query_string"].decode("latin-1")
    url = f"{settings.base_url}{request.scope['path']}{'?' if query else ''}{query}"
    signature = request.headers.get("X-Twilio-Signature")
    if not webhook_is_genuine(url, fields, signature, settings.twilio_auth_token):
        raise Forbidden("signature_invalid", "This request is not signed by Twilio.")
    return fields


def _fields(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """What a form says; what is no form of Twilio's says nothing, and nobody can have signed it."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        return []
    try:
        text = body.decode("latin-1")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Forbidden("signature_invalid", "This request is not signed by Twilio.") from error


def _store(services: Services, inbound: InboundText, began: tuple[int, float]) -> tuple[str, str]:
    """What to acknowledge with, and what came of it. `began`: Unix time in nanoseconds, and
    `time.perf_counter()`."""
    try:
        phone = to_e164(inbound.sender)
    except HandoffError:
        # A short code or an alphanumeric sender: a machine's text, which nobody can answer.
        log.info("text_from_no_phone")
        return empty_twiml(), "no_phone"
    try:
        if services.spool.holds_some:  # they came before this one
            intake.take_in(services.spool, now=services.clock.now())
        with services.database.session_scope(urgent=True) as session:
            run = services.workers.run_now()
            received = inbox.record_inbound(
                session,
                provider_id=inbound.provider_id,
                phone=phone,
                body=inbound.body,
                media_count=inbound.media_count,
                now=services.clock.now(),
                run=run,
            )
    except IntegrityError:
        return empty_twiml(), "repeated"  # the same webhook twice, at the same moment
    except SQLAlchemyError as error:
        log.error("database_down", kind=type(error).__name__)  # noqa: TRY400  # no SQL in logs
        return _keep_for_later(services, inbound, phone), "spooled"
    try:
        traces.received(received.inbound_id, began=began[0], repeated=not received.new)
        if received.new:
            timings.turns.begin(received.inbound_id, began=began[1])
    finally:  # who has the lease must go to work
        services.workers.answer_soon(received.person_id, run if received.leased else None)
    return empty_twiml(), "stored" if received.new else "repeated"


def _keep_for_later(services: Services, inbound: InboundText, phone: str) -> str:
    """The database is down: keep the text on disk, and tell the person what to dial meanwhile."""
    services.spool.keep(
        SpooledText(
            provider_id=inbound.provider_id,
            phone=phone,
            body=inbound.body,
            media_count=inbound.media_count,
            received_at=wall_now().isoformat(),
        )
    )
    language = language_of(inbound.body, otherwise=Language.EN)
    if keyword(inbound.body) is Keyword.STOP:
        return message_twiml(say("stopped", language))
    danger = screen(inbound.body)
    if danger is not None and danger.immediate:
        return message_twiml(approved(danger.risk, language).text)
    return message_twiml(say("holding", language))


def twiml(body: str) -> Response:
    """An answer in Twilio's markup."""
    after = BackgroundTask(reach, Point.ACKNOWLEDGED) if armed() else None
    return Response(body, media_type="application/xml", background=after)
