"""Today: what waits for me, the most urgent first."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.console.access import EVERYONE, TheVisitor, console_router, draw

router = console_router("", *EVERYONE)


@router.get("")
def today(request: Request, visitor: TheVisitor) -> HTMLResponse:
    return draw(request, visitor, "today/today.html")
