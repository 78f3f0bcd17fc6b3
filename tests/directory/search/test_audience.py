"""Whom a text speaks of: an age is one only where the words say so."""

import pytest

from directory.search.audience import age_asked


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("food for my 16 year old", 16),
        ("16-year-old daughter", 16),
        ("my 70 years old father", 70),
        ("shelter for 17yo", 17),
        ("a 17 y/o", 17),
        ("I'm 16 and need shelter", 16),
        ("i am 72, need rides", 72),
        ("She's 80", 80),
        ("my mom is 78", 78),
        ("aged 65", 65),
        ("I'm 24 yrs", 24),
        ("im 17 years and homeless", 17),
        ("my 16 yr son", 16),
        ("tiene 70 años", 70),
        ("mi hija de 15 años", 15),
    ],
)
def test_an_age_is_read(text: str, age: int) -> None:
    assert age_asked(text) == age


@pytest.mark.parametrize(
    "text",
    [
        "i have been clean for 12 years",
        "12 years sober",
        "i'm 12 years sober",
        "im 12 weeks pregnant",
        "i am 30 minutes away",
        "my rent is 16 days late",
        "we are 5",
        "60540",
        "llevo 12 años aquí",
        "hace 3 años",
    ],
)
def test_how_long_something_lasts_is_no_age(text: str) -> None:
    assert age_asked(text) is None
