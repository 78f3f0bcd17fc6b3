"""Numbers as people dial them."""

import pytest

from directory.listings.numbers import NumberError, dialled, digits_of


@pytest.mark.parametrize(
    ("written", "kind", "shown"),
    [
        ("630-555-0100", "voice", "630-555-0100"),
        ("(630) 555-0100", "voice", "630-555-0100"),
        ("+1 630 555 0100", "voice", "630-555-0100"),
        ("1.800.799.7233", "hotline", "800-799-7233"),
        ("988", "hotline", "988"),
        ("988", "sms", "988"),
        ("211", "voice", "211"),
        ("911", "hotline", "911"),
        ("741741", "sms", "741741"),
        ("88788", "sms", "88788"),
    ],
)
def test_a_number_is_written_in_one_way(written: str, kind: str, shown: str) -> None:
    assert dialled(written, kind=kind) == shown


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("630-555", "voice"),
        ("630-555", "sms"),
        ("741741", "voice"),
        ("123", "voice"),
        ("800-273-TALK", "hotline"),
        ("630-555-0100 ext. 4", "voice"),
        ("630-111-2222", "voice"),
        ("604-688-1234", "voice"),
        ("", "voice"),
        ("²", "voice"),
        ("630-555-01000", "voice"),
    ],
)
def test_what_cannot_be_dialled_from_here_is_refused(written: str, kind: str) -> None:
    with pytest.raises(NumberError):
        dialled(written, kind=kind)


def test_digits_are_without_country_code() -> None:
    assert digits_of("+1 (630) 555-0100") == digits_of("630-555-0100") == "6305550100"
