"""The audit log: who did or read what, and when. To look at it is noted as well."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from api import paging
from api.clinicians.access import audit
from api.console.access import RESPONSIBLE, TheVisitor, console_router, draw
from api.deps import TheServices, WritingSession
from directory.people import queries
from directory.staff import queries as staff

router = console_router("/audit", *RESPONSIBLE)
PAGE_SIZE = 100
IdOrNothing = Annotated[str, Query(pattern=r"^[0-9A-Za-z:.-]{0,60}$")]


@router.get("")
def entries(  # the filters of the list
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    actor: IdOrNothing = "",
    action: Annotated[str, Query(pattern=r"^[a-z_.-]{0,60}$")] = "",
    person: IdOrNothing = "",
    cursor: str | None = None,
) -> HTMLResponse:
    found = queries.audit_page(
        session,
        actor=actor or None,
        action=action or None,
        person_id=person or None,
        after=paging.decode(cursor),
        limit=PAGE_SIZE + 1,
    )
    shown = found[:PAGE_SIZE]
    following = paging.encode(shown[-1].at, shown[-1].id) if len(found) > PAGE_SIZE else None
    audit(session, services, visitor.member, "audit.read", person_id=person or None)
    return draw(
        request,
        visitor,
        "audit/audit.html",
        entries_shown=shown,
        following=following,
        actor=actor,
        action=action,
        person=person,
        actions=queries.audit_actions(session),
        members=staff.everyone(session),
        names={each.id: each.name or each.email for each in staff.everyone(session)},
    )
