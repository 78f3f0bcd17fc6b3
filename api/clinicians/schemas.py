"""Bodies about visits, check-ins, tasks. Unknown fields are refused: a typo is no silent loss."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from api.deps import Id
from directory.checkins.models import CheckInStatus
from directory.instant import Instant
from directory.languages import Language
from directory.people.models import ConsentMethod
from directory.tasks.models import TaskKind, TaskStatus
from directory.visits.models import CallType
from directory.visits.service import SHORTEST_CODE_WORD

# Words that people write. A NUL is never meant, and no phone or database takes it.
_WITHOUT_NUL = r"^[^\x00]*$"
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_WITHOUT_NUL),
]
Disposition = Annotated[str, StringConstraints(max_length=2000, pattern=_WITHOUT_NUL)]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=_WITHOUT_NUL),
]
CodeWord = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=SHORTEST_CODE_WORD,
        max_length=40,
        pattern=_WITHOUT_NUL,
    ),
]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=24)]
PlanId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VisitedPerson(Body):
    """`safe_to_text`: null when it was not asked; then nothing is sent.

    `number_shared`: others read this phone. `code_word`: who gives it is the person.
    """

    phone: Phone
    name: Name | None = None
    language: Language | None = None
    safe_to_text: StrictBool | None = None
    number_shared: StrictBool | None = None
    code_word: CodeWord | None = None


class GivenConsent(Body):
    """`substance_use`: telling a partner of it; null when it was not asked. `expires_at`: when all
    that is agreed to here ends; null: when the person takes it back."""

    sms: StrictBool
    referral: StrictBool
    method: ConsentMethod
    substance_use: StrictBool | None = None
    expires_at: Instant | None = None


class VisitBody(Body):
    """A response on scene. `follow_up`: the id of a check-in plan, such as `standard`,
    `caring_contacts` or `none`; by default that of the call type (none after domestic violence)."""

    person: VisitedPerson
    call_type: CallType
    occurred_at: Instant
    consent: GivenConsent
    disposition: Disposition | None = None
    follow_up: PlanId | None = None


class VisitCorrection(Body):
    """What was wrong; what is left out or null stays. An empty `disposition` removes it."""

    call_type: CallType | None = None
    occurred_at: Instant | None = None
    disposition: Disposition | None = None
    follow_up: PlanId | None = None


class VoidBody(Body):
    """Why the visit should never have been logged."""

    reason: Note


class PlannedCheckIn(BaseModel):
    id: str
    due_at: datetime
    status: CheckInStatus


class LoggedVisit(BaseModel):
    """`visit_number`: 1 for the first visit of this person, 2 for the second…"""

    id: str
    person_id: str
    visit_number: int
    call_type: CallType
    occurred_at: datetime
    follow_up: str
    checkins: list[PlannedCheckIn]


class VisitOut(BaseModel):
    """A visit as it stands. A voided one counts nowhere. `disposition`: null for administrators."""

    id: str
    person_id: str
    call_type: CallType
    occurred_at: datetime
    disposition: str | None
    follow_up: str
    clinician_id: str
    created_at: datetime
    corrected_at: datetime | None
    voided_at: datetime | None
    void_reason: str | None
    checkins: list[PlannedCheckIn]


class VisitPage(BaseModel):
    items: list[VisitOut]
    next: str | None


class CheckInOut(BaseModel):
    """`step`: its place in the plan, from 1. `asks`: it asks for an answer. `wording_version`: the
    approved version that was sent; null for a sentence as shipped, and before it is sent."""

    id: str
    person_id: str
    visit_id: str
    plan_id: str
    step: int
    asks: bool
    wording: str
    wording_version: int | None
    due_at: datetime
    sent_at: datetime | None
    status: CheckInStatus
    answer: str | None
    answered_at: datetime | None


class CheckInPage(BaseModel):
    items: list[CheckInOut]
    next: str | None


class TaskFilter(BaseModel):
    """`mine`: claimed by you, or assigned to you and claimed by nobody. `overdue`: past its time
    and not done."""

    person_id: Id | None = None
    status: TaskStatus | None = None
    kind: TaskKind | None = None
    mine: bool = False
    overdue: bool = False
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class TaskOut(BaseModel):
    """`assigned_to`: whose it is before anybody claims it. `escalated_at`: it was overdue, and the
    supervisors were told. Notes may quote a resident: null for who has no clinical role."""

    id: str
    person_id: str | None
    referral_id: str | None
    service_id: str | None
    kind: TaskKind
    status: TaskStatus
    note: str | None
    due_at: datetime
    created_at: datetime
    assigned_to: str | None
    claimed_by: str | None
    claimed_at: datetime | None
    escalated_at: datetime | None
    reopened_at: datetime | None
    done_by: str | None
    done_at: datetime | None
    done_note: str | None


class TaskPage(BaseModel):
    items: list[TaskOut]
    next: str | None


class TaskChange(Body):
    """`claimed`: I do it. `done`: it is done; `note` says how. `open`: give the claim back, or open
    it again; `note` says why."""

    status: TaskStatus
    note: Note | None = None
