"""What we say in FHIR is valid, whatever there is to say."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.fhir import codes, mapping
from api.fhir.mapping import SeenPerson, SeenReferral
from directory.languages import Language
from directory.needs import taxonomy
from directory.people.models import Consent, ConsentMethod, Purpose
from directory.referrals.models import Priority, Referral
from directory.referrals.states import NotReceived, Outcome, Status
from tests.api.fhir.valid import valid
from tests.fakes import MORNING

BASE = "http://127.0.0.1:8000/fhir"
PERSON = "c0000000-0000-4000-8000-000000000001"


def a_seen(**changes: Any) -> SeenReferral:
    """A referral for food that was just asked for; `referral={…}` changes the row."""
    row = {
        "id": "c0000000-0000-4000-8000-000000000002",
        "person_id": PERSON,
        "service_id": "c0000000-0000-4000-8000-000000000003",
        "organization_id": "c0000000-0000-4000-8000-000000000004",
        "need": "food",
        "priority": Priority.ROUTINE,
        "status": Status.REQUESTED,
        "created_by": "staff:c0000000-0000-4000-8000-000000000005",
        "created_at": MORNING,
        "changed_at": MORNING,
    } | changes.pop("referral", {})
    given: dict[str, Any] = {
        "substance_use": False,
        "service_name": "Pantry",
        "organization_name": "Example House",
        "sender": None,
        "reason": None,
        "why": None,
        "outcome_reason": None,
        "external_id": None,
        "consent_ids": (),
        "sequence": 1,
    }
    return SeenReferral(referral=Referral(**row), **(given | changes))


words = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip),
)
times = st.timedeltas(timedelta(days=-90), timedelta(days=900)).map(lambda each: MORNING + each)
referrals = st.fixed_dictionaries(
    {
        "status": st.sampled_from(Status),
        "need": st.sampled_from([*taxonomy(), None]),
        "priority": st.sampled_from(Priority),
        "outcome": st.sampled_from([*Outcome, None]),
        "outcome_at": st.none() | times,
        "changed_at": times,
    }
)
seen_referrals = st.builds(
    a_seen,
    referral=referrals,
    substance_use=st.booleans(),
    service_name=words,
    organization_name=words,
    sender=st.none()
    | st.tuples(st.just("c0000000-0000-4000-8000-000000000009"), st.just("Clinic")),
    reason=words,
    why=words,
    outcome_reason=st.sampled_from([*NotReceived, None]),
    external_id=st.sampled_from([None, "|7", "https://hospital.example/r|a|b"]),
    consent_ids=st.sampled_from([(), ("c0000000-0000-4000-8000-000000000007",)]),
)


@given(seen_referrals)
def test_every_referral_is_a_valid_task_and_a_valid_service_request(seen: SeenReferral) -> None:
    task = valid(mapping.task(seen, base=BASE))
    request = valid(mapping.service_request(seen, base=BASE))
    assert task["status"] == seen.referral.status
    assert task["focus"]["reference"] == f"ServiceRequest/{request['id']}"
    assert task["for"] == request["subject"]


@given(
    st.builds(
        SeenPerson,
        id=st.just(PERSON),
        name=words,
        phone=st.sampled_from([None, "+16305550123"]),
        language=st.sampled_from([*Language, None]),
        safe_to_text=st.sampled_from([True, False, None]),
        number_shared=st.sampled_from([True, False, None]),
    )
)
def test_every_person_is_a_valid_patient(person: SeenPerson) -> None:
    valid(mapping.patient(person))


@given(
    st.builds(
        Consent,
        id=st.just("c0000000-0000-4000-8000-000000000007"),
        person_id=st.just(PERSON),
        purpose=st.sampled_from(Purpose),
        method=st.sampled_from(ConsentMethod),
        given=st.booleans(),
        recorded_at=times,
        expires_at=st.none() | times,
        revoked_at=st.none() | times,
        voided_at=st.none() | times,
    )
)
def test_every_consent_is_valid(row: Consent) -> None:
    resource = valid(mapping.consent(row, base=BASE, now=MORNING))
    assert (resource["status"] == "active") == (
        row.given
        and row.voided_at is None
        and row.revoked_at is None
        and (row.expires_at is None or row.expires_at > MORNING)
    )


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.DRAFT, "draft"),
        (Status.REQUESTED, "active"),
        (Status.IN_PROGRESS, "active"),
        (Status.ON_HOLD, "on-hold"),
        (Status.COMPLETED, "completed"),
        (Status.REJECTED, "revoked"),
        (Status.CANCELLED, "revoked"),
        (Status.ENTERED_IN_ERROR, "entered-in-error"),
    ],
)
def test_the_order_stands_until_it_is_carried_out_or_taken_back(status: Status, said: str) -> None:
    assert mapping.service_request(a_seen(referral={"status": status}), base=BASE)["status"] == said


@pytest.mark.parametrize(
    ("need", "category"),
    [
        ("food", "food-insecurity"),
        ("rent", "housing-instability"),
        ("domestic_violence", "intimate-partner-violence"),
        ("grief", codes.UNSPECIFIED),
        (None, codes.UNSPECIFIED),
    ],
)
def test_a_need_has_the_guides_category_where_there_is_one(need: str, category: str) -> None:
    request = mapping.service_request(a_seen(referral={"need": need}), base=BASE)
    [found] = request["category"]
    assert [each["code"] for each in found["coding"]] == [category]


def test_what_came_of_it_stands_apart_from_the_status() -> None:
    seen = a_seen(
        referral={
            "status": Status.COMPLETED,
            "outcome": Outcome.NOT_RECEIVED,
            "outcome_at": MORNING + timedelta(days=1),
        },
        outcome_reason=NotReceived.FULL,
    )
    task = mapping.task(seen, base=BASE)
    assert task["status"] == "completed"
    [output] = task["output"]
    found = [each["code"] for each in output["valueCodeableConcept"]["coding"]]
    assert found == ["not_received", "full"]
    assert task["lastModified"] == "2026-03-19T15:00:00.000+00:00"


def test_every_change_makes_another_version() -> None:
    versions = [
        a_seen(sequence=1),
        a_seen(sequence=2),
        a_seen(sequence=2, referral={"outcome": "unknown", "outcome_at": MORNING}),
        a_seen(sequence=2, referral={"outcome": "unknown", "outcome_at": MORNING + timedelta(1)}),
    ]
    assert len({each.version for each in versions}) == 4


def test_what_is_about_substance_use_is_labelled_so() -> None:
    labels = mapping.task(a_seen(substance_use=True), base=BASE)["meta"]["security"]
    assert [each["code"] for each in labels] == ["R", "ETH"]
    assert [x["code"] for x in mapping.task(a_seen(), base=BASE)["meta"]["security"]] == ["R"]


@pytest.mark.parametrize("kept", ["https://hospital.example/r|7|8", "|7"])
def test_a_senders_identifier_comes_back_as_it_was(kept: str) -> None:
    found = mapping.identifier_of(kept)
    assert f"{found.get('system', '')}|{found['value']}" == kept
