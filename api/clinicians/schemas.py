"""Bodies of the staff's endpoints. Unknown fields are refused, so that a typo is no silent loss."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from directory.checkins.models import CheckInStatus
from directory.languages import Language
from directory.people.models import ConsentMethod
from directory.staff.models import Role
from directory.tasks.models import TaskKind, TaskStatus
from directory.visits.models import CallType, FollowUp

# Words that people write. A NUL is never meant, and no phone or database takes it.
_WITHOUT_NUL = r"^[^\x00]*$"
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_WITHOUT_NUL),
]
Disposition = Annotated[str, StringConstraints(max_length=2000, pattern=_WITHOUT_NUL)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=24)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VisitedPerson(Body):
    """`safe_to_text`: null when it was not asked; then nothing is sent."""

    phone: Phone
    name: Name | None = None
    language: Language | None = None
    safe_to_text: bool | None = None


class GivenConsent(Body):
    sms: bool
    referral: bool
    method: ConsentMethod


class VisitBody(Body):
    """A response on scene. `follow_up` defaults by call type (none after domestic violence)."""

    person: VisitedPerson
    call_type: CallType
    occurred_at: AwareDatetime
    consent: GivenConsent
    disposition: Disposition | None = None
    follow_up: FollowUp | None = None


class PlannedCheckIn(BaseModel):
    id: str
    due_at: datetime
    status: CheckInStatus


class LoggedVisit(BaseModel):
    id: str
    person_id: str
    call_type: CallType
    occurred_at: datetime
    follow_up: FollowUp
    checkins: list[PlannedCheckIn]


class CheckInOut(BaseModel):
    id: str
    person_id: str
    visit_id: str
    due_at: datetime
    sent_at: datetime | None
    status: CheckInStatus
    answer: str | None
    answered_at: datetime | None


class CheckInPage(BaseModel):
    items: list[CheckInOut]
    next: str | None


class TaskOut(BaseModel):
    id: str
    person_id: str | None
    referral_id: str | None
    kind: TaskKind
    status: TaskStatus
    note: str | None
    due_at: datetime
    created_at: datetime
    claimed_by: str | None
    done_at: datetime | None


class TaskPage(BaseModel):
    items: list[TaskOut]
    next: str | None


class TaskChange(Body):
    status: TaskStatus


class ConsentOut(BaseModel):
    purpose: str
    given: bool
    method: str
    recorded_at: datetime
    revoked_at: datetime | None


class PersonOut(BaseModel):
    """A resident as staff sees them."""

    id: str
    phone: str
    name: str | None
    language: Language | None
    safe_to_text: bool | None
    opted_out_at: datetime | None
    unreachable_because: str | None
    consents: list[ConsentOut]
    visits: int


class StaffOut(BaseModel):
    id: str
    email: str
    role: Role


class StaffPage(BaseModel):
    items: list[StaffOut]
    next: str | None = None
