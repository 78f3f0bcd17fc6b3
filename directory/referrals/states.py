"""Which status of a referral may follow which, and who may say so. Pure.

The statuses are those of the SDOH Clinical Care Task (HL7 FHIR, us/sdoh-clinicalcare); what came
of the referral for the person, the outcome, is kept apart.
"""

from enum import StrEnum

from directory.errors import Conflict, Invalid


class Status(StrEnum):
    """Statuses of a FHIR Task, as the SDOH Clinical Care guide uses them."""

    DRAFT = "draft"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    FAILED = "failed"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"


class Outcome(StrEnum):
    """Whether the person got the service, as the person says."""

    SERVICE_RECEIVED = "service_received"
    NOT_RECEIVED = "not_received"
    UNKNOWN = "unknown"


class NotReceived(StrEnum):
    """Why a service was not received."""

    CLOSED = "closed"
    FULL = "full"
    NOT_ELIGIBLE = "not_eligible"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    OTHER = "other"


class Party(StrEnum):
    """Who moves a referral."""

    STAFF = "staff"
    PARTNER = "partner"
    RESIDENT = "resident"
    SENDER = "sender"  # a system of another organisation, which has sent the referral
    SYSTEM = "system"


ENDED = frozenset(
    {
        Status.REJECTED,
        Status.CANCELLED,
        Status.FAILED,
        Status.COMPLETED,
        Status.ENTERED_IN_ERROR,
    }
)
OPEN = frozenset(Status) - ENDED
# A draft is no partner's business yet, and what was written by mistake never was.
UNSEEN = frozenset({Status.DRAFT, Status.ENTERED_IN_ERROR})

# Of these it is never asked what came of them.
NEVER_ASKED = frozenset(
    {
        Status.DRAFT,
        Status.REJECTED,
        Status.CANCELLED,
        Status.FAILED,
        Status.ENTERED_IN_ERROR,
    }
)

_PARTNER = {
    Status.REQUESTED: {Status.ACCEPTED, Status.REJECTED},
    Status.ACCEPTED: {Status.IN_PROGRESS, Status.ON_HOLD, Status.COMPLETED, Status.FAILED},
    Status.IN_PROGRESS: {Status.ON_HOLD, Status.COMPLETED, Status.FAILED},
    Status.ON_HOLD: {Status.IN_PROGRESS, Status.COMPLETED, Status.FAILED},
}
_STAFF = {
    Status.DRAFT: {Status.REQUESTED, Status.CANCELLED},
    **{status: {Status.CANCELLED} for status in OPEN - {Status.DRAFT}},
}
# "This should never have been written" can be said of anything, once, by staff.
_MISTAKE = {Status.ENTERED_IN_ERROR}
# The guide expects a reason (Task.statusReason) where it ends otherwise than was asked for.
NEEDS_REASON = frozenset(
    {Status.REJECTED, Status.CANCELLED, Status.FAILED, Status.ENTERED_IN_ERROR}
)


def allowed(status: Status, party: Party) -> frozenset[Status]:
    """What `party` may make of a referral that is `status`; nothing for whom it is not theirs."""
    if party is Party.PARTNER:
        return frozenset(_PARTNER.get(status, set()))
    if party is Party.STAFF:
        # Staff writes down what a partner says on the phone, and takes back.
        said = _PARTNER.get(status, set()) | _STAFF.get(status, set())
        return frozenset(said | (_MISTAKE - {status}))
    # By withdrawing consent; by taking it back; because the person is erased.
    return frozenset({Status.CANCELLED}) if status in OPEN else frozenset()


def require_move(current: Status, to: Status, party: Party, *, reason: str | None) -> None:
    """Raise unless `party` may move a referral from `current` to `to`.

    Raises Conflict (409) naming what is allowed, and Invalid (422) where a reason is missing.
    """
    can = allowed(current, party)
    if to not in can:
        names = ", ".join(sorted(can)) or "nothing: it has ended"
        raise Conflict(
            "move_not_allowed",
            f"A referral that is {current.value} cannot become {to.value}. Allowed: {names}.",
            current=current.value,
            allowed=sorted(can),
        )
    if to in NEEDS_REASON and not (reason or "").strip():
        raise Invalid("reason_missing", f"Say why it becomes {to.value}: send a reason.")
