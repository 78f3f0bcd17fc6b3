"""Making, moving and closing referrals. What is to be told to whom is planned with the fact."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import Conflict, Invalid, NotFound
from directory.listings import publication
from directory.listings.models import Service
from directory.measures import unmet
from directory.measures.models import Unmet
from directory.people import queries as people
from directory.people.models import Person, Purpose
from directory.referrals import notify, queries, silence
from directory.referrals.actors import Actor
from directory.referrals.models import Priority, Referral, ReferralEvent, ReferralRemark
from directory.referrals.states import ENDED, Party, Status, allowed, require_move
from directory.referrals.suggest import next_best
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

SUBSTANCE_USE = "substance_use"
USUAL_WAIT = timedelta(days=7)
# The person is asked within a day of the partner's closing it, quiet hours included.
ASK_AFTER_CLOSING = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class NewReferral:
    """What a clinician asks of a partner. `need`: why this service; by default its main need."""

    person_id: str
    service_id: str
    reason: str | None = None
    priority: Priority = Priority.ROUTINE
    need: str | None = None
    clinician_id: str | None = None
    visit_id: str | None = None
    replaces_id: str | None = None
    external_id: str | None = None
    draft: bool = False


def create(session: Session, new: NewReferral, *, actor: Actor, now: datetime) -> Referral:
    """A referral, its first line of history and everything that it sets going.

    Raises NotFound, and Invalid `referral_not_accepted` or `consent_missing`: then nothing leaves.
    """
    person = people.by_id(session, new.person_id)
    if person is None:
        raise NotFound("person_unknown", "There is no such person.")
    service = session.get(Service, new.service_id)
    if service is None:
        raise NotFound("service_unknown", "There is no such service.")
    _require_open(service)
    require_consent(session, person, service, need=new.need, now=now)
    referral = Referral(
        person_id=person.id,
        service_id=service.id,
        organization_id=service.organization_id,
        need=new.need or (service.needs[0] if service.needs else None),
        priority=new.priority,
        reason=new.reason,
        status=Status.DRAFT,
        created_by=actor.by,
        clinician_id=new.clinician_id,
        visit_id=new.visit_id,
        replaces_id=new.replaces_id,
        external_id=new.external_id,
        created_at=now,
        changed_at=now,
    )
    session.add(referral)
    session.flush()
    if new.draft:
        _note(session, referral, None, actor=actor, reason=new.reason, now=now)
    else:
        _request(session, referral, person, None, actor=actor, now=now)
    return referral


def require_consent(
    session: Session, person: Person, service: Service, *, need: str | None, now: datetime
) -> None:
    """Raise Invalid unless the person agreed to what this referral would tell."""
    for purpose in missing_consents(session, person, service, need=need, now=now):
        raise Invalid(
            "consent_missing",
            f"The person has not agreed to this ({purpose.value}), or no longer: ask first, "
            "record the consent, then refer.",
            purpose=purpose.value,
        )


def missing_consents(
    session: Session, person: Person, service: Service, *, need: str | None, now: datetime
) -> tuple[Purpose, ...]:
    """What the person has not agreed to, or no longer, of what this referral would tell."""
    purposes = [Purpose.REFERRAL]
    if _is_about_substance_use(service, need):
        purposes.append(Purpose.SUBSTANCE_USE)
    return tuple(
        purpose
        for purpose in purposes
        if people.valid_consent(session, person.id, purpose, now=now) is None
    )


def move(
    session: Session,
    referral_id: str,
    to: Status,
    *,
    actor: Actor,
    reason: str | None,
    now: datetime,
) -> Referral:
    """One step of a referral, with all that follows from it.

    Raises NotFound; Conflict where it is no move from where things stand, also when somebody
    else was a moment earlier; Invalid where a reason is missing.
    """
    referral = queries.by_id(session, referral_id, for_update=True)
    if referral is None:
        raise NotFound("referral_unknown", "There is no such referral.")
    current = Status(referral.status)
    answering = actor.party is Party.PARTNER and to in (Status.ACCEPTED, Status.REJECTED)
    if answering and current not in (Status.DRAFT, Status.REQUESTED):
        raise Conflict(
            "already_answered",
            f"This referral was answered before: it is {current.value}.",
            current=current.value,
            allowed=sorted(allowed(current, actor.party)),
        )
    require_move(current, to, actor.party, reason=reason)
    person = people.by_id(session, referral.person_id)
    if person is None:
        raise NotFound("person_unknown", "There is no such person.")
    if to is Status.REQUESTED:
        # A draft may be older than a change of mind, the person's or the partner's.
        service = session.get_one(Service, referral.service_id)
        _require_open(service)
        require_consent(session, person, service, need=referral.need, now=now)
        _request(session, referral, person, current, actor=actor, now=now)
        return referral
    referral.status, referral.changed_at = to, now
    _note(session, referral, current, actor=actor, reason=reason, now=now)
    _after(session, referral, person, to, actor=actor, reason=reason, now=now)
    return referral


def remark(
    session: Session, referral: Referral, text: str, *, actor: Actor, now: datetime
) -> ReferralRemark:
    """A question or note of the partner (staff gets a task), or staff's answer (it is told)."""
    if referral.status in ENDED:
        raise Conflict("referral_ended", "This referral has ended: nobody would read it.")
    if referral.status == Status.DRAFT:
        raise Conflict("referral_draft", "No partner knows of this draft yet: send it first.")
    written = ReferralRemark(referral_id=referral.id, by=actor.by, text=text, at=now)
    session.add(written)
    session.flush()
    if actor.party is Party.PARTNER:
        # Who writes is not silent: the clock stops until the answer.
        referral.remind_at = referral.escalate_at = None
        tasks.open_task(
            session,
            TaskKind.REFERRAL_QUESTION,
            person_id=referral.person_id,
            referral_id=referral.id,
            service_id=referral.service_id,
            assigned_to=referral.clinician_id,
            note=f"The partner writes: {text}",
            now=now,
        )
    else:
        if referral.status == Status.REQUESTED:
            silence.wait(referral, now=now)
        notify.answered(session, referral, written.id, now=now)
    return written


