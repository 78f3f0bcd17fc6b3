"""`handoff evaluate` from file to report, with a Rasa of the test's own."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.conversation import Conversation
from bot.evaluation.command import evaluate_file
from bot.evaluation.predict import CountingRasa
from bot.evaluation.processes import StartError
from bot.evaluation.running import Running
from directory.search import FindResult, Query
from directory.settings import Settings
from tests.bot.evaluation.fake_rasa import FakeRasa

LABELS = {"lang": "en", "kind": "need", "risk": None, "immediate": None, "place": None}
Start = Callable[[Settings, Callable[[str], None]], AbstractContextManager[Running]]


def starting(rasa: FakeRasa) -> Start:
    def no_search(query: Query) -> FindResult:
        raise AssertionError("no search is expected")

    @contextmanager
    def start(settings: Settings, progress: Callable[[str], None]) -> Iterator[Running]:
        counting = CountingRasa(rasa)
        conversation = Conversation(counting, no_search, ZoneInfo("America/Chicago"))
        yield Running(conversation, counting, lambda sender: None)

    return start


@contextmanager
def broken(settings: Settings, progress: Callable[[str], None]) -> Iterator[Running]:
    raise StartError("Rasa ended with status 1:\n[its last words]")
    yield


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_DATA_DIR", str(tmp_path / "var"))


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    rows = [
        {**LABELS, "id": "a", "text": "food please", "needs": ["food"]},
        {**LABELS, "id": "b", "text": "i need <b>rent</b> help", "needs": ["rent"]},
    ]
    path = tmp_path / "messages.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def run(path: Path, start: Start, **outputs: Path) -> tuple[int, str]:
    shown = StringIO()
    code = evaluate_file(
        path,
        json_out=outputs.get("json_out"),
        html_out=outputs.get("html_out"),
        console=Console(file=shown, width=1000),  # no path is long enough to wrap
        start=start,
    )
    return code, shown.getvalue()


def test_the_measures_are_printed_and_written(messages: Path, tmp_path: Path) -> None:
    json_out, html_out = tmp_path / "out.json", tmp_path / "out.html"
    code, shown = run(messages, starting(FakeRasa()), json_out=json_out, html_out=html_out)
    assert code == 0
    assert "2 labelled messages" in shown
    body = json.loads(json_out.read_text(encoding="utf-8"))
    assert body["needs"]["en"] == {"n": 2, "top1": 0.5, "top3": 0.5}
    assert [each["needs"] for each in body["predictions"]] == [["food"], ["food"]]
    assert "&lt;b&gt;rent&lt;/b&gt;" in html_out.read_text(encoding="utf-8")


def test_figures_of_the_rule_search_are_not_passed_off_as_rasas(
    messages: Path, tmp_path: Path
) -> None:
    json_out, html_out = tmp_path / "out.json", tmp_path / "out.html"
    down = starting(FakeRasa(down=True))
    code, shown = run(messages, down, json_out=json_out, html_out=html_out)
    assert code == 1
    assert "Rasa gave no answer to 2 of 2 texts" in shown
    assert json.loads(json_out.read_text(encoding="utf-8"))["rasa_failed"] == 2
    assert "Rasa gave no answer" in html_out.read_text(encoding="utf-8")


def test_a_file_with_a_mistake_starts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text("nonsense", encoding="utf-8")
    code, shown = run(path, broken)
    assert code == 2
    assert "messages.jsonl:1: no JSON" in shown


def test_nowhere_to_write_is_told_before_anything_starts(messages: Path, tmp_path: Path) -> None:
    code, shown = run(messages, broken, json_out=tmp_path / "absent" / "out.json")
    assert code == 2
    assert "is no folder: out.json can't go there" in shown


def test_what_does_not_start_is_told_plainly(messages: Path) -> None:
    code, shown = run(messages, broken)
    assert code == 2
    assert "[its last words]" in shown
