"""Looks for doubles after listings have changed, and keeps what it found for a person to judge."""

from collections.abc import Collection
from datetime import datetime

from directory.database import Database
from directory.duplicates import queries
from directory.duplicates.candidates import probable_pairs
from directory.listings.change_models import DuplicatePair, DuplicateStatus

_AT_ONCE = 500


def find_doubles(
    database: Database, changed: Collection[str] | None = None, *, now: datetime
) -> int:
    """How many open pairs there are of these services (None: of all) with any other.

    Reads everything once and compares outside of any transaction. A pair that a person has
    decided does not come back; an open one that is no longer alike goes.
    """
    if changed is not None and not changed:
        return 0
    with database.read_scope() as session:
        sketches = queries.sketches(session)
    found = {
        (one.id, other.id): likeness for one, other, likeness in probable_pairs(sketches, changed)
    }
    every = [sketch.id for sketch in sketches] if changed is None else list(changed)
    with database.session_scope() as session:
        known = {(row.first_id, row.second_id): row for row in queries.pairs_of(session, every)}
        for key, row in known.items():
            if row.status == DuplicateStatus.OPEN and key not in found:
                session.delete(row)
    wanted = list(found.items())
    count = 0
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        with database.session_scope() as session:
            ids = {identity for key, _ in some for identity in key}
            there = {(row.first_id, row.second_id): row for row in queries.pairs_of(session, ids)}
            for key, likeness in some:
                pair = there.get(key)
                if pair is None:
                    pair = DuplicatePair(
                        entity=queries.SERVICE,
                        first_id=key[0],
                        second_id=key[1],
                        found_at=now,
                        status=DuplicateStatus.OPEN,
                    )
                    session.add(pair)
                if pair.status == DuplicateStatus.OPEN:
                    pair.score, pair.reasons = likeness.score, dict(likeness.reasons)
                    count += 1
    return count
