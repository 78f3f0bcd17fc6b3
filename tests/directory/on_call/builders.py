"""Colleagues with phones, their shifts, and danger that waits for them."""

from datetime import datetime, timedelta

from directory import database
from directory.on_call import paging, service
from directory.on_call.service import NewShift
from directory.people import service as people
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from tests.factories import PHONE
from tests.fakes import MORNING

DAY = timedelta(days=1)


def a_colleague(
    number: int = 60, *, role: Role = Role.CLINICIAN, phone: bool = True, email: str | None = None
) -> str:
    """The id of an account, with a phone of its own unless told otherwise."""
    with database.session_scope() as session:
        return staff.add(
            session,
            email or f"{role.value}{number}@city.example",
            role,
            password=None,
            phone=f"+16305550{100 + number}" if phone else None,
            now=MORNING,
        ).id


def texts_stop(number: int = 60, *, because: str | None = None) -> None:
    """A colleague's phone gets no text: they texted STOP, or (`because`) none arrives."""
    with database.session_scope() as session:
        person = people.find_or_create(session, f"+16305550{100 + number}", now=MORNING)
        if because is None:
            people.opt_out(session, person, now=MORNING)
        person.unreachable_because = because


def on_call(
    staff_id: str,
    position: int = 1,
    *,
    starts_at: datetime = MORNING,
    ends_at: datetime = MORNING + DAY,
    now: datetime = MORNING,
) -> str:
    """The id of a shift."""
    new = NewShift(staff_id, position, starts_at, ends_at)
    with database.session_scope() as session:
        return service.add_shift(session, new, by="supervisor", now=now).id


def danger(kind: TaskKind = TaskKind.DANGER, *, now: datetime = MORNING, phone: str = PHONE) -> str:
    """The id of an open task."""
    with database.session_scope() as session:
        person = people.find_or_create(session, phone, now=now)
        task = tasks.open_task(session, kind, person_id=person.id, now=now, note="Call now")
        session.flush()
        return task.id


def look(after: timedelta = timedelta(0)) -> int:
    """What the scheduler does every second, that long after the morning."""
    with database.session_scope() as session:
        return paging.look(session, now=MORNING + after, wall=MORNING + after)
