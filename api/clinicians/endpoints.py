"""Every door of staff: visits, check-ins, tasks, people, on call. Each router names its roles."""

from fastapi import APIRouter

from api.clinicians import checkins, mandated_reports, on_call, people, staff, tasks, visits
from api.clinicians.access import EVERYONE, PageSize

__all__ = ["EVERYONE", "PageSize", "router"]

router = APIRouter()
for each in (
    visits.router,
    checkins.router,
    tasks.router,
    people.router,
    people.supervising,
    mandated_reports.router,
    on_call.router,
    on_call.supervising,
    staff.router,
):
    router.include_router(each)
