"""What staff sees and does afterwards: check-ins and tasks, page by page."""

from datetime import timedelta
from typing import Any

import pytest

from api import paging
from directory import database
from directory.checkins.models import CheckIn, CheckInStatus
from directory.checkins.service import cancel_planned
from directory.database import new_id
from directory.people.queries import audit_of
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind
from tests.api.conftest import Api, problem
from tests.factories import met, visited
from tests.fakes import MORNING

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def opened(count: int = 1, *, start: int = 0, phone: str = "+16305550100") -> list[str]:
    """Ids of danger tasks, one due each minute."""
    person_id = met(phone)
    with database.session_scope() as session:
        made = [
            tasks.open_task(
                session,
                TaskKind.DANGER,
                person_id=person_id,
                now=MORNING + timedelta(minutes=start + number),
                note="Call now",
            )
            for number in range(count)
        ]
        session.flush()
        return [task.id for task in made]


def get(api: Api, path: str, **query: Any) -> dict[str, Any]:
    answer = api.client.get(f"/api/v1/{path}", params=query, headers=api.staff())
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    assert set(page) == {"items", "next"}
    return page


def every_page(api: Api, path: str, **query: Any) -> list[str]:
    page = get(api, path, **query)
    ids = [each["id"] for each in page["items"]]
    while page["next"]:
        page = get(api, path, cursor=page["next"], **query)
        ids += [each["id"] for each in page["items"]]
    return ids


def test_check_ins_are_listed_by_how_they_stand(any_api: Api) -> None:
    visited()
    with database.session_scope() as session:
        earliest = session.query(CheckIn).order_by(CheckIn.due_at).first()
        assert earliest is not None
        earliest.status, sent = CheckInStatus.SENT, earliest.id
    assert every_page(any_api, "checkins", status="sent") == [sent]
    assert sent not in every_page(any_api, "checkins", status="planned")
    wrong = any_api.client.get(
        "/api/v1/checkins", params={"status": "gone"}, headers=any_api.staff()
    )
    problem(wrong, 422, "malformed")


def test_check_ins_of_a_person_are_listed_by_when_they_are_due(any_api: Api) -> None:
    visit, planned = visited()
    visited(phone="+16305550101")
    items = get(any_api, "checkins", person_id=visit.person_id)["items"]
    assert [each["id"] for each in items] == [each.id for each in planned]
    assert set(items[0]) >= {"id", "person_id", "due_at", "sent_at", "status"}
    assert (items[0]["person_id"], items[0]["sent_at"]) == (visit.person_id, None)
    assert len(get(any_api, "checkins")["items"]) == 6


def test_tasks_are_listed_by_when_they_are_due(any_api: Api) -> None:
    ids = opened(3)
    opened(1, phone="+16305550101")
    items = get(any_api, "tasks", person_id=met())["items"]
    assert [each["id"] for each in items] == ids
    assert set(items[0]) >= {"id", "person_id", "referral_id", "kind", "due_at", "status"}
    assert (items[0]["kind"], items[0]["status"], items[0]["referral_id"]) == (
        "danger",
        "open",
        None,
    )


@pytest.mark.parametrize("path", ["checkins", "tasks"])
def test_an_unknown_person_has_nothing(any_api: Api, path: str) -> None:
    assert get(any_api, path, person_id=UNKNOWN) == {"items": [], "next": None}


def test_pages_lose_and_double_nothing(any_api: Api) -> None:
    ids = opened(7)
    for limit in (1, 2, 3, 7, 200):
        assert every_page(any_api, "tasks", limit=limit) == ids


def test_pages_of_rows_due_at_the_same_moment_lose_nothing(any_api: Api) -> None:
    ids = {opened(1)[0] for _ in range(5)}
    seen = every_page(any_api, "tasks", limit=2)
    assert set(seen) == ids and len(seen) == 5


