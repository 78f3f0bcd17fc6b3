"""What `/metrics` tells Prometheus: what the database says, and what this process counts and times.

Counts and ages only: no number, name or text ever gets here. What comes from the database is true
of the whole product and the same from each process (take the `max`); what is counted and timed is
this process's own (take the `sum`). docs/operations/metrics.md lists every one.
"""

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from api.services import Services
from bot.on_call import last_beat
from directory.backups import queries as backups
from directory.checkins import queries as checkins
from directory.clock import wall_now
from directory.freshness import queries as freshness
from directory.messages import inbox
from directory.messages import queries as messages
from directory.messages.models import SendPriority
from directory.on_call import alarms, pause
from directory.on_call import queries as on_call
from directory.on_call.models import AlarmKind
from directory.tasks import queries as tasks
from directory.tasks.models import TaskStatus
from directory.telemetry import timings

NEVER = float("inf")


def exposed(services: Services) -> bytes:
    """Everything, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Collected(services))
    return generate_latest(timings.REGISTRY) + generate_latest(registry)


class _Collected(Collector):
    """Asked anew at each scrape. Without its database it says that, and what it knows besides."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        services, wall = self._services, wall_now()
        yield from _machine(services, wall)
        try:
            now = services.clock.now()
            with services.database.read_scope() as session:
                found = [
                    *_texts(session, now),
                    *_for_people(session, now),
                    *_watched(session, wall),
                    *_listings(session, now),
                ]
        except SQLAlchemyError:
            yield _gauge("handoff_database_up", "Whether the database answers (1) or not (0).", 0)
            return
        yield _gauge("handoff_database_up", "Whether the database answers (1) or not (0).", 1)
        yield from found


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_text, value=value)


def _by(
    name: str, help_text: str, label: str, values: Iterable[tuple[str, float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for word, value in values:
        family.add_metric([word], value)
    return family


def _age(since: datetime | None, at: datetime) -> float:
    """Seconds, 0 for nothing that waits."""
    return 0.0 if since is None else max((at - since).total_seconds(), 0.0)


def _machine(services: Services, wall: datetime) -> Iterator[Metric]:
    """This process and the disk under it."""
    data_dir = services.settings.data_dir
    beat = last_beat(data_dir / "worker.heartbeat")
    yield _gauge(
        "handoff_scheduler_beat_age_seconds",
        "Since the scheduler last looked at what is due.",
        NEVER if beat is None else _age(beat, wall),
    )
    yield _gauge(
        "handoff_spooled_texts",
        "Texts that wait on disk, as the database could not take them.",
        services.spool.count(),
    )
    try:
        free = float(shutil.disk_usage(data_dir).free)
    except OSError:
        free = 0.0
    yield _gauge("handoff_disk_free_bytes", "Free where DATA_DIR is.", free)
    pool = services.database.engine.pool
    if isinstance(pool, QueuePool):
        limit = pool.size() + max(pool._max_overflow, 0)
        used, idle = pool.checkedout(), pool.checkedin()
        yield _by(
            "handoff_database_connections",
            "Connections of this process's pool, and how many it may open.",
            "state",
            [("used", used), ("idle", idle), ("limit", limit)],
        )


def _texts(session: Session, now: datetime) -> Iterator[Metric]:
    yield _by(
        "handoff_outbound_messages",
        "Texts of ours under way, and those that ended where somebody has to look, by status.",
        "status",
        messages.counts(session).items(),
    )
    yield _gauge(
        "handoff_inbound_waiting", "Texts that wait for an answer.", inbox.waiting_count(session)
    )
    yield _gauge(
        "handoff_inbound_oldest_seconds",
        "How long the one has waited that waits longest.",
        _age(inbox.waiting_since(session), now),
    )
    yield _gauge(
        "handoff_inbound_owed",
        "Texts that got a holding answer and wait for the full one.",
        inbox.owed_count(session),
    )
    queue = messages.queue_by_priority(session, now=now)
    waiting = {each: queue.get(each, (0, None)) for each in SendPriority}
    yield _by(
        "handoff_outbound_queue",
        "Texts that should have left by now, by priority.",
        "priority",
        [(each.name.lower(), count) for each, (count, _) in waiting.items()],
    )
    yield _by(
        "handoff_outbound_oldest_seconds",
        "How late the first of them is.",
        "priority",
        [(each.name.lower(), _age(since, now)) for each, (_, since) in waiting.items()],
    )
    yield _gauge(
        "handoff_checkins_late_seconds",
        "How late the check-in is that waits longest to be queued.",
        _age(checkins.oldest_due(session, now=now), now),
    )
    yield _gauge(
        "handoff_paused", "Whether what we start is held back.", float(pause.standing(session))
    )


def _for_people(session: Session, now: datetime) -> Iterator[Metric]:
    """What waits for a person."""
    yield _by(
        "handoff_tasks_open",
        "Tasks that wait for a person.",
        "kind",
        tasks.open_counts(session).items(),
    )
    yield _gauge(
        "handoff_tasks_overdue",
        "Tasks past their time and not done.",
        tasks.overdue_count(session, now=now),
    )
    states = (TaskStatus.OPEN, TaskStatus.CLAIMED)
    yield _by(
        "handoff_danger_task_oldest_seconds",
        "How long the danger task has waited that waits longest: for somebody, or to be done.",
        "status",
        [(each.value, _age(tasks.oldest_danger(session, each), now)) for each in states],
    )
    yield _gauge(
        "handoff_on_call",
        "How many colleagues are on call.",
        len(on_call.on_call(session, now=now)),
    )


def _watched(session: Session, wall: datetime) -> Iterator[Metric]:
    """What the product watches of itself."""
    standing = {alarm.kind for alarm in on_call.standing_alarms(session)}
    yield _by(
        "handoff_alarms",
        "Alarms that stand (1) or not (0), by kind.",
        "kind",
        [(kind.value, float(kind in standing)) for kind in AlarmKind],
    )
    yield _gauge(
        "handoff_unreported_texts",
        "Texts handed over 15 minutes to a day ago of which no delivery report has come.",
        on_call.unreported_count(
            session, after=wall - timedelta(days=1), before=wall - alarms.REPORTS_WITHIN
        ),
    )
    made = backups.last_made_at(session)
    yield _gauge(
        "handoff_backup_age_seconds",
        "Since the newest backup was made; +Inf for never.",
        NEVER if made is None else _age(made, wall),
    )


def _listings(session: Session, now: datetime) -> Iterator[Metric]:
    yield _by(
        "handoff_listings",
        "Listings that are looked after, by how fresh they are.",
        "freshness",
        freshness.counts(session).items(),
    )
    yield _gauge(
        "handoff_listings_unasked",
        "Listings about which somebody should have been asked by now.",
        freshness.overdue_count(session, now=now),
    )
