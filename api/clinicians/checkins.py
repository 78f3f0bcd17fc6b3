"""Check-ins of people, for staff."""

from api import paging
from api.clinicians import schemas
from api.clinicians.access import EVERYONE, PageSize, audit_list, router_for
from api.deps import Id, TheServices, TheStaffMember, WritingSession
from directory.checkins import queries
from directory.checkins.models import CheckIn, CheckInStatus

router = router_for(*EVERYONE)


@router.get("/checkins")
def list_checkins(
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    person_id: Id | None = None,
    status: CheckInStatus | None = None,
    cursor: str | None = None,
    limit: PageSize = 50,
) -> schemas.CheckInPage:
    """Check-ins, the earliest due first."""
    rows = queries.page(
        session,
        person_id=person_id,
        status=status,
        after=paging.decode(cursor),
        limit=limit + 1,
    )
    shown = rows[:limit]
    audit_list(
        session,
        services,
        member,
        "checkins.read",
        shown=[row.person_id for row in shown],
        asked_for=person_id,
    )
    following = paging.encode(shown[-1].due_at, shown[-1].id) if len(rows) > limit else None
    return schemas.CheckInPage(items=[_out(row) for row in shown], next=following)


def _out(row: CheckIn) -> schemas.CheckInOut:
    return schemas.CheckInOut(
        id=row.id,
        person_id=row.person_id,
        visit_id=row.visit_id,
        plan_id=row.plan_id,
        step=row.step,
        asks=row.asks,
        wording=row.wording,
        wording_version=row.wording_version,
        due_at=row.due_at,
        sent_at=row.sent_at,
        status=CheckInStatus(row.status),
        answer=row.answer,
        answered_at=row.answered_at,
    )
