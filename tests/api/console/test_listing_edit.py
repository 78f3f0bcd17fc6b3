"""Changing a listing at the console: mistakes at their fields, nothing typed is lost."""

import pytest

from directory import database
from directory.listings import edit_queries as queries
from directory.listings.edit_view import value_of
from directory.listings.models import Service
from directory.staff.models import Role
from tests.api.console.console import Console
from tests.api.console.listing_pages import EVIL, LISTINGS, fields, listed, stored

pytestmark = pytest.mark.usefixtures("morning")


def test_only_what_was_touched_is_changed_and_the_log_says_who(console: Console) -> None:
    service_id = listed()
    console.as_(Role.SUPERVISOR)
    path = f"{LISTINGS}/{service_id}/edit"
    form = fields(console.get(path))
    form |= {"name": "Bread & more", "service_areas": "Naperville\nWill County"}
    answer = console.post(path, form)
    assert answer.headers["location"] == f"{LISTINGS}/{service_id}?done=saved"
    service = stored(service_id)
    assert service.name == "Bread & more"
    assert [each.name for each in service.service_areas] == ["Naperville", "Will County"]
    with database.read_scope() as session:
        lines = queries.history(session, service_id, after=None, limit=10)
    assert {each.field for each in lines} == {"name", "service_areas"}
    assert {each.by for each in lines} == {f"staff:{console.member_id}"}
    assert service.provenance["area"]["source"] == "staff"
    assert console.post(path, form).status_code == 303  # the same once more: it is done already
    page = console.get(f"{LISTINGS}/{service_id}/history").text
    assert "Food pantry" in page and "Bread &amp; more" in page


def test_a_mistake_is_said_at_its_field_and_nothing_typed_is_lost(console: Console) -> None:
    service_id = listed()
    console.as_(Role.SUPERVISOR)
    path = f"{LISTINGS}/{service_id}/edit"
    form = fields(console.get(path))
    form |= {"name": EVIL, "url": "not a page", "phones-1-number": "555-0177", "minimum_age": "x"}
    answer = console.post(path, form)
    assert answer.status_code == 422
    for identity in ("url", "phones-1-number", "minimum_age"):
        assert f'id="wrong-{identity}"' in answer.text
        assert f'href="#{identity}"' in answer.text
    assert "has no area code" in answer.text
    assert EVIL not in answer.text and 'value="&lt;script&gt;' in answer.text
    assert stored(service_id).name == "Food pantry"


def test_who_was_overtaken_is_told_of_what_and_loses_nothing(console: Console) -> None:
    service_id = listed()
    path = f"{LISTINGS}/{service_id}/edit"
    first = fields(console.as_(Role.ADMIN).get(path))
    second = fields(console.as_(Role.SUPERVISOR).get(path))
    console.as_(Role.ADMIN).post(path, first | {"name": "Theirs", "alert": "New door"})
    console.as_(Role.SUPERVISOR)
    answer = console.post(path, second | {"name": "Mine", "url": "https://example.org"})
    assert answer.status_code == 409
    assert "Nothing of yours was saved yet" in answer.text
    again = fields(answer)
    assert (again["name"], again["url"], again["alert"]) == (
        "Mine", "https://example.org", "New door"
    )  # fmt: skip
    assert 'id="clash-name"' in answer.text and 'id="clash-url"' not in answer.text
    assert console.post(path, again).status_code == 303
    service = stored(service_id)
    assert (service.name, service.url, service.alert) == ("Mine", "https://example.org", "New door")


def test_a_hotlines_number_waits_for_approval_also_when_staff_changes_it(console: Console) -> None:
    service_id = listed(kind="hotline")
    console.as_(Role.SUPERVISOR)
    path = f"{LISTINGS}/{service_id}/edit"
    answer = console.post(path, fields(console.get(path)) | {"phones-0-number": "630-555-0177"})
    assert answer.headers["location"].endswith("done=waiting")
    assert [each.number for each in stored(service_id).phones] == ["630-555-0140"]
    assert "630-555-0177" in console.get(f"{LISTINGS}/review").text


def test_a_value_that_the_form_cannot_show_stays(console: Console) -> None:
    service_id = listed()
    with database.session_scope() as session:
        phone = session.get_one(Service, service_id).phones[0]
        phone.answered_24h, phone.say_label = True, True
    console.as_(Role.SUPERVISOR)
    path = f"{LISTINGS}/{service_id}/edit"
    form = fields(console.get(path)) | {"phones-0-description": "Front desk"}
    assert console.post(path, form).status_code == 303
    with database.read_scope() as session:
        [said] = value_of(session.get_one(Service, service_id), "phones")
    assert (said["description"], said["answered_24h"], said["say_label"]) == (
        "Front desk", True, True
    )  # fmt: skip
