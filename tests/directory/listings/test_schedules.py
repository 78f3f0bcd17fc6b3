"""HSDS schedules out of opening hours: exact, or quoted."""

import pytest

from directory.listings.schedules import schedule_rows


def _rows(expression: str | None) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(r.freq, r.byday, r.opens_at, r.closes_at) for r in schedule_rows(expression)]


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        (None, []),
        ("24/7", [("WEEKLY", "MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59")]),
        ("Mo-Fr 9:00-17:00", [("WEEKLY", "MO,TU,WE,TH,FR", "09:00", "17:00")]),
        ("Mo-Fr 09:00-17:00; Sa-Su off", [("WEEKLY", "MO,TU,WE,TH,FR", "09:00", "17:00")]),
        ("Mo-Fr 09:00-17:00; PH off", [("WEEKLY", "MO,TU,WE,TH,FR", "09:00", "17:00")]),
        (
            "Mo,We 09:00-12:00,13:00-24:00; Sa-Su 10:00-11:00",
            [
                ("WEEKLY", "MO,WE", "09:00", "12:00"),
                ("WEEKLY", "MO,WE", "13:00", "23:59"),
                ("WEEKLY", "SA,SU", "10:00", "11:00"),
            ],
        ),
        ("Fr-Mo 10:00-11:00", [("WEEKLY", "FR,SA,SU,MO", "10:00", "11:00")]),
        ("Tu[1,3] 18:00-20:00", [("MONTHLY", "1TU,3TU", "18:00", "20:00")]),
    ],
)
def test_a_plain_week_is_taken_apart(
    expression: str | None, rows: list[tuple[str, str, str, str]]
) -> None:
    assert _rows(expression) == rows


@pytest.mark.parametrize(
    "expression",
    [
        "Feb-Apr Mo-Fr 09:00-17:00",
        "Mo-Fr 09:00-17:00; We 10:00-12:00",
        "Mo-Su 09:00-17:00; We off",
        "Mo-Fr 09:00-17:00; PH,Fr off",
        "Mo-Fr 09:00-17:00; We[2] 09:00-12:00",
        'Mo-Fr 09:00-17:00 || "by appointment"',
        "sunrise-sunset",
        "Mo-Fr 09:00-17:00+",
        "Su[-1] 10:00-12:00",
    ],
)
def test_what_is_no_plain_week_is_quoted_and_nothing_more(expression: str) -> None:
    assert _rows(expression) == [(None, None, None, None)]
    assert schedule_rows(expression)[0].description == expression
