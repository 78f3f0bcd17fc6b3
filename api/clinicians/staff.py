"""Accounts, for those who are responsible for them."""

from api.clinicians import person_schemas as schemas
from api.clinicians.access import RESPONSIBLE, router_for
from api.deps import ReadingSession
from directory.staff import queries
from directory.staff.models import Role

router = router_for(*RESPONSIBLE)


@router.get("/staff")
def list_staff(session: ReadingSession) -> schemas.StaffPage:
    """Accounts that are active."""
    return schemas.StaffPage(
        items=[
            schemas.StaffOut(
                id=each.id,
                email=each.email,
                name=each.name,
                role=Role(each.role),
                has_phone=each.phone is not None,
            )
            for each in queries.everyone(session)
        ]
    )
