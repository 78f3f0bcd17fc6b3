"""A real browser at the real application, over the listings of data/partners.yml. No Rasa."""

from tests.api.conftest import browser, listed, morning

__all__ = ["browser", "listed", "morning"]
