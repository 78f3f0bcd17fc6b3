"""CSV files as answers."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import StreamingResponse

CSV = "text/csv; charset=utf-8; header=present"
BYTE_ORDER_MARK = "\ufeff"
A_FILE: dict[str, Any] = {"content": {"text/csv": {"schema": {"type": "string"}}}}
ForExcel = Annotated[
    bool, Query(description="Begin with a byte order mark: Excel then shows accents as they are.")
]


def as_file(lines: Iterator[str], name: str, *, excel: bool) -> StreamingResponse:
    """The lines, one by one, to be saved under this name."""

    def content() -> Iterator[str]:
        if excel:
            yield BYTE_ORDER_MARK
        yield from lines

    return StreamingResponse(
        content(),
        media_type=CSV,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
