"""The launch checklist: every number that people are given was dialled by a person, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, StringConstraints
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console import listing_words as said
from api.console.access import RESPONSIBLE, TheVisitor, Visitor, back_to, console_router, draw
from api.deps import ReadingSession, TheServices, WritingSession
from api.services import Services
from directory.errors import HandoffError, Invalid, NotFound
from directory.listings import dialled_queries as queries
from directory.listings import dialling
from directory.listings.dialled_models import DialOutcome
from directory.listings.dialling import Number, Progress, State

router = console_router("/checklist", *RESPONSIBLE)
PAGE = "/console/checklist"
PAGE_SIZE = 20  # with its forms a page stays under 100 kB
HOTLINES, OTHERS = "hotlines", "others"
PageNumber = Annotated[int, Query(ge=0, le=10_000)]


class Sent(BaseModel):
    """The form as it came. `view`, `page`: where the number stood, to come back to."""

    number: Annotated[str, StringConstraints(pattern=r"^\d{3,20}$")]
    outcome: DialOutcome
    day: str = ""
    note: str = ""
    view: Annotated[str, StringConstraints(pattern=r"^(hotlines|others)$")] = HOTLINES
    undone: bool = False
    page: Annotated[int, Query(ge=0, le=10_000)] = 0


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the checklist: the hotlines, or a page of the other numbers."""

    name: str = HOTLINES
    undone: bool = False
    page: int = 0


@router.get("")
def hotlines(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    done: str = "",
) -> HTMLResponse:
    return _page(request, visitor, session, services, View(), done=done)


@router.get("/others")
def others(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    undone: bool = False,
    page: PageNumber = 0,
    done: str = "",
) -> HTMLResponse:
    return _page(request, visitor, session, services, View(OTHERS, undone, page), done=done)


@router.post("")
def dialled(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[Sent, Form()],
) -> Response:
    """A person has dialled a number. Sent twice it counts once."""
    view = View(sent.view, sent.undone, sent.page)
    now = services.clock.now()
    try:
        with session.begin_nested():
            check = dialling.record(
                session,
                dialling.Dialled(sent.number, sent.outcome, _day(sent.day), _words(sent.note)),
                staff_id=visitor.member.id,
                today=_today(now, services),
                now=now,
            )
    except NotFound:
        raise
    except HandoffError as error:
        return _page(request, visitor, session, services, view, problem=error, sent=sent)
    audit(session, services, visitor.member, "number.dialled", subject_id=check.id)
    if view.name == HOTLINES:
        return back_to(PAGE, done=sent.outcome.value)
    kept = {"undone": "true"} if view.undone else {}
    return back_to(f"{PAGE}/others", done=sent.outcome.value, page=str(view.page), **kept)


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    view: View,
    *,
    done: str = "",
    problem: HandoffError | None = None,
    sent: Sent | None = None,
) -> HTMLResponse:
    now = services.clock.now()
    today = _today(now, services)
    lifelines = _numbers(session, queries.hotlines(session), hotline=True, today=today)
    numbers, following = lifelines, False
    of, right = queries.count_others(session)
    if view.name == OTHERS:
        found = queries.others(session, undone=view.undone, page=view.page, size=PAGE_SIZE)
        numbers = _numbers(session, found, hotline=False, today=today)
        following = (view.page + 1) * PAGE_SIZE < (of - right if view.undone else of)
    return draw(
        request,
        visitor,
        "checklist/checklist.html",
        status=problem.status if problem else 200,
        view=view,
        numbers=numbers,
        following=following,
        hotlines=dialling.progress(lifelines),
        others=Progress(right, of),
        states={state: sum(each.state is state for each in lifelines) for state in State},
        kept_back=queries.count_kept_back(session),
        who=said.who(session, [each.last.by for each in numbers if each.last]),
        said=said,
        today=today,
        done=done,
        problem=problem,
        sent=sent,
    )


def _numbers(
    session: Session, found: queries.Found, *, hotline: bool, today: date
) -> Sequence[Number]:
    listed = dialling.listed_of(found)
    checks = queries.last_checks(session, dialling.digits_in(listed))
    return dialling.numbers(listed, checks, hotline=hotline, today=today)


def _today(now: datetime, services: Services) -> date:
    return now.astimezone(services.settings.zone).date()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise Invalid("day_invalid", "Write a day as year-month-day, like 2026-03-18.") from error


def _words(text: str) -> str | None:
    return text.replace("\x00", "").strip() or None
