"""Every SELECT on shifts, pages, alarms and pauses."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from directory.messages.models import OutboundMessage, OutboundStatus
from directory.on_call.models import Alarm, AlarmKind, OnCallShift, Page, Pause
from directory.people.models import Person
from directory.staff.models import StaffMember
from directory.tasks.models import Task, TaskStatus
from directory.tasks.queries import DANGER


def shift_by_id(session: Session, shift_id: str) -> OnCallShift | None:
    return session.get(OnCallShift, shift_id)


def shifts(session: Session, *, ending_after: datetime) -> list[OnCallShift]:
    """Shifts that run or are to come, the earliest first."""
    return list(
        session.scalars(
            select(OnCallShift)
            .where(OnCallShift.ends_at > ending_after)
            .order_by(OnCallShift.starts_at, OnCallShift.position, OnCallShift.id)
        )
    )


def overlapping(session: Session, *, starts_at: datetime, ends_at: datetime) -> list[OnCallShift]:
    """Shifts that have a moment in common with this time."""
    return list(
        session.scalars(
            select(OnCallShift).where(
                OnCallShift.starts_at < ends_at, OnCallShift.ends_at > starts_at
            )
        )
    )


# Of the number itself: its holder has texted STOP, or no text arrives there.
_GETS_NO_TEXT = or_(Person.opted_out_at.is_not(None), Person.unreachable_because.is_not(None))


def on_call(session: Session, *, now: datetime, by_text: bool = True) -> list[StaffMember]:
    """Who is paged now, in this order. Who has lost the phone or the account is passed over, and
    so is whose phone gets no text. `by_text`: False for who can be rung, as a phone that gets no
    text can.
    """
    statement = (
        select(StaffMember)
        .join(OnCallShift, OnCallShift.staff_id == StaffMember.id)
        .where(
            OnCallShift.starts_at <= now,
            OnCallShift.ends_at > now,
            StaffMember.removed_at.is_(None),
            StaffMember.phone_index.is_not(None),
        )
        .order_by(OnCallShift.position, OnCallShift.starts_at, OnCallShift.id)
    )
    if by_text:
        silent = and_(Person.phone_index == StaffMember.phone_index, _GETS_NO_TEXT)
        statement = statement.where(~select(Person.id).where(silent).exists())
    return list(session.scalars(statement))


def getting_no_text(session: Session) -> dict[str, Person]:
    """By id: colleagues with a phone that no page reaches, and what is known of its number."""
    rows = session.execute(
        select(StaffMember.id, Person)
        .join(Person, Person.phone_index == StaffMember.phone_index)
        .where(StaffMember.removed_at.is_(None), _GETS_NO_TEXT)
    )
    return {row[0]: row[1] for row in rows}


def to_page(
    session: Session, *, now: datetime, wall: datetime, limit: int, not_in: int | None = None
) -> list[Task]:
    """Open danger for which nobody on call was paged yet, or who was has not answered in time.
    `not_in`: only what was not paged for in this round.

    Pages from before a task was opened again do not count. Locked, so that of several processes
    one pages.
    """
    since_opened = Page.paged_at >= _opened_at()
    pages = select(Page.id).where(Page.task_id == Task.id, since_opened).correlate(Task)
    has_time_left = pages.where(
        Page.round > 0, or_(Page.next_at > now, Page.next_wall_at > wall)
    ).exists()
    other_rounds = [] if not_in is None else [~pages.where(Page.round == not_in).exists()]
    return list(
        session.scalars(
            select(Task)
            .where(
                Task.status == TaskStatus.OPEN,
                Task.kind.in_(DANGER),
                ~has_time_left,
                *other_rounds,
            )
            .order_by(Task.created_at, Task.id)
            .limit(limit)
            .with_for_update(of=Task, skip_locked=True)
        )
    )


def pages_of(session: Session, task: Task) -> list[Page]:
    """Pages about a task since it was (last) opened, the newest first."""
    return list(
        session.scalars(
            select(Page)
            .where(Page.task_id == task.id, Page.paged_at >= (task.reopened_at or task.created_at))
            .order_by(Page.paged_at.desc(), Page.round.desc())
        )
    )


def _opened_at() -> ColumnElement[datetime]:
    """Since when a task waits, a claim that was given back not counted."""
    return func.coalesce(Task.reopened_at, Task.created_at)


def paged_and_open(session: Session, staff_id: str) -> list[Task]:
    """Open danger that this colleague was paged for since it was (last) opened: what was given
    back or taken away waits for somebody else. Locked, as they are about to claim it.
    """
    # Correlated, so that a row that was changed while we waited for its lock is judged anew.
    paged = select(Page.id).where(
        Page.task_id == Task.id, Page.staff_id == staff_id, Page.paged_at >= _opened_at()
    )
    return list(
        session.scalars(
            select(Task)
            .where(
                Task.status == TaskStatus.OPEN,
                Task.kind.in_(DANGER),
                paged.correlate(Task).exists(),
            )
            .order_by(Task.created_at, Task.id)
            .with_for_update()
        )
    )


def last_page_at(session: Session, staff_id: str) -> datetime | None:
    """When this colleague was last paged for something that still waits for their answer (product
    time). A page from before it was opened again asks for none any more.
    """
    return session.scalar(
        select(func.max(Page.paged_at))
        .join(Task, Task.id == Page.task_id)
        .where(
            Page.staff_id == staff_id,
            Page.acknowledged_at.is_(None),
            Page.paged_at >= _opened_at(),
            Task.status == TaskStatus.OPEN,
        )
    )


def pages_to(session: Session, staff_id: str, task_ids: Collection[str]) -> list[Page]:
    """Pages to a colleague about these tasks that were not acknowledged."""
    return list(
        session.scalars(
            select(Page).where(
                Page.staff_id == staff_id,
                Page.task_id.in_(tuple(task_ids)),
                Page.acknowledged_at.is_(None),
            )
        )
    )


def standing_alarm(session: Session, kind: AlarmKind) -> Alarm | None:
    return session.scalar(select(Alarm).where(Alarm.standing == kind))


def standing_alarms(session: Session) -> list[Alarm]:
    return list(
        session.scalars(select(Alarm).where(Alarm.standing.is_not(None)).order_by(Alarm.raised_at))
    )


def handed_over_unreported(session: Session, *, after: datetime, before: datetime) -> bool:
    """Whether a text was handed over in that span (wall time) of which no report has come."""
    found = session.scalar(
        select(OutboundMessage.id)
        .where(
            OutboundMessage.status == OutboundStatus.SENT,
            OutboundMessage.provider_id.is_not(None),
            OutboundMessage.reported_at.is_(None),
            OutboundMessage.first_tried_at > after,
            OutboundMessage.first_tried_at <= before,
        )
        .limit(1)
    )
    return found is not None


def unreported_count(session: Session, *, after: datetime, before: datetime) -> int:
    """How many texts were handed over in that span (wall time) and never reported."""
    unreported = select(func.count()).where(
        OutboundMessage.status == OutboundStatus.SENT,
        OutboundMessage.provider_id.is_not(None),
        OutboundMessage.reported_at.is_(None),
        OutboundMessage.first_tried_at > after,
        OutboundMessage.first_tried_at <= before,
    )
    return session.scalar(unreported) or 0


def last_report(session: Session) -> datetime | None:
    """When (wall time) the newest delivery report came, about any text."""
    return session.scalar(select(func.max(OutboundMessage.reported_at)))


def pause_standing(session: Session) -> Pause | None:
    """The pause that holds back what we start, if one does; the first of several."""
    return next(iter(pauses_standing(session)), None)


def pauses_standing(session: Session) -> list[Pause]:
    return list(
        session.scalars(select(Pause).where(Pause.ended_at.is_(None)).order_by(Pause.started_at))
    )
