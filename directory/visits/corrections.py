"""Visits put right: corrected, or voided when they should never have been logged."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from directory.checkins import service as checkins
from directory.checkins.models import CheckIn, CheckInStatus
from directory.errors import Conflict
from directory.messages import inbox
from directory.people import queries as people
from directory.people.models import Person
from directory.quiet_hours import QuietHours
from directory.staff import queries as staff
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from directory.visits import follow_up as following
from directory.visits import queries, replaced
from directory.visits.models import CallType, Visit
from directory.visits.service import require_plausible

VISIT_VOIDED = "visit_voided"


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong; None stays as it is. An empty `disposition` removes it.

    `follow_up`: what is to be planned, also where that is what the visit has already. None: as the
    visit has it, where that was chosen; where it was the usual plan, or the visit becomes one for
    domestic violence, what is usual for the call type.
    """

    call_type: CallType | None = None
    occurred_at: datetime | None = None
    follow_up: str | None = None
    disposition: str | None = None


def correct(
    session: Session, visit: Visit, correction: Correction, *, quiet: QuietHours, now: datetime
) -> None:
    """Put a visit right; its check-ins that have not gone out are planned anew.

    Raises Conflict for a voided visit, Invalid as for a new one.
    """
    person = _locked(session, visit)
    _require_standing(visit)
    before = _planned_by(visit)
    if correction.occurred_at is not None:
        require_plausible(correction.occurred_at, now=now)
        visit.occurred_at = correction.occurred_at
    visit.follow_up = _follow_up(session, visit, correction)
    if correction.call_type is not None:
        visit.call_type = correction.call_type
    if correction.disposition is not None:
        visit.disposition = correction.disposition or None
    visit.corrected_at = now
    session.flush()
    standing = queries.standing_of(session, visit.person_id)
    # What an earlier visit had planned, the last one has replaced.
    if standing[0].id == visit.id and before != _planned_by(visit):
        following.plan_again(session, visit, person, quiet=quiet, now=now)


def _planned_by(visit: Visit) -> tuple[object, ...]:
    """What its check-ins are planned by: after domestic violence they ask first, unsigned."""
    violence = visit.call_type == CallType.DOMESTIC_VIOLENCE
    return visit.occurred_at, visit.follow_up, violence


def _follow_up(session: Session, visit: Visit, correction: Correction) -> str:
    """What the clinician chose stays, unless it turns out to have been domestic violence: then
    only what is asked for now goes out."""
    old, new = CallType(visit.call_type), correction.call_type or CallType(visit.call_type)
    if correction.follow_up is not None:
        if correction.follow_up == visit.follow_up:
            return visit.follow_up  # also a plan that no new visit may take any more
        return following.plan_id(session, new, correction.follow_up)
    usual = visit.follow_up == following.plan_id(session, old, None)
    if new is not old and (usual or new is CallType.DOMESTIC_VIOLENCE):
        return following.plan_id(session, new, None)
    return visit.follow_up


def void(
    session: Session, visit: Visit, *, reason: str, by: str, quiet: QuietHours, now: datetime
) -> None:
    """It never was: its check-ins end, what was said on it does not count.

    What it had replaced is planned again, and stands with the person again. Raises Conflict when
    it is voided already.
    """
    person = _locked(session, visit)
    _require_standing(visit)
    counted = queries.standing_of(session, person.id)
    place = counted.index(visit)
    later, earlier = counted[:place][::-1], counted[place + 1 :]
    visit.voided_at, visit.voided_by, visit.void_reason = now, by, reason
    for consent in people.consents_of_visit(session, visit.id):
        consent.voided_at = now
    for checkin in queries.checkins_of(session, visit.id):
        _end(checkin)
    session.flush()
    _forget(session, person, visit, later=later, earlier=earlier, now=now)
    if not later and earlier:
        following.plan_again(session, earlier[0], person, quiet=quiet, now=now)


def _end(checkin: CheckIn) -> None:
    """Also where the person was only asked whether it is a good time: a yes would bring it."""
    asking = checkin.status == CheckInStatus.SENT and checkins.waits_for_safety(checkin)
    if checkin.status == CheckInStatus.PLANNED or asking:
        checkin.status, checkin.reason = CheckInStatus.CANCELLED, VISIT_VOIDED


def _forget(
    session: Session,
    person: Person,
    visit: Visit,
    *,
    later: list[Visit],
    earlier: list[Visit],
    now: datetime,
) -> None:
    """What only this visit said of the person goes with it, and never makes us bolder."""
    if person.erased_at is not None:
        return
    standing = later[::-1] + earlier
    if person.safe_to_text is True:
        person.safe_to_text = standing[0].safe_to_text if standing else None
    whose = person.clinician_id
    if visit.replaced is None:
        _forget_unknown(session, person, visit, earlier=earlier, standing=standing, now=now)
    heard = inbox.texted_since(session, person.id, visit.created_at)
    replaced.put_back(person, visit, later, others=bool(standing), heard=heard)
    if whose is not None and person.clinician_id is None:
        _give_to_next(session, person, standing[::-1])


def _forget_unknown(
    session: Session,
    person: Person,
    visit: Visit,
    *,
    earlier: list[Visit],
    standing: list[Visit],
    now: datetime,
) -> None:
    """For a visit that did not keep what it replaced: what may be its word is not said to whoever
    has the phone, and a person looks."""
    # Only the first visit can have put the person into a caseload.
    if not earlier and person.clinician_id == visit.clinician_id:
        person.clinician_id = None
    if not standing:
        person.name = person.code_word = None
        return
    person.number_shared = True
    tasks.open_task(session, TaskKind.CALL_BACK, person_id=person.id, note=_LOOK, now=now)


_LOOK = (
    "A visit was voided that may have changed what we know of this person. Texts name nobody until "
    "somebody has looked: are the name, the language and the code word theirs?"
)


def _give_to_next(session: Session, person: Person, standing: list[Visit]) -> None:
    """To who logged the first visit that stands and still works here."""
    for visit in standing:
        if staff.active_by_id(session, visit.clinician_id) is not None:
            person.clinician_id = visit.clinician_id
            replaced.add(visit, replaced.CLINICIAN, None, visit.clinician_id)
            return


def _locked(session: Session, visit: Visit) -> Person:
    """The person, and the visit read anew: two corrections at once follow one another."""
    person = people.by_id(session, visit.person_id, for_update=True)
    assert person is not None  # noqa: S101  # a foreign key says so
    session.refresh(visit)
    return person


def _require_standing(visit: Visit) -> None:
    if visit.voided_at is not None:
        raise Conflict(VISIT_VOIDED, "This visit was voided: log it anew.")
