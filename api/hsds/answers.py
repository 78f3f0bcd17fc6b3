"""Answers that caches can keep: ETags, 304, gzip, and streams that nobody has to wait for.

An answer may be stored but is asked about each time it is used (`no-cache`), so that a change is
seen at once; the asking costs next to nothing while nothing has changed. Compressed and plain
answers are two representations and have two ETags (RFC 9110, 8.8.3).
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

CACHE_CONTROL = "public, no-cache"
LEVEL = 5
# Counted up when the same rows would be written differently than before.
FORM = "1"


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def takes_gzip(request: Request) -> bool:
    """Whether the client takes gzip; "gzip;q=0" says no (RFC 9110, 12.5.3)."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            quality = weight.strip().removeprefix("q=").strip()
            return quality.rstrip("0") not in ("0.",) if "." in quality else quality != "0"
    return False


def tag_of(*parts: str) -> str:
    """An opaque tag of everything that the answer hangs on."""
    return hashlib.sha256("\n".join((FORM, *parts)).encode()).hexdigest()[:32]


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Whether the copy at hand is still right. Weak or strong does not matter for reading."""
    if if_none_match is None:
        return False
    known = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in known or tag.removeprefix("W/") in known


def headers_for(tag: str, *, compressed: bool, weak: bool = False) -> dict[str, str]:
    quoted = f'"{tag}-gzip"' if compressed else f'"{tag}"'
    return {
        "ETag": f"W/{quoted}" if weak else quoted,
        "Cache-Control": CACHE_CONTROL,
        "Vary": "Accept-Encoding",
    }


def not_modified(headers: dict[str, str]) -> Response:
    return Response(status_code=304, headers=headers)


def whole_answer(body: bytes, headers: dict[str, str], *, compressed: bool) -> Response:
    """`headers` are those of the tag for the same choice of `compressed`."""
    if compressed:
        headers = headers | {"Content-Encoding": "gzip"}
        body = gzip.compress(body, LEVEL, mtime=0)
    return Response(body, media_type="application/json", headers=headers)


def streamed_answer(
    batches: Iterator[list[dict[str, Any]]], headers: dict[str, str], *, compressed: bool
) -> Response:
    """One object a line. Each batch leaves as soon as it is written."""
    if compressed:
        headers = headers | {"Content-Encoding": "gzip"}
    lines = _lines(batches)
    return StreamingResponse(
        _squeezed(lines) if compressed else lines,
        media_type="application/x-ndjson",
        headers=headers,
    )


def _lines(batches: Iterator[list[dict[str, Any]]]) -> Iterator[bytes]:
    for batch in batches:
        yield b"".join(dumped(each) + b"\n" for each in batch)


def _squeezed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    squeezer = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for chunk in chunks:
        yield squeezer.compress(chunk) + squeezer.flush(zlib.Z_SYNC_FLUSH)
    yield squeezer.flush()
