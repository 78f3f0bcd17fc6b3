"""Danger goes to the phone of whoever is on call, and on to the next until someone takes it.

A page has no content: it says that something urgent waits, and where to look.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.notices.models import NoticeKind
from directory.on_call import alarms, queries
from directory.on_call.models import AlarmKind, Page
from directory.staff import queries as staff
from directory.staff.models import StaffMember
from directory.staff.telling import tell
from directory.tasks.models import Task

AT_ONCE = 50
# How long somebody has to answer a page before the next is paged: three in the 15-minute target.
TIME_TO_ANSWER = timedelta(minutes=5)
# The same in wall time at the least: where product time runs fast, five minutes are over before
# the text has left, and every look would page the next one.
WALL_TIME_TO_ANSWER = timedelta(seconds=5)
# The round of those who are told because nobody is on call. They are told once.
SUPERVISORS = 0


def look(session: Session, *, now: datetime, wall: datetime) -> int:
    """Page for every open danger that is due a page; returns how many were paged for.

    `now`: product time; `wall`: wall time.
    """
    roster = queries.on_call(session, now=now)
    if not roster:
        return _tell_supervisors(session, now=now, wall=wall)
    alarms.clear(session, AlarmKind.NOBODY_ON_CALL, wall=wall)
    waiting = queries.to_page(session, now=now, wall=wall, limit=AT_ONCE)
    listed = queries.on_call(session, now=now, by_text=False) if waiting else []
    for task in waiting:
        _page_next(session, task, roster, listed, now=now, wall=wall)
    return len(waiting)


def turn(
    roster: Sequence[str], last: str | None, round_: int, *, listed: Sequence[str] = ()
) -> tuple[str, int]:
    """Who is paged after `last` (paged in `round_`), and in which round. Pure.

    `listed`: all who are on call, in their order, those whom no text reaches as well: whose phone
    went silent meanwhile keeps the place, and the next is paged. After the last of the roster it
    begins again; so it does when the one who was paged last is not on call any more.
    """
    if last is None:
        return roster[0], 1
    order = listed or roster
    later = order[order.index(last) + 1 :] if last in order else ()
    following = next((each for each in later if each in roster), None)
    return (following, round_) if following is not None else (roster[0], round_ + 1)


def _page_next(
    session: Session,
    task: Task,
    roster: Sequence[StaffMember],
    listed: Sequence[StaffMember],
    *,
    now: datetime,
    wall: datetime,
) -> None:
    pages = [page for page in queries.pages_of(session, task) if page.round != SUPERVISORS]
    last = pages[0] if pages else None
    by_id = {member.id: member for member in roster}
    staff_id, round_ = turn(
        list(by_id),
        last.staff_id if last else None,
        last.round if last else 0,
        listed=[member.id for member in listed],
    )
    next_at = now + TIME_TO_ANSWER
    _page(session, task, by_id[staff_id], round_=round_, next_at=next_at, now=now, wall=wall)


def _tell_supervisors(session: Session, *, now: datetime, wall: datetime) -> int:
    """Nobody is on call. Each danger is told once, however many wait that were told already."""
    if not queries.to_page(session, now=now, wall=wall, limit=1):
        return 0
    alarms.raise_alarm(session, AlarmKind.NOBODY_ON_CALL, wall=wall)
    supervisors = staff.responsible(session)
    if not supervisors:
        return 0
    untold = queries.to_page(session, now=now, wall=wall, limit=AT_ONCE, not_in=SUPERVISORS)
    for task in untold:
        for member in supervisors:
            _page(session, task, member, round_=SUPERVISORS, next_at=now, now=now, wall=wall)
    return len(untold)


def _page(
    session: Session,
    task: Task,
    member: StaffMember,
    *,
    round_: int,
    next_at: datetime,
    now: datetime,
    wall: datetime,
) -> None:
    page = Page(
        task_id=task.id,
        staff_id=member.id,
        round=round_,
        paged_at=now,
        next_at=next_at,
        next_wall_at=wall + WALL_TIME_TO_ANSWER,
    )
    session.add(page)
    session.flush()
    tell(
        session,
        [member],
        NoticeKind.ON_CALL,
        reference=page.id,
        urgent=True,
        task_id=task.id,
        facts={"nobody_on_call": round_ == SUPERVISORS},
        now=now,
        wall=wall,
    )
