"""Two organisations with keys over the real listings, and Bundles as a hospital sends them."""

import copy
import json
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.fhir import codes
from directory import database
from directory.listings.models import Organization, Service
from directory.partners import service as partners
from tests.api.conftest import Api
from tests.directory.referrals.builders import a_contact, a_service
from tests.fakes import MORNING

Json = dict[str, Any]
FHIR = "application/fhir+json"
PHONE = "+16305550123"


@dataclass
class Fhir:
    """A client of /fhir: of the hospital that sends, of the pantry that receives, of staff."""

    api: Api
    hospital: str
    pantry: str
    service_id: str
    organization_id: str

    def get(self, path: str, *, key: str | None = None, **given: Any) -> Response:
        return self.api.client.get(f"/fhir{path}", headers=self.headers(key), **given)

    def send(self, method: str, path: str, body: Any, *, key: str | None = None) -> Response:
        kind = "application/json-patch+json" if method == "PATCH" else FHIR
        headers = self.headers(key) | {"Content-Type": kind}
        return self.api.client.request(
            method, f"/fhir{path}", content=json.dumps(body), headers=headers
        )

    def headers(self, key: str | None) -> dict[str, str]:
        return {"X-API-Key": key} if key else self.api.staff()

    def sent(self, **changes: Any) -> Response:
        """What the server says to the hospital's Bundle."""
        return self.send("POST", "", self.bundle(**changes), key=self.hospital)

    def referred(self, **changes: Any) -> str:
        """The id of a referral that the hospital has sent."""
        answer = self.sent(**changes)
        assert answer.status_code == 200, answer.text
        places = [each["response"].get("location", "") for each in answer.json()["entry"]]
        [found] = [place for place in places if place.startswith("Task/")]
        return found.removeprefix("Task/")

    def moved(self, referral_id: str, *statuses: str, reason: str | None = None) -> Response:
        """The pantry makes the Task each of these in turn."""
        for status in statuses:
            patch: list[Json] = [{"op": "replace", "path": "/status", "value": status}]
            if reason:
                patch.append({"op": "add", "path": "/statusReason", "value": {"text": reason}})
            answer = self.send("PATCH", f"/Task/{referral_id}", patch, key=self.pantry)
            assert answer.status_code == 200, answer.text
        return answer

    def bundle(
        self,
        *,
        identifier: str | None = "R-1",
        phone: str | None = PHONE,
        consents: list[Json] | None = None,
        service_id: str | None = None,
        **changes: Json,
    ) -> Json:
        """Patient, Consent, ServiceRequest and Task; `task={…}` and the like change one of them."""
        patient: Json = {
            "resourceType": "Patient",
            "name": [{"use": "official", "given": ["Maria"], "family": "Example"}],
            "telecom": [{"system": "phone", "value": phone, "use": "mobile"}] if phone else [],
        }
        request: Json = {
            "resourceType": "ServiceRequest",
            "status": "active",
            "intent": "order",
            "category": [
                codes.concept(codes.coding(codes.SDOH, "food-insecurity", "Food Insecurity"))
            ],
            "subject": {"reference": "urn:uuid:11111111-1111-4111-8111-111111111111"},
            "performer": [{"reference": f"HealthcareService/{service_id or self.service_id}"}],
            "reasonCode": [{"text": "No groceries until Friday"}],
        }
        task: Json = {
            "resourceType": "Task",
            "status": "requested",
            "intent": "order",
            "code": codes.concept(codes.coding(codes.TASK_CODE, "fulfill")),
            "focus": {"reference": "urn:uuid:33333333-3333-4333-8333-333333333333"},
            "for": {"reference": "urn:uuid:11111111-1111-4111-8111-111111111111"},
            "authoredOn": "2026-03-18T10:00:00-05:00",
        }
        if identifier:
            task["identifier"] = [{"system": "https://hospital.example/r", "value": identifier}]
        resources = [
            ("1", patient | changes.pop("patient", {})),
            *(("2", each) for each in ([a_consent()] if consents is None else consents)),
            ("3", request | changes.pop("request", {})),
            ("4", task | changes.pop("task", {})),
        ]
        entries = [
            {
                "fullUrl": f"urn:uuid:{n * 8}-{n * 4}-4{n * 3}-8{n * 3}-{n * 12}",
                "resource": {k: v for k, v in copy.deepcopy(each).items() if v not in (None, [])},
                "request": {"method": "POST", "url": each["resourceType"]},
            }
            for n, each in resources
        ]
        return {"resourceType": "Bundle", "type": "transaction", "entry": entries} | changes


