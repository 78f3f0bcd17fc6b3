"""What all doors of staff have in common: who may pass, how pages are cut, what is noted."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from api.deps import StaffRoute, require
from api.services import Services
from directory.errors import NotFound
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Person
from directory.staff.models import Role, StaffMember

EVERYONE = (Role.CLINICIAN, Role.SUPERVISOR, Role.ADMIN)
# Whose work is with residents: they alone read what residents and colleagues have written.
CLINICAL = (Role.CLINICIAN, Role.SUPERVISOR)
RESPONSIBLE = (Role.SUPERVISOR, Role.ADMIN)
PageSize = Annotated[int, Query(ge=1, le=200)]


def router_for(*roles: Role) -> APIRouter:
    """Doors that only these roles may pass."""
    return APIRouter(
        prefix="/api/v1",
        tags=["staff"],
        dependencies=[Depends(require(*roles))],
        responses={401: {}, 403: {}, 422: {}},
        route_class=StaffRoute,
    )


def reads_words(member: StaffMember) -> bool:
    """Whether this member of staff may read what residents text, and what quotes it."""
    return member.role in CLINICAL


def the_person(session: Session, person_id: str, *, for_update: bool = False) -> Person:
    """`for_update`: locked. Raises NotFound."""
    person = people.by_id(session, person_id, for_update=for_update)
    if person is None or person.erased_at is not None:
        raise NotFound("person_unknown", "There is no such person.")
    return person


def audit(
    session: Session,
    services: Services,
    member: StaffMember,
    action: str,
    *,
    person_id: str | None = None,
    subject_id: str | None = None,
) -> None:
    """Note who did what with whose record."""
    people_service.audit(
        session,
        actor=member.id,
        action=action,
        person_id=person_id,
        subject_id=subject_id,
        now=services.clock.now(),
    )


def audit_list(
    session: Session,
    services: Services,
    member: StaffMember,
    action: str,
    *,
    shown: Iterable[str | None],
    asked_for: str | None,
) -> None:
    """Note whose records a list has shown; a list that shows nobody's is noted once."""
    for person_id in sorted(set(shown) or {asked_for}, key=str):
        audit(session, services, member, action, person_id=person_id)
