"""`/hsds`: services, organizations, services at locations, taxonomies and their terms."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict

from api.deps import Id
from api.hsds import PATH
from api.hsds.lists import answer_list, answer_one
from api.hsds.parameters import (
    Asking,
    Full,
    FullService,
    Minimal,
    ModifiedAfter,
    ParentId,
    Postcode,
    Proximity,
    Search,
    TaxonomyId,
    TermId,
    TopOnly,
    asking,
    asking_for_one,
    wanted_of_services,
)
from directory.hsds.pages import (
    ORGANIZATIONS,
    SERVICE_AT_LOCATIONS,
    SERVICES,
    TAXONOMIES,
    TAXONOMY_TERMS,
)
from directory.hsds.selections import Wanted
from directory.hsds.writers import View

router = APIRouter(prefix=PATH, tags=["HSDS"])
Asked = Annotated[Asking, Depends(asking)]
OfServices = Annotated[Wanted, Depends(wanted_of_services)]
AskedForOne = Annotated[Asking, Depends(asking_for_one)]


class HsdsObject(BaseModel):
    """An object of HSDS 3.2.3; its fields are those of https://docs.openreferral.org."""

    model_config = ConfigDict(extra="allow")
    id: str


class HsdsPage(BaseModel):
    """The page envelope of HSDS."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[HsdsObject]


_UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The copy at hand is still right."}
}
_LIST: dict[int | str, dict[str, Any]] = _UNCHANGED | {
    200: {
        "description": "A page; or with `format=ndjson` one object a line, all of them.",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}
_ONE: dict[int | str, dict[str, Any]] = _UNCHANGED | {404: {}}


@router.get("/services", response_model=HsdsPage, responses=_LIST)
def list_services(
    asked: Asked, wanted: OfServices, minimal: Minimal = False, full: Full = False
) -> Response:
    """Services that are listed. With `modified_after` also those that no longer are."""
    view = View(asked.now, whole=full and not minimal, minimal=minimal)
    return answer_list(asked, SERVICES, wanted, view)


@router.get("/services/{id}", response_model=HsdsObject, responses=_ONE)
def read_service(id: Id, asked: AskedForOne) -> Response:  # noqa: A002  # HSDS names it
    """One service with everything that is nested in it."""
    return answer_one(asked, SERVICES, id, View(asked.now, whole=True))


@router.get("/organizations", response_model=HsdsPage, responses=_LIST)
def list_organizations(
    asked: Asked,
    search: Search = None,
    full_service: FullService = False,
    full: Full = False,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    modified_after: ModifiedAfter = None,
) -> Response:
    """Organizations that have a service that is listed."""
    wanted = Wanted(
        search=search,
        taxonomy_term_id=taxonomy_term_id,
        taxonomy_id=taxonomy_id,
        modified_after=modified_after,
    )
    view = View(asked.now, whole=full or full_service, whole_services=full_service)
    return answer_list(asked, ORGANIZATIONS, wanted, view)


@router.get("/organizations/{id}", response_model=HsdsObject, responses=_ONE)
def read_organization(
    id: Id,  # noqa: A002  # HSDS names it
    asked: AskedForOne,
    full_service: FullService = False,
) -> Response:
    """One organization with everything that is nested in it."""
    view = View(asked.now, whole=True, whole_services=full_service)
    return answer_one(asked, ORGANIZATIONS, id, view)


@router.get("/service_at_locations", response_model=HsdsPage, responses=_LIST)
def list_service_at_locations(
    asked: Asked,
    wanted: OfServices,
    full: Full = False,
    postcode: Postcode = None,
    proximity: Proximity = None,
) -> Response:
    """Services at their places, but for those that are confidential."""
    there = replace(wanted, postcode=postcode, proximity=proximity)
    return answer_list(asked, SERVICE_AT_LOCATIONS, there, View(asked.now, whole=full))


@router.get("/service_at_locations/{id}", response_model=HsdsObject, responses=_ONE)
def read_service_at_location(id: Id, asked: AskedForOne) -> Response:  # noqa: A002
    """One service at one place with everything that is nested in it."""
    return answer_one(asked, SERVICE_AT_LOCATIONS, id, View(asked.now, whole=True))


@router.get("/taxonomies", response_model=HsdsPage, responses=_LIST)
def list_taxonomies(asked: Asked, search: Search = None) -> Response:
    """What services are classified by."""
    return answer_list(asked, TAXONOMIES, Wanted(search=search), View(asked.now))


@router.get("/taxonomies/{id}", response_model=HsdsObject, responses=_ONE)
def read_taxonomy(id: Id, asked: AskedForOne) -> Response:  # noqa: A002
    """One taxonomy."""
    return answer_one(asked, TAXONOMIES, id, View(asked.now))


@router.get("/taxonomy_terms", response_model=HsdsPage, responses=_LIST)
def list_taxonomy_terms(
    asked: Asked,
    search: Search = None,
    taxonomy_id: TaxonomyId = None,
    top_only: TopOnly = False,
    parent_id: ParentId = None,
) -> Response:
    """The terms of all taxonomies."""
    wanted = Wanted(search=search, taxonomy_id=taxonomy_id, top_only=top_only, parent_id=parent_id)
    return answer_list(asked, TAXONOMY_TERMS, wanted, View(asked.now))


@router.get("/taxonomy_terms/{id}", response_model=HsdsObject, responses=_ONE)
def read_taxonomy_term(id: Id, asked: AskedForOne) -> Response:  # noqa: A002
    """One term."""
    return answer_one(asked, TAXONOMY_TERMS, id, View(asked.now))
