"""Which pages nobody else should be found reading, and which words call for 911 first.

A page is sensitive when the taxonomy says so of any need on it. The rule is one, so that who edits
data/taxonomy.yml decides, and it errs to the safe side: a button too many costs nothing.
"""

from collections.abc import Iterable

from bot.safety.risks import Risk
from bot.safety.screen import screen
from directory.listings.models import Service
from directory.needs import is_sensitive


def is_sensitive_listing(service: Service) -> bool:
    """A hotline may be filed under no need at all (child abuse, trafficking): then it is too."""
    return service.confidential or not service.needs or any(map(is_sensitive, service.needs))


def asks_for_something_sensitive(needs: Iterable[str]) -> bool:
    return any(map(is_sensitive, needs))


def danger_in(words: str) -> Risk | None:
    """What danger at this moment it sounds like, if any; never a diagnosis, and nothing of it is
    kept."""
    found = screen(words) if words else None
    return found.risk if found is not None and found.immediate else None
