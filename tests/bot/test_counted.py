"""A counter that is first shown at 1 has never risen for Prometheus: each is shown at 0 before."""

import subprocess
import sys

import pytest

from bot.sms.gateway import SendFailure
from directory.messages.models import AnsweredBy, MessageKind
from directory.settings import ROOT

# What a process that answers /metrics has loaded before its first scrape, and nothing counted.
_FRESH = (
    "import api.metrics, prometheus_client, sys\n"
    "from directory.telemetry.timings import REGISTRY\n"
    "sys.stdout.buffer.write(prometheus_client.generate_latest(REGISTRY))"
)


@pytest.fixture(scope="module")
def at_the_start() -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _FRESH], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines())


def test_every_reason_of_a_refusal_is_shown_before_the_first(at_the_start: set[str]) -> None:
    for reason in (*SendFailure, "given_up"):
        assert f'handoff_refusals_total{{reason="{reason}"}} 0.0' in at_the_start


def test_sends_and_turns_are_shown_before_the_first(at_the_start: set[str]) -> None:
    for by in AnsweredBy:
        assert f'handoff_turns_total{{answered_by="{by}"}} 0.0' in at_the_start
    for outcome in ("sent", "let_go", "ambiguous", "retry", "refused"):
        for kind in MessageKind:
            line = f'handoff_sends_total{{kind="{kind}",outcome="{outcome}"}} 0.0'
            assert line in at_the_start
