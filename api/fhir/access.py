"""Who asks, and what of a referral and its person they may see.

Staff sees every referral. An organisation (by one of its keys) sees what was sent to it, and of
the person what `directory.referrals.disclosure` gives a partner, and what it has sent itself: of
that person only the number that it sent. What is about substance use leaves for nobody without
the person's consent to exactly that (42 CFR Part 2). What is not theirs to know does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from api.fhir.mapping import SeenPerson, SeenReferral
from api.interchange import queries
from api.interchange.queries import Scope, Wanted
from directory.errors import NotFound
from directory.languages import Language
from directory.listings.models import Organization, Service
from directory.partners.models import PartnerKey
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Consent, Person, Purpose
from directory.referrals import actors
from directory.referrals import queries as referrals
from directory.referrals.actors import Actor
from directory.referrals.disclosure import to_partner
from directory.referrals.models import Referral, ReferralEvent
from directory.referrals.service import SUBSTANCE_USE
from directory.referrals.states import UNSEEN, Party
from directory.staff.models import StaffMember

MOST_OF_ONE_PERSON = 500
_FOR_REFERRALS = (Purpose.REFERRAL, Purpose.SUBSTANCE_USE)


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of staff, or a system of an organisation. `actor`: as histories name them."""

    actor: Actor
    scope: Scope

    @property
    def is_staff(self) -> bool:
        return self.scope.organization_id is None

    @property
    def as_sender(self) -> Actor:
        """Who sends and takes back: a key in another part than when it answers for its own.

        Histories tell the two apart, so that a sender's reason is not taken for the partner's.
        """
        return self.actor if self.is_staff else actors.sender(self.actor.id)

    @property
    def audit_name(self) -> str:
        """As the audit trail names them: staff by its id, as everywhere."""
        return self.actor.id if self.is_staff else self.actor.by


def of_staff(member: StaffMember) -> Caller:
    return Caller(actors.staff(member.id), Scope())


def of_key(session: Session, key: PartnerKey) -> Caller:
    names = tuple(actors.sender(each).by for each in queries.key_ids(session, key.organization_id))
    return Caller(actors.partner(key.id), Scope(key.organization_id, names))


def receives(caller: Caller, referral: Referral) -> bool:
    """Whether it was sent to the caller's organisation."""
    ours = referral.organization_id == caller.scope.organization_id
    return ours and referral.status not in UNSEEN


def sent(caller: Caller, referral: Referral) -> bool:
    """Whether the caller's organisation has sent it."""
    return referral.created_by in caller.scope.sender_names


def seen_referral(
    session: Session, caller: Caller, identity: str, now: datetime, *, for_update: bool = False
) -> SeenReferral:
    """One referral, as the caller may see it. Raises NotFound, also for what is not theirs."""
    referral = queries.one(session, caller.scope, identity)
    if referral is not None and for_update:
        referral = referrals.by_id(session, identity, for_update=True)
    seen = seen_referrals(session, caller, [referral], now) if referral else []
    if not seen:
        raise NotFound("referral_unknown", "There is no such referral.")
    return seen[0]


def seen_referrals(
    session: Session, caller: Caller, found: Sequence[Referral], now: datetime
) -> list[SeenReferral]:
    """Those of `found` that may be given out, each as far as it may."""
    histories: dict[str, list[ReferralEvent]] = {each.id: [] for each in found}
    for event in referrals.histories(session, list(histories)):
        histories[event.referral_id].append(event)
    senders = _senders(session, found)
    every = (_seen(session, caller, each, histories[each.id], senders, now) for each in found)
    return [each for each in every if each is not None]


def seen_person(session: Session, caller: Caller, identity: str, now: datetime) -> SeenPerson:
    """One person, as the caller may see them. Raises NotFound."""
    person = people.by_id(session, identity)
    seen = _seen_person(session, caller, person, now) if person else None
    if seen is None:
        raise NotFound("person_unknown", "There is no such person.")
    return seen


def seen_consent(session: Session, caller: Caller, identity: str, now: datetime) -> Consent:
    """One consent: of staff any, else one that a referral of theirs stands on. Raises NotFound."""
    consent = session.get(Consent, identity)
    if consent is not None and (caller.is_staff or _stands_on(session, caller, consent, now)):
        return consent
    raise NotFound("consent_unknown", "There is no such consent.")


def note(
    session: Session,
    caller: Caller,
    kind: str,
    person_id: str | None,
    subject_id: str | None,
    *,
    now: datetime,
) -> None:
    """In the audit trail: who has read (or written) whose record."""
    people_service.audit(
        session,
        actor=caller.audit_name,
        action=f"fhir.{kind}",
        person_id=person_id,
        subject_id=subject_id,
        now=now,
    )


