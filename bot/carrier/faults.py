"""What goes wrong on purpose. Kept in memory: a restarted carrier is a healthy one."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.carrier.settings import E164

UNTIL_RESET = -1


class Fault(StrEnum):
    """Each can be set to strike the next N times, or UNTIL_RESET."""

    SEND_429 = "send_429"
    SEND_5XX = "send_5xx"
    SEND_SLOW = "send_slow"  # accepted and answered after slow_seconds
    SEND_TIMEOUT_AFTER_ACCEPT = "send_timeout_after_accept"  # accepted; the answer never comes
    CALLBACK_LOST = "callback_lost"
    CALLBACK_DUPLICATED = "callback_duplicated"
    CALLBACKS_REORDERED = "callbacks_reordered"  # a message's callbacks come last first
    INBOUND_DUPLICATED = "inbound_duplicated"
    INBOUND_UNSIGNED = "inbound_unsigned"
    INBOUND_TAMPERED = "inbound_tampered"  # the text is changed after it was signed


@dataclass(slots=True)
class FaultPlan:
    """``undeliverable`` maps a phone to the error code that a text to it ends with."""

    counts: dict[Fault, int] = field(default_factory=dict)
    slow_seconds: float = 3.0
    hold_seconds: float = 60.0
    undeliverable: dict[str, int] = field(default_factory=dict)

    def strikes(self, fault: Fault) -> bool:
        """Whether this fault strikes now; uses one up."""
        left = self.counts.get(fault, 0)
        if left > 0:
            self.counts[fault] = left - 1
        return left != 0

    def update(self, changes: dict[str, Any]) -> None:
        """Apply a control request as a whole; raises ValueError and changes nothing if any
        part of it is not understood."""
        counts: dict[Fault, int] = {}
        seconds: dict[str, float] = {}
        undeliverable = self.undeliverable
        for name, value in changes.items():
            if name in {"slow_seconds", "hold_seconds"}:
                seconds[name] = _seconds(name, value)
            elif name == "undeliverable":
                undeliverable = _error_codes(value)
            elif name in set(Fault):
                counts[Fault(name)] = _count(name, value)
            else:
                raise ValueError(f"unknown fault: {name}")
        self.counts.update(counts)
        self.undeliverable = undeliverable
        for name, amount in seconds.items():
            setattr(self, name, amount)

    def clear(self) -> None:
        healthy = FaultPlan()
        self.counts, self.undeliverable = healthy.counts, healthy.undeliverable
        self.slow_seconds, self.hold_seconds = healthy.slow_seconds, healthy.hold_seconds

    def as_json(self) -> dict[str, Any]:
        return {
            **{fault.value: self.counts.get(fault, 0) for fault in Fault},
            "slow_seconds": self.slow_seconds,
            "hold_seconds": self.hold_seconds,
            "undeliverable": dict(self.undeliverable),
        }


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < UNTIL_RESET:
        raise ValueError(f"{name} must be a whole number, or -1 for until reset")
    return value


def _seconds(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 600:
        raise ValueError(f"{name} must be between 0 and 600")
    return float(value)


def _error_codes(value: object) -> dict[str, int]:
    if not isinstance(value, dict):
        raise ValueError("undeliverable must map phones to error codes")  # noqa: TRY004
    for phone, code in value.items():
        if not E164.fullmatch(phone) or isinstance(code, bool) or not isinstance(code, int):
            raise ValueError("undeliverable must map phones like +16305550100 to error codes")
    return dict(value)
