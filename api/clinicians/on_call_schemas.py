"""Bodies about the on-call roster and the pause."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.clinicians.schemas import Body
from api.deps import Id
from directory.instant import Instant

LAST_POSITION = 20


class ShiftBody(Body):
    """A colleague answers pages `from`…`until`. `position`: 1 is paged first."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    staff_id: Id
    position: Annotated[int, Field(ge=1, le=LAST_POSITION)] = 1
    starts_at: Instant = Field(alias="from")
    ends_at: Instant = Field(alias="until")


class ShiftOut(BaseModel):
    """`on_call_now`: pages go there now: it is the time, and the colleague has a phone."""

    id: str
    staff_id: str
    position: int
    starts_at: datetime = Field(serialization_alias="from")
    ends_at: datetime = Field(serialization_alias="until")
    on_call_now: bool


class ShiftPage(BaseModel):
    items: list[ShiftOut]
    next: str | None = None


class PauseOut(BaseModel):
    """`standing`: nothing that we start goes out; replies, pages and alarms do."""

    standing: bool
    started_at: datetime | None
    started_by: str | None
