"""What a Bundle sets going: the person met, their consent noted, the referral made. Once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.fhir.access import Caller, note
from api.fhir.codes import Json
from api.fhir.incoming import NOT_KEPT, SentReferral
from api.fhir.incoming_consent import SentConsent
from api.fhir.mapping import SeenReferral, instant
from api.fhir.outcomes import information
from api.interchange import queries
from directory.database import LOCKED
from directory.errors import Conflict, Invalid
from directory.listings.models import Service
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.consents import require_sensible_expiry
from directory.people.models import Consent, Person, Purpose
from directory.referrals import service as referrals
from directory.referrals.models import Referral
from directory.referrals.service import NewReferral

# How far another system's clock may be ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """`created`: false when this Bundle had been carried out before.

    `consents`: what the Bundle's Consents became, entry by entry; empty when nothing was made.
    """

    referral: Referral
    consents: tuple[Consent, ...]
    created: bool


def carry_out(session: Session, caller: Caller, sent: SentReferral, *, now: datetime) -> CarriedOut:
    """Make what was sent, or find what it has made before.

    Raises Invalid (`consent_missing`, `date_unfit`, `expires_at_implausible`, `service_unknown`,
    `referral_not_accepted`) and Conflict (`identifier_reused`): then the transaction is to be
    rolled back, and nothing is stored.
    """
    earlier = _earlier(session, caller, sent)
    if earlier is not None:
        return CarriedOut(earlier, (), created=False)
    service = session.get(Service, sent.service_id)
    if service is None:
        raise Invalid("service_unknown", "There is no such HealthcareService here.")
    _require_consents(sent.consents, now)
    person = people_service.find_or_create(session, sent.person.phone, now=now)
    # Sent twice at once: the second waits here for the first, and then finds what it made.
    session.refresh(person, with_for_update=LOCKED)
    earlier = _earlier(session, caller, sent)
    if earlier is not None:
        return CarriedOut(earlier, (), created=False)
    # What we know from the person goes before what a third party says of them.
    person.name = person.name or sent.person.name
    person.language = person.language or sent.person.language
    consents = tuple(_record(session, caller, person, each, now) for each in sent.consents)
    session.flush()
    referral = referrals.create(
        session,
        NewReferral(
            person_id=person.id,
            service_id=service.id,
            reason=sent.reason,
            priority=sent.priority,
            need=_need(sent, service),
            clinician_id=caller.actor.id if caller.is_staff else None,
            external_id=sent.external_id,
        ),
        actor=caller.as_sender,
        now=now,
    )
    note(session, caller, "referral.create", person.id, referral.id, now=now)
    return CarriedOut(referral, consents, created=True)


def response_bundle(
    done: CarriedOut, sent: SentReferral, seen: SeenReferral, *, now: datetime
) -> Json:
    """The transaction-response: for each entry, in their order, where it is to be found."""
    # Of a Bundle sent before, the Consents are those that the referral stands on.
    consents = iter([each.id for each in done.consents] if done.created else seen.consent_ids)
    referral = seen.referral
    identities = {"Patient": referral.person_id, "ServiceRequest": referral.id, "Task": referral.id}
    entries = []
    for kind in sent.kinds:
        identity = next(consents, None) if kind == "Consent" else identities.get(kind)
        status = "201 Created" if done.created and identity else "200 OK"
        response: Json = {"status": status, "lastModified": instant(seen.updated_at)}
        if identity:
            response["location"] = f"{kind}/{identity}"
        if kind in ("Task", "ServiceRequest"):
            response["etag"] = f'W/"{seen.version}"'
        if kind in NOT_KEPT:
            response["outcome"] = information("not_kept", f"{kind} was read and is not kept.")
        entries.append({"response": response})
    return {
        "resourceType": "Bundle",
        "type": "transaction-response",
        "timestamp": instant(now),
        "entry": entries,
    }


def _earlier(session: Session, caller: Caller, sent: SentReferral) -> Referral | None:
    referral = queries.sent_before(session, caller.scope, sent.external_id)
    if referral is None:
        return None
    person = people.by_id(session, referral.person_id)
    same_person = person is not None and person.phone == sent.person.phone
    if not same_person or referral.service_id != sent.service_id:
        raise Conflict(
            "identifier_reused",
            "This identifier stands for another referral that you have sent: take a new one.",
        )
    return referral


def _require_consents(consents: tuple[SentConsent, ...], now: datetime) -> None:
    for each in consents:
        # Dated ahead, it would outlive whatever the person says until then.
        if each.given_at is not None and each.given_at > now + CLOCKS_DIFFER:
            raise Invalid(
                "date_unfit", "The dateTime of the Consent lies ahead: send when it was given."
            )
    for each in consents:
        if Purpose.REFERRAL in each.purposes and _stands(each, now):
            return
    raise Invalid(
        "consent_missing",
        "The Bundle needs an active Consent of the person to this referral: ask first, then refer.",
        purpose=Purpose.REFERRAL.value,
    )


def _stands(consent: SentConsent, now: datetime) -> bool:
    return consent.stands and (consent.expires_at is None or consent.expires_at > now)


def _record(
    session: Session, caller: Caller, person: Person, sent: SentConsent, now: datetime
) -> Consent:
    """Note what the person said, as of when they said it; the first of its purposes is returned.

    Raises Invalid `consent_missing` when it no longer stands, or they took it back since;
    `expires_at_implausible` when its end is a slip of the pen.
    """
    given_at = min(sent.given_at, now) if sent.given_at else None
    recorded = []
    for purpose in sorted(sent.purposes):
        withdrawn = _withdrawn_since(session, person, purpose, given_at)
        if withdrawn or not _stands(sent, now):
            raise Invalid(
                "consent_missing",
                f"The person has not agreed to this ({purpose.value}), or no longer: ask again, "
                "and send the new Consent with its dateTime.",
                purpose=purpose.value,
            )
        require_sensible_expiry(sent.expires_at, now=now)
        recorded.append(
            people_service.record_consent(
                session,
                person,
                purpose,
                given=True,
                method=sent.method,
                by=caller.actor.id,
                now=given_at or now,
                expires_at=sent.expires_at,
            )
        )
    return recorded[0]


def _withdrawn_since(
    session: Session, person: Person, purpose: Purpose, given_at: datetime | None
) -> bool:
    """Whether they said no after `given_at`; without a date, whether they ever did."""
    said = [
        each
        for each in people.consents_of(session, person.id)
        if each.purpose == purpose and each.voided_at is None
    ]
    noes = [each.recorded_at for each in said if not each.given]
    noes += [each.revoked_at for each in said if each.revoked_at is not None]
    return any(given_at is None or no > given_at for no in noes)


def _need(sent: SentReferral, service: Service) -> str | None:
    """As the sender named it; else what of its category this service is there for."""
    likely = (need for need in sent.likely_needs if need in service.needs)
    return sent.need or next(likely, None)
