"""How long residents wait, counted once a text."""

import time

import pytest

from directory.database import new_id
from directory.telemetry import timings
from directory.telemetry.timings import REGISTRY, Turns


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_wait_ends_with_the_first_part_of_the_reply() -> None:
    turns, inbound_id = Turns(), new_id()
    before = count("handoff_turn_seconds_count", priority="reply")
    quick = count("handoff_turn_seconds_bucket", priority="reply", le="0.1")
    turns.begin(inbound_id, began=time.perf_counter() - 0.2)
    assert turns.handed_over(inbound_id, priority="reply")
    assert turns.handed_over(inbound_id, priority="reply"), "known, and not counted again"
    assert count("handoff_turn_seconds_count", priority="reply") == before + 1
    assert count("handoff_turn_seconds_bucket", priority="reply", le="0.1") == quick


def test_a_text_that_another_process_took_in_is_told_from_its_row() -> None:
    turns, inbound_id = Turns(), new_id()
    assert not turns.handed_over(inbound_id, priority="danger")
    before = count("handoff_turn_seconds_sum", priority="danger")
    turns.waited(inbound_id, priority="danger", seconds=40.0)
    assert count("handoff_turn_seconds_sum", priority="danger") == before + 40
    assert turns.handed_over(inbound_id, priority="danger"), "the second part is not counted"


def test_only_the_newest_are_remembered() -> None:
    turns = Turns(remembered=2)
    for each in ("a", "b", "c"):
        turns.begin(each, began=0.0)
    assert [turns.handed_over(each, priority="reply") for each in ("a", "b", "c")] == [
        False,
        True,
        True,
    ]


def test_a_call_that_breaks_is_counted_as_unavailable() -> None:
    before = count("handoff_rasa_seconds_count", call="look", outcome="unavailable")
    with pytest.raises(OSError), timings.rasa("look"):
        raise OSError
    after = count("handoff_rasa_seconds_count", call="look", outcome="unavailable")
    assert after == before + 1
