"""The doors at /fhir. What is shown or changed of a person is noted in the audit trail."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request
from sqlalchemy.orm import Session

from api import paging
from api.deps import ReadingSession, TheServices, WritingSession
from api.fhir import access, capability, listings, mapping, moves, resources, task_changes
from api.fhir.access import Caller, note
from api.fhir.codes import Json
from api.fhir.credentials import TheCaller, get_caller
from api.fhir.documents import Document, fhir_is_acceptable
from api.fhir.incoming import SentReferral, read
from api.fhir.mapping import SeenReferral
from api.fhir.outcomes import FhirResponse
from api.fhir.search import search_bundle, task_search
from api.fhir.transaction import carry_out, response_bundle
from api.interchange import queries
from api.services import Services
from directory.errors import NotFound, PreconditionFailed
from directory.listings import queries as listing_queries
from directory.listings.models import Organization
from directory.listings.publication import is_published
from directory.version import VERSION

router = APIRouter(default_response_class=FhirResponse, dependencies=[Depends(fhir_is_acceptable)])
closed = APIRouter(dependencies=[Depends(get_caller)])
_ID = re.compile(r"[0-9A-Za-z-]{1,36}")
IfMatch = Annotated[str | None, Header()]


def fhir_id(identity: Annotated[str, Path()]) -> str:
    """What no id of ours looks like is unknown, not malformed."""
    if not _ID.fullmatch(identity):
        raise NotFound("not_found", "There is nothing with this id.")
    return identity


Identity = Annotated[str, Depends(fhir_id)]


def base_of(services: Services) -> str:
    """Our FHIR address, as it stands in links and references."""
    return f"{services.settings.base_url.rstrip('/')}/fhir"


@router.get("/metadata")
def read_capabilities(services: TheServices) -> FhirResponse:
    now = services.clock.now()
    return FhirResponse(capability.capability_statement(base_of(services), VERSION, now))


@router.get("/CodeSystem/need")
def read_need_codes() -> FhirResponse:
    return FhirResponse(capability.need_codes())


@closed.get("/Task")
def search_tasks(
    request: Request, session: WritingSession, services: TheServices, caller: TheCaller
) -> FhirResponse:
    """Referrals by status, last change and patient; the oldest first."""
    now, base = services.clock.now(), base_of(services)
    search = task_search(request.query_params.multi_items(), services.quiet.zone)
    rows = queries.page(
        session, caller.scope, search.wanted, after=search.after, limit=search.count + 1
    )
    page = rows[: search.count]
    seen = access.seen_referrals(session, caller, page, now)
    for person_id in sorted({each.referral.person_id for each in seen}):
        note(session, caller, "task.search", person_id, None, now=now)
    more = len(rows) > len(page)
    following = paging.encode(page[-1].created_at, page[-1].id) if more else None
    tasks = [mapping.task(each, base=base) for each in seen]
    return FhirResponse(search_bundle(search, tasks, base=base, following=following, now=now))


@closed.get("/Task/{identity}")
def read_task(
    identity: Identity, session: WritingSession, services: TheServices, caller: TheCaller
) -> FhirResponse:
    seen = _read_referral(session, services, caller, identity, "task.read")
    return _versioned(mapping.task(seen, base=base_of(services)), seen)


@closed.get("/ServiceRequest/{identity}")
def read_service_request(
    identity: Identity, session: WritingSession, services: TheServices, caller: TheCaller
) -> FhirResponse:
    seen = _read_referral(session, services, caller, identity, "servicerequest.read")
    return _versioned(mapping.service_request(seen, base=base_of(services)), seen)


@closed.get("/Consent/{identity}")
def read_consent(
    identity: Identity, session: WritingSession, services: TheServices, caller: TheCaller
) -> FhirResponse:
    now = services.clock.now()
    consent = access.seen_consent(session, caller, identity, now)
    note(session, caller, "consent.read", consent.person_id, consent.id, now=now)
    return FhirResponse(mapping.consent(consent, base=base_of(services), now=now))


@closed.get("/Patient/{identity}")
def read_patient(
    identity: Identity, session: WritingSession, services: TheServices, caller: TheCaller
) -> FhirResponse:
    now = services.clock.now()
    seen = access.seen_person(session, caller, identity, now)
    note(session, caller, "patient.read", seen.id, None, now=now)
    return FhirResponse(mapping.patient(seen))


@closed.get("/Organization/{identity}")
def read_organization(
    identity: Identity, session: ReadingSession, caller: TheCaller
) -> FhirResponse:
    """One with a published service, or the caller's own."""
    found = session.get(Organization, identity)
    known = found is not None and (
        found.id == caller.scope.organization_id or any(map(is_published, found.services))
    )
    if found is None or not known:
        raise NotFound("organization_unknown", "There is no such organisation.")
    return FhirResponse(listings.organization(found))


