"""The roster at the console: who is on call, when nobody is, and shifts written and taken off."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from directory import database
from directory.on_call.models import OnCallShift
from directory.people.models import AuditEntry
from directory.staff import service as staff
from directory.staff.models import Role, StaffMember
from tests.api.browsing import needs_browser
from tests.api.console.console import Console
from tests.api.web.browser import DESKTOP, PHONE, TIMEOUT, served, sticks_out, violations
from tests.directory.on_call.builders import a_colleague, on_call, texts_stop
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")
PAGE = "/console/on-call"
ONCE = "11111111-1111-4111-8111-11111111111"


def form(staff_id: str, **changes: str) -> dict[str, str]:
    """From ten in the morning here, now, until eight in the evening."""
    return {
        "once": f"{ONCE}1",
        "staff_id": staff_id,
        "position": "1",
        "starts": "2026-03-18T10:00",
        "ends": "2026-03-18T20:00",
        "weeks": "1",
    } | changes


def shifts() -> list[OnCallShift]:
    with database.read_scope() as session:
        return session.query(OnCallShift).order_by(OnCallShift.starts_at).all()


def noted(action: str) -> int:
    with database.read_scope() as session:
        return session.query(AuditEntry).filter_by(action=action).count()


def test_an_empty_roster_says_that_danger_pages_no_one(console: Console) -> None:
    page = console.as_(Role.SUPERVISOR).get(PAGE).text
    assert "Nobody is on call: danger pages no one." in page
    assert "Once in these two weeks nobody is on call." in page
    assert "Nobody has a registered phone yet" in page
    assert f'href="/console/staff#member-{console.member_id}"' in page


def test_a_shift_is_written_shown_and_taken_off(console: Console) -> None:
    member = a_colleague(email="ana@city.example")
    console.as_(Role.SUPERVISOR)
    answer = console.post(PAGE, form(member))
    [shift] = shifts()
    assert answer.headers["location"] == f"{PAGE}?done=added&shift={shift.id}"
    notice = console.get(answer.headers["location"]).text.partition('role="status">')[2]
    assert "Mar 18, 2026, 10:00" in notice.partition("</p>")[0]
    assert (shift.starts_at, shift.ends_at - shift.starts_at) == (MORNING, timedelta(hours=10))
    page = console.get(PAGE).text
    assert "danger pages no one." not in page
    assert "until Mar 18, 2026, 8:00\u202fPM" in page
    assert re.search(r"8:00\sPM until Wed, Apr 1, 10:00\sAM", page), "the gap after it"
    removed = console.post(f"{PAGE}/{shift.id}/remove")
    assert removed.headers["location"] == f"{PAGE}?done=removed"
    again = console.post(f"{PAGE}/{shift.id}/remove", {"part": "1"})
    assert again.headers["location"] == f"{PAGE}?done=gone&part=1"
    assert shifts() == []
    assert (noted("shift.add"), noted("shift.remove")) == (1, 1)


def test_a_shift_far_ahead_is_shown_once_it_is_written(console: Console) -> None:
    member = a_colleague(email="ana@city.example")
    console.as_(Role.SUPERVISOR)
    far = {"starts": "2026-05-01T10:00", "ends": "2026-05-01T20:00", "weeks": "3"}
    answer = console.post(PAGE, form(member) | far)
    first = shifts()[0]
    assert answer.headers["location"] == f"{PAGE}?done=added&shift={first.id}&weeks=3&part=3"
    page = console.get(answer.headers["location"]).text
    assert f"{PAGE}/{first.id}/remove" in page and "It is the first of 3, a week apart." in page
    assert console.get(f"{PAGE}?done=added&shift=gone").status_code == 200


def test_clinicians_see_the_roster_and_do_not_change_it(console: Console) -> None:
    member = a_colleague()
    shift = on_call(member)
    page = console.as_(Role.CLINICIAN).get(PAGE).text
    assert "clinician60" in page and "Take off" not in page and "Write a shift" not in page
    assert "Without a registered phone" not in page
    assert console.post(PAGE, form(member)).status_code == 403
    assert console.post(f"{PAGE}/{shift}/remove").status_code == 403
    assert len(shifts()) == 1


def test_a_form_of_another_site_changes_nothing(console: Console) -> None:
    member = a_colleague()
    console.as_(Role.ADMIN)
    assert console.post(PAGE, form(member, csrf="another")).status_code == 403
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert console.post(PAGE, form(member), headers=foreign).status_code == 403
    assert shifts() == []


def test_weeks_in_a_row_keep_the_time_of_day_when_clocks_change(console: Console) -> None:
    member = a_colleague()
    console.as_(Role.ADMIN)
    weekly = form(member, starts="2026-10-25T20:00", ends="2026-10-26T08:00", weeks="3")
    assert console.post(PAGE, weekly).status_code == 303
    assert [each.starts_at for each in shifts()] == [
        datetime(2026, 10, 26, 1, tzinfo=UTC),
        datetime(2026, 11, 2, 2, tzinfo=UTC),
        datetime(2026, 11, 9, 2, tzinfo=UTC),
    ]
    assert noted("shift.add") == 3


def test_of_several_weeks_all_are_written_or_none(console: Console) -> None:
    member = a_colleague()
    second_week = MORNING + timedelta(days=7)
    on_call(a_colleague(61), starts_at=second_week, ends_at=second_week + timedelta(hours=1))
    answer = console.as_(Role.SUPERVISOR).post(PAGE, form(member, weeks="3"))
    assert answer.status_code == 409
    assert "The week that begins on Mar 25, 2026: none of the shifts was written." in answer.text
    assert "Somebody has this position at that time already." in answer.text
    assert 'value="3"' in answer.text and f'value="{member}" selected' in answer.text
    assert len(shifts()) == 1


def test_a_double_click_writes_one_shift(console: Console) -> None:
    member = a_colleague()
    console.as_(Role.SUPERVISOR)
    for _ in range(2):
        assert console.post(PAGE, form(member)).status_code == 303
    assert len(shifts()) == 1
    other = console.post(PAGE, form(member, ends="2026-03-18T21:00"))
    assert other.status_code == 409 and "This form was sent before." in other.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"staff_id": ""}, "There is no account with this id."),
        ({"starts": ""}, "Write from when and until when"),
        ({"starts": "soon"}, "Write from when and until when"),
        ({"starts": "2026-03-18T10:00+14:00"}, "Write from when and until when"),
        ({"starts": "0001-01-01T00:00"}, "Look at the dates"),
        ({"ends": "9999-12-31T23:59"}, "Look at the dates"),
        ({"ends": "2026-03-18T09:00"}, "has ended before it was written down"),
        ({"ends": "2026-05-18T09:00"}, "within 31 days"),
        ({"starts": "2027-03-14T02:30", "ends": "2027-03-14T08:00"}, "this time is skipped"),
        ({"position": "0"}, "a number from 1 to 20"),
        ({"position": "first"}, "a number from 1 to 20"),
        ({"weeks": "27"}, "The number of weeks is from 1 to 26."),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(
    console: Console, change: dict[str, str], said: str
) -> None:
    wrong = form(a_colleague()) | change
    answer = console.as_(Role.SUPERVISOR).post(PAGE, wrong)
    assert answer.status_code in (404, 422)
    assert said in answer.text and 'aria-invalid="true"' in answer.text
    kept = [name for name in ("starts", "ends", "position", "weeks") if wrong[name]]
    for name in kept:
        shown = wrong[name].replace("+", "&#43;")
        assert f'value="{wrong[name]}"' in answer.text or f'value="{shown}"' in answer.text, name
    assert shifts() == []


def test_who_has_lost_the_phone_fills_no_gap(console: Console) -> None:
    member = a_colleague(email="ana@city.example")
    on_call(member)
    with database.session_scope() as session:
        staff.revoke_phone(session, "ana@city.example")
    page = console.as_(Role.SUPERVISOR).get(PAGE).text
    assert "no phone: is not paged" in page
    assert "Nobody is on call: danger pages no one." in page
    assert "Once in these two weeks" in page
    answer = console.post(PAGE, form(member))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("because", "marked", "refused"),
    [
        (None, "has stopped texts: is not paged", "let them text START from their phone"),
        ("unknown_number", "texts do not arrive: is not paged", "or register another one"),
    ],
)
def test_whose_phone_gets_no_text_fills_no_gap(
    console: Console, because: str | None, marked: str, refused: str
) -> None:
    member = a_colleague()
    on_call(member)
    texts_stop(because=because)
    page = console.as_(Role.SUPERVISOR).get(PAGE).text
    assert marked in page
    assert "Nobody is on call: danger pages no one." in page
    assert "Once in these two weeks" in page
    answer = console.post(PAGE, form(member))
    assert answer.status_code == 422
    assert refused in answer.text and 'aria-invalid="true"' in answer.text


def test_names_are_escaped_and_later_weeks_are_a_page_away(console: Console) -> None:
    member = a_colleague()
    with database.session_scope() as session:
        found = session.get(StaffMember, member)
        assert found is not None
        found.name = "<b>Ana</b>"
    later = MORNING + timedelta(days=20)
    on_call(member, starts_at=later, ends_at=later + timedelta(hours=8))
    console.as_(Role.SUPERVISOR)
    assert "Tue, Apr 7" not in console.get(PAGE).text
    page = console.get(PAGE, params={"part": 1}).text
    assert "Tue, Apr 7" in page
    assert "<b>Ana</b>" not in page and "&lt;b&gt;Ana&lt;/b&gt;" in page
    assert console.get(PAGE, params={"part": 27}).status_code == 422


def test_it_speaks_spanish(console: Console) -> None:
    member = a_colleague()
    console.as_(Role.SUPERVISOR)
    spanish = {"Accept-Language": "es"}
    assert "No hay nadie de guardia" in console.get(PAGE, headers=spanish).text
    console.post(PAGE, form(member))
    again = console.post(PAGE, form(member, once=f"{ONCE}2"), headers=spanish)
    assert "Esta persona ya está de guardia a esa hora." in again.text


@needs_browser
def test_a_gap_is_filled_in_a_browser(browser: Browser, console: Console) -> None:
    on_call(a_colleague(), ends_at=MORNING + timedelta(hours=10))
    a_colleague(61, email="beatriz@city.example")
    console.as_(Role.SUPERVISOR)
    with served(console.api.client.app) as url:
        for size in (DESKTOP, PHONE):
            context = browser.new_context(base_url=url, viewport=size)
            context.add_cookies([console.cookie(url)])
            context.set_default_timeout(TIMEOUT)
            page = context.new_page()
            page.goto(PAGE)
            assert violations(page) == []
            assert not sticks_out(page)
            if size is PHONE:
                page.get_by_role("link", name=re.compile("^Write a shift")).first.click()
                expect(page.get_by_label("From")).to_have_value("2026-03-18T20:00")
                expect(page.get_by_label("Until")).to_have_value("2026-03-19T08:00")
                page.get_by_label("Who").select_option("beatriz@city.example")
                page.get_by_role("button", name="Write it on the roster").click()
                expect(page.get_by_role("status")).to_contain_text("Written on the roster.")
            context.close()
    assert len(shifts()) == 2