def a_consent(**changes: Any) -> Json:
    """A consent to be referred, as a hospital sends it."""
    consent: Json = {
        "resourceType": "Consent",
        "status": "active",
        "scope": codes.concept(codes.coding(codes.CONSENT_SCOPE, "patient-privacy")),
        "category": [codes.concept(codes.coding(codes.ACT_CODE, "IDSCL"))],
        "patient": {"reference": "urn:uuid:11111111-1111-4111-8111-111111111111"},
        "dateTime": "2026-03-18T09:00:00-05:00",
        "policyRule": codes.concept(codes.coding(codes.CONSENT_POLICY, "hipaa-auth")),
    }
    return consent | changes


def substance_use_consent(**changes: Any) -> Json:
    """Signed: the form stays with the hospital, and the Consent refers to it."""
    label = codes.coding(codes.ACT_CODE, "ETH")
    form = {"url": "https://hospital.example.org/forms/1"}
    provision = {"type": "permit", "securityLabel": [label]}
    return a_consent(provision=provision, sourceAttachment=form) | changes


def outcome(answer: Response, status: int, code: str) -> str:
    """What an OperationOutcome says to people, of an answer that must be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == FHIR
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome"
    issue = body["issue"][0]
    assert issue["severity"] == "error"
    assert issue["details"]["coding"] == [{"system": codes.ERROR, "code": code}]
    return str(issue["details"]["text"])


def other_organization(session: Session, *known: str) -> str:
    """The id of an organisation that is none of these."""
    others = select(Organization.id).where(Organization.id.not_in(known))
    found = session.scalar(others.order_by(Organization.id))
    assert found is not None
    return found


def issue_key(organization_id: str) -> str:
    with database.session_scope() as session:
        return partners.issue_key(session, organization_id, now=MORNING)


def service_for(need: str) -> Service:
    with database.read_scope() as session:
        return a_service(session, need)


@pytest.fixture
def fhir(listed: Api, morning: None) -> Fhir:
    """Over the listings of data/partners.yml."""
    with database.session_scope() as session:
        service = a_service(session)
        a_contact(session, service)
        sender = other_organization(session, service.organization_id)
        return _between(listed, session, sender, service)


@pytest.fixture
def any_fhir(any_api: Api, morning: None) -> Fhir:
    """On SQLite and on PostgreSQL, over one pantry that is made up."""
    with database.session_scope() as session:
        for slug in ("clinic", "pantry"):
            session.add(
                Organization(
                    id=slug,
                    name=slug.title(),
                    description="",
                    slug=slug,
                    origin="test",
                    last_modified=MORNING,
                )
            )
        service = Service(
            organization_id="pantry",
            name="Pantry",
            slug="pantry--food",
            needs=["food"],
            published=True,
            accepts_referrals=True,
            origin="test",
            last_modified=MORNING,
        )
        session.add(service)
        session.flush()
        return _between(any_api, session, "clinic", service)


def _between(api: Api, session: Session, sender: str, service: Service) -> Fhir:
    hospital = partners.issue_key(session, sender, now=MORNING)
    pantry = partners.issue_key(session, service.organization_id, now=MORNING)
    return Fhir(api, hospital, pantry, service.id, service.organization_id)
