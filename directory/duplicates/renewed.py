"""Merges outlast a file that is written over the kept listing, and end with the kept listing.

What a merge gave is taken off before the file is written and given anew after it: the kept listing
says all of its file then, and of the other one what it still lacks; and the merge can be undone.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from directory.duplicates import queries
from directory.duplicates.giving import NOTHING, give, take_back
from directory.duplicates.service import part
from directory.errors import Conflict
from directory.imports.queries import whole_services
from directory.listings.change_models import DuplicatePair
from directory.listings.models import Phone, Service
from directory.listings.publication import is_published
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

_LISTED = ("active", "temporarily closed")
_LOOK = (
    "Its file lists it no more. Another listing was merged into it and stays hidden: this one was "
    "confidential or held back. Undo the merge if the other one is to be shown."
)


def taken_back(session: Session, ids: Collection[str]) -> list[DuplicatePair]:
    """Before these listings are written over. `give_again` belongs to it, in one transaction."""
    pairs = queries.merges_into(session, ids)
    for pair, kept, _ in _each(session, pairs[::-1]):
        take_back(session, kept, pair.undo or NOTHING)
        pair.undo = dict(NOTHING)
        session.flush()
        session.expire(kept)
    return pairs


def give_again(
    session: Session, pairs: Sequence[DuplicatePair], *, by: str, now: datetime
) -> set[str]:
    """After they were written over; the ids of the phones that are given.

    A merge that would be refused now is parted, and open again. Where the kept listing is
    confidential it gives nothing instead: the other one might say where it is.
    """
    for pair, kept, other in _each(session, pairs):
        other.merged_into_id = None  # what is merged already counts as not shown
        try:
            with session.begin_nested():
                pair.undo = give(session, kept, other, now=pair.decided_at or now)
        except Conflict:
            if not kept.confidential:
                part(session, pair, kept, other, by=by, now=now)
                continue
        other.merged_into_id = kept.id
        session.flush()
        session.expire(kept)
    rows = [row for pair in pairs for row in (pair.undo or NOTHING)["rows"]]
    return {identity for kind, identity in rows if kind == Phone.__tablename__}


def release(session: Session, ids: Collection[str], *, by: str, now: datetime) -> list[str]:
    """Before these listings end because their file no longer names them: those of them from which
    others are parted, and so shown again where their own source still lists them.

    What is confidential, or held back, might be told by the other one: staff decide that.
    """
    found = []
    for pair, kept, other in _each(session, queries.merges_into(session, ids)[::-1]):
        if kept.status not in _LISTED or kept.merged_into_id is not None:
            continue
        if kept.confidential or not is_published(kept):
            tasks.open_task(
                session,
                TaskKind.LISTING_REPORT,
                person_id=None,
                service_id=kept.id,
                note=_LOOK,
                now=now,
            )
        else:
            part(session, pair, kept, other, by=by, now=now)
            found.append(kept.id)
    return found


def _each(
    session: Session, pairs: Sequence[DuplicatePair]
) -> Iterator[tuple[DuplicatePair, Service, Service]]:
    """Each with the listing that was kept and the other one."""
    for pair in pairs:
        kept_id = pair.kept_id or ""
        other_id = pair.second_id if kept_id == pair.first_id else pair.first_id
        both = whole_services(session, [kept_id, other_id])
        if len(both) == 2:
            yield pair, both[kept_id], both[other_id]
