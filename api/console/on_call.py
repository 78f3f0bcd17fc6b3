"""The on-call roster: who is paged when somebody may be in danger, and when nobody is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.clinicians.on_call_schemas import LAST_POSITION
from api.console import once as repeats
from api.console.access import (
    EVERYONE,
    RESPONSIBLE,
    TheVisitor,
    Visitor,
    back_to,
    console_router,
    draw,
)
from api.console.on_call_rows import Row, by_day, rows_within
from api.console.person_view import names
from api.console.visits import as_field
from api.deps import Id, ReadingSession, TheServices, WritingSession
from api.services import Services
from directory.errors import HandoffError, Invalid, NotFound
from directory.on_call import queries, roster
from directory.on_call import service as on_call
from directory.on_call.roster import Span
from directory.on_call.service import NewShift
from directory.staff import queries as staff
from directory.staff.models import Role, StaffMember

router = console_router("/on-call", *EVERYONE)
changing = console_router("/on-call", *RESPONSIBLE)
PAGE = "/console/on-call"
SHOWN = timedelta(weeks=2)
# A shift begins within a year.
LAST_PART = 26
MOST_WEEKS = 26
USUAL_LENGTH = timedelta(hours=12)
Short = Annotated[str, StringConstraints(max_length=40)]


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


WRONG_TIME = _("Write from when and until when, as date and time.")
WRONG_DATE = _("Look at the dates of the shift again.")
WRONG_POSITION = _("The place in the order is a number from 1 to 20. 1 is paged first.")
WRONG_WEEKS = _("The number of weeks is from 1 to 26.")
# Beside which field a problem is said.
FIELDS = {
    "staff_unknown": "staff_id",
    "phone_missing": "staff_id",
    "phone_stopped": "staff_id",
    "phone_unreachable": "staff_id",
    "shift_overlaps": "staff_id",
    "position_taken": "position",
    "position_invalid": "position",
    "weeks_invalid": "weeks",
    "shift_over": "ends",
    "shift_length": "ends",
    "time_invalid": "starts",
    "time_skipped": "starts",
    "shift_implausible": "starts",
}


class NewShifts(BaseModel):
    """The form as it came; times are those of a clock on the wall here."""

    once: repeats.Key
    staff_id: Short = ""
    position: Short = "1"
    starts: Short = ""
    ends: Short = ""
    weeks: Short = "1"


class Wanted(BaseModel):
    """What the address says. `part`: which two weeks. `starts`, `ends`: fill in the form, as the
    link of a gap does. `shift`: the one that was just written, the first of `weeks`."""

    model_config = ConfigDict(extra="ignore")
    part: Annotated[int, Field(ge=0, le=LAST_PART)] = 0
    starts: Annotated[str, StringConstraints(max_length=16)] = ""
    ends: Annotated[str, StringConstraints(max_length=16)] = ""
    done: str = ""
    shift: Short = ""
    weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS)] = 1


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why the form was not taken. `begins`: the week's shift it was about, where there are more."""

    problem: HandoffError
    begins: datetime | None = None


class NotThatWeek(Exception):
    """A problem with one of several weeks."""

    def __init__(self, problem: HandoffError, begins: datetime) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.begins = begins


@router.get("")
def shifts(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    wanted: Annotated[Wanted, Query()],
) -> HTMLResponse:
    sent = NewShifts(once=repeats.fresh(), starts=wanted.starts, ends=wanted.ends)
    return _page(request, visitor, session, services, sent, wanted=wanted)


@changing.post("")
def add(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[NewShifts, Form()],
) -> Response:
    """All the weeks, or none where one of them cannot be."""

    def write() -> str:
        made = [
            _write_one(session, services, visitor, sent, span, alone=len(spans) == 1)
            for span in spans
        ]
        return made[0]

    try:
        spans = _spans(sent, services)
        with session.begin_nested():
            body = sent.model_dump_json(exclude={"once"})
            first = repeats.once(session, visitor, sent.once, f"shifts {body}", write)
    except NotThatWeek as error:
        wrong = Wrong(error.problem, error.begins)
        return _page(request, visitor, session, services, sent, wrong=wrong)
    except HandoffError as error:
        sent.once = repeats.key_after(error, sent.once)
        return _page(request, visitor, session, services, sent, wrong=Wrong(error))
    return _to_written(first, spans, services)


