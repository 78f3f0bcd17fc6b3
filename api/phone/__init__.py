"""The simulated phones: a page on which anyone can try the product at once.

Only for the simulated carrier; the application leaves this router out with any other.
"""

from api.phone.endpoints import phone_router

__all__ = ["phone_router"]
