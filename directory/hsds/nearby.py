"""HSDS `postcode` and `proximity`, as conditions on services at locations."""

import math

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select

from directory.hsds.postcodes import postcode
from directory.listings.models import Address, Location, ServiceArea, ServiceAtLocation

METRES_PER_DEGREE = 111_195.0  # of a great circle, on a sphere of 6,371 km


def covers(text: str) -> ColumnElement[bool]:
    """The postcode lies in the service area; where none is stated, the place has the postcode."""
    asked = postcode(text)
    named = or_(
        func.lower(ServiceArea.name).in_(sorted(asked.names)),
        ServiceArea.extent.contains(asked.code, autoescape=True),
    )
    of_all_places = ServiceArea.service_at_location_id.is_(None)
    stated = exists().where(
        ServiceArea.service_id == ServiceAtLocation.service_id,
        or_(of_all_places, ServiceArea.service_at_location_id == ServiceAtLocation.id),
    )
    stands_there = select(Address.location_id).where(
        Address.postal_code.startswith(asked.code, autoescape=True)
    )
    return or_(
        ServiceAtLocation.service_id.in_(
            select(ServiceArea.service_id).where(named, of_all_places)
        ),
        ServiceAtLocation.id.in_(select(ServiceArea.service_at_location_id).where(named)),
        and_(ServiceAtLocation.location_id.in_(stands_there), not_(stated)),
    )


def near(text: str, *, metres: float) -> ColumnElement[bool]:
    """The place is within `metres` of the postcode's middle. An unknown postcode has none.

    On a plane that touches the globe there: right to 1 in 200 for circles up to 100 km.
    """
    middle = postcode(text).middle
    if middle is None:
        return false()
    latitude, longitude = middle
    degrees = min(metres / METRES_PER_DEGREE, 180.0)
    north = Location.latitude - latitude
    east = (Location.longitude - longitude) * math.cos(math.radians(latitude))
    return ServiceAtLocation.location_id.in_(
        select(Location.id).where(
            Location.latitude.between(latitude - degrees, latitude + degrees),
            north * north + east * east <= degrees * degrees,
        )
    )