def _to_written(shift_id: str, spans: list[Span], services: Services) -> Response:
    """To the two weeks that show the shift, or the first of several."""
    part = max(0, (spans[0].starts_at - services.clock.now()) // SHOWN)
    said = {"done": "added", "shift": shift_id}
    if len(spans) > 1:
        said["weeks"] = str(len(spans))
    if part:
        said["part"] = str(min(part, LAST_PART))
    return back_to(PAGE, **said)


@changing.post("/{shift_id}/remove")
def remove(
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    shift_id: Id,
    part: Annotated[int, Form(ge=0, le=LAST_PART)] = 0,
) -> RedirectResponse:
    """Also a shift that runs. One that a colleague took off meanwhile is no mistake."""
    done = "removed"
    try:
        on_call.remove_shift(session, shift_id)
        audit(session, services, visitor.member, "shift.remove", subject_id=shift_id)
    except NotFound:
        done = "gone"
    return back_to(PAGE, done=done, part=str(part)) if part else back_to(PAGE, done=done)


def _write_one(
    session: Session,
    services: Services,
    visitor: Visitor,
    sent: NewShifts,
    span: Span,
    *,
    alone: bool,
) -> str:
    position = _number(sent.position, LAST_POSITION, Invalid("position_invalid", WRONG_POSITION))
    new = NewShift(sent.staff_id, position, span.starts_at, span.ends_at)
    try:
        shift = on_call.add_shift(session, new, by=visitor.member.id, now=services.clock.now())
    except HandoffError as error:
        if alone:
            raise
        raise NotThatWeek(error, span.starts_at) from error
    audit(session, services, visitor.member, "shift.add", subject_id=shift.id)
    return shift.id


def _spans(sent: NewShifts, services: Services) -> list[Span]:
    weeks = _number(sent.weeks, MOST_WEEKS, Invalid("weeks_invalid", WRONG_WEEKS))
    starts, ends = _written(sent.starts, services), _written(sent.ends, services)
    return roster.weekly(starts, ends, weeks, services.settings.zone)


def _written(text: str, services: Services) -> datetime:
    """What a clock here shows. Not too far off: the ends of the calendar have no other zone."""
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("time_invalid", WRONG_TIME) from error
    if said.tzinfo is not None:
        raise Invalid("time_invalid", WRONG_TIME)
    here = services.clock.now().astimezone(services.settings.zone).replace(tzinfo=None)
    if abs(said - here) > on_call.PLAUSIBLE:
        raise Invalid("shift_implausible", WRONG_DATE)
    return said


def _number(text: str, most: int, wrong: Invalid) -> int:
    said = text.strip()
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= most):
        raise wrong
    return int(said)


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    sent: NewShifts,
    *,
    wanted: Wanted | None = None,
    wrong: Wrong | None = None,
) -> HTMLResponse:
    now = services.clock.now()
    wanted = wanted or Wanted()
    part = wanted.part
    within = Span(now + part * SHOWN, now + (part + 1) * SHOWN)
    members = {each.id: each for each in staff.everyone(session)}
    rows = rows_within(session, within, members, services.settings.zone)
    holes = [row for row in rows if row.shift is None]
    if wrong is None and not sent.starts:
        _suggest(sent, holes, services)
    problem = wrong.problem if wrong else None
    return draw(
        request,
        visitor,
        "on_call/roster.html",
        status=problem.status if problem else 200,
        on_duty=_on_duty(session, now=now),
        days=by_day(rows),
        holes=holes,
        within=within,
        part=part,
        last_part=LAST_PART,
        names=names(session),
        ready=[each for each in members.values() if each.phone is not None],
        without_phone=[each for each in members.values() if each.phone is None],
        may_change=visitor.role in RESPONSIBLE,
        registers_phones=visitor.role is Role.ADMIN,
        filling=lambda gap: _filling(gap, services),
        most_weeks=MOST_WEEKS,
        last_position=LAST_POSITION,
        sent=sent,
        done=wanted.done,
        written=queries.shift_by_id(session, wanted.shift) if wanted.shift else None,
        weeks_written=wanted.weeks,
        problem=problem,
        begins=wrong.begins if wrong else None,
        field=FIELDS.get(problem.code, "") if problem else "",
    )


def _on_duty(session: Session, *, now: datetime) -> list[tuple[StaffMember, datetime]]:
    """Who is paged now, in this order, and until when."""
    running = queries.overlapping(session, starts_at=now, ends_at=now + timedelta(microseconds=1))
    until = {each.staff_id: each.ends_at for each in running}
    return [(member, until.get(member.id, now)) for member in queries.on_call(session, now=now)]


def _suggest(sent: NewShifts, holes: list[Row], services: Services) -> None:
    """The form begins with the first gap, or the beginning of it."""
    if holes:
        sent.starts, sent.ends = _filling(holes[0], services)


def _filling(gap: Row, services: Services) -> tuple[str, str]:
    """A shift for the gap, or for the beginning of a long one."""
    ends_at = min(gap.ends_at, gap.starts_at + USUAL_LENGTH)
    return as_field(gap.starts_at, services), as_field(ends_at, services)
