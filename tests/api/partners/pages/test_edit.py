"""Changing one's own listing: mistakes at their fields, nothing lost, what is sensitive waits."""

from datetime import timedelta
from typing import Any

import pytest

from directory import database
from directory.listings import edit
from directory.listings import edit_queries as queries
from directory.listings.models import Phone, Service
from directory.referrals import actors
from tests.api.partners.pages.partner import Partner, fields_of, text_of
from tests.fakes import MORNING


@pytest.fixture(name="desk")
def _desk(partner: Partner) -> Partner:
    return partner.signed_in()


def path(desk: Partner, door: str = "edit") -> str:
    return f"/partner/listings/{desk.ids[0]}/{door}"


def the_form(desk: Partner) -> dict[str, Any]:
    return desk.form(path(desk), path(desk))


def somebody_else_changes(desk: Partner, **values: Any) -> None:
    with database.session_scope() as session:
        edit.edit(
            session,
            desk.organization_id,
            desk.ids[0],
            values,
            by=actors.staff("colleague").by,
            based_on=edit.ANY,
            now=MORNING + timedelta(minutes=5),
        )


def test_sent_back_untouched_nothing_changes(desk: Partner) -> None:
    answer = desk.post(path(desk), the_form(desk))
    assert answer.headers["location"].endswith("?done=same")
    assert desk.listing().version == 1


def test_a_change_is_the_contacts_and_seen_at_once(desk: Partner) -> None:
    form = the_form(desk) | {"description": "Groceries on Mondays & <b>Fridays</b>"}
    for _ in range(2):  # a double click
        assert desk.post(path(desk), form).headers["location"].endswith("?done=saved")
    with database.read_scope() as session:
        [change] = queries.history(session, desk.ids[0], after=None, limit=9)
    assert (change.field, change.by) == ("description", actors.partner(desk.contact_id).by)
    answer = desk.get(f"/partner/listings/{desk.ids[0]}?done=saved")
    assert "&lt;b&gt;Fridays" in answer.text
    assert "<b>Fridays" not in answer.text
    assert "People see it within a second." in answer.text
    with database.session_scope() as session:
        listing = session.get_one(Service, desk.ids[0])
        listing.published, listing.held_because = False, "looked at anew"
    answer = desk.get(f"/partner/listings/{desk.ids[0]}?done=saved")
    assert "People see it" not in answer.text
    assert "not shown this listing as it stands" in answer.text


def test_hours_as_a_front_desk_writes_them(desk: Partner) -> None:
    form = the_form(desk)
    assert (form["hours-Mo-1-from"], form["hours-Fr-1-to"]) == ("09:00", "17:00")
    form |= {
        "hours-Fr-1-from": "9",
        "hours-Fr-1-to": "noon",
        "hours-Sa-1-from": "10 am",
        "hours-rest": "PH off",
    }
    answer = desk.post(path(desk), form)
    assert answer.status_code == 422
    assert answer.text.count("is not a time") == 2  # at its field, and in the list on top
    assert "is missing" in text_of(answer)
    assert 'value="noon"' in answer.text
    form = fields_of(answer.text, path(desk)) | {"hours-Fr-1-to": "12pm", "hours-Sa-1-to": "1 pm"}
    assert desk.post(path(desk), form).status_code == 303
    assert desk.listing().opening_hours == (
        "Mo-Th 09:00-17:00; Fr 09:00-12:00; Sa 10:00-13:00; PH off"
    )


def test_hours_past_midnight_are_taken_and_the_same_hour_twice_is_not(desk: Partner) -> None:
    form = the_form(desk) | {"hours-Sa-1-from": "22:00", "hours-Sa-1-to": "2:00"}
    assert desk.post(path(desk), form).headers["location"].endswith("?done=saved")
    assert desk.listing().opening_hours == "Mo-Fr 09:00-17:00; Sa 22:00-02:00"
    form = the_form(desk) | {"hours-Sa-1-to": "22:00"}
    answer = desk.post(path(desk), form)
    assert answer.status_code == 422
    assert "is when it opens: write when it closes" in text_of(answer)
    all_day = form | {"hours-Sa-1-from": "0:00", "hours-Sa-1-to": "0:00"}
    assert desk.post(path(desk), all_day).status_code == 303
    assert desk.listing().opening_hours == "Mo-Fr 09:00-17:00; Sa 00:00-24:00"


