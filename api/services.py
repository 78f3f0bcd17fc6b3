"""The parts of one API process, put together from the settings."""

import random
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter

from api.duty import Duty
from api.webhooks.reports import Reports
from bot.answering import Answerer
from bot.conversation import Conversation
from bot.jobs import Parts, Workers
from bot.lanes import Lanes
from bot.leases import Leases
from bot.notices.email import MailServer
from bot.notices.send import NoticeSender
from bot.notices.webhook import Webhooks
from bot.office import is_on_shift
from bot.on_call import Watchdog, Watched, pinger
from bot.rasa_client import RasaClient
from bot.rasa_servers import rasa_at
from bot.relay import Relay, RelayParts
from bot.sms.deliver import Sender
from bot.sms.gateway import SmsGateway
from bot.sms.pace import Pace
from bot.sms.twilio import TwilioGateway
from bot.upkeep import Upkeep
from directory import database
from directory.clock import ProductClock, wall_now
from directory.database import Database
from directory.fleet import Membership
from directory.messages.spool import Spool
from directory.own_files import read_all
from directory.processes import FOLDER as PROCESSES
from directory.processes import Presence, new_name
from directory.quiet_hours import QuietHours
from directory.search import FindResult, Query, find, warm_up
from directory.settings import Carrier, Settings

EMBEDDED = "embedded"
WAITING_WRITERS = 20
# Threads that store texts as they come, and do nothing else: hundreds of delivery reports that wait
# to be noted must not keep one of them waiting for a thread.
ARRIVING = 8
# Threads that note those reports, many at once (api/webhooks/reports.py).
REPORTING = 4


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that endpoints need; `workers` runs only between start and stop."""

    settings: Settings
    database: Database
    clock: ProductClock
    quiet: QuietHours
    gateway: SmsGateway
    rasa: RasaClient
    spool: Spool
    answerer: Answerer
    workers: Workers | Relay
    watchdog: Watchdog
    waiting_writers: CapacityLimiter
    arriving: Executor
    reports: Reports


def search_directory(query: Query) -> FindResult:
    with database.read_scope() as session:
        return find(session, query)


def prepare_search() -> None:
    """Read rules and listings into memory: the first person to text must not wait for them."""
    read_all()
    with database.read_scope() as session:
        warm_up(session)


def build(settings: Settings, *, duty: Duty = Duty.ALL, **replaced: Any) -> Services:
    """Put the parts together; `replaced`: a `gateway`, a `rasa`, or what to do to `prepare`."""
    opened = database.use(Database(settings))
    clock = ProductClock()
    start, end = settings.quiet
    quiet = QuietHours(start, end, settings.zone)
    gateway: SmsGateway = replaced.get("gateway") or twilio_gateway(settings)
    rasa: RasaClient = replaced.get("rasa") or rasa_at(
        settings.rasa_urls, settings.rasa_token, timeout=8.0
    )
    presence = presence_of(opened)
    sender = text_sender(settings, clock, gateway, quiet=quiet, presence=presence)
    answerer = Answerer(
        conversation=Conversation(rasa=rasa, search=search_directory, zone=settings.zone),
        sender=sender,
        lanes=Lanes(),
        now=clock.now,
        wall=wall_now,
        on_shift=lambda now: is_on_shift(now, settings.zone),
        leases=Leases(presence.name, wall_now),
    )
    spool = Spool(settings.data_dir / "inbox-spool", opened.cipher)
    alone = opened.engine.dialect.name == "sqlite"
    parts = Parts(
        answerer=answerer,
        sender=sender,
        notices=notice_sender(settings, clock),
        rasa=rasa,
        quiet=quiet,
        spool=spool,
        heartbeat=settings.data_dir / "worker.heartbeat",
        now=clock.now,
        wall=wall_now,
        keep_time=clock.keep,
        presence=presence,
        prepare=replaced.get("prepare", prepare_search),
        upkeep=upkeep(settings, clock, gateway),
    )
    workers: Workers | Relay = (
        relay(parts, settings)
        if duty is Duty.WEB
        else Workers(parts, executor_id=EMBEDDED if alone else presence.name, alone=alone)
    )
    return Services(
        settings,
        opened,
        clock,
        quiet,
        gateway,
        rasa,
        spool,
        answerer,
        workers,
        watchdog(settings, clock, heartbeat=parts.heartbeat, mail=parts.notices.mail),
        waiting_writers=CapacityLimiter(WAITING_WRITERS),
        arriving=ThreadPoolExecutor(ARRIVING, thread_name_prefix="handoff-arriving"),
        reports=Reports(
            sender.notes, ThreadPoolExecutor(REPORTING, thread_name_prefix="handoff-reports")
        ),
    )


def presence_of(opened: Database) -> Presence | Membership:
    """What the others see of this process, under a name of its own."""
    if opened.engine.dialect.name == "sqlite":
        return Presence(opened.settings.data_dir / PROCESSES, new_name())
    return Membership(opened.settings.database, new_name())


def relay(parts: Parts, settings: Settings) -> Relay:
    """For a process that leaves the work to others."""
    return Relay(
        RelayParts(
            url=settings.database,
            spool=parts.spool,
            heartbeat=parts.heartbeat,
            now=parts.now,
            wall=parts.wall,
            prepare=parts.prepare,
        )
    )


def text_sender(
    settings: Settings,
    clock: ProductClock,
    gateway: SmsGateway,
    *,
    quiet: QuietHours,
    presence: Presence | Membership,
) -> Sender:
    """Sends texts, at the rate of our number, which it claims in the name of this process."""
    number = settings.twilio_messaging_service_sid or settings.twilio_from_number
    return Sender(
        gateway,
        pace=Pace(number, settings.send_rate),
        quiet=quiet,
        now=clock.now,
        wall=wall_now,
        sleep=time.sleep,
        jitter=random.SystemRandom().random,
        process=presence.name,
        tenure=lambda: presence.tenure,
    )


def upkeep(settings: Settings, clock: ProductClock, gateway: SmsGateway) -> Upkeep:
    """Blanks copies at the carrier and, where it is switched on, purges at night."""
    return Upkeep(
        gateway,
        redact_after=settings.carrier_redact_after,
        nightly=settings.purge_nightly,
        now=clock.now,
        wall=wall_now,
    )


def notice_sender(settings: Settings, clock: ProductClock) -> NoticeSender:
    """Sends e-mail and webhooks. Into our own network only where everything is a trial."""
    url = settings.smtp_url
    return NoticeSender(
        mail=MailServer.at(url, sender=settings.mail_sender) if url else None,
        webhooks=Webhooks(private_allowed=settings.carrier is Carrier.SIMULATED),
        now=clock.now,
        wall=wall_now,
        jitter=random.SystemRandom().random,
    )


def watchdog(
    settings: Settings, clock: ProductClock, *, heartbeat: Path, mail: MailServer | None
) -> Watchdog:
    """Sees when the scheduler or the carrier goes quiet."""
    ping = pinger(settings.alarm_ping_url) if settings.alarm_ping_url else None
    return Watchdog(Watched(heartbeat, now=clock.now, wall=wall_now, mail=mail, ping=ping))


def twilio_gateway(settings: Settings) -> TwilioGateway:
    service = settings.twilio_messaging_service_sid or None
    return TwilioGateway(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        status_callback_url=f"{settings.base_url}/webhooks/twilio/status",
        from_number=None if service else settings.twilio_from_number,
        messaging_service_sid=service,
        api_base_url=settings.carrier_api,
    )
