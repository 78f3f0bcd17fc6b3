"""Alarms: what only a person can look after, raised once and cleared when it works again."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory import database
from directory.notices.models import NoticeKind
from directory.on_call import queries
from directory.on_call.models import Alarm, AlarmKind
from directory.staff import queries as staff
from directory.staff.telling import tell

# Wall time, all of these. Delivery reports usually come within seconds.
REPORTS_WITHIN = timedelta(minutes=15)
# Texts of which nothing was heard for so long say nothing about the carrier any more.
FORGOTTEN_AFTER = timedelta(days=1)
# The scheduler looks at everything once a second.
BEATS_WITHIN = timedelta(seconds=60)


def raise_alarm(session: Session, kind: AlarmKind, *, wall: datetime) -> Alarm | None:
    """Raise it; None when it stands already, raised by this process or by another."""
    if queries.standing_alarm(session, kind) is not None:
        return None
    new = {"kind": kind, "standing": kind, "raised_at": wall}
    return database.insert_unless_there(session, Alarm, new, unique="standing")


def clear(session: Session, kind: AlarmKind, *, wall: datetime) -> Alarm | None:
    """It works again; None when it was not raised."""
    alarm = queries.standing_alarm(session, kind)
    if alarm is not None:
        alarm.cleared_at, alarm.standing = wall, None
    return alarm


def tell_supervisors(
    session: Session, alarm: Alarm, *, now: datetime, wall: datetime, over: bool = False
) -> None:
    """Plan e-mails and texts about an alarm, or that it is `over`; useless where the scheduler
    itself is dead."""
    facts: dict[str, object] = {"alarm": alarm.kind}
    tell(
        session,
        staff.responsible(session),
        NoticeKind.ALARM,
        reference=f"{alarm.id}/over" if over else alarm.id,
        urgent=True,
        facts=facts | {"over": True} if over else facts,
        now=now,
        wall=wall,
    )


def steps_fail(session: Session, *, now: datetime, wall: datetime) -> bool:
    """Some of what is due each second keeps failing (bot/due.py): raised, and told, once.

    False when it stood already.
    """
    alarm = raise_alarm(session, AlarmKind.STEP_FAILING, wall=wall)
    if alarm is not None:
        tell_supervisors(session, alarm, now=now, wall=wall)
    return alarm is not None


def steps_work(session: Session, *, now: datetime, wall: datetime) -> bool:
    """All of it works again, and who was told of it is told so; False when nothing stood."""
    alarm = clear(session, AlarmKind.STEP_FAILING, wall=wall)
    if alarm is not None:
        tell_supervisors(session, alarm, now=now, wall=wall, over=True)
    return alarm is not None


def carrier_is_quiet(session: Session, *, wall: datetime) -> bool:
    """A text was handed over a while ago, and since then not one delivery report has come.

    Texts from before the last report do not count: one report that was lost is no silence.
    """
    after = wall - FORGOTTEN_AFTER
    last = queries.last_report(session)
    if last is not None:
        after = max(after, last)
    return queries.handed_over_unreported(session, after=after, before=wall - REPORTS_WITHIN)


def watch_carrier(session: Session, *, now: datetime, wall: datetime) -> bool:
    """Raise or clear CARRIER_QUIET; whether it stands."""
    if not carrier_is_quiet(session, wall=wall):
        clear(session, AlarmKind.CARRIER_QUIET, wall=wall)
        return False
    alarm = raise_alarm(session, AlarmKind.CARRIER_QUIET, wall=wall)
    if alarm is not None:
        tell_supervisors(session, alarm, now=now, wall=wall)
    return True


def scheduler_is_quiet(beat: datetime | None, *, watched_since: datetime, wall: datetime) -> bool:
    """Whether the last beat of the scheduler is too long ago. Pure.

    Beats from before we watched do not count: after a night switched off it has to start first.
    """
    last = watched_since if beat is None else max(beat, watched_since)
    return wall - last > BEATS_WITHIN
