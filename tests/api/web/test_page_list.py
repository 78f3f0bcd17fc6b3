"""Every page is measured, and none is heavier than it may be."""

import shutil
from pathlib import Path

from benchmarks.demo_site import Visitor, demo_site
from benchmarks.page_list import ADDRESSES, PageAddress, unlisted
from benchmarks.pages import MOST_KILOBYTES, Measured, table, weigh
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


def test_every_page_over_the_fictional_year_is_there_and_light_with_its_files(
    partners_template: Path, tmp_path: Path
) -> None:
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    with demo_site(tmp_path) as site:
        weighed = list(weigh(site))
    assert {each.page.template for each in weighed} == set(ADDRESSES)
    assert [each for each in weighed if each.status != 200] == []
    heavy = [each for each in weighed if each.with_files >= 1000 * MOST_KILOBYTES]
    assert heavy == []
