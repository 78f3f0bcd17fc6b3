"""What may leave the directory: decided number by number, at loading and again at reading."""

from pathlib import Path

import pytest

from directory import database
from directory.database import Database
from directory.listings import queries
from directory.listings.known_lines import KNOWN_LINES, mistyped_line
from directory.listings.models import Phone
from directory.listings.numbers import digits_of
from directory.listings.publication import published_addresses, published_phones
from directory.listings.yaml_source import read_yaml
from directory.settings import ROOT
from tests.directory.listings.files import edited, load

# Each line's number as its own official page gives it: CARES, DCFS, Adult Protective Services,
# 988, the national and the Illinois domestic violence lines, trafficking, the DuPage County
# crisis line, the Eldercare Locator.
OFFICIAL = frozenset(
    {
        "800-345-9049",
        "800-252-2873",
        "866-800-1409",
        "988",
        "800-799-7233",
        "877-863-6338",
        "888-373-7888",
        "630-627-1700",
        "800-677-1116",
    }
)


def _numbers(slug: str) -> list[str]:
    with database.read_scope() as session:
        service = queries.service_by_slug(session, slug)
        assert service is not None
        return [phone.number for phone in published_phones(service)]


def _everything_published() -> list[str]:
    with database.read_scope() as session:
        return [
            phone.number
            for service in queries.published_services(session)
            for phone in published_phones(service)
        ]


def test_only_attested_numbers_that_need_no_call_first_leave(db: Database) -> None:
    load()
    assert _numbers("oak-pantry--groceries") == ["630-555-0101"]


def test_no_number_of_an_unpublished_service_leaves(db: Database) -> None:
    load()
    assert _numbers("elm-pantry--diapers") == []


def test_a_number_leaves_once_it_has_been_dialled(db: Database, tmp_path: Path) -> None:
    load()
    load(edited(tmp_path, ("            call_first: true\n", "")))
    assert _numbers("oak-pantry--groceries") == ["630-555-0101", "630-555-0103"]


@pytest.mark.parametrize(
    "wrong", ["800-252-2783", "800-252-2874", "866-800-1490", "(630) 627-7100"]
)
def test_a_crisis_line_with_a_slip_is_refused_at_loading(
    db: Database, tmp_path: Path, wrong: str
) -> None:
    report = load(edited(tmp_path, ("630-555-0120", wrong)))
    assert any("looks like a slip of" in str(mistake) for mistake in report.rejected)


def test_a_crisis_line_with_a_slip_is_withheld_at_reading(db: Database) -> None:
    load()
    with database.session_scope() as session:
        service = queries.service_by_slug(session, "safe-harbor--shelter")
        assert service is not None
        service.phones[0].number = "800-252-2783"
    assert _numbers("safe-harbor--shelter") == ["55501"]


def test_an_unattested_number_planted_in_the_database_does_not_leave(db: Database) -> None:
    load()
    with database.session_scope() as session:
        service = queries.service_by_slug(session, "state-line--web")
        assert service is not None
        service.phones.append(Phone(number="630-555-0199", type="voice"))
    assert _numbers("state-line--web") == []


def test_a_closed_service_keeps_its_numbers_to_itself(db: Database) -> None:
    load()
    with database.session_scope() as session:
        service = queries.service_by_slug(session, "oak-pantry--groceries")
        assert service is not None
        service.status = "defunct"
    assert _numbers("oak-pantry--groceries") == []


def test_the_address_of_a_confidential_service_does_not_leave_even_if_one_were_linked(
    db: Database,
) -> None:
    load()
    with database.read_scope() as session:
        service = queries.service_by_slug(session, "oak-pantry--groceries")
        assert service is not None
        assert published_addresses(service)
        service.confidential = True
        assert published_addresses(service) == ()
        session.rollback()


def test_known_lines_are_no_slips_of_each_other() -> None:
    assert [mistyped_line(number) for number in KNOWN_LINES] == [None] * len(KNOWN_LINES)


class TestTheRealFile:
    """data/partners.yml, as it stands."""

    @pytest.fixture
    def loaded(self, db: Database) -> None:
        report = load(ROOT / "data" / "partners.yml")
        assert report.rejected == (), "\n".join(map(str, report.rejected))
        assert len(report.added) > 50

    @pytest.mark.usefixtures("loaded")
    def test_the_official_lines_are_in_it_digit_by_digit(self) -> None:
        assert set() == OFFICIAL - set(_everything_published())

    @pytest.mark.usefixtures("loaded")
    def test_no_number_leaves_that_the_file_does_not_attest(self) -> None:
        allowed = set()
        for organization in read_yaml(ROOT / "data" / "partners.yml").value["organizations"]:
            for service in organization["services"]:
                for phone in service.get("phones") or []:
                    may_leave = phone["attested"] is True and phone.get("call_first") is not True
                    if service["publish"] is True and may_leave:
                        allowed.add((service["id"], digits_of(str(phone["number"]))))
        with database.read_scope() as session:
            leaving = {
                (service.slug, digits_of(phone.number))
                for service in queries.published_services(session)
                for phone in published_phones(service)
            }
        assert leaving == allowed