def is_about_substance_use(need: str | None, service: Service | None) -> bool:
    """Whether the referral by itself says so. Of a service that is gone we cannot know."""
    return service is None or SUBSTANCE_USE in (need, *service.needs[:1])


def _seen(
    session: Session,
    caller: Caller,
    referral: Referral,
    history: list[ReferralEvent],
    senders: dict[str, tuple[str, str]],
    now: datetime,
) -> SeenReferral | None:
    service = session.get(Service, referral.service_id)
    about_use = is_about_substance_use(referral.need, service)
    if about_use and not _agreed(session, referral.person_id, Purpose.SUBSTANCE_USE, now):
        return None
    organization = session.get(Organization, referral.organization_id)
    last = history[-1] if history else None
    seen = SeenReferral(
        referral=referral,
        substance_use=about_use,
        service_name=service.name if service else None,
        organization_name=organization.name if organization else None,
        sender=senders.get(referral.created_by),
        reason=referral.reason,
        # The first line of a history tells why it was referred, not why it has its status.
        why=last.reason if last and len(history) > 1 else None,
        outcome_reason=referral.outcome_reason,
        external_id=referral.external_id,
        consent_ids=_consent_ids(session, caller, referral, about_use, now),
        sequence=last.sequence if last else 0,
    )
    if caller.is_staff or sent(caller, referral):
        return seen
    return _as_partner(session, seen, last, now)


def _as_partner(
    session: Session, seen: SeenReferral, last: ReferralEvent | None, now: datetime
) -> SeenReferral:
    """Before accepting, and after the end, a partner sees the minimum."""
    shared = to_partner(session, seen.referral, now=now).person
    own_words = last is not None and last.by.startswith(f"{Party.PARTNER.value}:")
    return replace(
        seen,
        reason=shared.reason if shared else None,
        why=seen.why if own_words or shared else None,
        outcome_reason=None,
        external_id=None,
    )


def _seen_person(
    session: Session, caller: Caller, person: Person, now: datetime
) -> SeenPerson | None:
    language = Language(person.language) if person.language else None
    phone = None if person.reassigned_at else person.phone
    if caller.is_staff:
        return SeenPerson(
            person.id, person.name, phone, language, person.safe_to_text, person.number_shared
        )
    theirs = queries.page(
        session, caller.scope, Wanted(person_id=person.id), limit=MOST_OF_ONE_PERSON
    )
    if not theirs:
        return None
    for referral in theirs:
        # Who sends to itself learns no name that way: of what it has sent it sees what it sent.
        if sent(caller, referral) or not receives(caller, referral):
            continue
        shared = to_partner(session, referral, now=now).person
        if shared is not None:
            return SeenPerson(
                person.id,
                shared.name,
                shared.phone,
                language,
                shared.safe_to_text,
                shared.number_shared,
            )
    return SeenPerson(person.id, phone=phone) if any(sent(caller, r) for r in theirs) else None


def _stands_on(session: Session, caller: Caller, consent: Consent, now: datetime) -> bool:
    theirs = queries.page(
        session, caller.scope, Wanted(person_id=consent.person_id), limit=MOST_OF_ONE_PERSON
    )
    seen = seen_referrals(session, caller, theirs, now)
    return any(consent.id in each.consent_ids for each in seen)


def _consent_ids(
    session: Session, caller: Caller, referral: Referral, about_use: bool, now: datetime
) -> tuple[str, ...]:
    """The consents that it stands on now; whoever sent it is told of its own only."""
    standing = [
        people.valid_consent(session, referral.person_id, purpose, now=now)
        for purpose in _FOR_REFERRALS
        if purpose is Purpose.REFERRAL or about_use
    ]
    found = [each for each in standing if each is not None]
    if sent(caller, referral):
        own = {name.partition(":")[2] for name in caller.scope.sender_names}
        found = [each for each in found if each.recorded_by in own]
    return tuple(each.id for each in found)


def _agreed(session: Session, person_id: str, purpose: Purpose, now: datetime) -> bool:
    return people.valid_consent(session, person_id, purpose, now=now) is not None


def _senders(session: Session, found: Sequence[Referral]) -> dict[str, tuple[str, str]]:
    """The organisation, id and name, behind each `created_by` that is a partner's key."""
    keys = {
        each.created_by.partition(":")[2]: each.created_by
        for each in found
        if each.created_by.startswith(f"{Party.SENDER.value}:")
    }
    senders = {}
    for key_id, organization_id in queries.organizations_of_keys(session, keys).items():
        organization = session.get(Organization, organization_id)
        if organization is not None:
            senders[keys[key_id]] = (organization.id, organization.name)
    return senders
