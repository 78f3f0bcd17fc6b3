"""Tasks that nobody has done in time: the supervisors are told, once."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.notices.models import NoticeKind
from directory.staff import queries as staff
from directory.staff.telling import tell
from directory.tasks import queries
from directory.tasks.models import Task
from directory.tasks.service import EACH_COUNTS

AT_ONCE = 200


def escalate(session: Session, *, now: datetime, wall: datetime) -> int:
    """Tell the supervisors of every task that is past its time; returns how many there were.

    Danger is told one by one, by text as well. The rest of one look is one e-mail, or the first
    look after a long outage would be hundreds.
    """
    late = queries.newly_overdue(session, now=now, limit=AT_ONCE)
    if not late:
        return 0
    supervisors = staff.responsible(session)
    usual: list[Task] = []
    for task in late:
        task.escalated_at = now
        if task.kind not in EACH_COUNTS:
            usual.append(task)
            continue
        tell(
            session,
            supervisors,
            NoticeKind.TASK_OVERDUE,
            reference=_reference(task),
            urgent=True,
            task_id=task.id,
            facts={"count": 1, "danger": True},
            now=now,
            wall=wall,
        )
    if usual:
        tell(
            session,
            supervisors,
            NoticeKind.TASK_OVERDUE,
            reference=_reference(usual[0]),
            urgent=False,
            task_id=usual[0].id if len(usual) == 1 else None,
            facts={"count": len(usual), "danger": False},
            now=now,
            wall=wall,
        )
    return len(late)


def _reference(task: Task) -> str:
    """A task that was opened again may be late again."""
    return f"{task.id}/{task.due_at:%Y%m%dT%H%M%S}"
