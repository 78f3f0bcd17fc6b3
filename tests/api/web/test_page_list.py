"""Every page is measured, and none is heavier than it may be."""

from benchmarks.demo_site import Visitor
from benchmarks.page_list import PageAddress, unlisted
from benchmarks.pages import Measured, table
from tests.api.conftest import Api


def test_every_page_has_an_address_to_measure_or_a_reason_to_be_left_out(api: Api) -> None:
    assert unlisted(api.client.app) == []


def test_a_line_shows_the_heaviest_and_the_slowest_of_those_who_see_a_page() -> None:
    page = PageAddress("/console/people/{person_id}", "/console/people", ())
    times = tuple(float(each) for each in range(1, 21))
    light = Measured(page, Visitor.CLINICIAN, 200, 1_000, 2_000, times, 3)
    heavy = Measured(page, Visitor.ADMIN, 200, 4_000, 5_000, (1.0,), 2)
    assert table([light, heavy]).splitlines()[-1] == (
        "| `/console/people` | clinician, admin | 4.0 | 5.0 | 10 | 19 | 3 |"
    )
