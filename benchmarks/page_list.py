"""Which pages there are, and an address of each: taken from the application, so that a new page
that nobody has listed here is an error and not a gap."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.demo_site import STAFF, Examples, Visitor

Where = Callable[[Examples], str]

# What answers GET and is no page.
LEFT_OUT = {
    "/api/openapi.json": "the description of the API",
    "/hsds": "the API of the directory, measured in docs/hsds.md",
    "/hsds/openapi.json": "the description of that API",
    "/metrics": "figures for a machine",
    "/static/{version}/{name:path}": "counted with the pages that ask for it",
    "/r/static/referral.css": "counted with the pages that ask for it",
    "/phone": "the simulated phones: a tool for trying, not there with a real carrier",
    "/phone/static/{name}": "the same",
    "/phone/api/messages": "the same",
    "/phone/api/clock": "the same",
    "/console/events": "a stream that does not end",
    "/console/sign-in/code": "one field, there after the first step only",
    "/console/sign-in/provider": "leads to the identity provider",
    "/console/sign-in/provider/back": "leads back from it",
    "/console/account/second-step/code.svg": "there while an app is being set up only",
    "/r/thanks/{step}": "shown after an answer to /r/{token}, and smaller",
    "/l/thanks": "shown after an answer to /l/{token}, and smaller",
    "/console/wordings/new": "a form of two fields",
    "/console/measures/{section}/{key}.csv": "a file",
    "/console/measures/report.pdf": "a file, typeset in a second or two",
    "/.well-known/security.txt": "a file for those who find a weakness",
    "/robots.txt": "a file for robots",
    "/sitemap.xml": "a file for robots",
    "/sitemap-{part}.xml": "a file for robots",
    "/partner/link/{token}": "opens once: a button and no more",
}

_SEARCH = "/console/search?need=food&place=Naperville"
# One address of each page, or several where its weight depends on what is asked.
ADDRESSES: dict[str, tuple[str | Where, ...]] = {
    "/": ("/", "/?lang=es"),
    "/search": ("/search?q=food+near+60540", "/search?need=mental_health", "/search?q=xyzzy"),
    "/needs/{code}": ("/needs/food", "/needs/domestic_violence"),
    "/needs/{code}/qr.svg": ("/needs/food/qr.svg",),
    "/services/{slug}": (
        lambda the: f"/services/{the.slug}",
        lambda the: f"/services/{the.sensitive_slug}",
    ),
    "/services/{slug}/qr.svg": (lambda the: f"/services/{the.slug}/qr.svg",),
    "/r/{token}": (lambda the: f"/r/{the.referral_token}",),
    "/l/{token}": (lambda the: f"/l/{the.listing_token}",),
    "/console/sign-in": ("/console/sign-in",),
    "/console/sign-in/first": ("/console/sign-in/first",),
    "/console": ("/console",),
    "/console/account": ("/console/account",),
    "/console/account/second-step": ("/console/account/second-step",),
    "/console/search": (
        "/console/search",
        _SEARCH,
        lambda the: f"{_SEARCH}&person={the.person_id}",
    ),
    "/console/search/compare": (
        lambda the: "/console/search/compare?" + "&".join(f"s={each}" for each in the.compared),
    ),
    "/console/search/text": (
        lambda the: f"/console/search/text?service={the.service_id}&person={the.person_id}",
    ),
    "/console/search/refer": (
        lambda the: f"/console/search/refer?service={the.service_id}&person={the.person_id}",
    ),
    "/console/people": ("/console/people",),
    "/console/people/{person_id}": (lambda the: f"/console/people/{the.person_id}",),
    "/console/people/{person_id}/visit": (lambda the: f"/console/people/{the.person_id}/visit",),
    "/console/people/{person_id}/visits/{visit_id}": (
        lambda the: f"/console/people/{the.person_id}/visits/{the.visit_id}",
    ),
    "/console/people/{person_id}/mandated-reports": (
        lambda the: f"/console/people/{the.person_id}/mandated-reports",
    ),
    "/console/referrals": ("/console/referrals",),
    "/console/referrals/{referral_id}": (lambda the: f"/console/referrals/{the.referral_id}",),
    "/console/listings": ("/console/listings",),
    "/console/listings/review": ("/console/listings/review",),
    "/console/listings/duplicates": ("/console/listings/duplicates",),
    "/console/listings/{service_id}": (lambda the: f"/console/listings/{the.service_id}",),
    "/console/listings/{service_id}/history": (
        lambda the: f"/console/listings/{the.service_id}/history",
    ),
    "/console/listings/{service_id}/edit": (
        lambda the: f"/console/listings/{the.service_id}/edit",
    ),
    "/console/checklist": ("/console/checklist",),
    "/console/checklist/others": ("/console/checklist/others",),
    "/console/plans": ("/console/plans",),
    "/console/plans/new": ("/console/plans/new",),
    "/console/plans/{plan_id}": ("/console/plans/standard",),
    "/console/wordings": ("/console/wordings",),
    "/console/wordings/{key}/{of}": ("/console/wordings/checkin_first/en",),
    "/console/on-call": ("/console/on-call",),
    "/console/staff": ("/console/staff",),
    # A large programme's figures are kept for some minutes: also as they are counted anew.
    "/console/measures": ("/console/measures", "/console/measures?anew=true"),
    "/console/measures/{section}": (
        "/console/measures/calls",
        "/console/measures/repeats",
        "/console/measures/check-ins",
        "/console/measures/referrals",
        "/console/measures/texts",
    ),
    "/console/measures/{section}/{key}.svg": ("/console/measures/calls/calls.svg",),
    "/console/training": ("/console/training",),
    "/console/audit": ("/console/audit",),
    "/partner/sign-in": ("/partner/sign-in",),
    "/partner": ("/partner",),
    "/partner/listings/{service_id}": (lambda the: f"/partner/listings/{the.own_service_id}",),
    "/partner/listings/{service_id}/history": (
        lambda the: f"/partner/listings/{the.own_service_id}/history",
    ),
    "/partner/listings/{service_id}/edit": (
        lambda the: f"/partner/listings/{the.own_service_id}/edit",
    ),
    "/partner/referrals": ("/partner/referrals",),
    "/partner/referrals/{referral_id}": (lambda the: f"/partner/referrals/{the.own_referral_id}",),
    "/partner/account": ("/partner/account",),
}


@dataclass(frozen=True, slots=True)
class PageAddress:
    """`template`: the route's path. `visitors`: who may try it."""

    template: str
    address: str
    visitors: tuple[Visitor, ...]


def templates_of(app: Any) -> list[str]:
    """The paths of everything that answers GET and is not part of the described API."""
    found: dict[str, None] = {}
    for route in app.routes:
        included = getattr(route, "original_router", None)
        for each in included.routes if included is not None else (route,):
            if "GET" in (getattr(each, "methods", None) or ()) and not each.include_in_schema:
                found[each.path] = None
    return list(found)


def unlisted(app: Any) -> list[str]:
    """Pages that stand neither in `ADDRESSES` nor in `LEFT_OUT`."""
    return [path for path in templates_of(app) if path not in ADDRESSES and path not in LEFT_OUT]


def pages_of(app: Any, examples: Examples) -> Iterator[PageAddress]:
    """Every page that the application has, with real ids in its address."""
    for template in templates_of(app):
        for where in ADDRESSES.get(template, ()):
            address = where if isinstance(where, str) else where(examples)
            yield PageAddress(template, address, _visitors(template))


def _visitors(template: str) -> tuple[Visitor, ...]:
    if template.startswith("/console") and template != "/console/sign-in":
        return STAFF
    if template.startswith("/partner") and template != "/partner/sign-in":
        return (Visitor.PARTNER,)
    return (Visitor.PUBLIC,)
