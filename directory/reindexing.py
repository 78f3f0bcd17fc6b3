"""Finding people by number again under another SECRET_KEY, from the numbers themselves.

Numbers are under the encryption keys, and only the index by which they are found is under
SECRET_KEY: so where that is lost the index can be made anew. A row whose index fits is left alone,
so that this goes on where it was stopped; an index is replaced only if it still is what was read.

Who texted while SECRET_KEY was wrong was met as a stranger, with the number of somebody known. The
older of the two keeps the number; the other's row stays, as of a number that is somebody else's.
STOP counts for both.

What cannot be made anew: the index of a number that was erased and wants silence, for the number
itself is gone.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, select, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.database import Base, Database
from directory.encryption import Cipher, DecryptionError
from directory.partners.models import PartnerContact
from directory.people import service as people
from directory.people.models import Person
from directory.staff.models import StaffMember

AT_ONCE = 500
# A text that comes in at the same moment may take an index first: then the batch is done again.
TRIES = 5
ACTION = "keys.reindex"


@dataclass(frozen=True, slots=True)
class Indexed:
    """A column that is found by its index. `only`: rows whose index is one at all."""

    model: type[Base]
    value: InstrumentedAttribute[Any]
    index: InstrumentedAttribute[Any]
    only: tuple[ColumnElement[bool], ...] = ()

    @property
    def name(self) -> str:
        return str(self.model.__tablename__)


INDEXES = (
    Indexed(Person, Person.phone, Person.phone_index, (Person.reassigned_at.is_(None),)),
    Indexed(StaffMember, StaffMember.phone, StaffMember.phone_index),
    Indexed(PartnerContact, PartnerContact.address, PartnerContact.address_index),
)


@dataclass(slots=True)
class Reindexed:
    """How many indexes were made anew, by table. `strangers`: of how many numbers two people were
    known. `unreadable`: values that no encryption key fits."""

    rows: Counter[str] = field(default_factory=Counter)
    strangers: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Misfit:
    """A row that is not found. `fresh`: None where its value cannot be read."""

    id: str
    index: str
    fresh: str | None


def misfits(database: Database) -> Counter[str]:
    """By table, how many rows are not found by SECRET_KEY. Streams; writes nothing."""
    found = Counter[str]()
    for each in INDEXES:
        found[each.name] = sum(len(batch) for batch in _batches(database, each))
    return found


def silent(session: Session) -> int:
    """How many numbers are kept silent by their index alone."""
    only_silent = and_(Person.phone == "", Person.erased_at.is_(None))
    return session.scalar(select(func.count()).select_from(Person).where(only_silent)) or 0


def reindex(
    database: Database,
    *,
    by: str,
    now: datetime,
    told: Callable[[str, int], None] | None = None,
) -> Reindexed:
    """Make anew every index that does not fit. `told`: hears of each batch, table and count."""
    result = Reindexed()
    for each in INDEXES:
        for batch in _batches(database, each):
            result.unreadable += sum(row.fresh is None for row in batch)
            readable = [row for row in batch if row.fresh is not None]
            count, strangers = _replaced(database, each, readable, by=by, now=now)
            result.rows[each.name] += count
            result.strangers += strangers
            if told is not None and readable:
                told(each.name, result.rows[each.name])
    return result


def _batches(database: Database, each: Indexed) -> Iterator[list[Misfit]]:
    """Misfits of one batch of rows after the other, and no session open in between."""
    # Each model's key is its `id`; the value as it is stored, for its type would raise.
    key: Any = each.model.__table__.c.id
    stored = type_coerce(each.value, Text)
    statement = (
        select(key, stored, each.index)
        .where(stored.is_not(None), stored != "", *each.only)
        .order_by(key)
        .limit(AT_ONCE)
    )
    last = ""
    while True:
        with database.read_scope() as session:
            rows = session.execute(statement.where(key > last)).all()
        found = [Misfit(id_, index, _fresh(database.cipher, token)) for id_, token, index in rows]
        yield [row for row in found if row.fresh != row.index]
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _fresh(cipher: Cipher, token: str) -> str | None:
    try:
        return cipher.blind_index(cipher.decrypt(token))
    except DecryptionError:
        return None


def _replaced(
    database: Database, each: Indexed, batch: list[Misfit], *, by: str, now: datetime
) -> tuple[int, int]:
    """How many got their index, and for how many numbers somebody else had it."""
    for tries in range(TRIES):
        count = strangers = 0
        try:
            with database.session_scope() as session:
                for row in batch:
                    fresh = row.fresh or ""
                    if each.model is Person and _taken(session, row.id, fresh, by=by, now=now):
                        strangers += 1
                    count += _set(session, each, row.id, before=row.index, fresh=fresh)
        except IntegrityError:
            if tries == TRIES - 1:
                raise
            continue
        break
    return count, strangers


def _set(session: Session, each: Indexed, row_id: str, *, before: str, fresh: str) -> int:
    """1, or 0 where somebody has changed it meanwhile."""
    key: Any = each.model.__table__.c.id
    result = session.connection().execute(
        update(each.model.__table__)  # type: ignore[arg-type]  # a declared model's is a Table
        .where(key == row_id, each.index == before)
        .values({each.index.key: fresh})
    )
    return result.rowcount


def _taken(session: Session, person_id: str, fresh: str, *, by: str, now: datetime) -> bool:
    """Settle who keeps a number that somebody else is found by; False where nobody is."""
    other = session.scalar(
        select(Person).where(Person.phone_index == fresh, Person.id != person_id).with_for_update()
    )
    if other is None:
        return False
    mine = session.get_one(Person, person_id, with_for_update=True)
    older, younger = sorted((mine, other), key=lambda person: (person.created_at, person.id))
    if younger.opted_out_at is not None and older.opted_out_at is None:
        people.opt_out(session, older, now=now)
    people.give_up_number(session, younger, now=now)
    people.audit(
        session, actor=by, action=ACTION, person_id=older.id, subject_id=younger.id, now=now
    )
    session.flush()
    return True
