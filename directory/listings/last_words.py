"""What a person has said of a listing stands when a file is written over it, where it does harm.

A file is read again because something in it is new, seldom what a person has changed since. A
number that the partner or staff have taken away does not come back by it, and one that they have
added does not go, unless the file dates its number after their word. A listing that they have made
confidential gives no address, and one that they have closed stays closed until a person opens it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from directory.listings.change_models import ChangeStatus, ListingChange
from directory.listings.edit_rows import entries, fill_phone, source_of
from directory.listings.edit_rules import TEXTS, tells_place
from directory.listings.ids import stable_id
from directory.listings.models import Phone, Service
from directory.listings.numbers import digits_of
from directory.listings.partner_rules import gives_place_away
from directory.referrals.states import Party

PHONES, CONFIDENTIAL, STATUS = "phones", "confidential", "status"
_OPEN = "active"
_PEOPLE = (Party.PARTNER.value, Party.STAFF.value)
# The day of the file's own word on a number, where it has one.
Dated = Callable[[Service, Phone], date | None]


@dataclass(slots=True)
class _Word:
    """`stands`: the number is the listing's. `said`: its entries, as they were last written."""

    stands: bool
    day: date
    by: str
    said: list[Any] = field(default_factory=list)


def cautions(session: Session, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Service id → the values of `confidential` and `status` that no file takes back."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for change in _changes(session, ids, (CONFIDENTIAL, STATUS)):
        if change.after in (False, _OPEN):
            found[change.service_id].pop(change.field, None)
        else:
            found[change.service_id][change.field] = change.after
    return found


def texts_of(service: Service) -> dict[str, Any]:
    """What `keep_place` falls back on; to be taken before the service is written over."""
    return {name: getattr(service, name) for name in TEXTS}


def keep_place(service: Service, texts: dict[str, Any]) -> None:
    """What a person has made confidential says no place in the file's new words either."""
    for name in tells_place(service):
        setattr(service, name, texts[name])
    for rows, said in (
        (service.cost_options, "option"),
        (service.required_documents, "document"),
        (service.schedules, "description"),
        (service.service_areas, "description"),
        (service.phones, "description"),
        (service.phones, "description_es"),
    ):
        for row in rows:
            if gives_place_away(getattr(row, said) or ""):
                setattr(row, said, None)


def keep_numbers(session: Session, services: Collection[Service], *, dated: Dated) -> None:
    """Hold what was taken away, give what was added. The services have just been written over."""
    spoken = _spoken(session, [service.id for service in services])
    for service in services:
        for digits, word in spoken.get(service.id, {}).items():
            rows = [phone for phone in service.phones if digits_of(phone.number) == digits]
            older = [row for row in rows if (dated(service, row) or word.day) <= word.day]
            if not word.stands:
                _hold(older, word)
            elif rows:
                _give(older)
            else:
                _add(service, word)
    session.flush()


def _hold(rows: Iterable[Phone], word: _Word) -> None:
    """Nobody is given it until a person says otherwise; the note tells them why."""
    for row in rows:
        who = source_of(word.by)
        said = f"Taken away by {who} on {word.day.isoformat()}; the file still gives it."
        row.attested = False
        if said not in (row.note or ""):
            row.note = " ".join(filter(None, (row.note, said)))


def _give(rows: Iterable[Phone]) -> None:
    for row in rows:
        row.attested, row.call_first = True, False


def _add(service: Service, word: _Word) -> None:
    for position, entry in enumerate(entries(PHONES, word.said)):
        # The same id each time: who keeps a copy holds on to it.
        identity = stable_id("phone", service.id, word.by, entry.number, position)
        row = Phone(id=identity, attested=True, call_first=False, position=len(service.phones))
        fill_phone(row, entry)
        row.sources, row.as_of = [source_of(word.by)], word.day
        service.phones.append(row)


def _spoken(session: Session, ids: Collection[str]) -> dict[str, dict[str, _Word]]:
    """Service id → digits → the last word on the number, of those that a person has changed."""
    found: dict[str, dict[str, _Word]] = defaultdict(dict)
    for change in _changes(session, ids, (PHONES,)):
        words = found[change.service_id]
        before, after = _by_digits(change.before), _by_digits(change.after)
        day = (change.decided_at or change.at).date()
        for digits in before.keys() - after.keys():
            words[digits] = _Word(False, day, change.by)
        for digits in after.keys() - before.keys():
            words[digits] = _Word(True, day, change.by)
        for digits in after.keys() & words.keys():
            words[digits].said = after[digits]
    return found


def _by_digits(entries: list[dict[str, Any]] | None) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for entry in entries or []:
        found[digits_of(entry["number"])].append(entry)
    return found


def _changes(
    session: Session, ids: Collection[str], fields: Collection[str]
) -> Iterable[ListingChange]:
    """What people have changed of these fields, in the order in which it came to count."""
    by_people = or_(*(ListingChange.by.startswith(f"{who}:") for who in _PEOPLE))
    return session.scalars(
        select(ListingChange)
        .where(
            ListingChange.service_id.in_(ids),
            ListingChange.field.in_(fields),
            ListingChange.status.in_((ChangeStatus.APPLIED, ChangeStatus.APPROVED)),
            by_people,
        )
        .order_by(func.coalesce(ListingChange.decided_at, ListingChange.at), ListingChange.id)
    )
