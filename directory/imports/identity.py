"""Which row an object of a source is: ids, slugs, fingerprints. Pure.

A UUID is kept as it is; any other id becomes one, the same at every import from that source.
"""

import hashlib
import re
import unicodedata
import uuid

from pydantic import BaseModel

from directory.listings.ids import stable_id

ORIGIN_PREFIX = "import:"
# Counted up when the same object would be written differently than before.
FORMAT = 1
DISCREET = "1, without its place"  # of a confidential service
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONGEST_SOURCE = 33  # with the prefix it fills the column `origin`


def source_name(text: str) -> str:
    """A source as it is kept: lower case, hyphens, at most 33 characters."""
    name = _slug(text) or "unnamed"
    if len(name) <= _LONGEST_SOURCE:
        return name
    return f"{name[: _LONGEST_SOURCE - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def origin(source: str) -> str:
    return ORIGIN_PREFIX + source


def row_id(kind: str, given: str, *, source: str) -> str:
    """The id of the row of table `kind` for what the source calls `given`."""
    if _UUID.fullmatch(given):
        return given.lower()
    return stable_id(kind, source, given)


def as_bytes(identity: str) -> bytes:
    """An id in 16 bytes: of 100,000 services all are remembered."""
    return uuid.UUID(identity).bytes


def slug(name: str, identity: str) -> str:
    """Readable, and no other row's: the end of a random UUID, or of a hash, stands behind it."""
    return f"{_slug(name)[:80].strip('-') or 'listing'}-{identity.replace('-', '')[-12:]}"


def fingerprint(value: BaseModel) -> str:
    """Of all that the object says; not of the day of its last change, nor of its metadata."""
    content = value.model_dump_json(exclude_defaults=True)
    written = DISCREET if getattr(value, "confidential", False) else FORMAT
    return hashlib.sha256(f"{written}{content}".encode()).hexdigest()


def _slug(text: str) -> str:
    marks = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in marks if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