def withdraw_for(
    session: Session,
    person: Person,
    *,
    actor: Actor,
    now: datetime,
    only_substance_use: bool = False,
    erased: bool = False,
) -> None:
    """Consent was withdrawn: what no partner has taken up ends, the clinician hears of the rest.

    `only_substance_use`: to telling of substance use, so only referrals that do are meant.
    `erased`: nobody is left to talk to about the rest, so it ends as well.
    """
    for each in queries.open_of_person(session, person.id):
        # Whoever was a moment faster has moved it: what it is now counts.
        referral = queries.by_id(session, each.id, for_update=True)
        if referral is None or referral.status in ENDED:
            continue
        if only_substance_use and not _tells_of_substance_use(session, referral):
            continue
        if erased or referral.status in (Status.DRAFT, Status.REQUESTED):
            why = "Consent was withdrawn."
            move(session, referral.id, Status.CANCELLED, actor=actor, reason=why, now=now)
        else:
            tasks.open_task(
                session,
                TaskKind.CALL_BACK,
                person_id=person.id,
                referral_id=referral.id,
                assigned_to=referral.clinician_id,
                note="Consent to referrals was withdrawn after the partner had accepted: please "
                "talk to the person and to the partner.",
                now=now,
            )


def _is_about_substance_use(service: Service, need: str | None) -> bool:
    return SUBSTANCE_USE in (need, service.needs[0] if service.needs else None)


def _tells_of_substance_use(session: Session, referral: Referral) -> bool:
    service = session.get(Service, referral.service_id)
    return service is None or _is_about_substance_use(service, referral.need)


