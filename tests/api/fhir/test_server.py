"""The server itself: what it says it can do, who gets in, and how it refuses."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import database
from directory.partners import service as partners
from tests.api.fhir.conftest import FHIR, Fhir, a_consent, outcome
from tests.api.fhir.valid import valid
from tests.fakes import MORNING


def test_the_capability_statement_is_valid_and_open(fhir: Fhir) -> None:
    answer = fhir.api.client.get("/fhir/metadata")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == FHIR
    statement = valid(answer.json())
    assert statement["fhirVersion"] == "4.0.1"
    [rest] = statement["rest"]
    can = {each["type"]: {i["code"] for i in each["interaction"]} for each in rest["resource"]}
    assert can["Task"] == {"read", "update", "patch", "search-type"}
    assert set(can) == {
        "Task",
        "ServiceRequest",
        "Consent",
        "Patient",
        "Organization",
        "HealthcareService",
    }


def test_our_needs_are_a_code_system(fhir: Fhir) -> None:
    needs = valid(fhir.api.client.get("/fhir/CodeSystem/need").json())
    assert len(needs["concept"]) == 26


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ""),
        ("POST", "/"),
        ("GET", "/Task"),
        ("GET", "/Task/1"),
        ("PUT", "/Task/1"),
        ("PATCH", "/Task/1"),
        ("GET", "/ServiceRequest/1"),
        ("GET", "/Consent/1"),
        ("GET", "/Patient/1"),
        ("GET", "/Organization/1"),
        ("GET", "/HealthcareService/1"),
    ],
)
def test_without_credentials_every_door_is_shut(fhir: Fhir, method: str, path: str) -> None:
    ask = fhir.api.client.request
    # An unreadable body tells a stranger nothing either.
    outcome(ask(method, f"/fhir{path}", content="{"), 401, "credentials_missing")
    wrong = ask(method, f"/fhir{path}", headers={"X-API-Key": "hp_wrong"})
    outcome(wrong, 401, "key_invalid")
    outcome(
        ask(method, f"/fhir{path}", headers={"Authorization": "Bearer wrong"}), 401, "token_invalid"
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/Observation/1", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "", 405, "method_not_allowed"),
        ("DELETE", "/Task/1", 405, "method_not_allowed"),
        ("GET", "/Task/unknown", 404, "referral_unknown"),
        ("GET", "/Task/%00", 404, "not_found"),
        ("GET", "/Task/" + "x" * 300, 404, "not_found"),
        ("GET", "/Patient/unknown", 404, "person_unknown"),
        ("GET", "/Consent/unknown", 404, "consent_unknown"),
        ("GET", "/Organization/unknown", 404, "organization_unknown"),
    ],
)
def test_what_is_not_there_is_said_in_fhir(
    fhir: Fhir, method: str, path: str, status: int, code: str
) -> None:
    answer = fhir.api.client.request(method, f"/fhir{path}", headers=fhir.headers(None))
    outcome(answer, status, code)


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        ("{", FHIR, 400, "not_json"),
        ("", FHIR, 400, "not_json"),
        ('{"resourceType": NaN}', FHIR, 400, "not_json"),
        ('{"resourceType": "\\ud800"}', FHIR, 400, "not_json"),
        ('{"resourceType": "Bundle", "id": "\\u0000"}', FHIR, 400, "not_json"),
        ("[" * 100_000, FHIR, 400, "not_json"),
        ('{"a":' * 100 + "1" + "}" * 100, FHIR, 400, "not_json"),
        (b"\xff\xfe", FHIR, 400, "not_json"),
        ("<Bundle/>", "application/fhir+xml", 415, "unsupported_media"),
        ("{}", "text/plain", 415, "unsupported_media"),
        ("[]", FHIR, 422, "malformed"),
        ("{}", "application/json", 422, "malformed"),
        ('{"resourceType": "Patient"}', FHIR, 422, "malformed"),
        ('{"resourceType": "Bundle"}', FHIR, 422, "malformed"),
        ("x" * 1_000_001, FHIR, 413, "too_large"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    fhir: Fhir, content: str | bytes, kind: str, status: int, code: str
) -> None:
    headers = fhir.headers(fhir.hospital) | {"Content-Type": kind}
    answer = fhir.api.client.post("/fhir", content=content, headers=headers)
    outcome(answer, status, code)


def test_what_is_wrong_is_said_with_its_place_and_without_what_was_sent(fhir: Fhir) -> None:
    answer = fhir.sent(patient={"birthDate": "Maria Example", "maria-example": 1})
    assert answer.status_code == 422
    assert "birthDate" in answer.text
    assert "aria" not in answer.text


def test_who_can_read_only_xml_gets_none(fhir: Fhir) -> None:
    headers = {"Accept": "application/fhir+xml"}
    outcome(fhir.api.client.get("/fhir/metadata", headers=headers), 406, "not_acceptable")
    for accept in ("application/fhir+json", "text/html, */*;q=0.1", "application/json"):
        answer = fhir.api.client.get("/fhir/metadata", headers={"Accept": accept})
        assert answer.status_code == 200
    assert fhir.api.client.get("/fhir/metadata?_format=json").status_code == 200
    assert fhir.api.client.get("/fhir/metadata?_format=application/fhir+json").status_code == 200


def test_other_paths_keep_their_problem_documents(fhir: Fhir) -> None:
    answer = fhir.api.client.get("/fhirs")
    assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_of_it_stays_in_a_cache(fhir: Fhir) -> None:
    assert fhir.get("/Task", key=fhir.pantry).headers["cache-control"] == "no-store"


def test_a_revoked_key_opens_nothing(fhir: Fhir) -> None:
    with database.session_scope() as session:
        partners.revoke_keys(session, fhir.organization_id, now=MORNING)
    outcome(fhir.get("/Task", key=fhir.pantry), 401, "key_invalid")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("urn:uuid:1"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["resourceType", "reference", "coding", "system", "code", "value", "text", "period"]
            )
            | st.text(max_size=4),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(
    number=st.integers(0, 3),
    names=st.lists(
        st.sampled_from(
            [
                "resourceType", "status", "intent", "subject", "telecom", "name", "identifier",
                "for", "focus", "category", "provision", "dateTime", "performer", "meta", "code",
                "reasonCode", "orderDetail", "communication", "contained", "extension",
            ]
        ),
        min_size=1,
        max_size=2,
    ),
    value=values,
)  # fmt: skip
def test_whatever_is_sent_is_taken_or_refused_in_fhir(
    fhir: Fhir, number: int, names: list[str], value: Any
) -> None:
    bundle = fhir.bundle(consents=[a_consent()])
    for name in names:
        bundle["entry"][number]["resource"][name] = value
    answer = fhir.send("POST", "", json.loads(json.dumps(bundle)), key=fhir.hospital)
    assert answer.status_code in (200, 400, 409, 422), answer.text
    if answer.status_code != 200:
        assert valid(answer.json())["resourceType"] == "OperationOutcome"
