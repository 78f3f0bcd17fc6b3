"""Whom we tell at a partner: kept by supervisors and administrators."""

from typing import Any

import pytest
from httpx import Response

from directory import database
from directory.listings.models import Organization, Service
from directory.staff.models import Role
from tests.api.conftest import problem
from tests.api.partners.conftest import link_to
from tests.api.referrals.conftest import Desk

NEW = {"name": "Intake", "channel": "email", "address": "Intake@pantry.example"}


def ask(desk: Desk, method: str, path: str = "", **parts: Any) -> Response:
    role = parts.pop("role", Role.SUPERVISOR)
    key = parts.pop("organization", desk.organization_id)
    url = f"/api/v1/organizations/{key}/contacts{path}"
    return desk.api.client.request(method, url, headers=desk.api.staff(role), **parts)


def test_a_contact_is_added_listed_and_removed(desk: Desk) -> None:
    added = ask(desk, "POST", json=NEW | {"language": "es", "service_id": desk.service_id})
    assert added.status_code == 201
    contact = added.json()
    assert contact.pop("secret") is None
    assert (contact["address"], contact["language"]) == ("intake@pantry.example", "es")
    listed = ask(desk, "GET").json()
    assert contact in listed["items"] and len(listed["items"]) == 2
    removed = ask(desk, "DELETE", f"/{contact['id']}")
    assert (removed.status_code, removed.content) == (204, b"")
    assert contact not in ask(desk, "GET").json()["items"]
    problem(ask(desk, "DELETE", f"/{contact['id']}"), 404, "contact_unknown")


def test_an_organisation_is_named_by_its_slug_too(desk: Desk) -> None:
    with database.read_scope() as session:
        slug = session.get_one(Organization, desk.organization_id).slug
    assert len(ask(desk, "GET", organization=slug).json()["items"]) == 1
    problem(ask(desk, "GET", organization="nobody"), 404, "organization_unknown")


def test_a_webhooks_secret_is_shown_once(desk: Desk) -> None:
    hook = NEW | {"channel": "webhook", "address": "https://pantry.example/handoff"}
    contact = ask(desk, "POST", json=hook).json()
    assert len(contact["secret"]) >= 32
    assert contact["secret"] not in ask(desk, "GET").text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "malformed"),
        ({"channel": "fax"}, "malformed"),
        ({"channel": "sms", "address": "soon"}, "phone_invalid"),
        ({"address": "nobody"}, "email_invalid"),
        ({"channel": "webhook", "address": "http://pantry.example/"}, "webhook_invalid"),
        ({"language": "fr"}, "malformed"),
    ],
)
def test_an_address_that_cannot_be_reached_is_refused(
    desk: Desk, changes: dict[str, str], code: str
) -> None:
    problem(ask(desk, "POST", json=NEW | changes), 422, code)


def test_a_contact_is_for_a_service_of_its_own_organisation(desk: Desk) -> None:
    with database.read_scope() as session:
        others = Service.organization_id != desk.organization_id
        other = session.query(Service).filter(others).first()
    assert other is not None
    problem(ask(desk, "POST", json=NEW | {"service_id": other.id}), 404, "service_unknown")
    other_id = other.organization_id
    answer = ask(desk, "DELETE", f"/{desk.contact_id}", organization=other_id)
    problem(answer, 404, "contact_unknown")


def test_clinicians_do_not_keep_contacts(desk: Desk) -> None:
    for method in ("GET", "POST"):
        problem(ask(desk, method, role=Role.CLINICIAN, json=NEW), 403, "role_missing")
    assert ask(desk, "GET", role=Role.ADMIN).status_code == 200


def test_a_removed_contacts_link_opens_nothing(desk: Desk) -> None:
    path = link_to(desk.refer()["id"], desk.contact_id)
    assert desk.api.client.get(path).status_code == 200
    ask(desk, "DELETE", f"/{desk.contact_id}")
    assert desk.api.client.get(path).status_code == 404
