"""The text that stands for a service when meanings are compared, and its key.

The name of a service says something of what it does, that of an organisation mostly does not: a
name that both share is left out. So thousands of pantries that say "Food assistance" share one
text, one key and one vector.
"""

from functools import lru_cache
from hashlib import blake2b

from directory.search.listing import Listing

# Named in every key: vectors of another model, or of texts put together otherwise, are not these.
MODEL = "use-multilingual-3/1"
# What stands far down a text says little of what the service is, and blurs the rest.
LONGEST = 400


def meaning_text(listing: Listing) -> str:
    """What it does and for whom, in English where that is there; "" when nobody says."""
    parts = [] if _same(listing.name, listing.organization) else [listing.name]
    parts.append(listing.description.get("en", ""))
    if listing.eligibility:
        parts.append(listing.eligibility["en"])
    text = ". ".join(part.strip().rstrip(".") for part in parts if part.strip())
    return text[:LONGEST]


def text_key(listing: Listing) -> int:
    """The key of a listing's text; 0 for none."""
    return key_of(meaning_text(listing))


@lru_cache(maxsize=4_000)
def key_of(text: str) -> int:
    """64 bits of a hash of the model and the text; 0 for no text."""
    if not text:
        return 0
    digest = blake2b(f"{MODEL}\n{text}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
