"""The bot's memory of a person, as plain data. Pure."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that a turn needs of the turns before it.

    `results`: the last list of services, as FindResult.as_json(); `shown` of them were sent.
    `results_at`, `asked_at`: product time. `after_danger`: needs to offer again once safe.
    """

    language: str | None = None
    place: str | None = None
    needs: tuple[str, ...] = ()
    results: dict[str, Any] | None = None
    shown: int = 0
    results_at: datetime | None = None
    after_danger: tuple[str, ...] = ()
    misses: int = 0
    extra: dict[str, Any] = field(default_factory=dict)

    def as_text(self) -> str:
        return json.dumps(asdict(self), default=_instant)

    @classmethod
    def from_text(cls, text: str | None) -> Self:
        if not text:
            return cls()
        data = json.loads(text)
        known = {name: value for name, value in data.items() if name in cls.__slots__}
        known["needs"] = tuple(known.get("needs", ()))
        known["after_danger"] = tuple(known.get("after_danger", ()))
        if known.get("results_at"):
            known["results_at"] = datetime.fromisoformat(known["results_at"])
        return cls(**known)


def _instant(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a memory cannot hold {type(value).__name__}")
