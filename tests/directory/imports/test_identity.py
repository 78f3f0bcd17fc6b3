"""Export → import into an empty directory → export is the identity, in both forms."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.database import Base, Database
from directory.hsds.read import read_service
from directory.imports import queries
from directory.imports.content import look
from directory.imports.export import json_lines, write_archive, write_package
from directory.imports.identity import fingerprint
from directory.settings import ROOT
from tests.conftest import settings_for
from tests.directory.imports.builders import counts, exported, imported, imported_file, jsonl
from tests.fakes import MORNING

CC0 = ROOT.parent / "shared" / "data" / "services-cc0"
LETTERS = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="<>\x7f")
IDS = st.builds(lambda bits: str(UUID(int=bits, version=4)), st.integers(0, 2**128 - 1))


def is_plain(text: str) -> bool:
    """What a source's text is after it was read: nothing invisible in it, nothing around it."""
    return text == text.strip() and bool(text) and all(c.isprintable() for c in text)


TEXT = st.text(LETTERS, min_size=1, max_size=30).filter(is_plain) | st.sampled_from(
    ["=1+1", "'=1+1", "+1 630", "-", "@home", 'a "quoted" word', "commas, and; others", "¿Dónde?"]
)
NUMBERS = st.sampled_from([f"630-555-01{number:02}" for number in range(100)] + ["988", "211"])
CLOCKS = st.sampled_from(["08:00:00", "09:30:00", "12:00:00", "17:00:00", "23:59:00"])
DAYS = st.dates().map(str)
URLS = st.sampled_from(["https://example.org", "http://example.org/a?b=c", "mailto:a@example.org"])


def some(strategy: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, max_size=most)


def record(
    required: dict[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"id": IDS, **required}, optional=optional)


LANGUAGES = record({}, name=TEXT, code=st.sampled_from(["en", "es", "pl"]), note=TEXT)
PHONES = record(
    {"number": NUMBERS}, extension=st.integers(0, 99999), type=st.sampled_from(["voice", "fax"]),
    description=TEXT, languages=some(LANGUAGES, 1),
)  # fmt: skip
SCHEDULES = record(
    {}, valid_from=DAYS, valid_to=DAYS, dtstart=DAYS, until=DAYS, count=st.integers(1, 60),
    timezone=st.sampled_from([-6, 5.5]), wkst=st.just("MO"), description=TEXT, notes=TEXT,
    freq=st.sampled_from(["WEEKLY", "MONTHLY"]), interval=st.integers(1, 4),
    byday=st.sampled_from(["MO", "TU,TH", "2FR"]), opens_at=CLOCKS, closes_at=CLOCKS,
    schedule_link=URLS, attending_type=TEXT,
)  # fmt: skip
AREAS = record({}, name=TEXT, description=TEXT, extent=TEXT, extent_type=TEXT, uri=URLS)
CONTACTS = record(
    {}, name=TEXT, title=TEXT, department=TEXT, email=st.just("a@example.org"),
    phones=some(PHONES, 1),
)  # fmt: skip
ADDRESSES = record(
    {"address_1": TEXT, "city": TEXT, "state_province": TEXT, "postal_code": TEXT,
     "country": st.just("US"), "address_type": st.sampled_from(["physical", "postal"])},
    attention=TEXT, address_2=TEXT, region=TEXT,
)  # fmt: skip
LOCATIONS = record(
    {"location_type": st.sampled_from(["physical", "virtual"])},
    name=TEXT, description=TEXT, transportation=TEXT, url=URLS, external_identifier=TEXT,
    latitude=st.floats(-90, 90), longitude=st.floats(-180, 180),
    addresses=some(ADDRESSES), phones=some(PHONES, 1), languages=some(LANGUAGES, 1),
    schedules=some(SCHEDULES, 1), contacts=some(CONTACTS, 1),
    accessibility=some(record({}, description=TEXT, details=TEXT, url=URLS), 1),
)  # fmt: skip
LINKS = record(
    {"location": LOCATIONS}, description=TEXT, service_areas=some(AREAS, 1),
    phones=some(PHONES, 1), schedules=some(SCHEDULES, 1), contacts=some(CONTACTS, 1),
)  # fmt: skip
TERMS = record(
    {"name": TEXT, "description": TEXT, "taxonomy": TEXT, "taxonomy_id": IDS},
    code=st.integers(1, 10**6).map(str), language=st.just("en"), term_uri=URLS,
)  # fmt: skip
ATTRIBUTES = record({"taxonomy_term": TERMS}, value=TEXT, label=TEXT)
URL_ROWS = record({"url": URLS}, label=TEXT)
ORGANIZATIONS = record(
    {"name": TEXT, "description": TEXT}, alternate_name=TEXT, website=URLS, tax_id=TEXT,
    year_incorporated=st.integers(1800, 2026), legal_status=TEXT,
    additional_websites=some(URL_ROWS),
    phones=some(PHONES, 1), contacts=some(CONTACTS, 1), funding=some(record({}, source=TEXT), 1),
    programs=some(record({"name": TEXT, "description": TEXT}), 1),
    organization_identifiers=some(record({"identifier_type": TEXT, "identifier": TEXT}), 1),
    attributes=some(ATTRIBUTES, 1),
)  # fmt: skip
CAPACITIES = record(
    {"unit": record({"name": TEXT}), "available": st.integers(0, 500),
     "updated": st.just("2026-01-31T10:00:00Z")},
    maximum=st.integers(0, 500), description=TEXT,
)  # fmt: skip
SERVICES = record(
    {"name": TEXT, "status": st.sampled_from(["active", "temporarily closed"]),
     "organization": ORGANIZATIONS},
    alternate_name=TEXT, description=TEXT, url=URLS, application_process=TEXT,
    fees_description=TEXT, wait_time=TEXT, eligibility_description=TEXT, alert=TEXT,
    minimum_age=st.integers(0, 30), maximum_age=st.integers(30, 99),
    assured_date=st.just("2025-10-01"), additional_urls=some(URL_ROWS), phones=some(PHONES, 3),
    schedules=some(SCHEDULES), service_areas=some(AREAS), service_at_locations=some(LINKS),
    languages=some(LANGUAGES), funding=some(record({}, source=TEXT), 1),
    cost_options=some(record({}, option=TEXT, amount=st.integers(0, 999), currency=st.just("USD"))),
    required_documents=some(record({}, document=TEXT, uri=URLS)), contacts=some(CONTACTS, 1),
    program=record({"name": TEXT, "description": TEXT}), capacities=some(CAPACITIES, 1),
    attributes=some(ATTRIBUTES),
)  # fmt: skip


