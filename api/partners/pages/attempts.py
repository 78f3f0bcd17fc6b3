"""How often a household may ask for a link, or try one. In memory, by wall time."""

from datetime import datetime

from fastapi import Request

from api.partners.guesses import Guesses
from directory.errors import TooMany


class Attempts:
    """Whoever tries often is slowed down, whatever they tried; see `Guesses` for the numbers.

    Every attempt counts, so that the answer says nothing of whom we know.
    """

    def __init__(self) -> None:
        self._made = Guesses()

    def one_more(self, request: Request, *, wall: datetime) -> None:
        """Raises TooMany."""
        address = request.client.host if request.client else ""
        if self._made.exhausted(address, wall=wall):
            raise TooMany("sign_in_too_often", "Too many tries. Wait a quarter of an hour.")
        self._made.note(address, wall=wall)
