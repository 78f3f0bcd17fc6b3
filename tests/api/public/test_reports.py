"""Saying that a listing is wrong: bounded, kept apart from who says it, and never a way in."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from api.public.pages.reports import visitor
from directory import database
from directory.referrals.models import ListingReport
from directory.tasks.models import Task, TaskKind
from tests.api.conftest import Api
from tests.api.public.pages import HOTLINE, PANTRY, edit, page, words

OURS = {"Sec-Fetch-Site": "same-origin"}


def send(
    api: Api, slug: str = PANTRY, *, headers: dict[str, str] | None = None, **form: str
) -> Response:
    return api.client.post(
        f"/services/{slug}/report",
        data={"kind": "wrong_number", "note": ""} | form,
        headers=OURS if headers is None else headers,
        follow_redirects=False,
    )


def kept() -> list[ListingReport]:
    with database.read_scope() as session:
        return list(session.scalars(select(ListingReport)))


def test_a_report_becomes_a_task_and_a_word_of_thanks(listed: Api) -> None:
    answer = send(listed, note="It rings at\x00 a private home.")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/services/{PANTRY}?said=thanks",
    )
    assert "Thank you. Somebody will check it" in words(page(listed, answer.headers["location"]))
    [report] = kept()
    assert (report.kind, report.note) == ("wrong_number", "It rings at a private home.")
    with database.read_scope() as session:
        [task] = session.scalars(select(Task))
        assert (task.kind, task.service_id) == (TaskKind.LISTING_REPORT, report.service_id)
        assert "It rings at a private home." in (task.note or "")


def test_nothing_is_kept_of_who_reports(listed: Api) -> None:
    send(listed)
    [report] = kept()
    assert report.reported_by.startswith("visitor:")
    assert "testclient" not in report.reported_by


def test_a_household_is_one_visitor_for_a_day(listed: Api) -> None:
    def of(address: str, day: int = 1) -> str:
        request: Any = SimpleNamespace(client=SimpleNamespace(host=address))
        return visitor("key", request, date(2026, 3, day))

    assert of("198.51.100.7") == of("198.51.100.7") != of("198.51.100.8")
    assert of("2001:db8::1") == of("2001:db8::2") != of("2001:db8:1::1")
    assert of("198.51.100.7", 1) != of("198.51.100.7", 2)


def test_sending_twice_is_once(listed: Api) -> None:
    assert [send(listed).status_code for _ in range(3)] == [303] * 3
    assert len(kept()) == 1


def test_five_a_day_are_enough(listed: Api) -> None:
    kinds = ("wrong_number", "wrong_hours", "moved", "closed", "no_answer")
    assert {send(listed, kind=kind).status_code for kind in kinds} == {303}
    answer = send(listed, HOTLINE, kind="full", note="They said come back in May.")
    assert answer.status_code == 429
    assert "that is enough for today" in words(answer)
    assert "They said come back in May.</textarea>" in answer.text
    assert len(kept()) == 5


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kind": ""}, "Choose what is wrong."),
        ({"kind": "<b>nonsense"}, "Choose what is wrong."),
        ({"note": "long " * 200}, "That is too long: 500 letters at most."),
        ({"kind": "other", "note": " "}, "Please write in a few words what is wrong."),
    ],
)
def test_what_is_wrong_with_a_report_is_said_and_its_words_are_kept(
    listed: Api, form: dict[str, str], said: str
) -> None:
    answer = send(listed, **({"note": "Ring <twice> & wait"} | form))
    assert answer.status_code == 422
    assert said in words(answer)
    assert form.get("note", "Ring &lt;twice&gt; &amp; wait") in answer.text
    assert kept() == []


def test_line_breaks_count_once_as_the_browser_counts_them(listed: Api) -> None:
    assert send(listed, note="moved\r\n" * 83).status_code == 303


def test_what_is_far_too_long_is_refused(listed: Api) -> None:
    assert send(listed, note="x" * 30_000).status_code == 422
    assert send(listed, note="x" * 2_000_000).status_code == 413
    assert kept() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
def test_a_form_of_another_site_is_refused(listed: Api, headers: dict[str, str]) -> None:
    assert send(listed, headers=headers).status_code == 403
    assert kept() == []


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:8000"}])
def test_a_browser_of_ten_years_ago_may_report(listed: Api, headers: dict[str, str]) -> None:
    assert send(listed, headers=headers).status_code == 303
    assert len(kept()) == 1


def test_a_machine_that_fills_in_everything_is_thanked_and_forgotten(listed: Api) -> None:
    assert send(listed, website="https://evil.example").status_code == 303
    assert kept() == []


def test_only_what_is_listed_can_be_reported(listed: Api) -> None:
    edit(PANTRY, freshness="withheld")
    assert send(listed).status_code == 410
    assert send(listed, "no-such-service").status_code == 404
    assert kept() == []


def test_an_empty_form_is_answered_with_the_page(listed: Api) -> None:
    answer = listed.client.post(f"/services/{PANTRY}/report", headers=OURS)
    assert answer.status_code == 422 and "Choose what is wrong." in answer.text


def test_a_report_does_not_hide_a_crisis_line(listed: Api) -> None:
    send(listed, HOTLINE)
    assert "800-799-7233" in page(listed, f"/services/{HOTLINE}").text
