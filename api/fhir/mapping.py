"""A referral, its consents and its person as FHIR R4 resources. Pure: what may be said is decided.

One referral is one ServiceRequest (the order) and one Task (how far it has got), with the same id.
Profiles: SDOHCC ServiceRequest, SDOHCC Task For Referral Management, SDOHCC Consent (STU 2.3).
"""

from dataclasses import dataclass
from datetime import datetime

from api.fhir import codes
from api.fhir.codes import Json, coding, concept
from directory.languages import Language
from directory.people.models import Consent, ConsentMethod, Purpose
from directory.referrals.models import Referral
from directory.referrals.states import ENDED, Status

OURS = "Handoff"
_METHOD = {
    ConsentMethod.VERBAL: "Said by the person, written down by whom they said it to",
    ConsentMethod.WRITTEN: "Signed form",
    ConsentMethod.TEXT: "Text message of the person",
}


@dataclass(frozen=True, slots=True)
class SeenReferral:
    """A referral as one caller may see it; None is what they may not, or what there is not.

    `reason`: why the person is referred. `why`: why it has its status. `sender`: the organisation
    that has sent it, unless we did. `external_id`: the sender's own identifier.
    """

    referral: Referral
    substance_use: bool
    service_name: str | None
    organization_name: str | None
    sender: tuple[str, str] | None
    reason: str | None
    why: str | None
    outcome_reason: str | None
    external_id: str | None
    consent_ids: tuple[str, ...]
    sequence: int

    @property
    def updated_at(self) -> datetime:
        """The last change, what came of it included."""
        referral = self.referral
        return max(referral.changed_at, referral.outcome_at or referral.changed_at)

    @property
    def version(self) -> str:
        """Changes with every change; for ETag and If-Match."""
        outcome_at = self.referral.outcome_at
        return str(self.sequence) + (f"-{outcome_at.timestamp():.0f}" if outcome_at else "")


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """A person as one caller may see them."""

    id: str
    name: str | None = None
    phone: str | None = None
    language: Language | None = None
    safe_to_text: bool | None = None
    number_shared: bool | None = None


def reference(kind: str, identity: str, display: str | None = None) -> Json:
    return {"reference": f"{kind}/{identity}"} | ({"display": display} if display else {})


def ourselves(base: str) -> Json:
    """Who keeps consents and sends referrals on our side: no Organization of the directory."""
    identifier = {"system": codes.URI, "value": base}
    return {"type": "Organization", "identifier": identifier, "display": OURS}


def task(seen: SeenReferral, *, base: str) -> Json:
    """How far the referral has got. Its status is ours as it is."""
    referral = seen.referral
    resource: Json = {
        "resourceType": "Task",
        "id": referral.id,
        "meta": _meta(seen, codes.TASK_PROFILE),
        "status": referral.status,
        "intent": "order",
        "priority": referral.priority,
        "code": concept(coding(codes.TASK_CODE, "fulfill", "Fulfill the focal request")),
        "focus": reference("ServiceRequest", referral.id),
        "for": reference("Patient", referral.person_id),
        "authoredOn": instant(referral.created_at),
        "lastModified": instant(seen.updated_at),
        "requester": _requester(seen, base),
        "owner": reference("Organization", referral.organization_id, seen.organization_name),
    }
    if seen.external_id:
        resource["identifier"] = [identifier_of(seen.external_id)]
    if seen.why:
        resource["statusReason"] = {"text": seen.why}
    period = {"start": instant(referral.created_at)}
    if referral.status in ENDED:
        period["end"] = instant(referral.changed_at)
    resource["executionPeriod"] = period
    if referral.outcome:
        resource["output"] = [_output(seen)]
    return resource


def service_request(seen: SeenReferral, *, base: str) -> Json:
    """The order: for whom, for what need, to which service, and by which consent."""
    referral = seen.referral
    resource: Json = {
        "resourceType": "ServiceRequest",
        "id": referral.id,
        "meta": _meta(seen, codes.SERVICE_REQUEST_PROFILE),
        "status": codes.request_status(Status(referral.status)),
        "intent": "order",
        "category": [codes.category(referral.need)],
        "priority": referral.priority,
        "code": codes.what_is_asked(referral.need),
        "subject": reference("Patient", referral.person_id),
        "occurrencePeriod": {"start": instant(referral.created_at)},
        "authoredOn": instant(referral.created_at),
        "requester": _requester(seen, base),
        "performer": [reference("HealthcareService", referral.service_id, seen.service_name)],
    }
    if seen.external_id:
        resource["identifier"] = [identifier_of(seen.external_id)]
    if seen.reason:
        resource["reasonCode"] = [{"text": seen.reason}]
    if seen.consent_ids:
        resource["supportingInfo"] = [reference("Consent", each) for each in seen.consent_ids]
    return resource


