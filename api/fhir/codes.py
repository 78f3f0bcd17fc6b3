"""Codes: FHIR's, those of the SDOH Clinical Care guide, and ours where neither has one. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from directory.languages import Language
from directory.needs import taxonomy
from directory.people.models import Purpose
from directory.referrals.states import Status

Json = dict[str, Any]

_PROFILES = "http://hl7.org/fhir/us/sdoh-clinicalcare/StructureDefinition"
TASK_PROFILE = f"{_PROFILES}/SDOHCC-TaskForReferralManagement"
SERVICE_REQUEST_PROFILE = f"{_PROFILES}/SDOHCC-ServiceRequest"
CONSENT_PROFILE = f"{_PROFILES}/SDOHCC-Consent"

SDOH = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
CONTACT_PROHIBITED = "contacting-subject-prohibited"
TASK_CODE = "http://hl7.org/fhir/CodeSystem/task-code"
SNOMED = "http://snomed.info/sct"
CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
CONSENT_POLICY = "http://terminology.hl7.org/CodeSystem/consentpolicycodes"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
REFERRAL_METHOD = "http://terminology.hl7.org/CodeSystem/service-referral-method"
LANGUAGE = "urn:ietf:bcp:47"
URI = "urn:ietf:rfc:3986"

# Ours. The same in every installation, so that a system that talks to two needs one table.
NEED = "urn:x-handoff:need"
OUTCOME = "urn:x-handoff:outcome"
OUTCOME_REASON = "urn:x-handoff:outcome-reason"
CONSENT_PURPOSE = "urn:x-handoff:consent-purpose"
CONSENT_METHOD = "urn:x-handoff:consent-method"
ERROR = "urn:x-handoff:error"
# Extensions of Patient, both boolean.
SAFE_TO_TEXT = "urn:x-handoff:safe-to-text"
NUMBER_SHARED = "urn:x-handoff:number-shared"

# ActCode's labels for what 42 CFR Part 2 protects; a sender may use either.
SUBSTANCE_USE_LABELS = frozenset({"ETH", "SUD"})
PART_2 = "https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2"

UNSPECIFIED = "sdoh-category-unspecified"
_DISPLAY = {
    UNSPECIFIED: "SDOH Category Unspecified",
    "food-insecurity": "Food Insecurity",
    "homelessness": "Homelessness",
    "housing-instability": "Housing Instability",
    "utility-insecurity": "Utility Insecurity",
    "material-hardship": "Material Hardship",
    "social-connection": "Social Connection",
    "intimate-partner-violence": "Intimate Partner Violence",
    "transportation-insecurity": "Transportation Insecurity",
    "employment-status": "Employment Status",
    "educational-attainment": "Educational Attainment",
    "veteran-status": "Veteran Status",
    "financial-insecurity": "Financial Insecurity",
}
# A need stands here only where the guide's definition of the category covers all of it.
_CATEGORY = {
    "food": "food-insecurity",
    "shelter": "homelessness",
    "housing": "housing-instability",
    "rent": "housing-instability",
    "utilities": "utility-insecurity",
    "clothing_household": "material-hardship",
    "peer_support": "social-connection",
    "domestic_violence": "intimate-partner-violence",
    "transportation": "transportation-insecurity",
    "employment": "employment-status",
    "education": "educational-attainment",
    "veterans": "veteran-status",
    "benefits": "financial-insecurity",
}
_NEEDS_OF = {
    category: tuple(need for need, its in _CATEGORY.items() if its == category)
    for category in set(_CATEGORY.values())
}

# A ServiceRequest says whether the order stands; how far it has got is the Task's to say.
_REQUEST_STATUS = {
    Status.DRAFT: "draft",
    Status.REQUESTED: "active",
    Status.ACCEPTED: "active",
    Status.IN_PROGRESS: "active",
    Status.ON_HOLD: "on-hold",
    Status.COMPLETED: "completed",
    Status.REJECTED: "revoked",
    Status.FAILED: "revoked",
    Status.CANCELLED: "revoked",
    Status.ENTERED_IN_ERROR: "entered-in-error",
}


def coding(system: str, code: str, display: str | None = None) -> Json:
    return {"system": system, "code": code} | ({"display": display} if display else {})


def concept(*codings: Json, text: str | None = None) -> Json:
    """A CodeableConcept; FHIR allows no empty lists and no empty texts."""
    return ({"coding": list(codings)} if codings else {}) | ({"text": text} if text else {})


def codes_in(concepts: Sequence[Json], system: str) -> Iterator[str]:
    """The codes of one system in CodeableConcepts."""
    for each in concepts:
        for coding in each.get("coding") or []:
            if coding.get("system") == system and coding.get("code"):
                yield coding["code"]


def request_status(status: Status) -> str:
    return _REQUEST_STATUS[status]


def need_label(need: str | None) -> str | None:
    known = taxonomy().get(need) if need else None
    return known.label[Language.EN] if known else None


def category(need: str | None) -> Json:
    """The guide's SDOH category of a need, and its name where the guide has no category for it."""
    code = _CATEGORY.get(need or "", UNSPECIFIED)
    return concept(coding(SDOH, code, _DISPLAY[code]), text=need_label(need))


def needs_of_category(code: str) -> tuple[str, ...]:
    """The needs that a category of the guide may stand for; none for one that says too little."""
    return _NEEDS_OF.get(code, ())


def what_is_asked(need: str | None) -> Json:
    """ServiceRequest.code: US Core wants a procedure; ours says which need it is for."""
    codings = [coding(SNOMED, "3457005", "Patient referral")]
    label = need_label(need)
    if need and label:
        codings.append(coding(NEED, need, label))
    return concept(*codings, text=label or "Referral")


def purpose(consent_for: Purpose) -> Json:
    display = {
        Purpose.SMS: "May be texted",
        Purpose.REFERRAL: "May be referred, and what the referral says told to the partner",
        Purpose.SUBSTANCE_USE: "May be told that it is about substance use",
    }
    return coding(CONSENT_PURPOSE, consent_for.value, display[consent_for])
