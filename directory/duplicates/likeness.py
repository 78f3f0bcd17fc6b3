"""How probable it is that two listings are one, and why. Pure."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from directory.places import distance_miles, folded
from directory.search.alike import alike, name_words

THRESHOLD = 0.62
_NEAR_MILES = 0.15
_FAR_MILES = 25.0
# Numbers of everybody: nothing is told by them.
_COMMON = frozenset({"211", "311", "411", "511", "711", "811", "911", "988"})
_STREET = {
    "street": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "road": "rd",
    "drive": "dr", "lane": "ln", "court": "ct", "place": "pl", "highway": "hwy", "parkway": "pkwy",
    "north": "n", "south": "s", "east": "e", "west": "w", "suite": "", "ste": "", "unit": "",
    "apt": "", "floor": "", "fl": "", "northwest": "nw", "northeast": "ne", "southwest": "sw",
    "southeast": "se",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of a listing is compared. `phones`: digits. `addresses`: as `address_key` gives them.

    `names`: the words of the service's name, and of it behind its organization's.
    """

    id: str
    organization_id: str
    names: tuple[tuple[str, ...], ...]
    phones: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    coordinates: tuple[float, float] | None = None
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score`: 0 to 1. `reasons`: "name", "phone", "address", "needs" with their own."""

    score: float
    reasons: Mapping[str, float]


def address_key(street: str, city: str, postal_code: str | None) -> str:
    """An address so that two spellings of it are the same; "" of one without a number.

    "123 North Main Street, Suite 4" is "123 n main st". What stands behind the street is left
    out: one listing names the suite, the other does not.
    """
    words = re.sub(r"[^\w\s]", " ", folded(street.split(",", maxsplit=1)[0])).split()
    if not words or not words[0][0].isdigit():
        return ""
    plain = []
    for word in words:
        if word in ("suite", "ste", "unit", "apt", "floor", "fl", "room", "rm"):
            break
        plain.append(_STREET.get(word, word))
    where = (postal_code or "")[:5] or folded(city).strip()
    return f"{' '.join(filter(None, plain))}|{where}"


def names_of(service: str, organization: str) -> tuple[tuple[str, ...], ...]:
    """A pantry can be listed by its own name, or by the church's that runs it."""
    own, whose = name_words(service), name_words(organization)
    both = tuple(dict.fromkeys((*whose, *own)))
    return tuple(dict.fromkeys(filter(None, (own, both))))


def likeness(one: Sketch, other: Sketch) -> Likeness:
    """Name, phone and address each say their part; what contradicts takes away.

    Two services of one organization share its phone and its house: they are one only when their
    own names say so.
    """
    name = _name(one, other)
    phone = _shared(one.phones - _COMMON, other.phones - _COMMON)
    place = _place(one, other)
    reasons = {"name": round(name, 3)}
    score = 0.5 * name
    if phone is not None:
        reasons["phone"] = phone
        score += 0.3 * phone if phone else -0.1
    if place is not None:
        reasons["address"] = place
        score += 0.3 * place if place > 0 else -0.15
    if one.needs and other.needs and not one.needs & other.needs:
        reasons["needs"] = 0.0
        score -= 0.25
    if one.organization_id == other.organization_id and name < 0.9:
        score = min(score, 0.5)
    return Likeness(round(min(1.0, max(0.0, score)), 3), reasons)


def _name(one: Sketch, other: Sketch) -> float:
    if one.organization_id == other.organization_id:
        return alike(one.names[0], other.names[0]) if one.names and other.names else 0.0
    return max((alike(a, b) for a in one.names for b in other.names), default=0.0)


def _shared(one: frozenset[str], other: frozenset[str]) -> float | None:
    """1 where one number is the same, 0 where none is, None where either has none."""
    if not one or not other:
        return None
    return 1.0 if one & other else 0.0


def _place(one: Sketch, other: Sketch) -> float | None:
    if one.addresses & other.addresses:
        return 1.0
    if one.coordinates and other.coordinates:
        miles = distance_miles(one.coordinates, other.coordinates)
        if miles <= _NEAR_MILES:
            return 0.8
        return -1.0 if miles > _FAR_MILES else 0.0
    if one.addresses and other.addresses:
        return 0.0
    return None


def on_earth(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    if latitude is None or longitude is None or not math.isfinite(latitude + longitude):
        return None
    return latitude, longitude
