"""Opening hours as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.segments import Encoding, encoding_of
from bot.wording.opening_hours import hours_said
from directory.languages import Language

EN, ES = Language.EN, Language.ES


@pytest.mark.parametrize(
    ("expression", "en", "es"),
    [
        ("Mo-Fr 09:00-17:00", "Mon-Fri 9am-5pm", "lun-vie 9am-5pm"),
        ("Tu,Th 09:30-14:00; Sa off", "Tue,Thu 9:30am-2pm; Sat closed", None),
        ("Mo-Su 00:00-24:00", "Mon-Sun 12am-12am", None),
        ("24/7", "24 hours, every day", "24 horas, todos los dias"),
        ("PH off", "holidays closed", "feriados cerrado"),
        ('Mo 10:00-12:00 "by appointment"', "Mon 10am-12pm by appointment", None),
        ("", "", ""),
        (None, "", ""),
        ("sunrise-sunset", "sunrise-sunset", None),
    ],
)
def test_days_and_times_are_put_in_words(expression: str | None, en: str, es: str | None) -> None:
    assert hours_said(expression, EN) == en
    if es is not None:
        assert hours_said(expression, ES) == es


@given(
    days=st.sampled_from(["Mo-Fr", "Tu,Th", "Sa", "Mo-Su"]),
    opens=st.integers(0, 23),
    closes=st.integers(0, 24),
    minutes=st.sampled_from([0, 15, 30, 45]),
)
def test_it_is_never_longer_than_a_text_allows(
    days: str, opens: int, closes: int, minutes: int
) -> None:
    said = hours_said(f"{days} {opens:02}:{minutes:02}-{closes:02}:00", ES)
    assert encoding_of(said) is Encoding.GSM_7
    assert ":00" not in said