@pytest.fixture
def second(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty directory beside the first."""
    folder = tmp_path / "second"
    folder.mkdir()
    (folder / "handoff.sqlite").write_bytes(sqlite_template.read_bytes())
    opened = Database(settings_for(folder))
    yield opened
    opened.close()


def emptied(opened: Database) -> Database:
    """The directory without anything in it: quicker than a new one."""
    with opened.session_scope() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    return opened


def sorted_within(value: Any) -> Any:
    """Lists in an order that does not depend on the order of rows, which HSDS leaves open."""
    if isinstance(value, dict):
        return {name: sorted_within(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted((sorted_within(each) for each in value), key=json.dumps)
    return value


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip
@given(services=st.lists(SERVICES, min_size=1, max_size=2, unique_by=lambda each: each["id"]))
def test_export_import_export_is_the_identity(
    services: list[dict[str, Any]], db: Database, second: Database
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = imported(emptied(db), services)
        assert report.rejected == 0, report.remarks
        out = exported(db)
        (folder / "out.jsonl").write_bytes(b"".join(json_lines(db, now=MORNING)))
        write_package(db, folder / "package", now=MORNING)
        for form in ("out.jsonl", "package"):
            report = imported_file(emptied(second), folder / form, source="other")
            assert counts(report) == (len(services), 0, 0, 0), report.remarks
            assert sorted_within(exported(second)) == sorted_within(out)
            again = imported_file(second, folder / form, source="other")
            assert counts(again) == (0, 0, len(services), 0)


def test_partners_survive_the_way_through_an_archive(
    partners: Database, second: Database, tmp_path: Path
) -> None:
    out = exported(partners)
    write_archive(partners, tmp_path / "directory.zip", now=MORNING)
    report = imported_file(second, tmp_path / "directory.zip")
    assert counts(report) == (len(out), 0, 0, 0), report.remarks
    assert sorted_within(exported(second)) == sorted_within(out)


def test_importing_ones_own_export_changes_nothing(partners: Database, tmp_path: Path) -> None:
    out = exported(partners)
    report = imported_file(partners, jsonl(tmp_path / "own.jsonl", out))
    assert counts(report) == (0, 0, len(out), 0), report.remarks
    assert exported(partners) == out


def test_both_forms_read_as_the_same_objects(partners: Database, tmp_path: Path) -> None:
    write_package(partners, tmp_path / "package", now=MORNING)
    entries = look(tmp_path / "package").entries(source="any")
    from_tables = {each.value["id"]: fingerprint(read_service(each.value)) for each in entries}
    from_lines = {each["id"]: fingerprint(read_service(each)) for each in exported(partners)}
    assert from_tables == from_lines


@pytest.mark.skipif(not CC0.is_dir(), reason="the CC0 listings are kept beside the repository")
def test_all_cc0_listings_are_taken_in_once(db: Database) -> None:
    sizes = {"haarrrvest-01.jsonl": 1742, "haarrrvest-02.jsonl": 1107}
    for path, size in ((CC0 / name, size) for name, size in sizes.items()):
        assert counts(imported_file(db, path, source="haarrrvest")) == (size, 0, 0, 0)
        assert counts(imported_file(db, path, source="haarrrvest")) == (0, 0, size, 0)
    with db.read_scope() as session:
        assert queries.count_services(session) == 2849
