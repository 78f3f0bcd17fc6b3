"""What a person decides of two listings: one (merge), two (distinct), or not so (undo).

The listing that is kept gets what it lacks, and its provenance says from where. The other one
stays as a row, so that referrals and visits that name it stay true; it is no longer shown, and
whoever asks for it learns of its successor.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.duplicates import queries
from directory.duplicates.giving import MERGED, NOTHING, give, take_back
from directory.errors import Conflict, Invalid, NotFound
from directory.imports.queries import whole_services
from directory.listings.change_models import DuplicatePair, DuplicateStatus, Tombstone
from directory.listings.changes import log_changes
from directory.listings.models import Service
from directory.listings.service import changed


def merge(session: Session, pair_id: str, *, keep: str, by: str, now: datetime) -> DuplicatePair:
    """Make the two listings one: `keep` (a service id of the pair) stays.

    `by`: who, as of directory.referrals.actors. Raises NotFound, Conflict when the pair is
    decided, a listing is merged already, the other one alone is confidential, or it would be told
    where a confidential place is; Invalid when `keep` is neither of the two. Who calls rolls back
    what was refused.
    """
    pair = _open_pair(session, pair_id)
    if keep not in (pair.first_id, pair.second_id):
        raise Invalid("keep_unknown", "Name one of the two listings as the one to keep.")
    kept, other = _both(session, pair, keep)
    if kept.merged_into_id or other.merged_into_id:
        raise Conflict("already_merged", "One of the two is merged already: undo that first.")
    given = give(session, kept, other, now=now)
    other.merged_into_id = kept.id
    session.add(
        Tombstone(
            entity=queries.SERVICE,
            entity_id=other.id,
            name=other.name if other.published else None,
            successor_id=kept.id,
            deleted_at=now,
        )
    )
    values = {name: (before, after) for name, (before, after) in given["columns"].items()}
    log_changes(session, kept, values | {MERGED: (None, other.id)}, by=by, now=now)
    log_changes(session, other, {"merged_into_id": (None, kept.id)}, by=by, now=now)
    pair.status, pair.kept_id, pair.undo = DuplicateStatus.MERGED, kept.id, given
    pair.decided_by, pair.decided_at = by, now
    _tell(session, kept, other, now)
    return pair


def undo(session: Session, pair_id: str, *, by: str, now: datetime) -> DuplicatePair:
    """Take a merge back: both listings say again what they said, and the pair is open.

    What was changed on the kept listing since stays as it was changed. Raises NotFound; Conflict
    when the pair is not merged, or what was kept is itself merged into a third.
    """
    pair = _pair(session, pair_id)
    if pair.status != DuplicateStatus.MERGED or pair.kept_id is None or pair.undo is None:
        raise Conflict("not_merged", "These two are not merged: there is nothing to undo.")
    kept, other = _both(session, pair, pair.kept_id)
    if kept.merged_into_id is not None:
        raise Conflict("merged_further", "What was kept is merged into another: undo that first.")
    part(session, pair, kept, other, by=by, now=now)
    return pair


def part(
    session: Session, pair: DuplicatePair, kept: Service, other: Service, *, by: str, now: datetime
) -> None:
    """The two of a merge are two again, and a person decides anew."""
    values = take_back(session, kept, pair.undo or NOTHING)
    other.merged_into_id = None
    stone = queries.tombstone_of(session, other.id)
    if stone is not None:
        session.delete(stone)
    log_changes(session, kept, values | {MERGED: (other.id, None)}, by=by, now=now)
    log_changes(session, other, {"merged_into_id": (kept.id, None)}, by=by, now=now)
    pair.status, pair.kept_id, pair.undo = DuplicateStatus.OPEN, None, None
    pair.decided_by = pair.decided_at = None
    _tell(session, kept, other, now)


def distinct(session: Session, pair_id: str, *, by: str, now: datetime) -> DuplicatePair:
    """These are two: the pair does not come back. Raises NotFound, Conflict when it is decided."""
    pair = _open_pair(session, pair_id)
    pair.status, pair.decided_by, pair.decided_at = DuplicateStatus.DISTINCT, by, now
    session.flush()
    return pair


def _pair(session: Session, pair_id: str) -> DuplicatePair:
    pair = queries.pair_by_id(session, pair_id)
    if pair is None:
        raise NotFound("pair_unknown", "There is no such pair of listings.")
    return pair


def _open_pair(session: Session, pair_id: str) -> DuplicatePair:
    pair = _pair(session, pair_id)
    if pair.status != DuplicateStatus.OPEN:
        raise Conflict("already_decided", "This pair is decided already: load the list again.")
    return pair


def _both(session: Session, pair: DuplicatePair, keep: str) -> tuple[Service, Service]:
    other = pair.second_id if keep == pair.first_id else pair.first_id
    found = whole_services(session, [keep, other])
    if len(found) < 2:
        raise Conflict("listing_gone", "One of the two is no longer there: load the list again.")
    return found[keep], found[other]


def _tell(session: Session, kept: Service, other: Service, now: datetime) -> None:
    session.flush()
    for service in (kept, other):
        session.expire(service)
        changed(session, service, now=now)
