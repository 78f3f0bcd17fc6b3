"""What cannot be read is refused with the field and the remedy, never with a shrug."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.errors import Invalid
from directory.listings.edit_parse import parsed
from directory.listings.edit_schema import ListingPatch


def mistakes(body: Any) -> list[dict[str, str]]:
    with pytest.raises(Invalid) as error:
        parsed(body, ListingPatch)
    assert error.value.code == "listing_invalid"
    assert error.value.detail.startswith("Nothing was changed.")
    found: list[dict[str, str]] = error.value.context["errors"]
    assert all(each["why"] and each["remedy"] for each in found)
    return found


def opening(**changes: Any) -> dict[str, Any]:
    return {"byday": "MO", "opens_at": "09:00", "closes_at": "17:00"} | changes


@pytest.mark.parametrize(
    ("body", "pointer", "remedy"),
    [
        ({"nam": "x"}, "/nam", "did you mean name?"),
        ({"phones": [{"number": "6305550100", "typ": "sms"}]}, "/phones/0/typ", "mean type?"),
        ({"assured_date": "2026-01-01"}, "/assured_date", "/confirm"),
        ({"capacities": []}, "/capacities", "/capacity"),
        ({"id": "x"}, "/id", "leave it out"),
        ({"organization": {}}, "/organization", "leave it out"),
        ({"name": ""}, "/name", "at least a word"),
        ({"name": "\u200b"}, "/name", "at least a word"),
        ({"name": None}, "/name", "leave the field out"),
        ({"name": "x" * 256}, "/name", "at most 255"),
        ({"name": "Oak\x07"}, "/name", "plain text"),
        ({"name": "Oak \u202eyrtnap"}, "/name", "plain text"),
        ({"description": "\ud800"}, "/description", "plain text"),
        ({"description": 5}, "/description", "quotes"),
        ({"url": "www.example.org"}, "/url", "write https://www.example.org"),
        ({"url": "example.org/a?b=c"}, "/url", "write https://example.org/a?b=c"),
        ({"url": "javascript:alert(1)"}, "/url", "https://"),
        ({"url": "https://user:word@example.org"}, "/url", "copy it"),
        ({"url": "https://[::"}, "/url", "https://"),
        ({"email": "desk at oak"}, "/email", "help@example.org"),
        ({"status": "closed"}, "/status", "active, inactive, defunct or temporarily closed"),
        ({"minimum_age": "18"}, "/minimum_age", "digits, without quotes"),
        ({"minimum_age": True}, "/minimum_age", "digits"),
        ({"minimum_age": 17.5}, "/minimum_age", "digits only"),
        ({"maximum_age": -1}, "/maximum_age", "at least 0"),
        ({"accepts_referrals": "yes"}, "/accepts_referrals", "true or false"),
        ({"phones": [{"number": "555-0100"}]}, "/phones/0/number", "area code, as 630-555-0100"),
        ({"phones": [{"number": "0630555010"}]}, "/phones/0/number", "check its digits"),
        ({"phones": [{"number": "call us"}]}, "/phones/0/number", "630-555-0100"),
        ({"phones": [{"number": "741741"}]}, "/phones/0/number", "type: sms"),
        ({"phones": [{"number": "800-799-7234"}]}, "/phones/0/number", "line's own page"),
        ({"phones": [{"type": "video", "number": "6305550100"}]}, "/phones/0/type", "hotline"),
        ({"phones": {}}, "/phones", "square brackets"),
        ({"phones": [None]}, "/phones/0", "curly brackets"),
        ({"schedules": [opening(opens_at="18:00")]}, "/schedules/0/closes_at", "two schedules"),
        ({"schedules": [opening(closes_at="25:00")]}, "/schedules/0/closes_at", "23:59"),
        ({"schedules": [opening(opens_at="9am")]}, "/schedules/0/opens_at", "09:00"),
        ({"schedules": [opening(opens_at="09:00Z")]}, "/schedules/0/opens_at", "without an offset"),
        ({"schedules": [opening(byday="MO-FR")]}, "/schedules/0/byday", "MO,TU,WE"),
        ({"schedules": [opening(byday=None)]}, "/schedules/0", "byday"),
        ({"schedules": [opening(closes_at=None)]}, "/schedules/0", "both opens_at and closes_at"),
        ({"schedules": [{}]}, "/schedules/0", "a description"),
        ({"schedules": [opening(freq="DAILY")]}, "/schedules/0/freq", "WEEKLY or MONTHLY"),
        ({"schedules": [opening(valid_from="1/2/26")]}, "/schedules/0/valid_from", "2026-01-31"),
        ({"opening_hours": "whenever"}, "/opening_hours", "Mo-Fr 09:00-17:00"),
        ({"languages": [{}]}, "/languages/0", "its code"),
        ({"languages": [{"code": "Spanish"}]}, "/languages/0/code", "such as es"),
        ({"needs": ["fod"]}, "/needs/0", "did you mean food?"),
        ({"cost_options": [{"amount": -1}]}, "/cost_options/0/amount", "at least 0"),
        ({"required_documents": [{}]}, "/required_documents/0/document", "add it"),
        (
            {"service_at_locations": [{"location": {}}]},
            "/service_at_locations/0/location",
            "addresses",
        ),
        ([], "", "curly brackets"),
        (None, "", "curly brackets"),
    ],
)
def test_each_mistake_is_named_with_its_remedy(body: Any, pointer: str, remedy: str) -> None:
    told = {each["pointer"]: each["remedy"] for each in mistakes(body)}
    assert remedy in told[pointer], told


def test_every_mistake_is_told_at_once() -> None:
    body = {"name": "", "url": "www.example.org", "status": "open", "nam": 1}
    assert [each["where"] for each in mistakes(body)] == ["name", "url", "status", "nam"]


def test_a_name_that_is_no_name_is_not_said_again() -> None:
    [told] = mistakes({"<script>\x00": 1})
    assert (told["where"], told["pointer"]) == ("", "")
    assert "script" not in str(told)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"type": "Text", "number": "741741"}, ("sms", "741741")),
        ({"number": "+1 (630) 555-0100"}, ("voice", "630-555-0100")),
        ({"number": "988", "type": "hotline"}, ("hotline", "988")),
        ({"number": "630.555.0100", "type": "textphone"}, ("tty", "630-555-0100")),
    ],
)
def test_numbers_are_written_one_way(sent: dict[str, str], read: tuple[str, str]) -> None:
    [phone] = parsed({"phones": [sent]}, ListingPatch).phones or []
    assert (phone.type, phone.number) == read


def test_links_and_nulls_of_hsds_are_left_out() -> None:
    sent = {"id": "a", "service_id": "b", "number": "6305550100", "extension": None}
    [phone] = parsed({"phones": [sent]}, ListingPatch).phones or []
    assert phone.id == "a" and phone.content() == {"type": "voice", "number": "630-555-0100"}


def test_times_come_with_seconds_and_the_local_offset() -> None:
    sent = [
        opening(opens_at="9:00", closes_at="17:00:00"),
        opening(byday="TU", opens_at="09:00:00-06:00", closes_at="24:00"),
        opening(byday="2WE,4WE", opens_at="20:00", closes_at="00:00"),
    ]
    read = parsed({"schedules": sent}, ListingPatch).schedules or []
    assert [(each.freq, each.opens_at, each.closes_at) for each in read] == [
        ("WEEKLY", "09:00", "17:00"),
        ("WEEKLY", "09:00", "23:59"),
        ("MONTHLY", "20:00", "23:59"),
    ]


WORDS = st.sampled_from(
    ["", "x", "\x00", "\ud800", "id", "number", "www.example.org", "MO", "09:00", "555-0100", "988"]
)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from([*ListingPatch.model_fields, "other"]), JSON, max_size=4))
def test_whatever_is_sent_is_read_or_refused(body: dict[str, Any]) -> None:
    try:
        parsed(body, ListingPatch)
    except Invalid as error:
        assert error.context["errors"]
