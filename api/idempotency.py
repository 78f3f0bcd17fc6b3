"""The header by which a client that is not sure whether it was heard may ask again."""

from typing import Annotated

from fastapi import Header

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$",
        description="The same key with the same body gives the first answer; kept for two days.",
    ),
]
