"""What a US ZIP code lies in, by the names that service areas use, and where its middle is.

From the package `zipcodes`. Names are folded; "DuPage County" is met with and without the word,
and with its state before it, as sources write it.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import zipcodes

from directory.places import COUNTRY, STATE, folded

_STATES = {"IL": STATE}


@dataclass(frozen=True, slots=True)
class Postcode:
    """`names`: folded, of every area that takes the ZIP in, the ZIP itself among them."""

    code: str
    names: frozenset[str]
    middle: tuple[float, float] | None


@lru_cache(maxsize=1024)
def postcode(text: str) -> Postcode:
    """The ZIP code of "60540" or "60540-1234"; of others only the code itself is known."""
    code = text.strip()[:5] if text.strip()[:5].isdigit() else text.strip()
    names, middle = {code}, None
    for record in _records(code):
        state, county = record["state"], record["county"]
        names |= {record["city"], *record["acceptable_cities"], state, COUNTRY, "US", "USA"}
        names |= {_STATES.get(state, state), f"{record['city']}, {state}"}
        if county:
            bare = county.removesuffix(" County")
            names |= {county, f"{bare} County, {state}", f"{state} {county}"}
        if record["lat"] and record["long"]:
            middle = (float(record["lat"]), float(record["long"]))
    return Postcode(code, frozenset(map(folded, names)), middle)


def _records(code: str) -> list[dict[str, Any]]:
    if len(code) != 5 or not (code.isascii() and code.isdigit()):
        return []
    found: list[dict[str, Any]] = zipcodes.matching(code)  # type: ignore[no-untyped-call]
    return found
