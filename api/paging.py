"""Cursors: where a list went on, stable while rows come and go."""

import base64
import binascii
from datetime import UTC, datetime

from directory.errors import Invalid


def encode(at: datetime, row_id: str) -> str:
    """The position behind a row that is ordered by an instant."""
    return encode_text(at.isoformat(), row_id)


def decode(cursor: str | None) -> tuple[datetime, str] | None:
    """The position that a cursor stands for. Raises Invalid on one that we did not make."""
    position = decode_text(cursor)
    if position is None:
        return None
    try:
        moment = datetime.fromisoformat(position[0])
    except ValueError as error:
        raise _unknown() from error
    if moment.tzinfo != UTC:
        raise _unknown()
    return moment, position[1]


def encode_text(key: str, row_id: str) -> str:
    """The position behind a row that is ordered by a text."""
    raw = f"{row_id}|{key}".encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_text(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    try:
        padded = (cursor + "=" * (-len(cursor) % 4)).encode("ascii")
        row_id, key = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("|", 1)
    except (ValueError, binascii.Error) as error:
        raise _unknown() from error
    if "\x00" in row_id or "\x00" in key:
        raise _unknown()
    return key, row_id


def _unknown() -> Invalid:
    return Invalid("cursor_invalid", "Use the `next` of the page before, unchanged.")
