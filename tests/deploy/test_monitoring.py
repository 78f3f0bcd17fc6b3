"""The alert rules and the dashboard ask only for what `/metrics` gives, and each alert says what
to do. Prometheus' own `promtool check rules` is no Python package, so it is not run here."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from api import metrics
from bot.sms.gateway import DeliveryStatus, SendFailure
from directory.freshness.models import Freshness
from directory.messages.models import AnsweredBy, OutboundStatus, SendPriority
from directory.on_call.models import AlarmKind
from directory.settings import ROOT
from directory.tasks.models import TaskKind, TaskStatus
from tests.api.conftest import Api, running

MONITORING = ROOT / "deploy" / "monitoring"
RULES = MONITORING / "handoff-alerts.yml"
DASHBOARD = MONITORING / "handoff-dashboard.json"
RUNBOOK = ROOT / "docs" / "operations" / "runbook.md"
METRICS = ROOT / "docs" / "operations" / "metrics.md"

NAME = re.compile(r"\b(?:handoff|process)_[a-z_]+")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
WORDS = {
    "answered_by": set(AnsweredBy),
    "freshness": set(Freshness),
    "kind": {*AlarmKind, *TaskKind},
    "outcome": {"sent", "unavailable"},
    "priority": {each.name.lower() for each in SendPriority},
    "reason": set(SendFailure),
    "state": {"used", "idle", "limit"},
    "status": {*TaskStatus, *OutboundStatus, *DeliveryStatus},
    "job": {"handoff"},
}
FUNCTIONS = {
    *("max", "min", "sum", "rate", "increase", "histogram_quantile", "absent"),
    *("by", "on", "ignoring"),
}


@pytest.fixture
def api(sqlite_settings: Any) -> Iterator[Api]:
    with running(sqlite_settings) as api:
        yield api


def given(api: Api) -> set[str]:
    """Every name that a query may use."""
    names: set[str] = set()
    for family in text_string_to_metric_families(metrics.exposed(api.services).decode()):
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
        names |= {family.name + end for end in ends.get(family.type, ("",))}
    return names


def rules() -> list[dict[str, Any]]:
    read = YAML(typ="safe").load(RULES)
    return [rule for group in read["groups"] for rule in group["rules"]]


def queries() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    shown = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    return [rule["expr"] for rule in rules()] + shown


def test_every_metric_that_is_asked_for_is_given(api: Api) -> None:
    asked = {name for query in queries() for name in NAME.findall(query)}
    assert asked - given(api) == set()


def test_every_metric_of_ours_is_explained_and_no_other(api: Api) -> None:
    told = set(re.findall(r"`(handoff_[a-z_]+)", METRICS.read_text()))
    families = text_string_to_metric_families(metrics.exposed(api.services).decode())
    ours = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in families
        if family.name.startswith("handoff_") and not family.name.endswith("_created")
    }
    assert told == ours


def test_what_is_matched_are_words_of_ours() -> None:
    for query in queries():
        for label, words in MATCHER.findall(query):
            assert set(words.split("|")) <= WORDS[label], query


def test_queries_are_whole() -> None:
    for query in queries():
        plain = re.sub(r'"[^"]*"', "", query)
        assert all(plain.count(a) == plain.count(b) for a, b in ("()", "{}", "[]")), query
        assert set(re.findall(r"\b([a-z_]+)\s*\(", plain)) <= FUNCTIONS, query


def test_a_process_that_is_gone_is_missed_where_processes_are_looked_up() -> None:
    """It leaves no `up` of 0 behind, but none at all."""
    (down,) = [rule for rule in rules() if rule["alert"] == "ApplicationDown"]
    assert 'or absent(up{job="handoff"})' in down["expr"]


@pytest.mark.parametrize("file", sorted(MONITORING.glob("prometheus*.yml")), ids=lambda f: f.stem)
def test_each_way_to_scrape_names_the_job_and_the_rules(file: Path) -> None:
    read = YAML(typ="safe").load(file)
    assert [scrape["job_name"] for scrape in read["scrape_configs"]] == ["handoff"]
    assert [(file.parent / name).is_file() for name in read["rule_files"]] == [True]
    assert f"({Path('../../deploy/monitoring') / file.name})" in METRICS.read_text()


def test_each_alert_says_how_bad_it_is_and_what_to_do() -> None:
    runbook = RUNBOOK.read_text()
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith(".")
        place, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert (Path(place).name, anchor) == (RUNBOOK.name, rule["alert"].lower())
        assert f"### {rule['alert']}\n" in runbook, rule["alert"]


def test_the_dashboard_has_no_two_panels_in_one_place() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells
