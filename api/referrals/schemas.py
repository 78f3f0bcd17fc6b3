"""Bodies of the staff's endpoints on referrals and listing reports."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, StringConstraints, field_validator, model_validator

from api.clinicians.schemas import Body
from api.deps import Id
from directory.freshness.models import Reported
from directory.needs import taxonomy
from directory.referrals.models import Priority
from directory.referrals.states import NotReceived, Outcome, Status

# Words that people write, with something in them. A NUL is never meant.
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$"),
]


class ReferralBody(Body):
    """A request that a partner help a person. `need`: by default the service's main one.

    `draft`: keep it without telling anybody; POST …/status `requested` sends it.
    """

    person_id: Id
    service_id: Id
    reason: Words | None = None
    priority: Priority = Priority.ROUTINE
    need: str | None = None
    draft: bool = False

    @field_validator("need")
    @classmethod
    def _known_need(cls, value: str | None) -> str | None:
        if value is not None and value not in taxonomy():
            raise ValueError("this is no need: see data/taxonomy.yml")
        return value


class StatusBody(Body):
    """A move. A reason is needed where the referral does not go on as it was asked for."""

    status: Status
    reason: Words | None = None


class OutcomeBody(Body):
    """What came of it for the person, as staff has learned. `reason`: why it was not received."""

    outcome: Outcome
    reason: NotReceived | None = None
    words: Words | None = None

    @model_validator(mode="after")
    def _reason_of_a_no(self) -> Self:
        if self.outcome is not Outcome.NOT_RECEIVED and (self.reason or self.words):
            raise ValueError("a reason goes with not_received only")
        if self.words and self.reason is None:
            raise ValueError("words go with a reason: send other when none fits")
        return self


class RemarkBody(Body):
    text: Words


class NextBody(Body):
    """`service_id`: one of the referral's suggestions."""

    service_id: Id


class ReportBody(Body):
    """What is wrong with a listing. `note`: for staff; it may quote somebody."""

    kind: Reported
    note: Words | None = None


class Named(BaseModel):
    """`name` is null when it is not in the directory any more."""

    id: str
    name: str | None


class EventOut(BaseModel):
    """One line of the history. `by`: `staff:…`, `partner:…`, `resident:…` or `system`."""

    status: Status
    at: datetime
    by: str
    reason: str | None


class RemarkOut(BaseModel):
    id: str
    by: str
    text: str
    at: datetime


class ReferralOut(BaseModel):
    """A referral as staff sees it. Times are UTC.

    `suggestions`: the next best services, once it was declined, unanswered or came to nothing.
    `replaces_id`: the referral that this one follows.
    """

    id: str
    person_id: str
    service_id: str
    service: Named
    organization: Named
    need: str | None
    priority: Priority
    reason: str | None
    status: Status
    outcome: Outcome | None
    outcome_reason: NotReceived | None
    outcome_at: datetime | None
    history: list[EventOut]
    remarks: list[RemarkOut]
    suggestions: list[Named]
    clinician_id: str | None
    replaces_id: str | None
    created_by: str
    created_at: datetime
    changed_at: datetime
    answered_at: datetime | None


class ReferralPage(BaseModel):
    items: list[ReferralOut]
    next: str | None


class ReportOut(BaseModel):
    id: str
    service_id: str
    kind: Reported
    created_at: datetime
    status: Literal["open"] = "open"
