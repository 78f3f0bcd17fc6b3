"""A moment as other programs write it in a body: text with its zone, never a number."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator


def _written(said: object) -> object:
    if isinstance(said, datetime):
        return said
    if isinstance(said, str) and not said.strip().lstrip("+-").replace(".", "").isdecimal():
        return said
    raise ValueError("Write the time as 2026-03-18T10:00:00-05:00.")


# A number of seconds is refused: one of milliseconds would be taken for it, and be another year.
Instant = Annotated[AwareDatetime, BeforeValidator(_written, json_schema_input_type=AwareDatetime)]
