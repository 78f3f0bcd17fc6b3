"""Liveness, readiness and metrics."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.sms.gateway import DeliveryStatus
from directory import database
from directory.backups.models import BackupKind, BackupRun
from directory.clock import wall_now
from directory.messages.models import MessageKind, OutboundStatus
from directory.on_call import alarms, pause
from directory.on_call.models import AlarmKind
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind, TaskStatus
from tests.api.conftest import PHONE, Api
from tests.factories import queued, texted, visited

LABELS = {"status", "kind", "answered_by", "priority", "outcome", "call", "reason"} | {
    "freshness",
    "state",
    "le",
}


def test_it_is_alive_and_says_the_product_s_time(any_api: Api) -> None:
    any_api.services.clock.start(speed=1)
    any_api.services.clock.skip(timedelta(days=3))
    body = any_api.client.get("/healthz").json()
    assert (body["status"], body["clock_speed"]) == ("ok", 1.0)
    ahead = datetime.fromisoformat(body["now"]) - wall_now()
    assert abs(ahead - timedelta(days=3)) < timedelta(minutes=1)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_monitor_may_ask_for_the_head_alone(any_api: Api, path: str) -> None:
    whole, head = any_api.client.get(path), any_api.client.head(path)
    assert (head.status_code, head.text) == (whole.status_code, "")


def test_it_is_alive_without_its_database(api: Api, tmp_path: Path) -> None:
    break_database(api, tmp_path)
    assert api.client.get("/healthz").json()["status"] == "ok"


def break_database(api: Api, folder: Path) -> None:
    api.services.database.engine.dispose()
    for file in folder.glob("handoff.sqlite*"):
        file.unlink()
    (folder / "handoff.sqlite").mkdir()


def ready_workers(api: Api) -> None:
    api.services.workers.swept_at = wall_now()


def test_it_is_ready_when_every_part_is(api: Api) -> None:
    ready_workers(api)
    answer = api.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "parts": {
            "database": "ok",
            "rasa": "ok",
            "carrier": "ok",
            "worker": "ok",
            "alarms": "ok",
        },
    }


@pytest.mark.parametrize("part", ["database", "rasa", "carrier", "worker"])
def test_the_part_that_is_down_is_named(api: Api, part: str, tmp_path: Path) -> None:
    ready_workers(api)
    if part == "database":
        break_database(api, tmp_path)
    elif part == "rasa":
        api.rasa.there = False
    elif part == "carrier":
        api.carrier.there = False
    else:
        api.services.workers.swept_at = wall_now() - timedelta(minutes=5)
    answer = api.client.get("/readyz")
    assert answer.status_code == 503
    body = answer.json()
    assert body["status"] == "not ready"
    wrong = [name for name, state in body["parts"].items() if state not in ("ok", "unknown")]
    assert wrong == [part]


def test_alarms_are_shown_and_keep_no_text_out(any_api: Api) -> None:
    ready_workers(any_api)
    with database.session_scope() as session:
        alarms.raise_alarm(session, AlarmKind.NOBODY_ON_CALL, wall=wall_now())
        pause.start(session, by="command", now=wall_now())
    answer = any_api.client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["alarms"]) == (200, "nobody_on_call")
    lines = any_api.client.get("/metrics").text.splitlines()
    assert 'handoff_alarms{kind="nobody_on_call"} 1.0' in lines
    assert 'handoff_alarms{kind="carrier_quiet"} 0.0' in lines
    assert "handoff_paused 1.0" in lines
    assert "handoff_tasks_overdue 0.0" in lines


def test_before_the_workers_run_it_is_not_ready(api: Api) -> None:
    answer = api.client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["worker"]) == (503, "not started")


def test_the_carrier_is_not_asked_each_second(api: Api) -> None:
    ready_workers(api)
    assert api.client.get("/readyz").status_code == 200
    api.carrier.there = False
    assert api.client.get("/readyz").status_code == 200, "the answer of a moment ago counts"


def test_metrics_count_and_name_nobody(any_api: Api) -> None:
    visit, _ = visited()
    texted("I need help, my name is Maria Example")
    queued("Hello Maria", kind=MessageKind.REPLY)
    answer = any_api.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = {each.name: each for each in text_string_to_metric_families(answer.text)}
    assert set(families) >= {
        "handoff_turns",
        "handoff_outbound_messages",
        "handoff_inbound_waiting",
        "handoff_tasks_open",
    }
    assert families["handoff_database_up"].samples[0].value == 1
    assert families["handoff_inbound_waiting"].samples[0].value == 1
    for private in (PHONE, "5550100", "Maria", "help", visit.person_id, visit.id):
        samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
        assert not any(private in line for line in samples)


def test_labels_are_words_of_ours(api: Api) -> None:
    texted("anything")
    queued()
    words = {*TaskKind, *TaskStatus, *OutboundStatus, *DeliveryStatus, *AlarmKind, *MessageKind}
    for family in text_string_to_metric_families(api.client.get("/metrics").text):
        for sample in family.samples:
            assert set(sample.labels) <= LABELS
            for label in ("status", "kind"):
                assert sample.labels.get(label, TaskKind.DANGER) in words


def test_danger_ages_while_it_waits_and_while_it_is_done(any_api: Api) -> None:
    now = any_api.services.clock.now()
    with database.session_scope() as session:
        ages = {TaskStatus.OPEN: timedelta(minutes=20), TaskStatus.CLAIMED: timedelta(hours=1)}
        for status, age in ages.items():
            tasks.open_task(session, TaskKind.DANGER, person_id=None, now=now - age).status = status
    assert 1200 <= value(any_api, "handoff_danger_task_oldest_seconds", status="open") < 1260
    assert 3600 <= value(any_api, "handoff_danger_task_oldest_seconds", status="claimed") < 3660


def test_what_waits_has_a_depth_and_an_age(any_api: Api) -> None:
    now = any_api.services.clock.now()
    assert value(any_api, "handoff_outbound_oldest_seconds", priority="reply") == 0
    queued(now=now - timedelta(minutes=2))
    queued(now=now + timedelta(minutes=2))
    assert value(any_api, "handoff_outbound_queue", priority="reply") == 1
    assert 120 <= value(any_api, "handoff_outbound_oldest_seconds", priority="reply") < 180
    texted("hello")
    assert value(any_api, "handoff_inbound_oldest_seconds") > 0


def test_without_its_database_it_says_so(api: Api, tmp_path: Path) -> None:
    break_database(api, tmp_path)
    assert value(api, "handoff_database_up") == 0
    assert value(api, "handoff_disk_free_bytes") > 0


def test_a_backup_has_an_age_and_none_is_forever(any_api: Api) -> None:
    assert value(any_api, "handoff_backup_age_seconds") == float("inf")
    made = wall_now() - timedelta(hours=2)
    with database.session_scope() as session:
        run = {"kind": BackupKind.MADE, "at": made, "noted_at": made, "revision": "1"}
        session.add(BackupRun(**run, size=1, keys=""))
    assert 7200 <= value(any_api, "handoff_backup_age_seconds") < 7260


def value(api: Api, name: str, **labels: str) -> float:
    """One sample."""
    families = text_string_to_metric_families(api.client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    [found] = [sample.value for sample in samples if labels.items() <= sample.labels.items()]
    return found
