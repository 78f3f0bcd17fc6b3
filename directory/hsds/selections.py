"""Which rows are asked for: the parameters of the HSDS API as SELECTs of ids.

Everything is decided in the database, and everything given must hold at once. Rows that may not
be shown are in none of the answers, with one exception: who asks what was modified also learns
what is no longer there (`withdrawn` below), because copies of it stand elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from directory.freshness.models import Freshness
from directory.hsds.nearby import covers, near
from directory.listings.change_models import Tombstone
from directory.listings.models import (
    Attribute,
    Organization,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)

MOST_WORDS = 12
# Each an id; of services the instant of the last change too. No id is in two parts.
Ids = Select[*tuple[Any, ...]]
Parts = tuple[Ids, ...]
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. Ids that nothing has are no mistake: nothing is found.

    `modified_after`: aware; that instant itself counts. `proximity`: metres around `postcode`.
    """

    search: str | None = None
    taxonomy_id: str | None = None
    taxonomy_term_id: str | None = None
    organization_id: str | None = None
    modified_after: datetime | None = None
    postcode: str | None = None
    proximity: float | None = None
    parent_id: str | None = None
    top_only: bool = False


def _fixed(value: str) -> Any:
    """A value that stands in the statement itself, so that partial indexes are recognized."""
    return literal(value, literal_execute=True)


# Kept the same as `publication.is_published`; and as the partial indexes of `service`.
SHOWN: tuple[Condition, ...] = (
    Service.published.is_(true()),
    Service.status.in_((_fixed("active"), _fixed("temporarily closed"))),
    Service.freshness != _fixed(Freshness.WITHHELD),
    Service.merged_into_id.is_(None),
)


def services(wanted: Wanted) -> Parts:
    statement = select(Service.id, Service.last_modified)
    filters = _service_filters(wanted)
    if wanted.modified_after is None:
        return (_not_by_index(statement.where(*SHOWN, *filters), wanted),)
    after = wanted.modified_after
    modified = Service.last_modified >= after
    shown = statement.where(*SHOWN, modified, *filters)
    if filters:
        return shown, statement.where(*_withdrawn(named=True), modified, *filters)
    withdrawn = statement.where(*_withdrawn(), modified)
    return shown, withdrawn, _gone("service", Service.id, after)


def links(wanted: Wanted) -> Parts:
    """Services at locations, where both may be told (see `publication.published_places`)."""
    statement = select(ServiceAtLocation.id)
    filters = _service_filters(wanted)
    here = _place_filters(wanted)
    told = and_(
        not_(ServiceAtLocation.service_confidential), not_(ServiceAtLocation.location_confidential)
    )
    if wanted.modified_after is None:
        of_service = _of_service(*SHOWN, *filters) if filters else _of_a_shown_service()
        return (statement.where(told, of_service, *here),)
    after = wanted.modified_after
    filters.append(Service.last_modified >= after)
    shown = statement.where(told, _of_service(*SHOWN, *filters), *here)
    if here or len(filters) > 1:
        of_former = _of_service(*_withdrawn(named=True), *filters)
        return shown, statement.where(told, of_former, *here)
    hidden = statement.where(not_(told), _of_service(*SHOWN, *filters))
    withdrawn = statement.where(_of_service(*_withdrawn(), *filters))
    return shown, hidden, withdrawn, _gone("service_at_location", ServiceAtLocation.id, after)


def organizations(wanted: Wanted) -> Parts:
    """Those that have a service to show."""
    statement = select(Organization.id).where(_has_service(*SHOWN))
    for word in _words(wanted.search):
        statement = statement.where(
            _holds(word, Organization.name, Organization.alternate_name, Organization.description)
        )
    for found in _terms(wanted):
        of_service = _has_service(*SHOWN, _tagged(found, Service.id))
        statement = statement.where(or_(_tagged(found, Organization.id), of_service))
    if wanted.organization_id is not None:
        statement = statement.where(Organization.id == wanted.organization_id)
    if wanted.modified_after is not None:
        after = wanted.modified_after
        statement = statement.where(
            or_(
                Organization.last_modified >= after,
                _has_service(*SHOWN, Service.last_modified >= after),
            )
        )
    return (statement,)


def taxonomies(wanted: Wanted) -> Parts:
    statement = select(Taxonomy.id)
    for word in _words(wanted.search):
        statement = statement.where(_holds(word, Taxonomy.name, Taxonomy.description))
    return (statement,)


