"""Wordings of check-ins: written by one person, approved by another."""

from fastapi import APIRouter, Depends

from api import paging
from api.checkins.schemas import (
    BrokenRule,
    CheckedPreview,
    Preview,
    WordingBody,
    WordingKey,
    WordingOut,
    WordingPage,
)
from api.clinicians.access import EVERYONE, PageSize
from api.deps import (
    Id,
    ReadingSession,
    StaffRoute,
    TheServices,
    TheStaffMember,
    WritingSession,
    require,
)
from bot.checkin_texts import gsm7_segments, preview
from directory.languages import Language
from directory.staff.models import Role
from directory.wordings import queries
from directory.wordings import service as wordings
from directory.wordings.models import Wording, WordingStatus
from directory.wordings.service import Draft

router = APIRouter(
    prefix="/api/v1/wordings",
    tags=["wordings"],
    dependencies=[Depends(require(*EVERYONE))],
    responses={401: {}, 403: {}, 422: {}},
    route_class=StaffRoute,
)


@router.get("")
def list_wordings(
    session: ReadingSession,
    key: WordingKey | None = None,
    language: Language | None = None,
    status: WordingStatus | None = None,
    cursor: str | None = None,
    limit: PageSize = 50,
) -> WordingPage:
    """Versions in the order in which they were written."""
    rows = queries.page(
        session,
        key=key,
        language=language,
        status=status,
        after=paging.decode(cursor),
        limit=limit + 1,
    )
    following = (
        paging.encode(rows[limit - 1].created_at, rows[limit - 1].id) if len(rows) > limit else None
    )
    return WordingPage(items=[_out(row) for row in rows[:limit]], next=following)


@router.post("", status_code=201, responses={409: {}})
def create_wording(
    body: WordingBody, session: WritingSession, services: TheServices, member: TheStaffMember
) -> WordingOut:
    """Keep a draft. It goes out once somebody else has approved it."""
    draft = Draft(body.key, body.language, body.text)
    wording = wordings.save(
        session, draft, count_segments=gsm7_segments, by=member.id, now=services.clock.now()
    )
    return _out(wording)


@router.post("/preview")
def preview_wording(body: WordingBody, session: ReadingSession) -> CheckedPreview:
    """How a text looks on a phone and what would be refused; nothing is kept."""
    draft = Draft(body.key, body.language, body.text)
    broken = wordings.broken_rules(session, draft, count_segments=gsm7_segments)
    return CheckedPreview(
        **_preview(body.text, body.language).model_dump(),
        broken=[BrokenRule(code=each.code, why=each.why) for each in broken],
    )


@router.post(
    "/{wording_id}/approve",
    dependencies=[Depends(require(Role.SUPERVISOR, Role.ADMIN))],
    responses={404: {}, 409: {}},
)
def approve_wording(
    wording_id: Id, session: WritingSession, services: TheServices, member: TheStaffMember
) -> WordingOut:
    """Let a colleague's draft go out from now on; the version before it is retired."""
    wording = wordings.approve(
        session,
        wording_id,
        count_segments=gsm7_segments,
        by=member.id,
        now=services.clock.now(),
    )
    return _out(wording)


def _out(row: Wording) -> WordingOut:
    language = Language(row.language)
    return WordingOut(
        id=row.id,
        key=row.key,
        language=language,
        version=row.version,
        text=row.text,
        status=WordingStatus(row.status),
        created_by=row.created_by,
        created_at=row.created_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        preview=_preview(row.text, language),
    )


def _preview(text: str, language: Language) -> Preview:
    seen = preview(text, language)
    return Preview(
        shown=seen.shown,
        without_names=seen.without_names,
        characters=len(seen.shown),
        segments=seen.segments,
    )
