"""No number stands in an address, and what may hold something private is in no log."""

import re

from api.server import listening
from directory.settings import ROOT, Settings
from tests.api.conftest import Api

GUIDE = ROOT / "docs" / "operators.md"
# Anybody may know that these were asked for.
PUBLIC = {"/hsds", "= /healthz", "/"}
# Kept for programs that use it; `POST /api/v1/people/find` is for all others.
STILL_THERE = {("get", "/api/v1/people")}


def locations(block: str) -> dict[str, str]:
    found = re.findall(r"^ *location +(?:~ +)?(.+?) +\{(.*)\}", block, re.MULTILINE)
    assert found
    return dict(found)


def test_no_private_location_of_the_proxy_keeps_a_log() -> None:
    sample = GUIDE.read_text(encoding="utf-8").split("nginx, inside")[1]
    private, plain = sample.split("```")[1], sample.split("```")[3]
    kept = {where for where, does in locations(private).items() if "access_log off;" not in does}
    assert kept == PUBLIC
    # People are led on with what they typed, and programs are refused with what they sent.
    assert "listen 80;\n  access_log off;" in plain


def test_our_own_processes_keep_none(sqlite_settings: Settings) -> None:
    assert listening(sqlite_settings)["access_log"] is False


def test_no_number_is_asked_for_in_an_address(api: Api) -> None:
    described = api.client.get("/api/openapi.json").json()["paths"]
    asked = {
        (method, path)
        for path, operations in described.items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", [])
        if "phone" in parameter["name"].lower()
    }
    assert asked == STILL_THERE
    assert all(described[path][method]["deprecated"] for method, path in STILL_THERE)
