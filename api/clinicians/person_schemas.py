"""Bodies about people, consents, caseloads and staff."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.clinicians.schemas import Body, CodeWord, Name, Phone
from api.deps import Id
from directory.instant import Instant
from directory.languages import Language
from directory.people.models import ConsentMethod, Purpose
from directory.staff.models import Role
from directory.visits.models import CallType


class ConsentBody(Body):
    """What a person said about one purpose. `expires_at`: null: until it is taken back."""

    purpose: Purpose
    given: bool
    method: ConsentMethod
    expires_at: Instant | None = None


class ConsentOut(BaseModel):
    """`valid`: it is the newest word on its purpose, a yes, and still stands."""

    purpose: Purpose
    given: bool
    method: ConsentMethod
    recorded_at: datetime
    recorded_by: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    valid: bool


class Sought(Body):
    """A phone number, in any usual writing."""

    phone: Phone


class PersonChange(Body):
    """What is left out stays. `name`, `language`, `safe_to_text` and `code_word` may be null: then
    it is not known (any more). `safe_to_text` other than true ends what we had planned to text."""

    name: Name | None = None
    language: Language | None = None
    safe_to_text: bool | None = None
    number_shared: bool = False
    code_word: CodeWord | None = None


class PastVisit(BaseModel):
    id: str
    call_type: CallType
    occurred_at: datetime
    clinician_id: str


class PersonOut(BaseModel):
    """A resident as staff sees them. `visits`: how many; `last_visits`: up to five, newest first.

    `code_word`: only for the person's clinician, for who has claimed a task about the person, and
    for supervisors; others see in `has_code_word` that there is one.
    """

    id: str
    phone: str
    name: str | None
    language: Language | None
    safe_to_text: bool | None
    number_shared: bool
    has_code_word: bool
    code_word: str | None
    clinician_id: str | None
    opted_out_at: datetime | None
    unreachable_because: str | None
    reassigned_at: datetime | None
    consents: list[ConsentOut]
    open_referrals: int
    visits: int
    last_visits: list[PastVisit]


class PersonPage(BaseModel):
    items: list[PersonOut]
    next: str | None = None


class Handover(Body):
    """Everybody whom `from` looks after, and what they have to do, becomes `to`'s."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    from_id: Id = Field(alias="from")
    to_id: Id = Field(alias="to")


class HandedOver(BaseModel):
    """How many moved."""

    people: int
    tasks: int
    referrals: int


class StaffOut(BaseModel):
    """`has_phone`: a phone is registered, so that its owner can text us and be on call."""

    id: str
    email: str
    name: str | None
    role: Role
    has_phone: bool


class StaffPage(BaseModel):
    items: list[StaffOut]
    next: str | None = None