def consent(row: Consent, *, base: str, now: datetime) -> Json:
    """One agreement (or refusal). Active while it is given, not withdrawn and not run out."""
    purpose = Purpose(row.purpose)
    method = ConsentMethod(row.method)
    provision: Json = {"type": "permit" if row.given else "deny"}
    period = {"start": instant(row.recorded_at)}
    end = min(filter(None, (row.expires_at, row.revoked_at)), default=None)
    if end is not None and end >= row.recorded_at:
        period["end"] = instant(end)
    provision["period"] = period
    # ActReason COC, coordination of care, is what a referral is; a text has no code there.
    whatfor = [codes.purpose(purpose)]
    if purpose is not Purpose.SMS:
        whatfor.append(coding(codes.ACT_REASON, "COC", "coordination of care"))
    provision["purpose"] = whatfor
    resource: Json = {
        "resourceType": "Consent",
        "id": row.id,
        "meta": {"profile": [codes.CONSENT_PROFILE], "security": [_restricted()]},
        "status": _consent_status(row, now),
        "scope": concept(coding(codes.CONSENT_SCOPE, "patient-privacy", "Privacy Consent")),
        "category": [
            concept(coding(codes.ACT_CODE, "IDSCL", "information disclosure")),
            concept(coding(codes.CONSENT_METHOD, method.value), text=_METHOD[method]),
        ],
        "patient": reference("Patient", row.person_id),
        "dateTime": instant(row.recorded_at),
        "organization": [ourselves(base)],
        # The guide wants a source; the form itself, where there is one, does not leave its place.
        "sourceAttachment": {"title": _METHOD[method]},
        "policyRule": concept(coding(codes.CONSENT_POLICY, "hipaa-auth", "HIPAA Authorization")),
        "provision": provision,
    }
    if purpose is Purpose.SUBSTANCE_USE:
        provision["securityLabel"] = [_substance_use()]
        resource["policy"] = [{"uri": codes.PART_2}]
    return resource


def patient(seen: SeenPerson) -> Json:
    """The person, as far as the caller may know them."""
    resource: Json = {
        "resourceType": "Patient",
        "id": seen.id,
        "meta": {"security": [_restricted()]},
    }
    said = ((codes.SAFE_TO_TEXT, seen.safe_to_text), (codes.NUMBER_SHARED, seen.number_shared))
    extensions = [{"url": url, "valueBoolean": value} for url, value in said if value is not None]
    if extensions:
        resource["extension"] = extensions
    if seen.name:
        resource["name"] = [{"text": seen.name}]
    if seen.phone:
        resource["telecom"] = [{"system": "phone", "value": seen.phone, "use": "mobile"}]
    if seen.language:
        spoken = concept(coding(codes.LANGUAGE, seen.language.value))
        resource["communication"] = [{"language": spoken, "preferred": True}]
    return resource


def instant(moment: datetime) -> str:
    """To the millisecond, with its offset, as FHIR's instants are."""
    return moment.isoformat(timespec="milliseconds")


def identifier_of(external_id: str) -> Json:
    """The sender's identifier, out of the form in which it is kept: `system|value`."""
    system, _, value = external_id.partition("|")
    return ({"system": system} if system else {}) | {"value": value}


def _meta(seen: SeenReferral, profile: str) -> Json:
    labels = [_restricted()] + ([_substance_use()] if seen.substance_use else [])
    return {
        "versionId": seen.version,
        "lastUpdated": instant(seen.updated_at),
        "profile": [profile],
        "security": labels,
    }


def _restricted() -> Json:
    return coding(codes.CONFIDENTIALITY, "R", "restricted")


def _substance_use() -> Json:
    return coding(codes.ACT_CODE, "ETH", "substance abuse information sensitivity")


def _requester(seen: SeenReferral, base: str) -> Json:
    return reference("Organization", *seen.sender) if seen.sender else ourselves(base)


def _output(seen: SeenReferral) -> Json:
    """What came of it, as the person says: apart from the status, which is the partner's word."""
    found = [coding(codes.OUTCOME, seen.referral.outcome or "")]
    if seen.outcome_reason:
        found.append(coding(codes.OUTCOME_REASON, seen.outcome_reason))
    label = "Whether the person received the service"
    return {
        "type": concept(coding(codes.OUTCOME, "outcome"), text=label),
        "valueCodeableConcept": concept(*found),
    }


def _consent_status(row: Consent, now: datetime) -> str:
    if not row.given:
        return "rejected"
    if row.voided_at is not None:
        return "entered-in-error"
    over = row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now)
    return "inactive" if over else "active"
