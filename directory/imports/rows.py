"""From HSDS objects to the rows of our tables, a batch at a time. No database in here.

One row can hang on several things (a phone of a service, of its place and of a contact): HSDS
repeats it wherever it hangs, and here it is one row again. A row id that is taken by another
listing gets a new one: some sources hand the same id to every listing of an organization.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from directory.database import Base
from directory.hsds import objects
from directory.hsds.objects import HsdsObject
from directory.imports.identity import row_id
from directory.imports.terms import TermRows
from directory.listings import models
from directory.listings.ids import stable_id

# The columns by which a row hangs on another, by the name of its table.
OWNERS: Mapping[str, tuple[str, ...]] = {
    "phone": (
        "service_id", "organization_id", "location_id", "contact_id", "service_at_location_id",
    ),
    "schedule": ("service_id", "location_id", "service_at_location_id"),
    "language": ("service_id", "location_id", "phone_id"),
    "contact": ("service_id", "organization_id", "location_id", "service_at_location_id"),
    "url": ("service_id", "organization_id"),
    "funding": ("service_id", "organization_id"),
    "service_area": ("service_id", "service_at_location_id"),
    "cost_option": ("service_id",),
    "required_document": ("service_id",),
    "service_capacity": ("service_id",),
    "service_at_location": ("service_id",),
    "address": ("location_id",),
    "accessibility": ("location_id",),
    "program": ("organization_id",),
    "organization_identifier": ("organization_id",),
}  # fmt: skip
_MODELS: Mapping[type[HsdsObject], type[Base]] = {
    objects.Organization: models.Organization,
    objects.Program: models.Program,
    objects.Service: models.Service,
    objects.Location: models.Location,
    objects.Address: models.Address,
    objects.Accessibility: models.Accessibility,
    objects.ServiceAtLocation: models.ServiceAtLocation,
    objects.Contact: models.ListedContact,
    objects.Phone: models.Phone,
    objects.Language: models.SpokenLanguage,
    objects.Schedule: models.Schedule,
    objects.ServiceArea: models.ServiceArea,
    objects.CostOption: models.CostOption,
    objects.RequiredDocument: models.RequiredDocument,
    objects.Unit: models.Unit,
    objects.ServiceCapacity: models.ServiceCapacity,
    objects.Url: models.Url,
    objects.Funding: models.Funding,
    objects.OrganizationIdentifier: models.OrganizationIdentifier,
}
_BY_RULES = {"id", "organization_id", "program_id", "location_id", "parent_organization_id"}
COLUMNS: Mapping[type[HsdsObject], tuple[str, ...]] = {
    kind: tuple(
        name
        for name in kind.model_fields
        if name in model.__table__.columns and name not in _BY_RULES
    )
    for kind, model in _MODELS.items()
}
_WITH_POSITION = frozenset({"phone", "schedule", "service_area", "required_document"})

Row = dict[str, Any]


def table_of(kind: type[HsdsObject]) -> str:
    return str(_MODELS[kind].__tablename__)


def columns_of(value: HsdsObject) -> Row:
    """The columns that an object fills just as it says them."""
    content = value.__dict__
    return {name: content[name] for name in COLUMNS[type(value)]}


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows that are there already: (table, id) -> on what they hang (column -> id).

    `attributes`: id -> the row that it describes.
    """

    owners: Mapping[tuple[str, str], Mapping[str, str | None]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """The rows of a batch by table and id, in the order in which they were met."""

    source: str
    day: date
    taken: Taken = field(default_factory=Taken)
    tables: dict[str, dict[str, Row]] = field(default_factory=dict)
    terms: TermRows = field(init=False)
    _attributes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.terms = TermRows(self.source)

    def put(self, value: HsdsObject, owner: tuple[str, str], position: int = 0, **more: Any) -> str:
        """The id of the row of `value`, which hangs on `owner` (column, id)."""
        table = table_of(type(value))
        identity = self._identity(table, value.id, owner, position)
        rows = self.tables.setdefault(table, {})
        row = rows.get(identity)
        if row is None:
            row = {"id": identity, **dict.fromkeys(OWNERS.get(table, ())), **columns_of(value)}
            if table in _WITH_POSITION:
                row["position"] = position
            row |= more
            rows[identity] = row
            self.apart(value, table, identity)
        row[owner[0]] = owner[1]
        return identity

    def put_row(self, table: str, row: Row) -> None:
        """A row that is made elsewhere; the first of an id stands."""
        self.tables.setdefault(table, {}).setdefault(row["id"], row)

    def _identity(
        self, table: str, given: str | None, owner: tuple[str, str], position: int
    ) -> str:
        if given is None:
            return stable_id(table, *owner, position)
        identity = row_id(table, given, source=self.source)
        held = self.tables.get(table, {}).get(identity)
        for known in (held, self.taken.owners.get((table, identity))):
            if known is not None and known.get(owner[0]) not in (None, owner[1]):
                return stable_id(table, *owner, given)
        return identity

    def apart(self, value: HsdsObject, table: str, identity: str) -> None:
        """Attributes and metadata, which stand in tables apart."""
        for attribute in value.attributes:
            term_id = self.terms.add(attribute)
            if term_id is not None:
                self.link(table, identity, term_id, attribute)
        for line in value.metadata:
            self.put_row(
                "metadata",
                {
                    **line.model_dump(exclude={"id"}),
                    "id": row_id("metadata", line.id, source=self.source)
                    if line.id
                    else stable_id("metadata", identity, line.model_dump_json()),
                    "resource_id": identity,
                    "resource_type": table,
                    "last_action_date": line.last_action_date[:10],
                },
            )

    def link(
        self, table: str, identity: str, term_id: str, said: objects.Attribute | None = None
    ) -> None:
        """Tie a row to a term; once, however often the source does."""
        rows = self.tables.setdefault("attribute", {})
        own = stable_id("attribute", identity, term_id)
        if own in rows:
            return
        given = row_id("attribute", said.id, source=self.source) if said and said.id else own
        if given in self._attributes or self.taken.attributes.get(given, identity) != identity:
            given = own
        self._attributes.add(given)
        rows[own] = {
            "id": given,
            "link_id": identity,
            "link_entity": table,
            "link_type": said.link_type if said else None,
            "taxonomy_term_id": term_id,
            "value": said.value if said else None,
            "label": said.label if said else None,
        }


def given_ids(values: Iterable[HsdsObject], source: str) -> dict[str, set[str]]:
    """Table -> the row ids that the objects and all within them would have."""
    found: dict[str, set[str]] = {}
    for value in values:
        for inner in _within(value):
            for attribute in inner.attributes:
                if attribute.id is not None:
                    identity = row_id("attribute", attribute.id, source=source)
                    found.setdefault("attribute", set()).add(identity)
            if inner.id is not None:
                table = table_of(type(inner))
                found.setdefault(table, set()).add(row_id(table, inner.id, source=source))
    return found


def _within(value: HsdsObject) -> Iterator[HsdsObject]:
    yield value
    for inner in value.__dict__.values():
        if isinstance(inner, HsdsObject):
            yield from _within(inner)
        elif isinstance(inner, list):
            for each in inner:
                if isinstance(each, HsdsObject):
                    yield from _within(each)
