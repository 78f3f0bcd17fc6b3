"""What is known of our packages is told truly, above all when nothing could be looked up."""

from datetime import date

import pytest

from directory.settings import ROOT
from tools.audit.report import (
    NOT_LOOKED_UP,
    NOTHING_NEW,
    SOMETHING,
    Accepted,
    accepted,
    python_packages,
    told,
    web_packages,
)

TODAY = date(2026, 11, 22)
LATER = date(2027, 5, 31)
KNOWN = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.0"], "description": ""}
FINE = web_packages({"metadata": {"dependencies": {"total": 2}}, "vulnerabilities": {}})


def of(*vulns: object, where: str = "rasa") -> object:
    package = {"name": "example", "version": "1.0", "vulns": list(vulns)}
    return python_packages(where, {"dependencies": [package]})


def verdict(*looked_up: object, known: tuple[Accepted, ...] = (), today: date = TODAY) -> int:
    return told(looked_up, known, today)[0]  # type: ignore[arg-type]


def test_all_is_well_only_when_all_was_looked_up() -> None:
    assert verdict(of(), FINE) == NOTHING_NEW
    skipped = python_packages(
        "rasa", {"dependencies": [{"name": "example", "skip_reason": "not found"}]}
    )
    for unknown in (skipped, python_packages("rasa", None), web_packages({"error": "no"})):
        code, text = told([unknown], (), TODAY)
        assert code == NOT_LOOKED_UP and "NOT AUDITED" in text
    assert verdict(of(KNOWN), skipped) == SOMETHING


@pytest.mark.parametrize("name", [None, "PYSEC-1", "CVE-1"])
def test_what_was_accepted_is_listed_with_its_reason(name: str | None) -> None:
    entry = Accepted("example", "rasa", "No input reaches it.", LATER, name)
    code, text = told([of(KNOWN)], [entry], TODAY)  # type: ignore[list-item]
    assert code == NOTHING_NEW
    assert "example 1.0 PYSEC-1, fixed in 2.0" in text and "No input reaches it." in text


@pytest.mark.parametrize(
    "entry",
    [
        Accepted("example", "application", "elsewhere", LATER),
        Accepted("another", "rasa", "another package", LATER),
        Accepted("example", "rasa", "another weakness", LATER, "CVE-2"),
        Accepted("example", "rasa", "too long ago", date(2026, 1, 1)),
    ],
)
def test_nothing_else_is_accepted_with_it(entry: Accepted) -> None:
    assert verdict(of(KNOWN), known=(entry,)) == SOMETHING


def test_every_accepted_risk_has_a_reason_an_end_and_a_place_on_the_page() -> None:
    page = (ROOT / "docs" / "security" / "rasa-island.md").read_text()
    pins = (ROOT / "bot" / "requirements.txt").read_text()
    for entry in accepted():
        assert len(entry.reason) > 20 and entry.until > TODAY
        assert entry.where in ("rasa", "application")
        assert f"`{entry.package}`" in page
        if entry.where == "application":
            assert entry.id is not None, "in the application one by one"
        else:
            assert f"\n{entry.package}==" in f"\n{pins}", "it is no longer there"
