"""Forms come from our own pages only.

Two locks: the browser must say that the request comes from here (Fetch Metadata, or Origin where
it is too old for that), and a signed-in form must carry the token of its session.
"""

import hashlib
import hmac
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Request
from pydantic import BeforeValidator

from directory.errors import Forbidden

FIELD = "csrf"
HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def own_breaks(sent: object) -> object:
    """A browser counts a line break as one character (`maxlength`), and sends two."""
    return sent.replace("\r\n", "\n").replace("\r", "\n") if isinstance(sent, str) else sent


# What was written in a field of several lines, before its length is judged.
Lines = Annotated[str, BeforeValidator(own_breaks)]


def token_for(secret_key: str, session_id: str) -> str:
    """The token of a session's forms: nobody without the key can make it for another session."""
    message = b"handoff form\x00" + session_id.encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()


def require_same_origin(request: Request) -> None:
    """Raises Forbidden on a form that another site has sent."""
    if request.method in _SAFE:
        return
    said = request.headers.get("sec-fetch-site")
    if said is not None:
        if said in ("same-origin", "none"):
            return
        raise _foreign()
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc == request.headers.get("host"):
        return
    if origin is None and _names_this_host(request.headers.get("referer"), request):
        return
    raise _foreign()


async def require_token(request: Request, expected: str) -> None:
    """Raises Forbidden where the form lacks the token of this session."""
    if request.method in _SAFE:
        return
    given = request.headers.get(HEADER)
    if given is None:
        given = str((await request.form()).get(FIELD, ""))
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Forbidden(
            "form_stale", "This page was open for too long: load it again, then send it again."
        )


def _names_this_host(referer: str | None, request: Request) -> bool:
    return referer is not None and urlsplit(referer).netloc == request.headers.get("host")


def _foreign() -> Forbidden:
    return Forbidden("form_foreign", "This form was not sent from a page of ours.")
