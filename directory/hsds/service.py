"""Whole HSDS objects for many rows at once, with what stands in tables apart from them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.hsds import queries
from directory.hsds.metadata import change_object, metadata_object
from directory.hsds.values import present
from directory.hsds.write import service_object, service_summary, taxonomy_term_object
from directory.listings.change_models import ServiceNotice
from directory.listings.models import Attribute, Service
from directory.listings.publication import is_published
from directory.listings.queries import catalogue_version

Object = dict[str, Any]
Notices = dict[str, list[ServiceNotice]]
# Objects that HSDS gives neither attributes nor (their own) metadata of ours.
_BARE = frozenset({"attributes", "metadata", "taxonomy_term", "taxonomy_detail"})
# In a service, and not its alone.
_NOT_ITS_OWN = frozenset({"organization", "program"})


def state_of_the_catalogue(session: Session, *, now: datetime) -> str:
    """A text that is another one whenever an object could be: for ETags.

    Rows change with the version of the catalogue; closures begin and end by themselves.
    """
    turn = queries.last_turn_of_notices(session, now=now)
    return f"{catalogue_version(session)} {turn.isoformat() if turn else ''}"


def service_objects(
    session: Session,
    services: Sequence[Service],
    *,
    now: datetime,
    whole: bool = True,
) -> list[Object]:
    """The services as anybody may see them at `now` (product time), in the order given.

    `whole`: with all that hangs on them; else as HSDS lists have them. Load the services with
    `loading.whole_service()` when there are many, or each is loaded piece by piece.
    """
    notices = queries.notices_that_count(session, [each.id for each in services], now=now)
    write = service_object if whole else service_summary
    objects = [write(each, notices=notices.get(each.id, ())) for each in services]
    if whole:
        shown = {each.id: each for each in services if is_published(each)}
        written = [each for each in objects if each["id"] in shown]
        add_what_stands_apart(session, written, shown.values())
    return objects


def add_what_stands_apart(
    session: Session, objects: Sequence[Object], services: Iterable[Service]
) -> None:
    """Gives `objects`, and every object inside them, their `attributes` and `metadata`.

    Metadata are those that came with an import, and the public side of the change log of
    `services`.
    """
    by_id: dict[str, list[Object]] = {}
    for each in objects:
        for found in _within(each):
            by_id.setdefault(found["id"], []).append(found)
    attributes: dict[str, list[Object]] = {}
    for row in queries.attributes_of(session, list(by_id)):
        attributes.setdefault(row.link_id, []).append(attribute_object(row))
    confidential = {each.id for each in services if each.confidential}
    withheld = {
        found["id"]
        for identity in confidential
        for each in by_id.get(identity, ())
        for found in _within(each, leave=_NOT_ITS_OWN)
    }
    metadata: dict[str, list[Object]] = {}
    for line in queries.metadata_of(session, [each for each in by_id if each not in withheld]):
        metadata.setdefault(line.resource_id, []).append(metadata_object(line))
    shown = [each.id for each in services if each.id in by_id]
    for change in queries.changes_of(session, shown):
        told = change_object(change, values=change.service_id not in confidential)
        if told is not None:
            metadata.setdefault(change.service_id, []).append(told)
    for name, rows in (("attributes", attributes), ("metadata", metadata)):
        for identity, lines in rows.items():
            for found in by_id[identity]:
                found[name] = lines


def attribute_object(attribute: Attribute) -> Object:
    return present(
        id=attribute.id,
        link_id=attribute.link_id,
        taxonomy_term_id=attribute.taxonomy_term_id,
        link_type=attribute.link_type,
        link_entity=attribute.link_entity,
        value=attribute.value,
        taxonomy_term=taxonomy_term_object(attribute.taxonomy_term),
        label=attribute.label,
    )


def _within(value: Object, *, leave: frozenset[str] = frozenset()) -> Iterator[Object]:
    """The object and the objects in it that have an id of their own, but for those of `leave`."""
    yield value
    for name, inner in value.items():
        if name in _BARE or name in leave:
            continue
        if isinstance(inner, dict):
            yield from _within(inner, leave=leave)
        elif isinstance(inner, list):
            for each in inner:
                if isinstance(each, dict):
                    yield from _within(each, leave=leave)