@closed.get("/HealthcareService/{identity}")
def read_healthcare_service(identity: Identity, session: ReadingSession) -> FhirResponse:
    found = listing_queries.service_by_id(session, identity)
    if found is None or not is_published(found):
        raise NotFound("service_unknown", "There is no such service.")
    return FhirResponse(listings.healthcare_service(found))


def get_sent(document: Document, services: TheServices) -> SentReferral:
    """What the Bundle asks for; read before the database is held, for a large one takes a while."""
    bundle = resources.checked(document, "Bundle")
    return read(bundle, base=base_of(services), zone=services.quiet.zone)


@closed.post("/")
def carry_out_transaction(
    sent: Annotated[SentReferral, Depends(get_sent)],
    session: WritingSession,
    services: TheServices,
    caller: TheCaller,
) -> FhirResponse:
    """One referral, from outside. Either all of it is stored, or nothing."""
    now = services.clock.now()
    done = carry_out(session, caller, sent, now=now)
    seen = access.seen_referral(session, caller, done.referral.id, now)
    return FhirResponse(response_bundle(done, sent, seen, now=now))


@closed.put("/Task/{identity}")
def put_task(
    identity: Identity,
    document: Document,
    session: WritingSession,
    services: TheServices,
    caller: TheCaller,
    if_match: IfMatch = None,
) -> FhirResponse:
    """Move a referral: the Task's status and the reason of it; nothing else of it changes."""
    seen = _current(session, services, caller, identity, if_match)
    change = task_changes.from_put(document, mapping.task(seen, base=base_of(services)))
    return _changed(session, services, caller, seen, change)


@closed.patch("/Task/{identity}")
def patch_task(
    identity: Identity,
    document: Document,
    session: WritingSession,
    services: TheServices,
    caller: TheCaller,
    if_match: IfMatch = None,
) -> FhirResponse:
    """The same by a JSON Patch of /status and /statusReason."""
    seen = _current(session, services, caller, identity, if_match)
    change = task_changes.from_patch(document, mapping.task(seen, base=base_of(services)))
    return _changed(session, services, caller, seen, change)


router.include_router(closed)


def _read_referral(
    session: Session, services: Services, caller: Caller, identity: str, action: str
) -> SeenReferral:
    now = services.clock.now()
    seen = access.seen_referral(session, caller, identity, now)
    note(session, caller, action, seen.referral.person_id, seen.referral.id, now=now)
    return seen


def _current(
    session: Session, services: Services, caller: Caller, identity: str, if_match: str | None
) -> SeenReferral:
    """As it is now, locked. Raises PreconditionFailed when the caller has read another version."""
    seen = access.seen_referral(session, caller, identity, services.clock.now(), for_update=True)
    if if_match is not None and if_match.strip().removeprefix("W/") not in (
        "*",
        f'"{seen.version}"',
    ):
        raise PreconditionFailed("stale", "The Task has changed since you read it: read it again.")
    return seen


def _changed(
    session: Session,
    services: Services,
    caller: Caller,
    seen: SeenReferral,
    change: task_changes.TaskChange,
) -> FhirResponse:
    now = services.clock.now()
    moves.move(session, caller, seen.referral, change, now=now)
    note(session, caller, "task.update", seen.referral.person_id, seen.referral.id, now=now)
    after = access.seen_referral(session, caller, seen.referral.id, now)
    return _versioned(mapping.task(after, base=base_of(services)), after)


def _versioned(resource: Json, seen: SeenReferral) -> FhirResponse:
    return FhirResponse(resource, headers={"ETag": f'W/"{seen.version}"'})
