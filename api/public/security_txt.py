"""Whom to tell of a weakness: /.well-known/security.txt.

Source: RFC 9116.
"""

from datetime import datetime, timedelta

from fastapi import APIRouter, Response

from directory.clock import wall_now
from directory.settings import Settings

PATH = "/.well-known/security.txt"
# It must say until when it holds, less than a year from now (RFC 9116, 2.5.5). It is written anew
# at each request, so it ends only when nobody serves it any more.
HOLDS = timedelta(days=180)


def security_txt_router(settings: Settings) -> APIRouter:
    """The one page; none at all where nobody is named who would read what comes."""
    router = APIRouter(include_in_schema=False)
    if not settings.security_contact:
        return router

    @router.api_route(PATH, methods=["GET", "HEAD"])
    def contact() -> Response:
        text = written(settings.security_contact, settings.base_url, wall=wall_now())
        return Response(text, media_type="text/plain; charset=utf-8")

    return router


def written(contact: str, base_url: str, *, wall: datetime) -> str:
    """The file. `contact`: an e-mail address or a page. `wall`: wall time."""
    uri = contact if contact.startswith("https://") else f"mailto:{contact}"
    midnight = (wall + HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {uri}",
        f"Expires: {midnight.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: en, es",
    ]
    if base_url.startswith("https://"):
        lines.append(f"Canonical: {base_url}{PATH}")
    return "\n".join(lines) + "\n"
