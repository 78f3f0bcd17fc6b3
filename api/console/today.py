"""Today: what waits for me and for everybody, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.clinicians.access import audit_list
from api.clinicians.tasks import apply
from api.console.access import (
    EVERYONE,
    RESPONSIBLE,
    TheVisitor,
    Visitor,
    back_to,
    console_router,
    draw,
)
from api.console.events import drawn_now
from api.deps import Id, TheServices, WritingSession
from api.services import Services
from api.web.forms import Lines
from api.web.pages import is_htmx
from directory.errors import Conflict, HandoffError, Invalid
from directory.listings import edit_queries as changes
from directory.listings import staff_queries as listings
from directory.listings.models import Service
from directory.people import queries as people
from directory.people.models import Person
from directory.staff import queries as staff
from directory.staff.attempts import ATTACKED
from directory.staff.models import Role
from directory.tasks import queries
from directory.tasks.models import Task, TaskKind, TaskStatus

router = console_router("", *EVERYONE)
PAGE = "/console"
# More than anybody can do in a day; what lies behind is counted.
SHOWN = 100
ATTACKS_SHOWN = 5
LONGEST_NOTE = 2000
TOLD_FOR = timedelta(days=1)


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


TOO_LONG = _("A note has up to 2,000 characters.")
KINDS = {
    TaskKind.DANGER: _("Danger: call now"),
    TaskKind.OPTED_OUT_DANGER: _("Danger, and texts are stopped: call now"),
    TaskKind.CALL_BACK: _("Call back"),
    TaskKind.REFERRAL_UNANSWERED: _("Call the partner"),
    TaskKind.REFERRAL_DECLINED: _("Partner said no"),
    TaskKind.REFERRAL_QUESTION: _("Partner asks something"),
    TaskKind.REFERRAL_NOT_RECEIVED: _("Service was not received"),
    TaskKind.TEXT_WAITING: _("A text waits for your answer"),
    TaskKind.SEND_FAILED: _("Text did not arrive"),
    TaskKind.LISTING_REPORT: _("Listing may be wrong"),
    TaskKind.UNANSWERED_CHECKINS: _("Check-ins without an answer"),
}


TO_DECIDE = _("A change to a listing waits for approval")


@dataclass(frozen=True, slots=True)
class Row:
    """A task as the page shows it. `about_listing`, `listing`: whether it is about one, and which,
    while that is there. `to_decide`: a change of it waits for whoever may approve it."""

    task: Task
    title: str
    person: Person | None
    is_danger: bool
    overdue: bool
    holder: str | None
    about_listing: bool = False
    listing: Service | None = None
    to_decide: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Attack:
    """`email`: whose account it was; None: a name that is nobody's."""

    at: datetime
    email: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was not taken, and why: what was written in it is not lost."""

    task: Task
    note: str
    problem: HandoffError


@router.get("")
def today(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    done: str = "",
) -> HTMLResponse:
    return _page(request, visitor, session, services, done=done)


@router.post("/tasks/{task_id}")
def move(  # what the form sends
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    task_id: Id,
    status: Annotated[TaskStatus, Form()],
    note: Annotated[Lines, Form(max_length=2 * LONGEST_NOTE)] = "",
) -> Response:
    """A button that was pressed twice is pressed once; where a colleague was faster, Today says so
    and shows what was written."""
    words = note.strip() or None
    try:
        _require_short(words)
        apply(session, services, visitor.member, task_id, status, note=words)
    except (Conflict, Invalid) as error:
        task = queries.by_id(session, task_id)
        if task is None:
            raise
        if not _is_so_already(task, status, words, by=visitor.member.id):
            kept = Kept(task, words or "", error)
            return _page(request, visitor, session, services, kept=kept)
    return back_to(PAGE, done=status.value)


def _require_short(note: str | None) -> None:
    if len(note or "") > LONGEST_NOTE:
        raise Invalid("note_too_long", TOO_LONG)


def _is_so_already(task: Task, status: TaskStatus, note: str | None, *, by: str) -> bool:
    """Whether this very form was taken before."""
    if task.status != status:
        return False
    if status is TaskStatus.DONE:
        return task.done_by == by and (task.done_note or None) == note
    return status is TaskStatus.OPEN or task.claimed_by == by


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    *,
    done: str = "",
    kept: Kept | None = None,
) -> HTMLResponse:
    now = services.clock.now()
    drawn = drawn_now(session)  # before the list, so that nothing falls between
    found, more = _found(session, visitor.member.id)
    rows = _rows(session, found, now=now)
    audit_list(
        session,
        services,
        visitor.member,
        "tasks.read",
        shown=[row.task.person_id for row in rows],
        asked_for=None,
    )
    return draw(
        request,
        visitor,
        "today/tasks.html" if is_htmx(request) else "today/today.html",
        status=kept.problem.status if kept else 200,
        drawn=drawn,
        sections=_sections(rows, visitor),
        more=more,
        decides=visitor.role in RESPONSIBLE,
        attacks=_attacks(session, visitor, now=now),
        done=done,
        kept=kept,
        writes_again=kept is not None and any(_notes(row, kept, visitor) for row in rows),
    )


def _notes(row: Row, kept: Kept, visitor: Visitor) -> bool:
    """Whether this row has a field in which what was kept stands again."""
    return row.task.id == kept.task.id and row.task.claimed_by == visitor.member.id


def _found(session: Session, staff_id: str) -> tuple[list[Task], bool]:
    """What the page shows, and whether there is more: all that they have taken, for nothing else
    lets them finish it, then what is theirs to take, then the most urgent of the rest."""
    taken = queries.claimed_by(session, staff_id)
    mine = queries.page(session, mine=staff_id, not_done=True, limit=SHOWN + 1)
    own = {task.id: task for task in (*taken, *mine[:SHOWN])}
    everything = queries.page(session, not_done=True, limit=len(own) + SHOWN + 1)
    rest = [task for task in everything if task.id not in own]
    shown = sorted([*own.values(), *rest[:SHOWN]], key=queries.position)
    return shown, len(mine) > SHOWN or len(rest) > SHOWN


def _attacks(session: Session, visitor: Visitor, *, now: datetime) -> list[Attack]:
    """What an admin must know of: whose password or code was guessed at since yesterday."""
    if visitor.role is not Role.ADMIN:
        return []
    noted = staff.audited(session, ATTACKED, since=now - TOLD_FOR, limit=ATTACKS_SHOWN)
    guessed = [(each.at, staff.by_id(session, each.subject_id or "")) for each in noted]
    return [Attack(at, member.email if member else None) for at, member in guessed]


def _rows(session: Session, found: list[Task], *, now: datetime) -> list[Row]:
    known = people.by_ids(session, [task.person_id for task in found if task.person_id])
    holders = {each.id: each.name or each.email for each in staff.everyone(session)}
    about = {
        task.id: task.service_id
        for task in found
        if task.kind == TaskKind.LISTING_REPORT and task.service_id
    }
    # Each once for all that is shown, and only where there is any.
    listed = listings.by_ids(session, list(about.values())) if about else {}
    deciding = changes.tasks_of_pending(session, about) if about else set()
    return [
        Row(
            task=task,
            title=TO_DECIDE if task.id in deciding else KINDS[TaskKind(task.kind)],
            person=known.get(task.person_id or ""),
            is_danger=task.kind in queries.DANGER,
            overdue=task.due_at <= now,
            holder=holders.get(task.claimed_by or ""),
            about_listing=task.id in about,
            listing=listed.get(task.service_id or ""),
            to_decide=task.id in deciding,
        )
        for task in found
    ]


def _sections(rows: list[Row], visitor: Visitor) -> list[Section]:
    """Danger on top, whoever has it; then mine, what nobody has, what colleagues have."""
    me = visitor.member.id
    mine = [
        row
        for row in rows
        if row.task.claimed_by == me or (row.task.claimed_by is None and row.task.assigned_to == me)
    ]
    dangers = [row for row in rows if row.is_danger]
    free = [row for row in rows if row.task.claimed_by is None and row not in mine]
    theirs = [row for row in rows if row.task.claimed_by not in (None, me)]
    parts = [
        Section(_("Danger"), dangers),
        Section(_("Mine"), [row for row in mine if not row.is_danger]),
        Section(_("Nobody has taken these"), [row for row in free if not row.is_danger]),
        Section(_("Colleagues have these"), [row for row in theirs if not row.is_danger]),
    ]
    return [part for part in parts if part.rows]
