"""Long, and not what everybody knows of its owner."""

import pytest

from directory.errors import Invalid
from directory.staff.passwords import SHORTEST, fit

EMAIL = "maria.kowalski@city.example"


@pytest.mark.parametrize(
    "password",
    ["a long enough password", "four plain words here", "x7#Kq2!mZp9w", "contraseña de la abuela"],
)
def test_a_long_one_is_taken_as_it_is(password: str) -> None:
    assert fit(password, email=EMAIL) == password


def test_a_short_one_is_told_how_long() -> None:
    with pytest.raises(Invalid, match=f"at least {SHORTEST} characters"):
        fit("x7#Kq2!mZp9w"[: SHORTEST - 1], email=EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        "Kowalski2026",
        "maria.kowalski",
        "mariakowalski!!",
        "Handoff-2026!",
        "naperville2026",
        "passwordpassword",
        "HandoffNaperville",
        "aaaaaaaaaaaaaaa",
        "111111111112",
    ],
)
def test_what_anybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="Anybody would try"):
        fit(password, email=EMAIL)
