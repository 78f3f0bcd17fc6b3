"""Closed for a while, or something good to know: put up with its last day, taken down early."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Request, Response

from api.deps import Id, TheServices, WritingSession
from api.partners.pages.access import (
    HOME,
    TheVisitor,
    back_to,
    own_listing,
    partner_pages,
)
from api.partners.pages.listings import Closing, Mistake, draw_listing
from api.partners.pages.once import Once, once
from directory.errors import Conflict, Invalid, NotFound
from directory.listings import notices
from directory.listings.edit_parse import parsed

router = partner_pages("/listings")
LONGEST = 2000
# The field of the form that a field of the notice comes from.
_OF = {"starts_at": "first", "ends_at": "last"}


async def get_sent(request: Request) -> Closing:
    given = await request.form()

    def said(name: str) -> str:
        return str(given.get(name, ""))[:LONGEST]

    return Closing(said("kind"), said("first"), said("last"), said("text"), said("text_es"))


@router.post("/{service_id}/notices")
def put_up(
    request: Request,
    service_id: Id,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[Closing, Depends(get_sent)],
    key: Annotated[Once, Form(alias="once")],
) -> Response:
    now = services.clock.now()
    service = own_listing(session, visitor, service_id, for_update=True)
    problem: Invalid | Conflict | None = None
    body, wrong = _understood(sent, now=now, zone=services.settings.zone)
    if not wrong:
        try:
            said = parsed(body, notices.NoticeBody)

            def carry_out() -> None:
                notices.post(session, service, said, by=visitor.by, now=now)

            once(session, visitor, key, f"notice {service_id} {sent}", carry_out)
            return back_to(f"{HOME}/listings/{service_id}", done="put_up")
        except (Invalid, Conflict) as error:
            problem = error
            wrong = _at_fields(error)
    return draw_listing(
        request,
        visitor,
        session,
        services,
        service,
        closing=replace(sent, wrong=wrong, problem=problem.code if problem is not None else ""),
        status=problem.status if problem is not None else 422,
    )


@router.post("/{service_id}/notices/{notice_id}/remove")
def take_down(
    service_id: Id,
    notice_id: Id,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
) -> Response:
    """Twice is once: what is down already is down."""
    service = own_listing(session, visitor, service_id, for_update=True)
    try:
        notices.remove(session, service, notice_id, by=visitor.by, now=services.clock.now())
    except NotFound:
        return back_to(f"{HOME}/listings/{service_id}")
    return back_to(f"{HOME}/listings/{service_id}", done="taken_down")


def _understood(
    sent: Closing, *, now: datetime, zone: ZoneInfo
) -> tuple[dict[str, Any], tuple[Mistake, ...]]:
    """The notice as the partner API takes it, and which days are none."""
    problem, remedy = _("is not a day"), _("write it as 2026-12-31")
    begins, ends = _midnight(sent.first, zone, days=0), _midnight(sent.last, zone, days=1)
    wrong = []
    if sent.first.strip() and begins is None:
        wrong.append(("first", problem, remedy))
    if ends is None:
        wrong.append(("last", problem, remedy))
    body = {
        "kind": sent.kind,
        "text": sent.text,
        "text_es": sent.text_es,
        "starts_at": begins if begins is not None and begins > now else None,
        "ends_at": ends,
    }
    return body, tuple(wrong)


def _at_fields(error: Invalid | Conflict) -> tuple[Mistake, ...]:
    return tuple(
        (_OF.get(each["where"], each["where"]), each["why"], each["remedy"])
        for each in error.context.get("errors", ())
    )


def _midnight(text: str, zone: ZoneInfo, *, days: int) -> datetime | None:
    """The beginning of a local day, or of the one `days` after it; None for what is no day."""
    try:
        day = date.fromisoformat(text.strip()) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time(), tzinfo=zone)


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message
