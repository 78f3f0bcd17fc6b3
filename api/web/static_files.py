"""Style sheets and scripts: our own files only, kept by browsers until they change.

The address of a file carries a hash of it (`/static/3f2a…/handoff.css`), so that a new version is a
new address and an old one may be kept for a year. Who takes gzip gets it: the files are compressed
once, and there is no secret in them that its size could give away, as there is in pages.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from api.hsds.answers import takes_gzip
from directory.errors import NotFound

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}

router = APIRouter(include_in_schema=False)


@cache
def _files() -> dict[str, tuple[Path, str]]:
    """Name → file and hash. Read once: what is served never changes under a running process."""
    found = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            name = path.relative_to(FOLDER).as_posix()
            found[name] = (path, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
    return found


def static(name: str) -> str:
    """The address of a file of ours. KeyError on one that is not there."""
    return f"/static/{_files()[name][1]}/{name}"


@router.get("/static/{version}/{name:path}")
def static_file(version: str, name: str, request: Request) -> Response:
    path, current = _files().get(name, (None, ""))
    if path is None:
        raise NotFound("file_unknown", "There is no such file.")
    # An old address gives the new file, but is not kept under it.
    kept = FOR_EVER if version == current else "no-cache"
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    if takes_gzip(request):
        headers["Content-Encoding"] = "gzip"
    body = _body(path, compressed=takes_gzip(request))
    return Response(body, media_type=_TYPES.get(path.suffix), headers=headers)


@cache
def _body(path: Path, *, compressed: bool) -> bytes:
    plain = path.read_bytes()
    return gzip.compress(plain, mtime=0) if compressed else plain
