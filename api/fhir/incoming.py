"""A referral that another system sends: a transaction Bundle, read into what we make of it. Pure.

One Bundle is one referral: a Patient with a phone, one or more Consents, a ServiceRequest and a
Task to one of our HealthcareServices. Every rule that it breaks is an Invalid with a code of its
own, and nothing is stored then.
"""

import hashlib
from dataclasses import dataclass
from datetime import tzinfo

from api.fhir import codes
from api.fhir.codes import Json
from api.fhir.incoming_consent import SentConsent, consent_of
from api.fhir.incoming_person import SentPerson, person_of
from directory.errors import Invalid
from directory.needs import taxonomy
from directory.referrals.models import Priority
from directory.referrals.service import SUBSTANCE_USE

# Who the sender's people are is the sender's: taken note of, not kept.
NOT_KEPT = frozenset({"Organization", "Practitioner", "PractitionerRole"})
_ONCE = ("Patient", "ServiceRequest", "Task")
_ORDERS = frozenset({"order", "original-order", "instance-order", "filler-order"})
LONGEST_REASON = 2000
LONGEST_IDENTIFIER = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the Bundle: its kind, what others in it call it, and what it says."""

    kind: str
    names: frozenset[str]
    resource: Json


@dataclass(frozen=True, slots=True)
class SentReferral:
    """`external_id`: the sender's own identifier, `system|value`. `kinds`: of the entries in order.

    `need`: as the sender names it in our codes; `likely_needs`: what its SDOH category may mean.
    """

    external_id: str
    person: SentPerson
    consents: tuple[SentConsent, ...]
    service_id: str
    need: str | None
    likely_needs: tuple[str, ...]
    priority: Priority
    reason: str | None
    kinds: tuple[str, ...]


def read(bundle: Json, *, base: str, zone: tzinfo) -> SentReferral:
    """What a Bundle asks for. `base`: our own FHIR address; `zone`: of dates without a time."""
    if bundle["type"] != "transaction":
        raise Invalid("transaction_expected", "Send a Bundle of the type transaction.")
    entries = [_entry(each) for each in bundle.get("entry") or []]
    patient, request, task = (_only(entries, kind) for kind in _ONCE)
    consents = [each for each in entries if each.kind == "Consent"]
    _require_order(request.resource, task.resource)
    _require_same_person(patient, request, task, consents)
    return SentReferral(
        external_id=_external_id(bundle, request, task),
        person=person_of(patient.resource),
        consents=tuple(consent_of(each.resource, zone) for each in consents),
        service_id=_service_id(request.resource, task.resource, base),
        need=_need(request.resource),
        likely_needs=_likely_needs(request.resource),
        priority=_priority(request.resource, task.resource),
        reason=_reason(request.resource, task.resource),
        kinds=tuple(each.kind for each in entries),
    )


def _entry(entry: Json) -> Entry:
    resource = entry.get("resource") or {}
    kind = str(resource.get("resourceType", ""))
    if kind not in {*_ONCE, "Consent", *NOT_KEPT}:
        raise Invalid(
            "resource_not_taken",
            "A Bundle holds a Patient, Consents, a ServiceRequest and a Task; Organization, "
            "Practitioner and PractitionerRole may come along and are not kept.",
        )
    request = entry.get("request") or {}
    if (request.get("method"), request.get("url")) != ("POST", kind):
        raise Invalid(
            "request_unfit", "Each entry has a request with method POST and its resource as url."
        )
    names = {entry.get("fullUrl")}
    if resource.get("id"):
        names.add(f"{kind}/{resource['id']}")
    return Entry(kind, frozenset(filter(None, names)), resource)


def _only(entries: list[Entry], kind: str) -> Entry:
    found = [each for each in entries if each.kind == kind]
    if len(found) != 1:
        raise Invalid("resource_missing", f"A Bundle holds exactly one {kind}.")
    return found[0]


def _require_order(request: Json, task: Json) -> None:
    if task["status"] != "requested" or request["status"] != "active":
        raise Invalid(
            "status_unfit", "Send a Task that is requested, of a ServiceRequest that is active."
        )
    if task["intent"] != "order" or request["intent"] not in _ORDERS:
        raise Invalid("intent_unfit", "Task and ServiceRequest have the intent order.")
    if codes.CONTACT_PROHIBITED in codes.codes_in(request.get("orderDetail") or [], codes.SDOH):
        raise Invalid(
            "contact_prohibited",
            "Partners here call the person. Where that is not safe, refer by phone instead.",
        )


def _require_same_person(
    patient: Entry, request: Entry, task: Entry, consents: list[Entry]
) -> None:
    """What is said of one person must not be carried out for another."""
    said = [
        (request.resource.get("subject"), patient),
        (task.resource.get("for"), patient),
        (task.resource.get("focus"), request),
        *((each.resource.get("patient"), patient) for each in consents),
    ]
    for reference, meant in said:
        if reference and reference.get("reference") not in meant.names:
            raise Invalid(
                "reference_unknown",
                f"Subject, for, focus and patient refer to the Bundle's own {meant.kind}, "
                "by its fullUrl.",
            )


def _external_id(bundle: Json, request: Entry, task: Entry) -> str:
    """By which the sender knows the referral: of the Task, the order, the Bundle, or its fullUrl.

    All of them stay the same when the same Bundle is sent again.
    """
    identifiers = [
        *(task.resource.get("identifier") or []),
        *(request.resource.get("identifier") or []),
        *([bundle["identifier"]] if bundle.get("identifier") else []),
        *({"system": codes.URI, "value": name} for name in task.names if name.startswith("urn:")),
    ]
    for each in identifiers:
        if each.get("value"):
            whole = f"{each.get('system') or ''}|{each['value']}"
            if len(whole) <= LONGEST_IDENTIFIER:
                return whole
            return f"sha256|{hashlib.sha256(whole.encode()).hexdigest()}"
    raise Invalid(
        "identifier_missing",
        "Give the Task an identifier: without one, a repeat could not be told from a second one.",
    )


def _service_id(request: Json, task: Json, base: str) -> str:
    references = [*(request.get("performer") or []), task.get("owner") or {}]
    for each in references:
        kind, _, identity = str(each.get("reference", "")).removeprefix(f"{base}/").partition("/")
        if kind == "HealthcareService" and identity:
            return identity
    raise Invalid(
        "service_missing",
        "Name the service: ServiceRequest.performer or Task.owner is one of our "
        "HealthcareServices, as HealthcareService/id.",
    )


def _need(request: Json) -> str | None:
    labels = (request.get("meta") or {}).get("security") or []
    if any(each.get("code") in codes.SUBSTANCE_USE_LABELS for each in labels):
        return SUBSTANCE_USE
    said = [request.get("code") or {}, *(request.get("category") or [])]
    for code in codes.codes_in(said, codes.NEED):
        if code not in taxonomy():
            raise Invalid("need_unknown", "This is not one of the needs: see the code system.")
        return code
    return None


def _likely_needs(request: Json) -> tuple[str, ...]:
    categories = codes.codes_in(request.get("category") or [], codes.SDOH)
    return tuple(need for code in categories for need in codes.needs_of_category(code))


def _priority(request: Json, task: Json) -> Priority:
    """Whichever of the two says that it is urgent is heard; asap and stat are urgent here."""
    said = {request.get("priority"), task.get("priority")}
    return Priority.URGENT if said - {None, "routine"} else Priority.ROUTINE


def _reason(request: Json, task: Json) -> str | None:
    said = [
        *(_text(each) for each in request.get("reasonCode") or []),
        *(each.get("text") for each in request.get("note") or []),
        task.get("description"),
        *(each.get("text") for each in task.get("note") or []),
    ]
    words = list(dict.fromkeys(each.strip() for each in said if each and each.strip()))
    reason = " ".join(words)
    if len(reason) > LONGEST_REASON:
        raise Invalid("too_long", f"Give the reason in at most {LONGEST_REASON} characters.")
    return reason or None


def _text(concept: Json) -> str | None:
    displays = [each.get("display") for each in concept.get("coding") or []]
    return concept.get("text") or next(filter(None, displays), None)
