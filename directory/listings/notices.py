"""Temporary closures and notices of a listing, which end by themselves (product time).

Whoever shows a listing asks `current` at the moment of showing. Indexes that keep listings ready
hear of the beginning and the end of each from `turn`, which the one-second look calls.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, field_validator
from sqlalchemy.orm import Session

from directory.errors import Conflict, NotFound
from directory.instant import Instant
from directory.listings import edit_queries as queries
from directory.listings import edit_values as values
from directory.listings.announce import listing_changed
from directory.listings.change_models import ServiceNotice
from directory.listings.changes import log_changes
from directory.listings.edit_parse import FieldMistake, invalid
from directory.listings.models import Service
from directory.listings.partner_rules import gives_place_away
from directory.listings.partner_schema import mistake
from directory.listings.service import changed

FIELD = "notices"
LONGEST_WORDS = 500
# What lasts longer is not passing: `status` says that.
LONGEST = timedelta(days=366)
MOST_AT_ONCE = 20
_TURNED_AT_ONCE = 200


class NoticeType(StrEnum):
    """`closure`: nobody is there. `notice`: open, and good to know."""

    CLOSURE = "closure"
    NOTICE = "notice"


class NoticeBody(BaseModel):
    """A closure or notice from `starts_at` (now) until `ends_at`. A notice needs a text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: NoticeType
    text: values.Text | None = None
    text_es: values.Text | None = None
    starts_at: Instant | None = None
    ends_at: Instant

    @field_validator("text", "text_es")
    @classmethod
    def _short(cls, text: str | None) -> str | None:
        if text is not None and len(text) > LONGEST_WORDS:
            raise mistake(f"has {len(text)} characters", f"use at most {LONGEST_WORDS}")
        return text


@dataclass(frozen=True, slots=True)
class CurrentNotice:
    """One that counts. `text`: {"en": …, "es": …}, without what was not said."""

    id: str
    kind: NoticeType
    text: dict[str, str]
    starts_at: datetime
    ends_at: datetime


def current(
    session: Session, service_ids: Collection[str], now: datetime
) -> dict[str, tuple[CurrentNotice, ...]]:
    """Service id → its closures and notices of this moment; services without any are not in it."""
    found: dict[str, tuple[CurrentNotice, ...]] = {}
    for row in queries.notices_of(session, service_ids, now=now, begun=True):
        found[row.service_id] = (*found.get(row.service_id, ()), _current(row))
    return found


def closed_until(notices: Iterable[CurrentNotice]) -> datetime | None:
    """When a service that is closed for the time being opens again; None: it is not closed."""
    ends = [each.ends_at for each in notices if each.kind is NoticeType.CLOSURE]
    return max(ends, default=None)


def standing(session: Session, service_id: str, *, now: datetime) -> list[ServiceNotice]:
    """Those that count now and those to come."""
    return queries.notices_of(session, [service_id], now=now)


def post(
    session: Session, service: Service, body: NoticeBody, *, by: str, now: datetime
) -> ServiceNotice:
    """Put up a closure or notice. The caller has the lock. Raises Invalid and Conflict."""
    starts_at = body.starts_at or now
    _check(service, body, starts_at=starts_at, now=now)
    if len(standing(session, service.id, now=now)) >= MOST_AT_ONCE:
        raise Conflict("notices_too_many", "Take one of this listing's notices down first.")
    notice = ServiceNotice(
        service_id=service.id,
        kind=body.kind.value,
        text=body.text,
        text_es=body.text_es,
        starts_at=starts_at,
        ends_at=body.ends_at,
        by=by,
        created_at=now,
        begun_at=now if starts_at <= now else None,
    )
    session.add(notice)
    session.flush()
    _note(session, service, before=None, after=_as_json(notice), by=by, now=now)
    return notice


def remove(session: Session, service: Service, notice_id: str, *, by: str, now: datetime) -> None:
    """Take one down before its end. Raises NotFound."""
    notice = queries.notice_of(session, service.id, notice_id)
    if notice is None:
        raise NotFound("notice_unknown", "This listing has no such notice.")
    notice.removed_at = now
    _note(session, service, before=_as_json(notice), after=None, by=by, now=now)


def turn(session: Session, *, now: datetime) -> int:
    """Tell every index of what has begun or ended since the last look; how many listings."""
    found = queries.services_turning(session, now=now, limit=_TURNED_AT_ONCE)
    # All of them before the first word to the indexes, which has a lock of its own.
    locked = {each: queries.locked_service(session, each) for each in sorted(found)}
    turned = 0
    for service_id, service in locked.items():
        turning = queries.notices_turning(session, service_id, now=now)
        for notice in turning:
            notice.begun_at = notice.begun_at or now
            if notice.ends_at <= now:
                notice.over_at = now
        if turning and service is not None:  # else another process was first
            changed(session, service, now=now)
            listing_changed(session, service, [FIELD], now=now)
            turned += 1
    return turned


def _note(
    session: Session,
    service: Service,
    *,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
    by: str,
    now: datetime,
) -> None:
    log_changes(session, service, {FIELD: (before, after)}, by=by, now=now)
    changed(session, service, now=now)
    listing_changed(session, service, [FIELD], now=now)


def _check(service: Service, body: NoticeBody, *, starts_at: datetime, now: datetime) -> None:
    mistakes = []
    if body.kind is NoticeType.NOTICE and body.text is None and body.text_es is None:
        mistakes.append(FieldMistake(("text",), "is missing", "write what people should know"))
    if body.ends_at <= max(starts_at, now):
        problem = "is not after starts_at" if body.ends_at > now else "is over already"
        mistakes.append(FieldMistake(("ends_at",), problem, "write when it will be over"))
    elif body.ends_at - starts_at > LONGEST or body.ends_at - now > 2 * LONGEST:
        remedy = 'shorten it, or change the listing: "status": "temporarily closed"'
        mistakes.append(FieldMistake(("ends_at",), "is more than a year away", remedy))
    if service.confidential:
        mistakes += [
            FieldMistake((name,), "seems to say where the place is", "take the address out")
            for name in ("text", "text_es")
            if gives_place_away(getattr(body, name) or "")
        ]
    if mistakes:
        raise invalid(mistakes)


def _as_json(notice: ServiceNotice) -> dict[str, str]:
    said = {
        "id": notice.id,
        "kind": notice.kind,
        "text": notice.text,
        "text_es": notice.text_es,
        "starts_at": notice.starts_at.astimezone(UTC).isoformat(),
        "ends_at": notice.ends_at.astimezone(UTC).isoformat(),
    }
    return {name: value for name, value in said.items() if value is not None}


def _current(row: ServiceNotice) -> CurrentNotice:
    texts = {"en": row.text, "es": row.text_es}
    return CurrentNotice(
        id=row.id,
        kind=NoticeType(row.kind),
        text={language: text for language, text in texts.items() if text},
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
