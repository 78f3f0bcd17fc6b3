"""What else is known of a number that texts: looked at once, so that only what is there is read.

Most who text have no visit, no referral and no office; for them this is the one question that is
asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn, CheckInStatus
from directory.notices.models import Notice, NoticeStatus
from directory.partners.models import PartnerContact
from directory.people.models import Person
from directory.referrals.models import Referral
from directory.staff.models import StaffMember
from directory.tasks.models import Task, TaskKind
from directory.tasks.queries import WAITING
from directory.visits.models import CallType, Visit

_ASKED = select(
    exists().where(
        StaffMember.phone_index == bindparam("number"), StaffMember.removed_at.is_(None)
    ),
    exists().where(
        PartnerContact.address_index == bindparam("number"), PartnerContact.removed_at.is_(None)
    ),
    exists().where(
        CheckIn.person_id == bindparam("person"),
        or_(
            CheckIn.status == CheckInStatus.SENT,
            and_(CheckIn.status == CheckInStatus.CANCELLED, CheckIn.sent_at.is_not(None)),
        ),
    ),
    exists().where(Notice.person_id == bindparam("person"), Notice.status == NoticeStatus.SENT),
    exists().where(Referral.person_id == bindparam("person")),
    exists().where(
        Visit.person_id == bindparam("person"),
        Visit.call_type == CallType.DOMESTIC_VIOLENCE,
        Visit.voided_at.is_(None),
    ),
    exists().where(
        Task.person_id == bindparam("person"),
        Task.kind == TaskKind.CALL_BACK,
        or_(Task.status.in_(WAITING), Task.done_at >= bindparam("lately")),
    ),
)
# How long after a call was made, or noted as made, "nobody called me" may still be about it.
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ties:
    """Whether there is any: a member of staff or a contact of a partner with this number; a
    check-in (also one that was ended since) or a notice that the person has got and not answered;
    a referral; a visit for domestic violence; a call that staff is to make, or was to lately."""

    staff: bool
    contact: bool
    checkin: bool
    notice: bool
    referral: bool
    violence: bool
    call: bool


def ties_of(session: Session, person: Person, *, now: datetime) -> Ties:
    about = {"number": person.phone_index, "person": person.id, "lately": now - LATELY}
    return Ties(*session.execute(_ASKED, about).one())
