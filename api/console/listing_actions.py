"""What staff does with one listing: confirm it, have it asked, take it away, say what is wrong."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import Form, Request, Response
from pydantic import AwareDatetime, BaseModel, StringConstraints
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console import once
from api.console.access import EVERYONE, RESPONSIBLE, TheVisitor, Visitor, back_to, console_router
from api.console.listings import PAGE, After, page
from api.deps import Id, TheServices, WritingSession
from api.services import Services
from api.web.forms import Lines
from directory.errors import HandoffError, Invalid, NotFound
from directory.freshness import reports
from directory.freshness import service as freshness
from directory.freshness.models import Reported
from directory.listings import edit_queries as queries
from directory.listings import notices, staff_queries
from directory.listings.change_models import ListingChange
from directory.listings.edit_parse import parsed
from directory.listings.models import Service
from directory.referrals import actors

reading = console_router("/listings", *EVERYONE)
deciding = console_router("/listings", *RESPONSIBLE)


class Seen(BaseModel):
    """From which state of the listing a form was sent: its version, and when it was shown."""

    version: int
    seen: AwareDatetime


class Confirmed(Seen):
    note: str = ""


class Withheld(Seen):
    reason: str = ""


class NewNotice(BaseModel):
    """The form as it came. Days are local, the first and the last one included."""

    once: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,36}$")]
    kind: str = "closure"
    text: Lines = ""
    text_es: Lines = ""
    first_day: str = ""
    last_day: str = ""


@reading.post("/{service_id}/confirm")
def confirm(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service_id: Id,
    sent: Annotated[Confirmed, Form()],
) -> Response:
    """Only what was seen is confirmed: who looked at an older listing is shown what changed."""
    since = _since(session, service_id, sent)
    if since is not None:
        if _is_mine(since, visitor, {freshness.CONFIRMED, freshness.FRESHNESS}):
            return _back(service_id, "confirmed")  # sent twice
        after = After(stale=since, kept={"note": sent.note})
        return page(request, visitor, session, services, service_id, after)
    freshness.confirm_by_staff(
        session,
        service_id,
        staff_id=visitor.member.id,
        note=_words(sent.note),
        now=services.clock.now(),
    )
    audit(session, services, visitor.member, "listing.confirm", subject_id=service_id)
    return _back(service_id, "confirmed")


@deciding.post("/{service_id}/ask")
def ask(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service_id: Id,
) -> Response:
    def act() -> None:
        freshness.ask_now(session, service_id, now=services.clock.now())
        audit(session, services, visitor.member, "listing.ask", subject_id=service_id)

    return _tried(act, "asked", request, visitor, session, services, service_id)


@deciding.post("/{service_id}/withhold")
def withhold(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service_id: Id,
    sent: Annotated[Withheld, Form()],
) -> Response:
    since = _since(session, service_id, sent)
    if since is not None:
        if _is_mine(since, visitor, {freshness.FRESHNESS}):
            return _back(service_id, "withheld")
        after = After(stale=since, kept={"reason": sent.reason})
        return page(request, visitor, session, services, service_id, after)

    def act() -> None:
        reason = _words(sent.reason)
        if reason is None:
            raise Invalid("reason_missing", "Write why: the organization reads it.")
        freshness.withhold(
            session,
            service_id,
            staff_id=visitor.member.id,
            reason=reason,
            now=services.clock.now(),
        )
        audit(session, services, visitor.member, "listing.withhold", subject_id=service_id)

    kept = {"reason": sent.reason}
    return _tried(act, "withheld", request, visitor, session, services, service_id, kept=kept)


@reading.post("/{service_id}/report")
def report(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service_id: Id,
    kind: Annotated[Reported, Form()],
    note: Annotated[Lines, Form(max_length=2000)] = "",
) -> Response:
    """Who says the same again adds nothing, so that a double click is one report."""

    def act() -> None:
        by, now = actors.staff(visitor.member.id).by, services.clock.now()
        reports.report(session, service_id, kind, by=by, note=_words(note), now=now)

    return _tried(act, "reported", request, visitor, session, services, service_id)


@deciding.post("/{service_id}/notices")
def post_notice(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service_id: Id,
    sent: Annotated[NewNotice, Form()],
) -> Response:
    by, now = actors.staff(visitor.member.id).by, services.clock.now()

    def act() -> None:
        service = _locked(session, service_id)
        body = parsed(_notice(sent, services, now), notices.NoticeBody)
        asked = f"{service_id} {sent.kind} {sent.first_day} {sent.last_day}"
        once.once(
            session,
            visitor,
            sent.once,
            asked,
            lambda: notices.post(session, service, body, by=by, now=now).id,
        )
        audit(session, services, visitor.member, "listing.notice", subject_id=service_id)

    kept = sent.model_dump()
    return _tried(act, "notice", request, visitor, session, services, service_id, kept=kept)


@deciding.post("/{service_id}/notices/{notice_id}/remove")
def remove_notice(
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service_id: Id,
    notice_id: Id,
) -> Response:
    by, now = actors.staff(visitor.member.id).by, services.clock.now()
    service = _locked(session, service_id)
    notices.remove(session, service, notice_id, by=by, now=now)
    audit(session, services, visitor.member, "listing.notice", subject_id=service_id)
    return _back(service_id, "removed")


def _tried(  # an act, and the page that shows why it failed
    act: Callable[[], None],
    done: str,
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    service_id: str,
    *,
    kept: dict[str, str] | None = None,
) -> Response:
    """Back to the listing, or the listing with what was wrong and what was typed."""
    try:
        with session.begin_nested():
            act()
    except NotFound:
        raise
    except HandoffError as error:
        after = After(problem=error, kept=kept or {})
        return page(request, visitor, session, services, service_id, after)
    return _back(service_id, done)


def _since(session: Session, service_id: str, sent: Seen) -> list[ListingChange] | None:
    """What has changed since the form was shown; None when nothing has. Locks the listing."""
    service = _locked(session, service_id)
    if service.version == sent.version:
        return None
    return staff_queries.changes_since(session, service_id, sent.seen)


def _is_mine(changes: list[ListingChange], visitor: Visitor, fields: Collection[str]) -> bool:
    """Whether all that has happened is what this member of staff has just done."""
    me = actors.staff(visitor.member.id).by
    return bool(changes) and all(each.by == me and each.field in fields for each in changes)


def _locked(session: Session, service_id: str) -> Service:
    service = queries.locked_service(session, service_id)
    if service is None:
        raise NotFound("service_not_found", "There is no such listing.")
    return service


def _notice(sent: NewNotice, services: Services, now: datetime) -> dict[str, object]:
    first, last = _day(sent.first_day), _day(sent.last_day)
    if last is None:
        raise Invalid("last_day_missing", "Choose the last day.")
    zone = services.settings.zone
    starts_at = datetime.combine(first, time(), tzinfo=zone) if first else now
    ends_at = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    return {
        "kind": sent.kind,
        "text": _words(sent.text),
        "text_es": _words(sent.text_es),
        "starts_at": max(starts_at, now),
        "ends_at": ends_at,
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise Invalid("day_invalid", "Write a day as year-month-day, like 2026-03-18.") from error


def _words(text: str) -> str | None:
    return text.replace("\x00", "").strip() or None


def _back(service_id: str, done: str) -> Response:
    return back_to(f"{PAGE}/{service_id}", done=done)
