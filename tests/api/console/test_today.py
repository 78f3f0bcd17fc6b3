"""Today: danger on top, claimed once, done with a note, told while the page is open."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from api.console import events, today
from directory import database
from directory.freshness import reports
from directory.freshness.models import Reported
from directory.people.models import AuditEntry, Person
from directory.referrals import actors
from directory.staff.models import Role
from directory.tasks import queries, service
from directory.tasks.models import Task, TaskKind
from tests.api.browsing import needs_browser
from tests.api.console.console import Console
from tests.api.console.in_browser import opened
from tests.api.console.listing_pages import listed, proposed
from tests.api.web.browser import DESKTOP, PHONE, sticks_out, violations
from tests.factories import met
from tests.fakes import MORNING
from tests.plans import noted


def a_task(kind: TaskKind = TaskKind.CALL_BACK, note: str = "Please call in the evening") -> str:
    person_id = met()
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        person.name = "Maria <b>Example</b>"
        task = service.open_task(session, kind, person_id=person.id, now=MORNING, note=note)
        session.flush()
        return task.id


def stored(task_id: str) -> Task:
    with database.read_scope() as session:
        task = queries.by_id(session, task_id)
        assert task is not None
        return task


def test_danger_stands_on_top_and_html_in_names_and_notes_is_text(console: Console) -> None:
    a_task(note="<script>alert(1)</script>")
    a_task(TaskKind.DANGER, note="says it is bad")
    page = console.as_().get("/console").text
    assert page.index("Danger: call now") < page.index("Call back")
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert "Maria &lt;b&gt;Example" in page


def test_a_call_about_a_referral_of_nobody_leads_to_it(console: Console) -> None:
    """Whoever it was about was erased; the partner has to be called all the same."""
    kind, referral_id = TaskKind.REFERRAL_UNANSWERED, "00000000-0000-4000-8000-000000000001"
    with database.session_scope() as session:
        service.open_task(session, kind, person_id=None, referral_id=referral_id, now=MORNING)
    assert f'href="/console/referrals/{referral_id}"' in console.as_().get("/console").text


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.SUPERVISOR, Role.ADMIN])
def test_a_task_about_a_listing_names_it_and_leads_to_it(console: Console, role: Role) -> None:
    service_id = listed(name="Pantry <b>")
    with database.session_scope() as session:
        by = actors.staff("c-1").by
        reports.report(session, service_id, Reported.OTHER, by=by, note="Look", now=MORNING)
    page = console.as_(role).get("/console").text
    assert f'<a href="/console/listings/{service_id}">Pantry &lt;b&gt;</a>' in page
    assert "I take it" in page and "says of this listing: other" not in page
    assert ("something else is wrong" in page) == (role is not Role.ADMIN)


def test_a_change_that_waits_leads_who_decides_to_it_and_is_nobody_elses_to_take(
    console: Console,
) -> None:
    service_id = listed()
    proposed(service_id)
    page = console.as_().get("/console").text
    assert "A change to a listing waits for approval" in page and "A supervisor decides" in page
    assert f'href="/console/listings/{service_id}"' in page and "I take it" not in page
    page = console.as_(Role.SUPERVISOR).get("/console").text
    assert f'href="/console/listings/review#listing-{service_id}"' in page and "I take it" in page


def test_many_listings_are_read_at_once(console: Console) -> None:
    def statements() -> int:
        with noted(console.api.services.database) as found:
            console.get("/console")
        return len(found)

    console.as_(Role.SUPERVISOR)
    proposed(listed())
    statements()  # the first one also notes who was seen
    one = statements()
    for number in range(4):
        proposed(listed(name=f"Pantry {number}"))
    assert statements() == one


def test_reading_the_list_is_noted(console: Console) -> None:
    a_task()
    console.as_().get("/console")
    with database.read_scope() as session:
        noted = session.query(AuditEntry).filter_by(action="tasks.read").all()
    assert [entry.actor for entry in noted] == [console.member_id]


def test_a_task_is_taken_and_done_with_a_note(console: Console) -> None:
    task_id = a_task()
    console.as_()
    answer = console.post(f"/console/tasks/{task_id}", {"status": "claimed"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console?done=claimed")
    assert "You have it" in console.get("/console").text
    console.post(f"/console/tasks/{task_id}", {"status": "done", "note": " Talked. "})
    task = stored(task_id)
    assert (task.status, task.done_note, task.done_by) == ("done", "Talked.", console.member_id)


def test_of_two_who_take_it_the_second_is_told(console: Console) -> None:
    task_id = a_task()
    console.as_(Role.SUPERVISOR).post(f"/console/tasks/{task_id}", {"status": "claimed"})
    console.as_(Role.CLINICIAN)
    answer = console.post(f"/console/tasks/{task_id}", {"status": "claimed"})
    assert answer.status_code == 409
    assert "Someone has taken or finished this task already." in answer.text


def test_done_and_take_and_give_back_may_be_pressed_twice(console: Console) -> None:
    task_id = a_task()
    console.as_()
    forms = ({"status": "claimed"}, {"status": "open"}, {"status": "done", "note": "Talked.\r\n"})
    for form in forms:
        for _ in range(2):
            answer = console.post(f"/console/tasks/{task_id}", form)
            assert answer.headers["location"] == f"/console?done={form['status']}"
    assert stored(task_id).done_note == "Talked."


def test_what_was_written_stays_on_the_page_where_a_colleague_was_faster(console: Console) -> None:
    task_id = a_task()
    done = {"status": "done"}
    console.as_(Role.SUPERVISOR).post(f"/console/tasks/{task_id}", done | {"note": "Left word."})
    answer = console.as_().post(f"/console/tasks/{task_id}", done | {"note": "Talked <b>long</b>"})
    assert answer.status_code == 409
    assert "This task is done already." in answer.text
    assert "Talked &lt;b&gt;long&lt;/b&gt;</textarea>" in answer.text
    assert f'href="/console/people/{stored(task_id).person_id}"' in answer.text
    assert stored(task_id).done_note == "Left word."


@pytest.mark.parametrize(("length", "status"), [(2000, 303), (2001, 422)])
def test_line_breaks_count_once_in_a_note_and_one_too_long_stays(
    console: Console, length: int, status: int
) -> None:
    task_id = a_task()
    console.as_().post(f"/console/tasks/{task_id}", {"status": "claimed"})
    note = "\n".join(["a line of the note"] * 200)[: length - 1] + "."
    form = {"status": "done", "note": note.replace("\n", "\r\n")}
    answer = console.post(f"/console/tasks/{task_id}", form)
    assert answer.status_code == status
    if status == 303:
        assert stored(task_id).done_note == note
        return
    assert "A note has up to 2,000 characters." in answer.text
    assert answer.text.count("a line of the note\na line") > 50 and "not noted" not in answer.text
    assert stored(task_id).status == "claimed"


def test_what_is_mine_stands_on_the_page_however_much_waits(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today, "SHOWN", 2)
    last = a_task(note="taken by me")
    console.as_().post(f"/console/tasks/{last}", {"status": "claimed"})
    with database.session_scope() as session:
        session.get_one(Task, last).due_at += timedelta(days=9)
        for number in range(3):
            service.open_task(
                session, TaskKind.CALL_BACK, person_id=None, now=MORNING, note=f"other {number}"
            )
        for _ in range(2):
            mine = service.open_task(session, TaskKind.SEND_FAILED, person_id=None, now=MORNING)
            mine.assigned_to = console.member_id
    page = console.get("/console").text
    assert "taken by me" in page and "How it went" in page
    assert len(re.findall(r"other \d", page)) == 2
    assert page.count("<h3>Text did not arrive</h3>") == 2
    assert "There is more than fits here: these are yours and the most urgent." in page


def test_a_clinician_takes_nothing_out_of_a_colleagues_hands(console: Console) -> None:
    task_id = a_task()
    console.as_(Role.SUPERVISOR).post(f"/console/tasks/{task_id}", {"status": "claimed"})
    console.as_(Role.CLINICIAN)
    assert console.post(f"/console/tasks/{task_id}", {"status": "open"}).status_code == 403
    assert stored(task_id).status == "claimed"


def test_htmx_gets_the_list_alone(console: Console) -> None:
    a_task()
    part = console.as_().get("/console", headers={"HX-Request": "true"}).text
    assert "<html" not in part and "Call back" in part


def test_an_open_page_is_told_of_danger_and_of_changes(console: Console) -> None:
    async def follow() -> list[str]:
        looks = 0

        async def still_there() -> bool:
            nonlocal looks
            looks += 1
            return looks <= 4

        async def wait() -> None:
            if looks == 1:
                await asyncio.to_thread(a_task, TaskKind.DANGER)

        told: AsyncIterator[str] = events.stream(still_there, wait=wait)
        return [event async for event in told]

    assert asyncio.run(follow()) == [
        "event: danger\ndata: 0\n\n",
        "event: danger\ndata: 1\n\n",
        "event: tasks\ndata: changed\n\n",
        "event: over\ndata: signed out\n\n",
    ]


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_list_that_was_drawn_before_a_change_is_told_at_the_first_look(
    console: Console, meanwhile: bool
) -> None:
    a_task()
    page = console.as_().get("/console").text
    [drawn] = re.findall(r'data-drawn="([^"]+)"', page)
    if meanwhile:
        a_task(TaskKind.DANGER)

    async def first_look() -> list[str]:
        looks = iter((True, False))

        async def still_there() -> bool:
            return next(looks)

        async def wait() -> None:
            pass

        told: AsyncIterator[str] = events.stream(still_there, wait=wait, drawn=drawn)
        return [event async for event in told]

    assert ("event: tasks\ndata: changed\n\n" in asyncio.run(first_look())) == meanwhile


def test_nobody_listens_without_a_session(console: Console) -> None:
    assert console.get("/console/events").status_code == 303


@needs_browser
def test_a_danger_shows_itself_on_a_page_that_is_open(
    browser: Browser, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "EVERY", 0.1)
    a_task()
    console.as_()
    with opened(browser, console, viewport=DESKTOP) as page:
        page.goto("/console")
        assert violations(page) == []
        a_task(TaskKind.DANGER, note="says it is bad")
        page.get_by_text("Danger: a person needs a call now.").wait_for()
        page.get_by_role("heading", name="Danger: call now").wait_for()
        assert page.title().startswith("(1) !")
        assert violations(page) == []
        page.set_viewport_size(PHONE)
        assert not sticks_out(page)


@needs_browser
def test_a_page_that_hears_nothing_says_so_and_is_fresh_once_it_does(
    browser: Browser, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "EVERY", 0.1)
    a_task()
    console.as_()
    with opened(browser, console, viewport=DESKTOP) as page:
        page.route("**/console/events*", lambda route: route.abort())
        page.goto("/console")
        hint = page.get_by_text("Not connected: what stands here may be old.")
        expect(hint).to_be_hidden()
        expect(hint).to_be_visible(timeout=20_000)
        assert violations(page) == []
        a_task(TaskKind.DANGER)
        page.unroute("**/console/events*")
        expect(page.get_by_role("heading", name="Danger: call now")).to_be_visible(timeout=20_000)
        expect(hint).to_be_hidden()


@needs_browser
def test_after_a_sleep_the_page_listens_anew(
    browser: Browser, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "EVERY", 0.1)
    a_task(TaskKind.DANGER)
    console.as_()
    with opened(browser, console, viewport=DESKTOP) as page:
        page.clock.install()
        page.goto("/console")
        page.get_by_text("Danger: a person needs a call now.").wait_for()
        with page.expect_request("**/console/events*"):
            page.clock.fast_forward("10:00")
        expect(page.get_by_text("Not connected")).to_be_hidden()


def test_what_is_overdue_says_so(console: Console) -> None:
    task_id = a_task()
    with database.session_scope() as session:
        session.get_one(Task, task_id).due_at = MORNING - timedelta(days=400)
    assert "overdue" in console.as_().get("/console").text
