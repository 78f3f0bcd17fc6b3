"""The CapabilityStatement: what these doors can do, in FHIR's own words. Pure.

It stands for the OpenAPI description here: FHIR's resources are a language of their own, larger
than the whole rest of the product, and every FHIR client reads this instead.
"""

from datetime import datetime

from api.fhir import codes
from api.fhir.codes import Json
from api.fhir.mapping import OURS, instant
from api.fhir.outcomes import FHIR_JSON
from api.fhir.search import PARAMETERS
from directory.needs import taxonomy

FHIR_VERSION = "4.0.1"
GUIDE = "http://hl7.org/fhir/us/sdoh-clinicalcare/ImplementationGuide/hl7.fhir.us.sdoh-clinicalcare"
_TYPE = {"status": "token", "_lastUpdated": "date", "patient": "reference"}
_SECURITY = (
    "Staff: a bearer token. A system of an organisation: its key as X-API-Key; it sees what was "
    "sent to it and what it has sent itself."
)


def capability_statement(base: str, version: str, now: datetime) -> Json:
    """For `GET /fhir/metadata`. `version`: of the software."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(now),
        "kind": "instance",
        "software": {"name": OURS, "version": version},
        "implementation": {"description": "Referrals to community partners", "url": base},
        "fhirVersion": FHIR_VERSION,
        "format": [FHIR_JSON, "json"],
        "patchFormat": ["application/json-patch+json"],
        "implementationGuide": [GUIDE],
        "rest": [
            {
                "mode": "server",
                "security": {"description": _SECURITY},
                "resource": [
                    _task(),
                    _resource("ServiceRequest", codes.SERVICE_REQUEST_PROFILE),
                    _resource("Consent", codes.CONSENT_PROFILE),
                    _resource("Patient"),
                    _resource("Organization"),
                    _resource("HealthcareService"),
                ],
                "interaction": [
                    {
                        "code": "transaction",
                        "documentation": "One referral: a Patient with a phone, Consents, a "
                        "ServiceRequest and a Task to a HealthcareService of ours. The same "
                        "identifier again is the same referral.",
                    }
                ],
            }
        ],
    }


def need_codes() -> Json:
    """Our code system of needs, so that a sender can name one."""
    labels = [(need, codes.need_label(need)) for need in taxonomy()]
    return {
        "resourceType": "CodeSystem",
        "id": "need",
        "url": codes.NEED,
        "name": "HandoffNeed",
        "status": "active",
        "content": "complete",
        "concept": [{"code": code, "display": label} for code, label in labels],
    }


def _task() -> Json:
    resource = _resource("Task", codes.TASK_PROFILE)
    resource["interaction"] += [{"code": each} for each in ("update", "patch", "search-type")]
    resource["versioning"] = "versioned"
    resource["searchParam"] = [
        {"name": name, "type": _TYPE[name]} for name in PARAMETERS if name in _TYPE
    ]
    return resource


def _resource(kind: str, *profiles: str) -> Json:
    profile = {"supportedProfile": list(profiles)} if profiles else {}
    return {"type": kind, **profile, "interaction": [{"code": "read"}]}
