"""`/`: a box for words, and the needs to choose from."""

from fastapi import Request, Response

from api.public.pages.site import draw, public_router

router = public_router()


@router.api_route("/", methods=["GET", "HEAD"])
def home(request: Request) -> Response:
    return draw(request, "home.html", canonical="/")
