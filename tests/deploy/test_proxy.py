"""The nginx block of the operators' guide, read as nginx would: which location serves an address,
and how much may be sent to it. nginx itself is not run here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from api.body_limit import LARGER, LARGEST_BODY
from api.public import security_txt
from directory.settings import ROOT
from tools.access.table import declared

GUIDE = ROOT / "docs" / "operators.md"
UNITS = {"k": 1024, "m": 1024**2}
# Each takes less than a page of form fields: a text, a search, a report on a listing.
SMALL = ("/webhooks/", "/services/", "/search", "/needs/", "/hsds")


@dataclass(frozen=True, slots=True)
class Location:
    """`how`: "=", "~" or "" (a prefix), as nginx writes it."""

    how: str
    where: str
    does: str

    @property
    def passes(self) -> bool:
        return "proxy_pass " in self.does


def block() -> str:
    return GUIDE.read_text(encoding="utf-8").split("nginx, inside")[1].split("```")[1]


def locations() -> Iterator[Location]:
    for how, where, does in re.findall(
        r"^location +(=|~)? *(\S+) +\{(.*)\}", block(), re.MULTILINE
    ):
        yield Location(how, where, does)


def serving(path: str) -> Location:
    """An exact one, else the first expression that fits, else the longest prefix."""
    known = list(locations())
    for each in known:
        if each.how == "=" and each.where == path:
            return each
    for each in known:
        if each.how == "~" and re.search(each.where, path):
            return each
    fitting = [each for each in known if each.how == "" and path.startswith(each.where)]
    return max(fitting, key=lambda each: len(each.where))


def largest(path: str) -> int:
    """Bytes of body that get through to `path`."""
    size = re.compile(r"client_max_body_size (\d+)([km]);")
    found = size.search(serving(path).does) or size.search(block())
    assert found is not None
    return int(found[1]) * UNITS[found[2]]


def filled_in(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "x", path)


def sent_to() -> set[str]:
    """Every address that takes a body, as the table of access knows them."""
    found = (route.split(" ", 1) for group in declared() for route in group.routes)
    return {filled_in(path) for method, path in found if method in ("POST", "PUT", "PATCH")}


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/livez", "/phone", "/docs", "/x"])
def test_what_asks_for_no_credentials_is_published_nowhere(path: str) -> None:
    assert not serving(path).passes
    assert "return 404;" in serving(path).does


@pytest.mark.parametrize(
    "path",
    ["/", "/healthz", security_txt.PATH, "/robots.txt", "/sitemap.xml", "/webhooks/twilio/sms"],
)
def test_what_everybody_may_ask_for_is_served(path: str) -> None:
    assert serving(path).passes
    assert "deny all;" not in serving(path).does


def test_what_the_application_takes_gets_through() -> None:
    paths = {path for path in sent_to() if serving(path).passes}
    assert {*LARGER, "/fhir/", "/api/v1/visits.csv", "/api/v1/partner/referrals.csv"} <= paths
    for path in paths:
        if not path.startswith(SMALL):
            assert largest(path) >= LARGER.get(path, LARGEST_BODY), path
        # And not much more, or the application would refuse what the proxy had waited for.
        assert largest(path) <= LARGER.get(path, LARGEST_BODY) * 1.1, path


def test_staff_s_doors_are_open_to_the_city_s_network_alone() -> None:
    for path in ("/console", "/fhir/Task", "/api/v1/people", *LARGER):
        assert re.search(r"allow \S+; deny all;", serving(path).does), path


def test_no_door_is_forgotten_but_those_for_probes_and_trials() -> None:
    routes = {route.split(" ", 1)[1] for group in declared() for route in group.routes}
    shut = {path for path in routes if not serving(filled_in(path)).passes}
    assert {path for path in shut if not path.startswith("/phone")} == {"/readyz", "/metrics"}
