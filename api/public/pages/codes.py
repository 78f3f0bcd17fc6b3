"""QR codes: a square on paper that leads a phone to a page of ours."""

from io import BytesIO

import segno
from fastapi import Request, Response

from api.public.pages.site import in_language
from api.services import Services
from directory.languages import Language

_A_DAY = "public, max-age=86400"
NOWHERE = "no-store"


def code_answer(request: Request, services: Services, path: str, *, sensitive: bool) -> Response:
    """The code of `path` under the public address, in the language that the page has (`?lang=`).

    `sensitive`: kept nowhere, as the page itself.
    """
    language = Language.ES if request.query_params.get("lang") == "es" else Language.EN
    address = services.settings.base_url + in_language(path, language)
    return Response(
        code_of(address),
        media_type="image/svg+xml",
        headers={"Cache-Control": NOWHERE if sensitive else _A_DAY},
    )


def code_of(address: str) -> bytes:
    """An SVG of black on white, whatever the page's colours: cameras want it so.

    Error correction M: a crease or a drop of coffee does no harm.
    """
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=4, border=4, light="#fff", omitsize=True, nl=False
    )
    return drawn.getvalue()
