"""Which check-ins follow a visit."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.checkins import plans
from directory.checkins import service as checkins
from directory.checkins.models import CheckIn, CheckInStatus
from directory.errors import Invalid
from directory.people import queries as people
from directory.people.models import Person, Purpose
from directory.quiet_hours import QuietHours
from directory.visits import queries
from directory.visits.models import CallType, FollowUp, Visit


def plan_id(session: Session, call_type: CallType, wanted: str | None) -> str:
    """The plan that was asked for, or the default of the call type (none after domestic violence).

    Raises Invalid on a plan that does not exist, or not any more.
    """
    if wanted is None:
        return plans.default_for(session, call_type)
    known = plans.known(session) | {FollowUp.NONE}
    if wanted not in known:
        raise Invalid("follow_up_unknown", "There is no such check-in plan.", allowed=sorted(known))
    return wanted


def plan(
    session: Session, visit: Visit, person: Person, *, quiet: QuietHours, now: datetime
) -> list[CheckIn]:
    """Plan what follows a visit, in place of what was planned for the person before.

    Without a clear yes to texts that is nothing, and what an earlier visit had planned ends too;
    so it does after a visit that calls for no texts, such as one for domestic violence.
    """
    agreed = people.valid_consent(session, person.id, Purpose.SMS, now=now) is not None
    texts = agreed and person.safe_to_text is True and person.opted_out_at is None
    if visit.follow_up == FollowUp.NONE or not texts:
        checkins.cancel_planned(session, person.id)
        return []
    return checkins.plan_for_visit(session, visit, quiet=quiet, now=now)


def plan_again(
    session: Session, visit: Visit, person: Person, *, quiet: QuietHours, now: datetime
) -> list[CheckIn]:
    """The same for a visit that was followed up in part: no step goes out a second time."""
    gone = {each.step for each in queries.checkins_of(session, visit.id) if _went_out(each)}
    planned = plan(session, visit, person, quiet=quiet, now=now)
    for checkin in planned:
        if checkin.step in gone:
            checkin.status, checkin.reason = CheckInStatus.CANCELLED, "sent_before"
    return [each for each in planned if each.status == CheckInStatus.PLANNED]


def _went_out(checkin: CheckIn) -> bool:
    """Also a failed one: why it failed has become a task."""
    return checkin.status in (CheckInStatus.SENT, CheckInStatus.ANSWERED, CheckInStatus.FAILED)
