"""A colleague's caseload becomes another's: people, tasks and referrals, nobody left behind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from directory.errors import Invalid, NotFound
from directory.people import queries
from directory.people import service as people
from directory.referrals import queries as referrals
from directory.staff import queries as staff
from directory.tasks import service as tasks


@dataclass(frozen=True, slots=True)
class Moved:
    """How many have another colleague now."""

    people: int
    tasks: int
    referrals: int


def hand_over(session: Session, *, from_id: str, to_id: str, by: str, now: datetime) -> Moved:
    """Move everything that still has to do with `from_id`, who may have left, to `to_id`.

    Each person's record notes it. Raises NotFound for accounts that do not exist, Invalid when
    both are the same.
    """
    if staff.by_id(session, from_id) is None or staff.active_by_id(session, to_id) is None:
        raise NotFound("staff_unknown", "There is no account with this id.")
    if from_id == to_id:
        raise Invalid("handover_to_self", "Choose another colleague to hand over to.")
    persons = queries.caseload(session, from_id)
    for person in persons:
        person.clinician_id = to_id
    moved_tasks = tasks.hand_over(session, from_id=from_id, to_id=to_id, now=now)
    moved_referrals = referrals.open_of_clinician(session, from_id)
    for referral in moved_referrals:
        referral.clinician_id = to_id
    touched = {person.id for person in persons}
    touched |= {task.person_id for task in moved_tasks if task.person_id is not None}
    touched |= {referral.person_id for referral in moved_referrals}
    for person_id in sorted(touched):
        people.audit(
            session,
            actor=by,
            action="person.handover",
            person_id=person_id,
            subject_id=to_id,
            now=now,
        )
    return Moved(len(persons), len(moved_tasks), len(moved_referrals))
