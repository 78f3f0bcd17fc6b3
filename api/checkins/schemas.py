"""Bodies of check-in plans and wordings. Unknown fields are refused."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from directory.checkins.plan import Plan
from directory.languages import Language
from directory.visits.models import CallType
from directory.wordings.models import WordingStatus

# Nothing that people write holds a NUL, and no database takes it.
_WITHOUT_NUL = r"^[^\x00]*$"
PlanId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,19}$")]
WordingKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,39}$")]
PlanName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=_WITHOUT_NUL),
]
# Two segments are 306 characters; what is somewhat longer gets a clear refusal, not a cut.
WordingText = Annotated[str, StringConstraints(max_length=1000, pattern=_WITHOUT_NUL)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlanStep(Body):
    """`after_hours`: after the visit. `asks`: it asks for an answer, so that silence counts."""

    after_hours: int = Field(ge=1, le=20_000)
    wording: WordingKey
    asks: bool


class PlanBody(Body):
    """A whole plan; what is left out is as shown here. Planned check-ins go on as planned.

    `working_days_only`: none on weekends and holidays. `safe_first`: asks whether it is a good
    time before anything else. `named_sender`: says the clinician's first name. `default_for`:
    taken over from whichever plan had it. `active`: false takes it out of the choices.
    """

    name: PlanName
    steps: list[PlanStep] = Field(max_length=100)
    working_days_only: bool = False
    safe_first: bool = False
    named_sender: bool = False
    default_for: list[CallType] = Field(default=[], max_length=len(CallType))
    active: bool = True


class PlanOut(BaseModel):
    """`changed_by`: the id of a member of staff, `shipped`, or null where nobody has used it."""

    id: str
    name: str
    steps: list[PlanStep]
    working_days_only: bool
    safe_first: bool
    named_sender: bool
    default_for: list[CallType]
    active: bool
    version: int
    changed_by: str | None
    changed_at: datetime | None

    @classmethod
    def of(cls, plan: Plan) -> Self:
        return cls(
            id=plan.id,
            name=plan.name,
            steps=[
                PlanStep(
                    after_hours=int(step.after.total_seconds() // 3600),
                    wording=step.wording,
                    asks=step.asks,
                )
                for step in plan.steps
            ],
            working_days_only=plan.working_days_only,
            safe_first=plan.safe_first,
            named_sender=plan.named_sender,
            default_for=[CallType(each) for each in plan.default_for],
            active=plan.active,
            version=plan.version,
            changed_by=plan.changed_by,
            changed_at=plan.changed_at,
        )


class PlanPage(BaseModel):
    items: list[PlanOut]
    next: str | None = None


class WordingBody(Body):
    """A sentence in one language. `key`: what plans name it by; the same in each language.

    `{name}` becomes the person's first name with a space before it, or nothing: "Hi{name}, …".
    `{sender}` becomes a sentence with the clinician's first name, or nothing: "Hi.{sender} …".
    """

    key: WordingKey
    language: Language
    text: WordingText


class BrokenRule(BaseModel):
    """`code`: stable; `why`: what to do about it."""

    code: str
    why: str


class Preview(BaseModel):
    """The text as a phone shows it, with made-up first names filled in.

    `segments`: how many the longest one may take, null where it can't be sent as GSM-7.
    """

    shown: str
    without_names: str
    characters: int
    segments: int | None


class CheckedPreview(Preview):
    """`broken`: the rules that it would be refused for; none when it may be kept."""

    broken: list[BrokenRule]


class WordingOut(BaseModel):
    id: str
    key: str
    language: Language
    version: int
    text: str
    status: WordingStatus
    created_by: str
    created_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    preview: Preview


class WordingPage(BaseModel):
    items: list[WordingOut]
    next: str | None
