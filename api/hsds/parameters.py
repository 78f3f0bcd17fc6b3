"""The query parameters of HSDS, as its OpenAPI description names them, and two of ours.

`after` goes with the `next` link of a page. A parameter without a value counts as not given;
one that we don't know is ignored, as clients of other HSDS servers send theirs.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Header, Query, Request
from pydantic import AfterValidator, BeforeValidator, StringConstraints

from api.deps import Id, TheServices
from api.services import Services
from directory.hsds.selections import Wanted

USUAL_SIZE = 50
LARGEST_SIZE = 500
LONGEST_SEARCH = 300
FARTHEST_METRES = 1_000_000.0


class Format(StrEnum):
    JSON = "json"
    NDJSON = "ndjson"


def _given(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _day_or_instant(value: object) -> object:
    """A day alone is its beginning; an unescaped "+" of an offset arrives as a space."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) == 10:
        try:
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        except ValueError:
            return value
    return text[:-6] + "+" + text[-5:] if text[-6:-5] == " " else value


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=UTC)


_Given = BeforeValidator(_given)
_Text = StringConstraints(max_length=LONGEST_SEARCH, pattern=r"^[^\x00]*$")
Search = Annotated[
    Annotated[str, _Text] | None,
    _Given,
    Query(description="Full text search: each word, in the name, the description or whose it is."),
]
TermId = Annotated[
    Id | None,
    _Given,
    Query(description="Search for records with this taxonomy term or a narrower one."),
]
TaxonomyId = Annotated[
    Id | None, _Given, Query(description="Search for records with any term of this taxonomy.")
]
OrganizationId = Annotated[
    Id | None, _Given, Query(description="Search for services of this organization.")
]
ParentId = Annotated[
    Id | None, _Given, Query(description="Receive taxonomy terms that have this parent.")
]
ModifiedAfter = Annotated[
    datetime | None,
    BeforeValidator(_day_or_instant),
    _Given,
    AfterValidator(_in_utc),
    Query(
        description="Return all results modified on or after this datetime (RFC 3339, UTC if it "
        "says nothing), what is no longer listed among them."
    ),
]
Postcode = Annotated[
    Annotated[str, StringConstraints(max_length=20, pattern=r"^[^\x00]*$")] | None,
    _Given,
    Query(
        description="ZIP code: with `proximity` the middle of the circle, else services whose "
        "service area takes it in."
    ),
]
Proximity = Annotated[
    Annotated[float, Query(ge=0, le=FARTHEST_METRES, allow_inf_nan=False)] | None,
    _Given,
    Query(description="Metres from the middle of `postcode`."),
]
Minimal = Annotated[
    bool, Query(description="Just `id` and `last_modified`; all in one page without `per_page`.")
]
Full = Annotated[bool, Query(description="Return everything that is nested in the object.")]
FullService = Annotated[
    bool, Query(description="Fully nested, with services that are fully nested too.")
]
TopOnly = Annotated[bool, Query(description="Only terms without a parent.")]


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything about a request for a list but its filters. `size` None: as is usual there."""

    request: Request
    services: Services
    page: int
    size: int | None
    after: str | None
    format: Format
    known: str | None

    @property
    def now(self) -> datetime:
        return self.services.clock.now()


def asking(
    request: Request,
    services: TheServices,
    page: Annotated[int, Query(ge=1, le=10**9, description="Page number of paginated result.")] = 1,
    per_page: Annotated[
        Annotated[int, Query(ge=1, le=LARGEST_SIZE)] | None,
        _Given,
        Query(description="Number of results in a page. For everything: `format=ndjson`."),
    ] = None,
    after: Annotated[
        Id | None,
        _Given,
        Query(description="Ours: set in the `next` link, so that no row is skipped or repeated."),
    ] = None,
    format: Annotated[  # noqa: A002  # HSDS names it
        Format, Query(description="`ndjson` streams all results, one a line.")
    ] = Format.JSON,
    if_none_match: Annotated[
        str | None, Header(max_length=4000, description="ETag of the copy at hand.")
    ] = None,
) -> Asking:
    return Asking(request, services, page, per_page, after, format, if_none_match)


def asking_for_one(
    request: Request,
    services: TheServices,
    if_none_match: Annotated[
        str | None, Header(max_length=4000, description="ETag of the copy at hand.")
    ] = None,
) -> Asking:
    """A request for one object."""
    return Asking(request, services, 1, None, None, Format.JSON, if_none_match)


def wanted_of_services(
    search: Search = None,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    organization_id: OrganizationId = None,
    modified_after: ModifiedAfter = None,
) -> Wanted:
    """What lists of services, with their places or without, are narrowed down by."""
    return Wanted(
        search=search,
        taxonomy_term_id=taxonomy_term_id,
        taxonomy_id=taxonomy_id,
        organization_id=organization_id,
        modified_after=modified_after,
    )
