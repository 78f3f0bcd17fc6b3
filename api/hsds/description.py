"""What the API says of itself: at its root, and as an OpenAPI description of its own."""

import json
import re
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel

from api.deps import TheServices
from api.hsds import PATH, VERSION
from api.hsds.endpoints import AskedForOne
from api.hsds.lists import answer_object

router = APIRouter(prefix=PATH, tags=["HSDS"])
_PROFILE = "https://docs.openreferral.org"
_REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')


class Publisher(BaseModel):
    name: str
    website: str


class About(BaseModel):
    """The answer of the base address, as HSDS has it."""

    version: str
    profile: str
    openapi_url: str
    description: str
    publisher: Publisher


@router.get("", response_model=About, include_in_schema=False)
@router.get("/", response_model=About, responses={304: {"description": "As it was."}})
def about(asked: AskedForOne) -> Response:
    """Which version of HSDS this is, and where it is described."""
    base = asked.services.settings.base_url
    return answer_object(
        asked,
        About(
            version=VERSION,
            profile=_PROFILE,
            openapi_url=f"{base}{PATH}/openapi.json",
            description="Services that crisis teams refer people to, kept by the organizations "
            "themselves. Free to read; every answer has an ETag.",
            publisher=Publisher(name="Handoff", website=base),
        ).model_dump(),
    )


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, services: TheServices) -> dict[str, Any]:
    """The part of the product's description that is about HSDS, from its base address."""
    app: FastAPI = request.app
    return _part_of(app.openapi(), base=services.settings.base_url + PATH)


def _part_of(description: dict[str, Any], *, base: str) -> dict[str, Any]:
    paths = {
        path.removeprefix(PATH): operations
        for path, operations in description["paths"].items()
        if path.startswith(f"{PATH}/")
    }
    schemas = description["components"]["schemas"]
    needed: set[str] = set()
    waiting = _REFERENCE.findall(json.dumps(paths))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += _REFERENCE.findall(json.dumps(schemas[name]))
    return {
        "openapi": description["openapi"],
        "info": description["info"] | {"title": "Handoff: HSDS"},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": {name: schemas[name] for name in sorted(needed)}},
    }
