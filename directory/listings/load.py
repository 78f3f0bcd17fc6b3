"""Loads data/partners.yml into the directory. Repeatable: what has not changed is not written.

A file with a mistake changes nothing. A service that is no longer in the file becomes inactive
and stays: visits and referrals point to it. Each entry's fingerprint is kept, so that a listing
which its own partner has changed since is left alone until the file's entry changes; and what does
harm when it comes back is kept then too (`last_words`).
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from directory.duplicates.renewed import give_again, release, taken_back
from directory.imports.history import Shown, log_since, shown
from directory.imports.queries import whole_services
from directory.listings import partner_schema as schema
from directory.listings import queries
from directory.listings.change_models import DuplicatePair
from directory.listings.ids import organization_id, service_id
from directory.listings.last_words import (
    CONFIDENTIAL,
    STATUS,
    cautions,
    keep_numbers,
    keep_place,
    texts_of,
)
from directory.listings.mistakes import Mistake, PartnerFileError
from directory.listings.models import Organization, Service
from directory.listings.needs_taxonomy import ensure_need_terms, link_needs
from directory.listings.partner_file import read_partners
from directory.listings.partner_rows import fill_organization, fill_service
from directory.listings.service import catalogue_changed, changed

ORIGIN = "partners.yml"
BY = f"import:{ORIGIN}"
# Counted up when the same entry would be written differently than before.
FORMAT = 2


@dataclass(frozen=True, slots=True)
class LoadReport:
    """Slugs of services, and the mistakes for which the file was turned away."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rejected: tuple[Mistake, ...] = ()

    @property
    def wrote(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(slots=True)
class _Outcome:
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def load_partners(session: Session, path: Path, *, now: datetime) -> LoadReport:
    """Brings the directory to what the file says. The caller commits.

    `now` is aware UTC; no page in the file may be dated after it.
    """
    try:
        file = read_partners(path, today=now.date())
    except PartnerFileError as error:
        return LoadReport(rejected=error.mistakes)
    organizations, services = queries.from_origin(session, ORIGIN)
    known_organizations = {row.slug: row for row in organizations}
    known_services = {row.slug: row for row in services}
    described_anew = [
        each.id
        for each in file.organizations
        if _organization(session, each, known_organizations, now)
    ]
    outcome = _Outcome()
    touched: list[str] = []
    written: list[Service] = []
    before: Shown = {}
    merges: dict[str, DuplicatePair] = {}
    said = cautions(session, [row.id for row in services])
    for entry, organization_entry, position in _services(file):
        print_now = _fingerprint(entry, organization_entry)
        row = known_services.pop(entry.id, None)
        if row is not None and row.fingerprint == print_now:
            row.position = position
            outcome.unchanged.append(entry.id)
            continue
        organization = known_organizations[organization_entry.id]
        touched.append(organization.id)
        (outcome.added if row is None else outcome.changed).append(entry.id)
        # The one into which it was merged says what this one says.
        known = [each for each in (row.id, row.merged_into_id) if each] if row else []
        before = shown(session, known, now=now) | before
        merges |= {pair.id: pair for pair in taken_back(session, known) if pair.id not in merges}
        words = said.get(service_id(entry.id), {})
        row = _service(session, row, entry, organization, now, words=words)
        row.position, row.fingerprint = position, print_now
        written.append(row)
    outcome.removed += _end(session, known_services.values(), now)
    report = LoadReport(
        added=tuple(outcome.added),
        changed=tuple(outcome.changed),
        unchanged=tuple(outcome.unchanged),
        removed=tuple(outcome.removed),
    )
    if report.wrote:
        _finish(session, file, report, touched)
        give_again(session, list(merges.values()), by=BY, now=now)
        written += _kept(session, merges.values(), written, now)
        keep_numbers(session, written, dated=lambda _, phone: phone.as_of)
        log_since(session, before, by=BY, now=now)
    elif described_anew:
        catalogue_changed(session)
    return report


def _kept(
    session: Session, merges: Iterable[DuplicatePair], written: Collection[Service], now: datetime
) -> list[Service]:
    """The listings that say what was merged into them, where the file has not written them too."""
    ids = {pair.kept_id for pair in merges if pair.kept_id} - {row.id for row in written}
    rows = list(whole_services(session, ids).values())
    for row in rows:
        changed(session, row, now=now)
    return rows


def _end(session: Session, rows: Iterable[Service], now: datetime) -> list[str]:
    """What the file no longer names; what was merged into it is shown again."""
    gone = [row for row in rows if row.status != "inactive"]
    release(session, [row.id for row in gone], by=BY, now=now)
    for row in gone:
        row.status, row.fingerprint, row.last_modified = "inactive", None, now
        row.version += 1
    return [row.slug for row in gone]


def _services(
    file: schema.PartnerFile,
) -> Iterator[tuple[schema.Service, schema.Organization, int]]:
    for organization in file.organizations:
        for position, service in enumerate(organization.services):
            yield service, organization, position


def _fingerprint(entry: schema.Service, organization: schema.Organization) -> str:
    """Of everything that the service is written from. Of its organisation that is the id alone: a
    new name of theirs must not undo what a partner has changed in each of their listings."""
    content = {
        "format": FORMAT,
        "organization": organization.id,
        "service": entry.model_dump(mode="json"),
    }
    return _hash(content)


def _hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _organization(
    session: Session,
    entry: schema.Organization,
    known: dict[str, Organization],
    now: datetime,
) -> bool:
    """Whether it was written."""
    content = {"format": FORMAT, "organization": entry.model_dump(mode="json")}
    print_now = _hash(content)
    row = known.get(entry.id)
    if row is None:
        row = Organization(id=organization_id(entry.id), slug=entry.id, origin=ORIGIN)
        session.add(row)
        known[entry.id] = row
    if row.fingerprint == print_now:
        return False
    fill_organization(row, entry, now=now)
    row.fingerprint = print_now
    return True


def _service(
    session: Session,
    row: Service | None,
    entry: schema.Service,
    organization: Organization,
    now: datetime,
    *,
    words: Mapping[str, Any],
) -> Service:
    """`words`: what people have said of it that the file does not take back."""
    hidden = CONFIDENTIAL in words
    texts = texts_of(row) if row else {}
    if row is None:
        row = Service(id=service_id(entry.id), slug=entry.id, origin=ORIGIN, status="active")
        row.organization = organization
        session.add(row)
    else:
        row.organization = organization
        row.version += 1  # whoever has read it before changes it no more unseen
        # Back in the file from which it had gone; who has closed it otherwise opens it again.
        if row.status == "inactive" and row.fingerprint is None:
            row.status = words.get(STATUS, "active")
    with session.no_autoflush:
        confidential = {CONFIDENTIAL: hidden or entry.confidential}
        fill_service(session, row, entry.model_copy(update=confidential), now=now)
        if hidden:
            keep_place(row, texts)
    return row


def _finish(
    session: Session, file: schema.PartnerFile, report: LoadReport, touched: list[str]
) -> None:
    session.flush()
    terms = ensure_need_terms(session)
    written = {*report.added, *report.changed}
    for entry, _, _ in _services(file):
        if entry.id in written:
            link_needs(session, service_id(entry.id), entry.needs, terms)
    for location in queries.lone_locations(session, touched):
        session.delete(location)
    catalogue_changed(session)
