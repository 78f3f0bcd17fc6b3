"""The measures as people and scripts read them."""

import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO

import pytest
from rich.console import Console

from bot.evaluation.measures import Pair, measure
from bot.evaluation.report import as_json, confusion_rows, console_table, html_page
from tests.bot.evaluation.builders import danger, measured, pair

HOSTILE = "<script>alert('x')</script> & <img src=x onerror=alert(1)>"
MADE_AT = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)


def page(*pairs: Pair, file_name: str = "messages.jsonl", warning: str | None = None) -> str:
    return html_page(measure(pairs), pairs, file_name=file_name, made_at=MADE_AT, warning=warning)


class Tags(HTMLParser):
    """Collects the tags of a page and what would run or be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_json_has_the_names_that_scripts_rely_on() -> None:
    pairs = [pair({"needs": ["food"], "place": "Lisle"}, needs=["food"], milliseconds=12.345)]
    body = json.loads(json.dumps(as_json(measure(pairs), pairs, rasa_failed=0), allow_nan=False))
    assert body["n"] == 1
    assert body["needs"] == {
        "en": {"n": 1, "top1": 1.0, "top3": 1.0},
        "es": {"n": 0, "top1": None, "top3": None},
        "mixed": {"n": 0, "top1": None, "top3": None},
    }
    assert body["all_needs"] == {"n": 0, "recall": None}
    assert body["risk"] == {
        "immediate_recall": {"en": None, "es": None},
        "type_accuracy": None,
        "false_alarm": {"en": 0.0, "es": None},
        "past_not_emergency": None,
    }
    assert body["optout"] == {"recall": None, "false_alarm": 0.0}
    assert body["checkin"] == {"n": 0, "accuracy": None}
    assert body["place"] == {"n": 1, "accuracy": 0.0}
    assert body["ms_per_message"] == {"p50": 12.35, "p95": 12.35}
    assert body["predictions"] == [
        {
            "id": "m1",
            "needs": ["food"],
            "risk": None,
            "immediate": False,
            "optout": False,
            "checkin": None,
            "place": None,
        }
    ]


def test_the_json_has_an_interval_for_every_share() -> None:
    pairs = [pair({"needs": ["food"]}, needs=["food"]), pair({"needs": ["food"]})]
    intervals = as_json(measure(pairs), pairs, rasa_failed=0)["intervals"]
    first = intervals["needs.en.top1"]
    assert (first["hits"], first["of"]) == (1, 2)
    assert (first["low"], first["high"]) == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert intervals["checkin.accuracy"] == {"hits": 0, "of": 0, "low": None, "high": None}


def test_the_console_shows_each_measure_with_its_interval() -> None:
    output = StringIO()
    found = measured(pair({"needs": ["food"]}, needs=["food"]))
    Console(file=output, width=120).print(console_table(found))
    text = output.getvalue()
    assert "Need first, English" in text
    assert "100.0%" in text
    assert "20.7–100.0 %" in text
    assert "Spanish" not in text  # no message in Spanish: nothing to say of it


def test_texts_and_names_in_the_page_are_escaped() -> None:
    missed = pair(danger("suicide", immediate=True, id="<b>1</b>", text=HOSTILE))
    html = page(missed, file_name="<i>.jsonl", warning="<u>careful</u>")
    tags = Tags()
    tags.feed(html)
    assert not tags.tags & {"script", "img", "b", "i", "u", "link", "iframe"}
    assert not tags.attributes & {"src", "href", "onerror"}
    assert "&lt;script&gt;" in html


def test_the_page_shows_missed_danger_before_missed_needs() -> None:
    html = page(
        pair({"id": "need", "needs": ["food"]}, needs=["rent"]),
        pair(danger("suicide", immediate=True, id="danger")),
    )
    assert html.index("Danger that was not seen") < html.index("not among the first three")
    assert "suicide, immediate" in html
    assert "2030-01-02 03:04 UTC" in html


def test_a_page_without_misses_says_so() -> None:
    assert "<p>None.</p>" in page(pair({"needs": ["food"]}, needs=["food"]))
    assert "<p>None.</p>" in page()


def test_the_confusion_table_starts_with_the_weakest_need() -> None:
    found = measured(
        pair({"needs": ["food"]}, needs=["food"]),
        pair({"needs": ["rent"]}, needs=["housing"]),
        pair({"needs": ["rent"]}, needs=["rent"]),
    )
    assert [(row.meant, row.taken_for) for row in confusion_rows(found)] == [
        ("rent", (("housing", 1),)),
        ("food", ()),
    ]
