"""Fills a database of the product with the benchmark's services, quickly.

Partners come by the product's own loader. All other services are written with the same columns
in bulk, which is the same to a reader of the tables and a hundred times quicker.
"""

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.corpus import PARTNERS_FILE, Record, Source, need_terms
from directory import database
from directory.listings.ids import stable_id
from directory.listings.load import load_partners
from directory.listings.models import (
    Address,
    Attribute,
    CostOption,
    Location,
    Organization,
    Service,
    ServiceArea,
    ServiceAtLocation,
    SpokenLanguage,
    Taxonomy,
    TaxonomyTerm,
)
from directory.listings.needs_taxonomy import ensure_need_terms
from directory.listings.service import catalogue_changed
from directory.settings import Settings

ORIGIN = "benchmark"
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_BATCH = 5_000
Row = dict[str, Any]


def bench_settings(folder: Path) -> Settings:
    """Settings that read nothing from the environment; SQLite in `folder`."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'handoff.sqlite'}",
        secret_key="a secret for a benchmark",  # guards nothing
        encryption_keys=base64.urlsafe_b64encode(bytes(32)).decode(),
    )


def fill(records: Iterable[Record], *, now: datetime) -> None:
    """Writes the services into the current database, which is migrated and empty. `now`: aware."""
    now = now.astimezone(UTC)
    with database.session_scope() as session:
        report = load_partners(session, PARTNERS_FILE, now=now)
        if report.rejected:
            raise ValueError(f"{PARTNERS_FILE.name}: {report.rejected[0]}")
        others = [
            record
            for record in records
            if record.source is not Source.PARTNERS or record.copy_of is not None
        ]
        terms = _terms(session, others)
        for start in range(0, len(others), _BATCH):
            batch = others[start : start + _BATCH]
            _write(session, batch, now)
            if filed := [row for record in batch for row in _attributes(record, terms)]:
                session.execute(insert(Attribute), filed)
        catalogue_changed(session)


def _write(session: Session, records: list[Record], now: datetime) -> None:
    session.execute(insert(Organization), [_organization(record, now) for record in records])
    session.execute(insert(Service), [_service(record, now) for record in records])
    placed = [record for record in records if record.street and record.town]
    if placed:
        session.execute(insert(Location), [_location(record) for record in placed])
        session.execute(insert(Address), [_address(record) for record in placed])
        session.execute(insert(ServiceAtLocation), [_link(record) for record in placed])
    for model, rows in (
        (ServiceArea, [row for record in records for row in _areas(record)]),
        (SpokenLanguage, [row for record in records for row in _languages(record)]),
        (CostOption, [row for record in records for row in _costs(record)]),
    ):
        if rows:
            session.execute(insert(model), rows)


def _terms(session: Session, records: list[Record]) -> dict[str, str]:
    """Needs' codes and the sources' own terms -> the ids of their rows, made here."""
    own = sorted({term for record in records for term in _own_terms(record)})
    identity = stable_id("taxonomy", ORIGIN)
    about = {"name": "Terms of the sources", "description": "As the sources file their services."}
    session.execute(insert(Taxonomy), [{"id": identity} | about])
    found = {term: stable_id("taxonomy_term", ORIGIN, term) for term in own}
    rows = [
        {"id": found[term], "taxonomy_id": identity, "code": term, "name": term, "description": ""}
        for term in own
    ]
    if rows:
        session.execute(insert(TaxonomyTerm), rows)
    return ensure_need_terms(session) | found


def _own_terms(record: Record) -> list[str]:
    """The terms that are not only the labels of its needs."""
    labels = need_terms(record.needs)
    return [term for term in record.terms if term not in labels]


def _attributes(record: Record, terms: dict[str, str]) -> Iterator[Row]:
    for term in dict.fromkeys([*record.needs, *_own_terms(record)]):
        yield {
            "id": stable_id("attribute", record.id, term),
            "link_id": record.id,
            "link_entity": "service",
            "taxonomy_term_id": terms[term],
        }


def _organization(record: Record, now: datetime) -> Row:
    return {
        "id": _id("organization", record),
        "name": record.organization,
        "description": f"Services: {record.name}",
        "slug": f"benchmark-{record.id}",
        "also_known_as": list(record.other_names),
        "origin": ORIGIN,
        "last_modified": now,
    }


def _service(record: Record, now: datetime) -> Row:
    return {
        "id": record.id,
        "organization_id": _id("organization", record),
        "name": record.name,
        "description": record.description or None,
        "description_es": record.description_es or None,
        "eligibility_description": record.eligibility or None,
        "eligibility_description_es": record.eligibility_es or None,
        "fees_description": record.cost or None,
        "status": "active",
        "slug": f"benchmark-{record.id}",
        "needs": list(record.needs),
        "opening_hours": record.opening_hours or weekly(record),
        "published": True,
        "accepts_referrals": False,
        "origin": ORIGIN,
        "last_modified": now,
    }


def weekly(record: Record) -> str | None:
    """Weekly openings in OpenStreetMap's syntax; what closes before it opens is left out."""
    parts = [
        f"{_DAYS[opening.day]} {opening.opens}-{opening.closes}"
        for opening in record.openings
        if opening.opens < opening.closes
    ]
    return ", ".join(dict.fromkeys(parts)) or None


def _location(record: Record) -> Row:
    latitude, longitude = record.coordinates or (None, None)
    return {
        "id": _id("location", record),
        "organization_id": _id("organization", record),
        "location_type": "physical",
        "name": record.name,
        "latitude": latitude,
        "longitude": longitude,
    }


def _address(record: Record) -> Row:
    return {
        "id": _id("address", record),
        "location_id": _id("location", record),
        "address_1": record.street,
        "city": record.town,
        "state_province": record.state,
        "postal_code": record.zip_code or None,
    }


def _link(record: Record) -> Row:
    return {
        "id": _id("service_at_location", record),
        "service_id": record.id,
        "location_id": _id("location", record),
    }


def _areas(record: Record) -> Iterator[Row]:
    for position, name in enumerate(dict.fromkeys(record.areas)):
        identity = stable_id("service_area", record.id, name)
        yield {"id": identity, "service_id": record.id, "name": name, "position": position}


def _languages(record: Record) -> Iterator[Row]:
    for code in record.languages:
        identity = stable_id("language", record.id, code)
        yield {"id": identity, "service_id": record.id, "code": code}


def _costs(record: Record) -> Iterator[Row]:
    if record.cost:
        identity = _id("cost_option", record)
        yield {"id": identity, "service_id": record.id, "option": record.cost}


def _id(kind: str, record: Record) -> str:
    return stable_id(kind, ORIGIN, record.id)
