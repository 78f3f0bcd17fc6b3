"""Tasks: given, taken on and done, sooner or later; a few wait still."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.world import Resident, World
from directory.messages.models import InboundMessage
from directory.tasks.models import Task, TaskKind, TaskStatus
from directory.tasks.queries import DANGER
from directory.tasks.service import TARGETS, USUAL_TARGET

# How soon half of them are taken on.
_TAKEN = {kind: timedelta(minutes=7) for kind in DANGER}
_USUALLY_TAKEN = timedelta(hours=5)
_DONE_AFTER = timedelta(minutes=35)
_WAITS_LONGEST = timedelta(days=3)
# What is as new as this and no danger is not done yet: the page of the day is not to be empty.
_STILL_WAITS = timedelta(days=5)


@dataclass
class Duties:
    world: World

    def give(  # a task is exactly these facts
        self,
        kind: TaskKind,
        resident: Resident,
        at: datetime,
        *,
        note: str,
        text: InboundMessage | None = None,
        referral_id: str | None = None,
        service_id: str | None = None,
    ) -> Task:
        world = self.world
        task = Task(
            id=world.id(),
            person_id=resident.person.id,
            referral_id=referral_id,
            service_id=service_id,
            inbound_id=text.id if text else None,
            kind=kind,
            status=TaskStatus.OPEN,
            note=note,
            created_at=at,
            due_at=at + TARGETS.get(kind, USUAL_TARGET),
            assigned_to=resident.person.clinician_id,
        )
        taken = at + world.about(_TAKEN.get(kind, _USUALLY_TAKEN), spread=0.9)
        done = taken + world.about(_DONE_AFTER)
        # What is old was done at some time: nobody leaves a task for a year.
        old = at < world.now - _WAITS_LONGEST
        waits = kind not in DANGER and at >= world.now - _STILL_WAITS
        if taken < world.now or old:
            task.status, task.claimed_at = TaskStatus.CLAIMED, min(taken, at + _WAITS_LONGEST)
            task.claimed_by = world.any_of(world.clinicians)
        if (done < world.now or old) and not waits:
            task.status, task.done_at = TaskStatus.DONE, min(done, at + _WAITS_LONGEST)
            task.done_by, task.done_note = task.claimed_by, "Talked with them."
        # An overdue one was told of long ago: the demo's own clock need not tell it again.
        task.escalated_at = at if task.due_at < world.now else None
        world.rows.append(task)
        return task