def _request(
    session: Session,
    referral: Referral,
    person: Person,
    was: Status | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    referral.status, referral.changed_at, referral.requested_at = Status.REQUESTED, now, now
    _note(session, referral, was, actor=actor, reason=referral.reason, now=now)
    referral.ask_at = now + _typical_wait(session, referral)
    told = notify.requested(session, referral, now=now)
    # No text says that it was passed on where nobody knows of it before somebody has called.
    if silence.begin(session, referral, told=told, now=now):
        notify.sent(session, referral, person, now=now)


def _require_open(service: Service) -> None:
    if not service.accepts_referrals or not publication.is_published(service):
        raise Invalid(
            "referral_not_accepted",
            "This service takes no referrals: give the person its number instead.",
        )


def _is_answer(to: Status, actor: Actor) -> bool:
    """Whether the partner has answered by it. What staff takes back tells only that nobody did."""
    if actor.party in (Party.RESIDENT, Party.SENDER):
        return False
    taken_back = (Status.CANCELLED, Status.FAILED, Status.ENTERED_IN_ERROR)
    return actor.party is Party.PARTNER or to not in taken_back


def _after(
    session: Session,
    referral: Referral,
    person: Person,
    to: Status,
    *,
    actor: Actor,
    reason: str | None,
    now: datetime,
) -> None:
    """What follows from a referral's having become `to`."""
    if referral.answered_at is None and _is_answer(to, actor):
        referral.answered_at = now
    silence.end(session, referral, now=now)
    if to is Status.ACCEPTED:
        referral.ask_at = now + _typical_wait(session, referral)
        notify.accepted(session, referral, person, by=actor, now=now)
    elif to is Status.ON_HOLD:
        notify.on_hold(session, referral, person, now=now)
    elif to is Status.COMPLETED:
        referral.ask_at = now + ASK_AFTER_CLOSING if referral.outcome is None else None
    elif to in (Status.REJECTED, Status.FAILED):
        referral.ask_at = None
        if to is Status.REJECTED:
            unmet.note_for_person(session, person.id, referral.need, Unmet.DECLINED, now=now)
        hand_back(session, referral, _why(to, reason), now=now)
    elif to in (Status.CANCELLED, Status.ENTERED_IN_ERROR):
        referral.ask_at = None
        notify.withdrawn(session, referral, now=now)


def hand_back(session: Session, referral: Referral, why: str, *, now: datetime) -> None:
    """It is the clinician's again, with the next best services found already."""
    referral.suggestions = next_best(session, referral, now=now)
    tasks.open_task(
        session,
        TaskKind.REFERRAL_DECLINED,
        person_id=referral.person_id,
        referral_id=referral.id,
        service_id=referral.service_id,
        assigned_to=referral.clinician_id,
        note=f"{why} {named(session, referral.suggestions)}".strip(),
        now=now,
    )


def named(session: Session, service_ids: list[str]) -> str:
    """The next best services in words, for the one who reads the task."""
    services = [session.get(Service, each) for each in service_ids]
    names = [each.name for each in services if each is not None]
    return f"Next best: {'; '.join(names)}." if names else "Nothing else is listed for this need."


def _why(to: Status, reason: str | None) -> str:
    verb = "declined" if to is Status.REJECTED else "could not help"
    return f"The partner {verb}: {reason}" if reason else f"The partner {verb}."


def _typical_wait(session: Session, referral: Referral) -> timedelta:
    service = session.get(Service, referral.service_id)
    days = service.typical_wait_days if service else None
    return timedelta(days=days) if days else USUAL_WAIT


def _note(
    session: Session,
    referral: Referral,
    was: Status | None,
    *,
    actor: Actor,
    reason: str | None,
    now: datetime,
) -> None:
    session.add(
        ReferralEvent(
            referral_id=referral.id,
            sequence=queries.last_sequence(session, referral.id) + 1,
            was=was,
            status=referral.status,
            at=now,
            by=actor.by,
            reason=reason,
        )
    )
    session.flush()
