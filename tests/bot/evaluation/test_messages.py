"""A file of labelled messages is read whole, or turned away with file, line and remedy."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.messages import Kind, MessagesFileError, read_messages
from bot.safety.risks import Risk

LINE: dict[str, Any] = {
    "id": "one",
    "text": "a text",
    "lang": "en",
    "kind": "need",
    "needs": ["food"],
    "risk": None,
    "immediate": None,
    "place": None,
}


def written(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "messages.jsonl"
    as_text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(as_text), encoding="utf-8")
    return path


def mistakes_of(path: Path) -> list[str]:
    with pytest.raises(MessagesFileError) as caught:
        read_messages(path)
    return caught.value.mistakes


def test_every_label_is_read(tmp_path: Path) -> None:
    labels = {"needs": ["rent", "food"], "all": True, "place": "Lisle", "lang": "mixed"}
    risk = {"id": "two", "kind": "risk", "risk": "overdose", "immediate": False, "needs": []}
    answer = {"id": "three", "kind": "checkin_reply", "checkin": "worse", "lang": "es"}
    several, danger, reply = read_messages(
        written(tmp_path, {**LINE, **labels}, {**LINE, **risk}, {**LINE, **answer})
    )
    assert (several.needs, several.all_needs, several.place) == (("rent", "food"), True, "Lisle")
    assert (danger.risk, danger.immediate, danger.needs) == (Risk.OVERDOSE, False, ())
    assert (reply.kind, reply.checkin, reply.lang) == (Kind.CHECKIN_REPLY, "worse", "es")


def test_blank_lines_unknown_fields_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeff" + json.dumps(LINE), "", {**LINE, "id": "two", "by": "me"})
    assert [message.id for message in read_messages(path)] == ["one", "two"]


def test_a_text_may_hold_any_line_separator_that_json_allows(tmp_path: Path) -> None:
    line = json.dumps({**LINE, "text": "one\u2028two"}, ensure_ascii=False)
    assert read_messages(written(tmp_path, line))[0].text == "one\u2028two"


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"id": ""}, '"id" must be a text that is not empty'),
        ({"text": None}, '"text" must be a text that is not empty'),
        ({"lang": "fr"}, '"lang" must be one of en, es, mixed'),
        ({"kind": "plea"}, '"kind" must be one of need, risk'),
        ({"kind": ["need"]}, '"kind" must be one of need, risk'),
        ({"needs": "food"}, '"needs" must be a list of codes'),
        ({"needs": ["foood"]}, '"needs" has "foood": take a code from data/taxonomy.yml'),
        ({"needs": [7]}, '"needs" has 7'),
        ({"risk": "boredom"}, '"risk" must be one of overdose'),
        ({"immediate": True}, "name the risk"),
        ({"risk": "suicide", "immediate": "yes"}, '"immediate" must be true, false or null'),
        ({"kind": "checkin_reply"}, '"checkin" is missing: give one of better'),
        ({"kind": "checkin_reply", "checkin": "fine"}, '"checkin" must be one of better'),
        ({"place": 60540}, '"place" must be a text that is not empty'),
        ({"all": "both"}, '"all" must be true, false or null'),
    ],
)
def test_a_bad_label_is_named_with_its_line_and_remedy(
    tmp_path: Path, change: dict[str, Any], remedy: str
) -> None:
    path = written(tmp_path, LINE, {**LINE, "id": "two", **change})
    [mistake] = mistakes_of(path)
    assert mistake.startswith(f"{path}:2: ")
    assert remedy in mistake


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ('{"id": ', "no JSON at column"),
        ("[1, 2]", "not an object"),
        ("[" * 200_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str, remedy: str) -> None:
    [mistake] = mistakes_of(written(tmp_path, line))
    assert remedy in mistake


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "nonsense", {**LINE, "lang": "fr"}, LINE, LINE)
    assert [mistake.split(":")[1] for mistake in mistakes_of(path)] == ["1", "2", "4"]


def test_an_id_may_stand_only_once(tmp_path: Path) -> None:
    [mistake] = mistakes_of(written(tmp_path, LINE, "", LINE))
    assert "'one' is on line 1 already" in mistake


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert "cannot be read" in mistakes_of(tmp_path / "absent.jsonl")[0]
    assert "no messages here" in mistakes_of(written(tmp_path, "", " "))[0]
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b'\n{"text": "ma\xf1ana"}')
    assert mistakes_of(latin) == [f"{latin}:2: not UTF-8: save the file as UTF-8"]