def test_a_page_goes_on_where_it_was_while_rows_are_added(any_api: Api) -> None:
    ids = opened(4)
    first = get(any_api, "tasks", limit=2)
    earlier, later = opened(2, start=-60), opened(2, start=60)
    rest = get(any_api, "tasks", limit=200, cursor=first["next"])
    seen = [each["id"] for each in first["items"] + rest["items"]]
    assert seen == ids + later
    assert not set(seen) & set(earlier)


def test_a_last_page_that_is_full_has_no_next(api: Api) -> None:
    opened(2)
    assert get(api, "tasks", limit=2)["next"] is None


BAD_CURSORS = [
    "",
    "x",
    "not-a-cursor",
    "ñ",
    "%00",
    "\x00",
    paging.encode_text("not a date", new_id()),
    paging.encode_text("2026-03-18T15:00:00", new_id()),
    paging.encode_text("0001-01-01T00:00:00+14:00", new_id()),
    paging.encode_text(MORNING.isoformat(), "a\x00b"),
    paging.encode_text("2026-03-18", "0."),
    "A" * 5000,
]


@pytest.mark.parametrize("path", ["checkins", "tasks"])
def test_a_cursor_that_we_did_not_make_is_refused(any_api: Api, path: str) -> None:
    headers = any_api.staff()
    for cursor in BAD_CURSORS:
        answer = any_api.client.get(f"/api/v1/{path}", params={"cursor": cursor}, headers=headers)
        problem(answer, 422, "cursor_invalid")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": "x"},
        {"status": "lost"},
        {"kind": "lost"},
        {"mine": "perhaps"},
    ],
)
def test_a_wrong_filter_is_malformed(api: Api, query: dict[str, Any]) -> None:
    answer = api.client.get("/api/v1/tasks", params=query, headers=api.staff())
    problem(answer, 422, "malformed")


def change(api: Api, task_id: str, body: Any) -> Any:
    return api.client.patch(f"/api/v1/tasks/{task_id}", json=body, headers=api.staff())


def test_a_task_is_claimed_and_then_done(any_api: Api) -> None:
    [task_id] = opened()
    claimed = change(any_api, task_id, {"status": "claimed"}).json()
    assert claimed["status"] == "claimed" and claimed["claimed_by"]
    done = change(any_api, task_id, {"status": "done"}).json()
    assert done["status"] == "done" and done["done_at"]
    assert get(any_api, "tasks", status="open")["items"] == []
    assert [each["id"] for each in get(any_api, "tasks", status="done")["items"]] == [task_id]


def test_a_task_may_be_done_without_being_claimed(api: Api) -> None:
    [task_id] = opened()
    assert change(api, task_id, {"status": "done"}).status_code == 200


def test_a_task_that_someone_has_is_not_claimed_again(api: Api) -> None:
    [task_id] = opened()
    change(api, task_id, {"status": "claimed"})
    problem(change(api, task_id, {"status": "claimed"}), 409, "task_not_open")
    change(api, task_id, {"status": "done"})
    problem(change(api, task_id, {"status": "done"}), 409, "task_done")


def test_a_claim_is_given_back_and_what_was_done_opened_again(any_api: Api) -> None:
    [task_id] = opened()
    problem(change(any_api, task_id, {"status": "open"}), 409, "task_open")
    change(any_api, task_id, {"status": "claimed"})
    given_back = change(any_api, task_id, {"status": "open", "note": "No answer"}).json()
    assert (given_back["status"], given_back["claimed_by"]) == ("open", None)
    assert given_back["note"] == "Call now\nNo answer"
    done = change(any_api, task_id, {"status": "done", "note": "Talked to her"}).json()
    assert (done["done_note"], done["reopened_at"] is not None) == ("Talked to her", True)
    assert change(any_api, task_id, {"status": "open"}).json()["done_note"] is None


