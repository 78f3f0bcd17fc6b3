"""Which messages a person is shown, and in which order."""

from typing import Any

import pytest

from bot.evaluation.misses import misses
from tests.bot.evaluation.builders import danger, pair

CHECKIN = {"kind": "checkin_reply", "checkin": "worse"}


@pytest.mark.parametrize(
    ("labels", "predicted", "title"),
    [
        (danger("medical", immediate=True), {"risk": "medical"}, "Danger that was not seen"),
        ({"kind": "optout"}, {}, "Opt-outs that were not heeded"),
        ({}, {"optout": True}, "Silenced though nobody asked for it"),
        ({}, {"risk": "medical", "immediate": True}, "Emergency reply without danger"),
        (
            danger("medical", immediate=False),
            {"risk": "medical", "immediate": True},
            "Emergency reply where danger is past or only asked about",
        ),
        (
            danger("medical", immediate=True),
            {"risk": "suicide", "immediate": True},
            "Danger seen, but taken for another",
        ),
        (CHECKIN, {"checkin": "better"}, "Answers to a check-in that were misread"),
        ({"needs": ["food"]}, {"needs": ["rent"]}, "Needs that are not among the first three"),
        ({"needs": ["food"]}, {"needs": ["rent", "food"]}, "Needs that are not first"),
        (
            {"needs": ["food", "rent"], "all_needs": True},
            {"needs": ["food"]},
            "One of several needs left out",
        ),
        ({"place": "Lisle"}, {"place": "Aurora"}, "Places that were misread"),
    ],
)
def test_each_sort_of_miss_is_listed_under_its_own_title(
    labels: dict[str, Any], predicted: dict[str, Any], title: str
) -> None:
    assert [group.title for group in misses([pair(labels, **predicted)])] == [title]


def test_what_was_understood_is_no_miss() -> None:
    right = [
        pair({"needs": ["food"], "place": "Lisle"}, needs=["food"], place="lisle"),
        pair(danger("suicide", immediate=True), risk="suicide", immediate=True),
        pair(danger("suicide", immediate=False), risk="suicide"),
        pair(CHECKIN, checkin="worse"),
        pair({"kind": "optout"}, optout=True),
    ]
    assert misses(right) == []


def test_a_miss_says_what_was_meant_and_what_was_understood() -> None:
    either = pair({"id": "a", "text": "t", "needs": ["food", "rent"]}, needs=["legal", "housing"])
    [group] = misses([either])
    [miss] = group.misses
    assert (miss.id, miss.text) == ("a", "t")
    assert (miss.meant, miss.understood) == ("food or rent", "legal, housing")
