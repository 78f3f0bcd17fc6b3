"""A clinician, a person who agreed, and a partner with somebody who is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import Response

from directory import database
from directory.partners import queries as partners
from directory.partners import service as keys
from directory.partners.models import PartnerContact
from directory.people.models import AuditEntry
from directory.referrals.models import Referral
from directory.staff.models import Role
from tests.api.conftest import Api
from tests.directory.referrals.builders import a_contact, a_service, agreed
from tests.fakes import MORNING


@dataclass(frozen=True)
class Desk:
    """The clinician's side of the API, with what a referral needs."""

    api: Api
    headers: dict[str, str]
    person_id: str
    service_id: str
    organization_id: str
    contact_id: str

    def body(self, **changes: Any) -> dict[str, Any]:
        return {
            "person_id": self.person_id,
            "service_id": self.service_id,
            "reason": "Groceries until payday",
            "priority": "routine",
        } | changes

    def post(self, path: str, body: Any, **headers: str) -> Response:
        return self.api.client.post(f"/api/v1/{path}", json=body, headers=self.headers | headers)

    def get(self, path: str, **query: Any) -> Response:
        return self.api.client.get(f"/api/v1/{path}", params=query, headers=self.headers)

    def refer(self, **changes: Any) -> dict[str, Any]:
        """A referral that was made just now."""
        answer = self.post("referrals", self.body(**changes))
        assert answer.status_code == 201, answer.text
        referral: dict[str, Any] = answer.json()
        return referral

    def move(self, referral_id: str, status: str, reason: str | None = None) -> Response:
        body = {"status": status, "reason": reason}
        return self.post(f"referrals/{referral_id}/status", body)

    def partner_headers(self) -> dict[str, str]:
        """A key of the organisation that is referred to."""
        with database.session_scope() as session:
            key = keys.issue_key(session, self.organization_id, now=MORNING)
        return {"X-API-Key": key}


@pytest.fixture(name="desk")
def _desk(listed: Api, morning: None) -> Iterator[Desk]:
    yield a_desk(listed)


def a_desk(api: Api) -> Desk:
    """Over an API whose database holds the partners."""
    with database.session_scope() as session:
        service = a_service(session)
        contact = a_contact(session, service)
        person_id = agreed(session)
    return Desk(
        api,
        api.staff(Role.CLINICIAN),
        person_id,
        service.id,
        service.organization_id,
        contact.id,
    )


def contact(desk: Desk) -> PartnerContact:
    with database.read_scope() as session:
        found = partners.contact_by_id(session, desk.contact_id)
    assert found is not None
    return found


def stored(referral_id: str) -> Referral:
    with database.read_scope() as session:
        return session.get_one(Referral, referral_id)


def audited(person_id: str) -> list[tuple[str, str]]:
    """Who did what to this person's record, in order."""
    with database.read_scope() as session:
        rows = session.query(AuditEntry).filter_by(person_id=person_id).order_by(AuditEntry.at)
        return [(row.actor, row.action) for row in rows]