def test_a_colleague_s_claim_is_theirs_or_a_supervisor_s_to_give_back(api: Api) -> None:
    [task_id] = opened()
    with database.session_scope() as session:
        tasks.claim(session.get_one(Task, task_id), by="a colleague", now=MORNING)
    problem(change(api, task_id, {"status": "open"}), 403, "task_of_others")
    answer = api.client.patch(
        f"/api/v1/tasks/{task_id}", json={"status": "open"}, headers=api.staff(Role.SUPERVISOR)
    )
    assert answer.status_code == 200


def test_danger_comes_first_and_filters_narrow_the_list(any_api: Api) -> None:
    person_id = met()
    with database.session_scope() as session:
        late = tasks.open_task(session, TaskKind.CALL_BACK, person_id=person_id, now=MORNING)
        session.flush()
        late.due_at = MORNING - timedelta(days=1)
    [danger] = opened()
    assert every_page(any_api, "tasks", limit=1) == [danger, late.id]
    assert every_page(any_api, "tasks", kind="call_back") == [late.id]
    assert every_page(any_api, "tasks", overdue=True) == [danger, late.id]
    assert every_page(any_api, "tasks", mine=True) == []
    change(any_api, late.id, {"status": "claimed"})
    assert every_page(any_api, "tasks", mine=True) == [late.id]
    change(any_api, late.id, {"status": "done"})
    assert every_page(any_api, "tasks", overdue=True, kind="call_back") == []


def test_a_task_says_whose_it_is_and_what_it_is_about(api: Api) -> None:
    with database.session_scope() as session:
        tasks.open_task(
            session,
            TaskKind.LISTING_REPORT,
            person_id=None,
            service_id="service-1",
            assigned_to="somebody",
            now=MORNING,
        )
    [task] = get(api, "tasks")["items"]
    assert (task["service_id"], task["assigned_to"]) == ("service-1", "somebody")
    assert (task["escalated_at"], task["done_note"]) == (None, None)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "lost"},
        {"status": None},
        {"status": "done", "x": 1},
        {"status": "done", "note": ""},
        {"status": "done", "note": "a\x00b"},
        [],
    ],
)
def test_a_wrong_change_of_a_task_is_malformed(api: Api, body: Any) -> None:
    [task_id] = opened()
    problem(change(api, task_id, body), 422, "malformed")


def test_an_unknown_task_is_not_found(any_api: Api) -> None:
    for task_id in (UNKNOWN, "1", "no-such-task"):
        problem(change(any_api, task_id, {"status": "done"}), 404, "task_unknown")


def actions(person_id: str) -> list[str]:
    with database.read_scope() as session:
        return [entry.action for entry in audit_of(session, person_id)]


def test_every_look_at_a_person_s_check_ins_and_tasks_is_noted(api: Api) -> None:
    [task_id] = opened()
    person_id = met()
    get(api, "checkins", person_id=person_id)
    get(api, "tasks", person_id=person_id)
    change(api, task_id, {"status": "claimed"})
    assert actions(person_id) == ["checkins.read", "tasks.read", "task.claimed"]


def test_a_list_of_everybody_notes_each_person_that_it_showed(api: Api) -> None:
    opened(2)
    other = met("+16305550101")
    opened(1, start=5, phone="+16305550101")
    get(api, "tasks", limit=2)
    assert (actions(met()), actions(other)) == (["tasks.read"], [])
    get(api, "tasks")
    assert (actions(met()), actions(other)) == (["tasks.read"] * 2, ["tasks.read"])


def test_a_refused_look_is_noted_nowhere(api: Api) -> None:
    person_id = met()
    api.client.get(f"/api/v1/tasks?person_id={person_id}")
    assert actions(person_id) == []


def test_a_cancelled_check_in_is_listed_as_such(api: Api) -> None:
    visit, _ = visited()
    with database.session_scope() as session:
        cancel_planned(session, visit.person_id)
    items = get(api, "checkins", person_id=visit.person_id)["items"]
    assert {each["status"] for each in items} == {"cancelled"}