def test_hours_that_no_week_can_say_stay_as_they_are(desk: Partner) -> None:
    somebody_else_changes(desk, opening_hours='Mo-Fr 09:00-17:00 "by appointment"')
    form = the_form(desk)
    assert form["hours-Mo-1-from"] == ""
    assert form["hours-rest"] == 'Mo-Fr 09:00-17:00 "by appointment"'
    assert desk.post(path(desk), form).headers["location"].endswith("?done=same")
    wrong = desk.post(path(desk), form | {"hours-rest": "whenever"})
    assert wrong.status_code == 422
    assert 'id="note-hours-rest"' in wrong.text


def test_mistakes_stand_at_their_fields_with_the_remedy(desk: Partner) -> None:
    form = the_form(desk) | {"phones-1-number": "555-0100", "url": "example", "wait_time": "Kept"}
    answer = desk.post(path(desk), form)
    assert answer.status_code == 422
    said = text_of(answer)
    assert "has no area code: write it with its area code" in said
    assert 'href="#phones-1-number"' in answer.text
    assert 'href="#url"' in answer.text
    assert 'value="Kept"' in answer.text
    assert desk.listing().version == 1


def test_a_field_is_checked_while_one_types(desk: Partner) -> None:
    form = the_form(desk) | {"url": "example", "hours-Mo-1-from": "dawn"}
    for name, said in (
        ("url", "write"),
        ("hours-Mo-1-from", "is not a time"),
        ("description", ""),
    ):
        answer = desk.post(path(desk, "check"), form | {"field": name}, **{"HX-Request": "true"})
        assert answer.status_code == 200
        assert "<html" not in answer.text
        assert said in text_of(answer)
        assert bool(text_of(answer)) is bool(said)
    closing = form | {"url": "", "field": "status", "status": "defunct"}
    assert "Waits for approval" in text_of(desk.post(path(desk, "check"), closing))
    assert desk.listing().version == 1


def test_a_hotlines_number_waits_for_approval(desk: Partner) -> None:
    with database.session_scope() as session:
        phone = session.query(Phone).filter(Phone.service_id == desk.ids[0]).one()
        phone.type = "hotline"
    form = the_form(desk) | {"phones-0-number": "630-555-0141", "wait_time": "A week"}
    answer = desk.post(path(desk), form)
    assert answer.headers["location"].endswith("?done=waiting")
    assert [each.number for each in desk.listing().phones] == ["630-555-0140"]
    assert desk.listing().wait_time == "A week"
    said = text_of(desk.get(answer.headers["location"]))
    assert "Waits for approval by our team" in said
    assert "630-555-0141" in said


def test_who_was_overtaken_sees_what_changed_and_loses_nothing(desk: Partner) -> None:
    form = the_form(desk) | {"description": "Mine", "wait_time": "A week"}
    somebody_else_changes(desk, description="Theirs", email="desk@example.org")
    answer = desk.post(path(desk), form)
    assert answer.status_code == 409
    said = text_of(answer)
    assert "Nothing of yours was saved yet" in said
    assert "Theirs" in said
    assert "our team" in said
    assert "Somebody has changed this too" in said
    again = fields_of(answer.text, path(desk))
    assert (again["description"], again["wait_time"]) == ("Mine", "A week")
    assert again["email"] == "desk@example.org"
    assert desk.listing().description == "Theirs"
    assert desk.post(path(desk), again).headers["location"].endswith("?done=saved")
    saved = desk.listing()
    assert (saved.description, saved.email) == ("Mine", "desk@example.org")


def test_what_is_confidential_stays_so(desk: Partner) -> None:
    with database.session_scope() as session:
        session.get_one(Service, desk.ids[0]).confidential = True
    form = the_form(desk) | {"description": "Come to 12 Main Street, Naperville"}
    answer = desk.post(path(desk), form)
    assert answer.status_code == 422
    assert "seems to say where the place is" in text_of(answer)
