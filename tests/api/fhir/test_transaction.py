"""A referral from a hospital or a 211: all of it is stored, or nothing, and once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from api.fhir import codes
from directory import database
from directory.notices.models import Notice
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import AuditEntry, Consent, ConsentMethod, Person, Purpose
from directory.referrals import queries
from directory.referrals.models import Referral
from directory.referrals.states import Status
from directory.tasks.models import Task
from tests.api.fhir.conftest import (
    PHONE,
    Fhir,
    a_consent,
    outcome,
    service_for,
    substance_use_consent,
)
from tests.api.fhir.valid import valid
from tests.directory.referrals.builders import a_service, read
from tests.fakes import MORNING

WITH_AN_EXCEPTION = {"type": "permit", "provision": [{"type": "deny"}]}


def stored() -> int:
    """How many rows there are of all that a Bundle can make."""
    with database.read_scope() as session:
        kinds = (Person, Consent, Referral, Notice, Task, AuditEntry)
        return sum(session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds)


def refused(fhir: Fhir, status: int, code: str, **changes: Any) -> str:
    """A Bundle that is refused leaves nothing behind."""
    before = stored()
    said = outcome(fhir.sent(**changes), status, code)
    assert stored() == before
    return said


def consents() -> list[Consent]:
    with database.read_scope() as session:
        person = people.by_phone(session, PHONE)
        return people.consents_of(session, person.id) if person else []


def test_a_bundle_becomes_a_person_a_consent_and_a_referral(fhir: Fhir) -> None:
    referral = read(fhir.referred())
    assert (referral.status, referral.need) == (Status.REQUESTED, "food")
    assert (referral.service_id, referral.reason) == (fhir.service_id, "No groceries until Friday")
    assert referral.external_id == "https://hospital.example/r|R-1"
    with database.read_scope() as session:
        person = session.get_one(Person, referral.person_id)
        [line] = queries.history(session, referral.id)
    assert (person.phone, person.name) == (PHONE, "Maria Example")
    assert person.safe_to_text is None, "nobody has asked, so we do not text"
    assert referral.created_by == line.by
    assert line.by.startswith("sender:")
    [consent] = consents()
    assert (consent.purpose, consent.given, consent.method) == ("referral", True, "verbal")
    assert consent.recorded_at == MORNING - timedelta(hours=1)


def test_the_answer_says_where_each_entry_is_to_be_found(fhir: Fhir) -> None:
    answer = fhir.sent()
    bundle = valid(answer.json())
    assert bundle["type"] == "transaction-response"
    responses = [each["response"] for each in bundle["entry"]]
    assert {each["status"] for each in responses} == {"201 Created"}
    kinds = [each["location"].split("/")[0] for each in responses]
    assert kinds == ["Patient", "Consent", "ServiceRequest", "Task"]
    for each in responses:
        found = fhir.get(f"/{each['location']}", key=fhir.hospital)
        assert found.status_code == 200, each["location"]
        valid(found.json())


def test_the_partner_is_told_and_the_clock_runs(fhir: Fhir) -> None:
    referral = read(fhir.referred(task={"priority": "stat"}))
    assert referral.priority == "urgent"
    assert referral.remind_at is not None
    assert referral.remind_at - referral.created_at == timedelta(hours=1)
    with database.read_scope() as session:
        assert session.scalars(select(Notice.referral_id)).all() == [referral.id]


def test_the_same_identifier_again_is_the_same_referral(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    before = stored()
    assert fhir.referred() == referral_id
    assert stored() == before
    again = fhir.sent().json()
    assert {each["response"]["status"] for each in again["entry"]} == {"200 OK"}
    assert fhir.referred(identifier="R-2") != referral_id


def test_without_an_identifier_the_tasks_own_address_tells_a_repeat(fhir: Fhir) -> None:
    assert fhir.referred(identifier=None) == fhir.referred(identifier=None)
    bundle = fhir.bundle(identifier=None)
    bundle["entry"][-1]["fullUrl"] = "https://hospital.example/fhir/Task/1"
    outcome(fhir.send("POST", "", bundle, key=fhir.hospital), 422, "identifier_missing")


def test_an_identifier_is_its_senders_own(fhir: Fhir) -> None:
    ours = fhir.referred()
    theirs = fhir.send("POST", "", fhir.bundle(), key=None)
    assert theirs.json()["entry"][-1]["response"]["location"] != f"Task/{ours}"


def test_an_identifier_does_not_stand_for_somebody_else(fhir: Fhir) -> None:
    fhir.referred()
    refused(fhir, 409, "identifier_reused", phone="+16305550124")


def test_what_we_know_of_a_person_is_not_overwritten(fhir: Fhir) -> None:
    with database.session_scope() as session:
        person = people_service.find_or_create(session, PHONE, now=MORNING)
        person.name, person.safe_to_text = "Mary Known", True
    referral = read(fhir.referred())
    with database.read_scope() as session:
        person = session.get_one(Person, referral.person_id)
    assert (person.name, person.safe_to_text) == ("Mary Known", True)


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [a_consent(status="rejected")],
        [a_consent(status="inactive")],
        [a_consent(provision={"type": "deny"})],
        [a_consent(provision={"period": {"end": "2026-03-17"}})],
        [a_consent(category=[codes.concept(codes.purpose(Purpose.SMS))])],
    ],
    ids=["none", "rejected", "inactive", "denied", "run out", "for texts only"],
)
def test_without_consent_nothing_is_stored(fhir: Fhir, sent: list[Any]) -> None:
    refused(fhir, 422, "consent_missing", consents=sent)


def test_a_consent_that_was_taken_back_since_counts_no_more(fhir: Fhir) -> None:
    with database.session_scope() as session:
        person = people_service.find_or_create(session, PHONE, now=MORNING)
        people_service.record_consent(
            session,
            person,
            Purpose.REFERRAL,
            given=True,
            method=ConsentMethod.VERBAL,
            by=None,
            now=MORNING - timedelta(days=3),
        )
        session.flush()
        people_service.revoke(session, person, Purpose.REFERRAL, now=MORNING - timedelta(hours=2))
    earlier = [a_consent(dateTime="2026-03-18T07:59:00-05:00")]
    refused(fhir, 422, "consent_missing", consents=earlier)
    undated = a_consent()
    undated.pop("dateTime")
    refused(fhir, 422, "consent_missing", consents=[undated])
    assert fhir.sent(consents=[a_consent(dateTime="2026-03-18T09:00:00-05:00")]).status_code == 200


def test_a_consent_that_is_dated_ahead_does_not_outlive_a_later_no(fhir: Fhir) -> None:
    with database.session_scope() as session:
        person = people_service.find_or_create(session, PHONE, now=MORNING)
        people_service.record_consent(
            session,
            person,
            Purpose.REFERRAL,
            given=False,
            method=ConsentMethod.VERBAL,
            by="staff",
            now=MORNING,
        )
    ahead = (MORNING + timedelta(days=365)).isoformat()
    answer = fhir.sent(consents=[a_consent(dateTime=ahead)])
    assert (answer.status_code, "date_unfit" in answer.text) == (422, True)
    assert [each.given for each in consents()] == [False]


def test_a_clock_that_is_a_little_ahead_is_no_lie(fhir: Fhir) -> None:
    ahead = (MORNING + timedelta(minutes=4)).isoformat()
    assert fhir.sent(consents=[a_consent(dateTime=ahead)]).status_code == 200
    [consent] = consents()
    assert consent.recorded_at < MORNING + timedelta(minutes=1)


def test_a_consent_without_a_sensible_end_is_refused(fhir: Fhir) -> None:
    for_ever = a_consent(provision={"type": "permit", "period": {"end": "2126-05-01"}})
    refused(fhir, 422, "expires_at_implausible", consents=[for_ever])


def test_a_consent_that_runs_out_is_kept_with_its_end(fhir: Fhir) -> None:
    form = {"contentType": "application/pdf", "url": "https://hospital.example/form.pdf"}
    until = {"period": {"end": "2026-04-30"}}
    fhir.referred(consents=[a_consent(provision=until, sourceAttachment=form)])
    [consent] = consents()
    assert consent.method == ConsentMethod.WRITTEN
    # The whole last day, in Chicago.
    assert consent.expires_at is not None
    assert consent.expires_at.isoformat() == "2026-05-01T05:00:00+00:00"


def test_substance_use_is_not_taken_without_a_consent_of_its_own(fhir: Fhir) -> None:
    service = service_for("substance_use").id
    refused(fhir, 422, "consent_missing", service_id=service)
    label = {"meta": {"security": [codes.coding(codes.ACT_CODE, "ETH")]}}
    refused(fhir, 422, "consent_missing", request=label)
    spoken = substance_use_consent(sourceAttachment=None)
    refused(fhir, 422, "consent_not_written", service_id=service, consents=[spoken])
    referral = read(fhir.referred(service_id=service, consents=[substance_use_consent()]))
    assert referral.need == "substance_use"
    assert {each.purpose for each in consents()} == {"referral", "substance_use"}


def test_the_need_is_taken_from_our_codes_else_from_the_guides_category(fhir: Fhir) -> None:
    ours = {"code": codes.concept(codes.coding(codes.NEED, "benefits"))}
    assert read(fhir.referred(request=ours)).need == "benefits"
    other = {"category": [codes.concept(codes.coding(codes.SDOH, "veteran-status"))]}
    assert read(fhir.referred(identifier="R-2", request=other)).need == "food"
    unknown = {"code": codes.concept(codes.coding(codes.NEED, "wealth"))}
    refused(fhir, 422, "need_unknown", identifier="R-3", request=unknown)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("transaction_expected", {"type": "batch"}),
        ("phone_missing", {"phone": None}),
        ("phone_invalid", {"phone": "12"}),
        ("service_missing", {"request": {"performer": []}}),
        ("service_unknown", {"service_id": "c0000000-0000-4000-8000-000000000000"}),
        ("status_unfit", {"task": {"status": "completed"}}),
        ("status_unfit", {"request": {"status": "draft"}}),
        ("intent_unfit", {"request": {"intent": "plan"}}),
        ("reference_unknown", {"task": {"for": {"reference": "Patient/somebody"}}}),
        ("reference_unknown", {"request": {"subject": {"reference": "urn:uuid:0"}}}),
        ("consent_conditions", {"consents": [a_consent(provision=WITH_AN_EXCEPTION)]}),
        ("too_long", {"request": {"reasonCode": [{"text": "x" * 2001}]}}),
        (
            "contact_prohibited",
            {
                "request": {
                    "orderDetail": [
                        codes.concept(codes.coding(codes.SDOH, codes.CONTACT_PROHIBITED))
                    ]
                }
            },
        ),
    ],
)
def test_what_cannot_be_carried_out_as_it_was_meant_is_refused(
    fhir: Fhir, code: str, changes: dict[str, Any]
) -> None:
    refused(fhir, 422, code, **changes)


def test_a_service_that_takes_no_referrals_gets_none(fhir: Fhir) -> None:
    with database.read_scope() as session:
        hotline = a_service(session, "mental_health", takes_referrals=False)
    refused(fhir, 422, "referral_not_accepted", service_id=hotline.id)


def test_who_comes_along_is_not_kept_and_what_we_do_not_know_is_refused(fhir: Fhir) -> None:
    bundle = fhir.bundle()
    clinic = {"resourceType": "Organization", "name": "Clinic"}
    request = {"method": "POST", "url": "Organization"}
    bundle["entry"].append({"resource": clinic, "request": request})
    answer = fhir.send("POST", "", bundle, key=fhir.hospital)
    last = valid(answer.json())["entry"][-1]["response"]
    assert "location" not in last
    assert last["outcome"]["issue"][0]["severity"] == "information"

    condition = {"resourceType": "Condition", "subject": {"reference": "Patient/1"}}
    request = {"method": "POST", "url": "Condition"}
    bundle["entry"].append({"resource": condition, "request": request})
    outcome(fhir.send("POST", "", bundle, key=fhir.hospital), 422, "resource_not_taken")


def test_two_people_in_one_bundle_are_refused(fhir: Fhir) -> None:
    bundle = fhir.bundle()
    bundle["entry"].append(bundle["entry"][0] | {"fullUrl": "urn:uuid:other"})
    outcome(fhir.send("POST", "", bundle, key=fhir.hospital), 422, "resource_missing")
    bundle["entry"] = bundle["entry"][:1] + bundle["entry"][2:3]
    outcome(fhir.send("POST", "", bundle, key=fhir.hospital), 422, "resource_missing")


def test_what_was_sent_comes_back_in_fhir(fhir: Fhir) -> None:
    """Round trip: out of our own resources the same referral is made again."""
    referral_id = fhir.referred(task={"priority": "urgent"})
    fhir.moved(referral_id, "accepted")
    request = valid(fhir.get(f"/ServiceRequest/{referral_id}").json())
    task = valid(fhir.get(f"/Task/{referral_id}").json())
    person = valid(fhir.get(f"/{task['for']['reference']}").json())
    consent = valid(fhir.get(f"/{request['supportingInfo'][0]['reference']}").json())
    resources = [person, consent, request, task | {"status": "requested"}]
    entries = [
        {
            "fullUrl": f"http://127.0.0.1:8000/fhir/{each['resourceType']}/{each['id']}",
            "resource": each,
            "request": {"method": "POST", "url": each["resourceType"]},
        }
        for each in resources
    ]
    resources[3] |= {"identifier": [{"value": "copy"}]}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    answer = fhir.send("POST", "", bundle, key=fhir.hospital)
    assert answer.status_code == 200, answer.text
    copied = read(answer.json()["entry"][-1]["response"]["location"].removeprefix("Task/"))
    first = read(referral_id)
    assert copied.id != first.id
    for name in ("person_id", "service_id", "need", "priority", "reason"):
        assert getattr(copied, name) == getattr(first, name), name
