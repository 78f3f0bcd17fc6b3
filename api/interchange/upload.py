"""A file of changed statuses, row by row: each is accepted, unchanged, or rejected with its reason.

A row is carried out whole or not at all, and whatever becomes of it the next one has its turn. One
file speaks of a referral once, so that sending the file again changes nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from api.interchange import queries
from api.interchange.queries import Scope
from api.interchange.tables import Row, as_written, rows
from directory.database import Database
from directory.errors import Conflict, HandoffError, Invalid, NotFound
from directory.people import service as people_service
from directory.referrals import outcomes
from directory.referrals import queries as referral_queries
from directory.referrals import service as referrals
from directory.referrals.actors import Actor
from directory.referrals.models import Referral
from directory.referrals.states import Outcome, Party, Status

REQUIRED = ("id", "status")
LONGEST_REASON = 1000
LONGEST_ID = 36


class Result(StrEnum):
    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RowReport:
    """`line`: of the file, the first is 1. `why`: of a rejected row, for whoever sent it."""

    line: int
    id: str
    result: Result
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Uploader:
    """Who sends the file. `audit_name`: as the audit trail calls them."""

    actor: Actor
    scope: Scope
    audit_name: str


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a row asks for, as far as it can be understood."""

    id: str
    status: Status
    reason: str | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A row, and whether the file has spoken of the same referral before."""

    row: Row
    again: bool


def claims(data: bytes) -> list[Claim]:
    """The rows of a file. Raises Invalid when it is no table, or one without these columns."""
    seen: set[str] = set()
    found = []
    for row in rows(data, REQUIRED):
        identity = row.cells.get("id", "")
        found.append(Claim(row, again=identity in seen))
        seen.add(identity)
    return found


def take(database: Database, claim: Claim, *, by: Uploader, now: datetime) -> RowReport:
    """Carry out one row, in a transaction of its own.

    A declined referral is a search for the next service: a whole file in one transaction would
    keep everybody else from writing for as long.
    """
    row = claim.row
    identity = row.cells.get("id", "")[:LONGEST_ID]
    try:
        if claim.again:
            raise Invalid("row_twice", "This id stands in the file before: one row a referral.")
        wish = _wish(row)
        with database.session_scope() as session:
            changed = _carry_out(session, wish, by, now)
    except HandoffError as error:
        return RowReport(row.line, identity, Result.REJECTED, error.detail)
    return RowReport(row.line, identity, Result.ACCEPTED if changed else Result.UNCHANGED)


class Reported(Protocol):
    """What became of any row."""

    @property
    def result(self) -> Result: ...


def counts(reports: Iterable[Reported]) -> dict[str, int]:
    """How many rows of each result."""
    found = Counter(each.result for each in reports)
    return {result.value: found[result] for result in Result}


def _wish(row: Row) -> _Wish:
    reason = as_written(row.cells.get("reason", ""))
    if len(reason) > LONGEST_REASON:
        raise Invalid("too_long", f"Give the reason in at most {LONGEST_REASON} characters.")
    said = _code(row.cells.get("status", ""), "-")
    if said not in set(Status):
        raise Invalid("status_unknown", f"The status is one of {', '.join(Status)}.")
    came_of_it = _code(row.cells.get("outcome", ""), "_")
    if came_of_it and came_of_it not in set(Outcome):
        raise Invalid("outcome_unknown", f"The outcome is one of {', '.join(Outcome)}, or empty.")
    return _Wish(
        id=row.cells.get("id", ""),
        status=Status(said),
        reason=reason or None,
        outcome=Outcome(came_of_it) if came_of_it else None,
    )


def _code(cell: str, joint: str) -> str:
    """ "In progress" is in-progress."""
    return joint.join(cell.casefold().replace("-", " ").replace("_", " ").split())


def _carry_out(session: Session, wish: _Wish, by: Uploader, now: datetime) -> bool:
    """Whether anything changed."""
    referral = queries.one(session, by.scope, wish.id) if wish.id else None
    if referral is None:
        raise NotFound("referral_unknown", "There is no such referral.")
    moved = _move(session, referral, wish, by, now)
    settled = _settle(session, referral, wish, by, now)
    if moved or settled:
        people_service.audit(
            session,
            actor=by.audit_name,
            action="referral.upload",
            person_id=referral.person_id,
            subject_id=referral.id,
            now=now,
        )
    return moved or settled


def _move(session: Session, referral: Referral, wish: _Wish, by: Uploader, now: datetime) -> bool:
    if wish.status == referral.status:
        return False
    try:
        referrals.move(
            session, referral.id, wish.status, actor=by.actor, reason=wish.reason, now=now
        )
    except Conflict:
        # An old file says again what has been said, and has been overtaken since.
        history = referral_queries.history(session, referral.id)
        if any(each.status == wish.status for each in history):
            return False
        raise
    return True


def _settle(session: Session, referral: Referral, wish: _Wish, by: Uploader, now: datetime) -> bool:
    """What came of it. Staff writes down what the person said; of a partner only a no is taken.

    Whether the person received the service is the person's to say: that a partner says so changes
    nothing, and they are asked. That they did not sets the next best service going at once.
    """
    if wish.outcome is None or referral.outcome == wish.outcome:
        return False
    if referral.outcome is not None:
        raise Conflict("outcome_known", "The person has said what came of it: that stands.")
    if referral.status != Status.COMPLETED:
        raise Conflict("not_completed", "An outcome belongs to a referral that is completed.")
    if wish.outcome is Outcome.NOT_RECEIVED:
        outcomes.not_received(session, referral, now=now)
        return True
    if by.actor.party is not Party.STAFF:
        return False
    settle = outcomes.received if wish.outcome is Outcome.SERVICE_RECEIVED else outcomes.unknown
    settle(session, referral, now=now)
    return True