def terms(wanted: Wanted) -> Parts:
    statement = select(TaxonomyTerm.id)
    for word in _words(wanted.search):
        statement = statement.where(
            _holds(word, TaxonomyTerm.name, TaxonomyTerm.code, TaxonomyTerm.description)
        )
    if wanted.taxonomy_id is not None:
        statement = statement.where(TaxonomyTerm.taxonomy_id == wanted.taxonomy_id)
    if wanted.parent_id is not None:
        statement = statement.where(TaxonomyTerm.parent_id == wanted.parent_id)
    if wanted.top_only:
        statement = statement.where(TaxonomyTerm.parent_id.is_(None))
    return (statement,)


def _service_filters(wanted: Wanted) -> list[Condition]:
    conditions: list[Condition] = []
    for word in _words(wanted.search):
        of_organization = select(Organization.id).where(_holds(word, Organization.name))
        own = _holds(word, Service.name, Service.alternate_name, Service.description)
        conditions.append(or_(own, Service.organization_id.in_(of_organization)))
    conditions += [_tagged(found, Service.id) for found in _terms(wanted)]
    if wanted.organization_id is not None:
        conditions.append(Service.organization_id == wanted.organization_id)
    return conditions


def _place_filters(wanted: Wanted) -> list[Condition]:
    if wanted.postcode is None:
        return []
    if wanted.proximity is None:
        return [covers(wanted.postcode)]
    return [near(wanted.postcode, metres=wanted.proximity)]


def _withdrawn(*, named: bool = False) -> list[Condition]:
    """No longer shown. `named`: that may be asked for by what they were: held ones never."""
    hidden = not_(and_(*SHOWN))
    return [hidden, Service.published.is_(true())] if named else [hidden]


def _gone(entity: str, living: InstrumentedAttribute[str], after: datetime) -> Ids:
    """What is not even a row any more. Of what stood there once nothing is left to filter by."""
    columns = (Tombstone.entity_id, Tombstone.deleted_at)
    return select(*(columns if entity == "service" else columns[:1])).where(
        Tombstone.entity == entity,
        Tombstone.deleted_at >= after,
        not_(exists().where(living == Tombstone.entity_id)),
    )


def _of_service(*conditions: Condition) -> Condition:
    """Few services first, then where they are."""
    return ServiceAtLocation.service_id.in_(select(Service.id).where(*conditions))


def _of_a_shown_service() -> Condition:
    """One place after the other, as nearly all of them are shown."""
    return exists().where(Service.id == ServiceAtLocation.service_id, *SHOWN)


def _has_service(*conditions: Condition) -> Condition:
    return exists().where(Service.organization_id == Organization.id, *conditions)


def _terms(wanted: Wanted) -> list[Any]:
    """SELECTs of the terms that are asked for, one a parameter; narrower terms count too."""
    asked: list[Any] = []
    if wanted.taxonomy_term_id is not None:
        term = select(TaxonomyTerm.id).where(TaxonomyTerm.id == wanted.taxonomy_term_id)
        narrower = term.cte(recursive=True)
        below = select(TaxonomyTerm.id).where(TaxonomyTerm.parent_id == narrower.c.id)
        asked.append(select(narrower.union(below).c.id))
    if wanted.taxonomy_id is not None:
        asked.append(select(TaxonomyTerm.id).where(TaxonomyTerm.taxonomy_id == wanted.taxonomy_id))
    return asked


def _tagged(found: Any, identity: InstrumentedAttribute[str]) -> Condition:
    return exists().where(Attribute.link_id == identity, Attribute.taxonomy_term_id.in_(found))


def _not_by_index(statement: Ids, wanted: Wanted) -> Ids:
    """Who reads every row reads them as they lie on the disk; SQLite would hop along an index."""
    if not wanted.search or wanted.organization_id is not None:
        return statement
    return statement.with_hint(Service, "NOT INDEXED", "sqlite")


def _words(search: str | None) -> list[str]:
    return list(dict.fromkeys((search or "").split()))[:MOST_WORDS]


def _holds(word: str, *columns: InstrumentedAttribute[Any]) -> Condition:
    """SQLite knows upper and lower case of ASCII alone: other words are tried as written too."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.title()}
    return or_(
        *(
            column.icontains(spelling, autoescape=True)
            for column in columns
            for spelling in sorted(spellings)
        )
    )
