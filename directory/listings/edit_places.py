"""The places of a service: locations, which services of one organisation share.

A change of one service never moves another: where a place is shared, the changed one gets a
location of its own, or joins one of its organisation that says the same already.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from directory.database import new_id
from directory.listings import edit_queries as queries
from directory.listings import edit_schema as schema
from directory.listings import edit_view as view
from directory.listings.models import Address, Location, Service, ServiceAtLocation

_LOCATION_COLUMNS = [
    name for name in schema.Location.model_fields if name not in ("id", "addresses")
]
_ADDRESS_COLUMNS = [name for name in schema.Address.model_fields if name != "id"]


def replace_places(
    session: Session, service: Service, wanted: Sequence[schema.ServiceAtLocation]
) -> None:
    """The service stands at exactly these places; locations that nobody uses any more go."""
    before = {link.location_id for link in service.service_at_locations}
    free = list(service.service_at_locations)
    kept = []
    for entry in wanted:
        location = _location(session, service, entry, free)
        link = next((each for each in free if each.location is location), None)
        if link is None:
            link = ServiceAtLocation(id=new_id())
            link.location = location
        else:
            free.remove(link)
        link.description = entry.description
        kept.append(link)
    service.service_at_locations = kept
    session.flush()
    for lone in queries.unlinked(session, sorted(before)):
        session.delete(lone)
    session.flush()


def _location(
    session: Session,
    service: Service,
    entry: schema.ServiceAtLocation,
    free: list[ServiceAtLocation],
) -> Location:
    """The row for a place: one that says the same, the entry's own, or a new one."""
    said = entry.location.content()
    own = [link.location for link in free if not link.location.confidential]
    shared = [each for each in service.organization.locations if not each.confidential]
    for location in (*own, *shared):
        if view.location_value(location).content() == said:
            return location
    for link in free:
        named = link.id == entry.id or link.location_id == entry.location.id
        if named and not queries.used_by_others(session, link.location_id, service.id):
            _fill(link.location, entry.location)
            return link.location
    location = Location(id=new_id(), confidential=False)
    location.organization = service.organization
    _fill(location, entry.location)
    return location


def _fill(location: Location, said: schema.Location) -> None:
    for name in _LOCATION_COLUMNS:
        setattr(location, name, getattr(said, name))
    rows = list(location.addresses)
    kept = []
    for entry in said.addresses:
        same = [row for row in rows if row.id == entry.id] or rows[:1]
        address = rows.pop(rows.index(same[0])) if same else Address(id=new_id())
        for name in _ADDRESS_COLUMNS:
            setattr(address, name, getattr(entry, name))
        kept.append(address)
    location.addresses = kept
