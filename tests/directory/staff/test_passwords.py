"""Long, in no list of leaked ones, and not what anybody would guess of its owner."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from directory.errors import Invalid
from directory.settings import ROOT
from directory.staff.passwords import DIGEST_BYTES, LEAKED, SHORTEST, fit

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
        "Kasimira2026",
    ],
)
def test_what_anybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="Anybody would try") as caught:
        fit(password, email=EMAIL, name="Kasimira")
    assert caught.value.code == "password_guessable"


# The first, the 300th, the 1,500th and so on of those of twelve letters that leaked most often.
LEAKED_ONES = ["1qaz2wsx3edc", "gjkysqgbpltw", "mediterraneo", "worldofwarcraft", "happygolucky"]


@pytest.mark.parametrize("password", [*LEAKED_ONES, "MEDITERRANEO", "WorldOfWarcraft"])
def test_one_that_has_leaked_is_refused_in_capitals_too(password: str) -> None:
    with pytest.raises(Invalid, match="lists of leaked ones") as caught:
        fit(password, email=EMAIL)
    assert caught.value.code == "password_leaked"


@pytest.mark.parametrize(
    "password",
    ["abcdefghijklm", "dragon2dragon2dragon2", "qwertyu!qwertyu!", "0123456789ab"],
)
def test_one_that_is_soon_guessed_is_refused_though_no_list_has_it(password: str) -> None:
    with pytest.raises(Invalid, match="guesses this password soon") as caught:
        fit(password, email=EMAIL)
    assert caught.value.code == "password_guessable"


def test_each_owner_s_words_count_for_their_own_password_only() -> None:
    """Many set one at the same time, in threads that share the dictionaries."""

    def is_taken(owner: str) -> bool:
        try:
            fit("W0l0dymyr2019", email=f"{owner}@city.example")
        except Invalid:
            return False
        return True

    owners = ["wolodymyr", "annabella"] * 8
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(is_taken, owners)) == [False, True] * 8


@pytest.mark.parametrize(
    "password",
    [
        "x7#Kq2!mZp9w" * 80_000,
        "4@8({[<369&#!1/|0$5+7%2" * 40_000,
        "ñ€😀ß漢字 الله" * 9,
        "\udcff 4 plain words",
    ],
    ids=["a megabyte", "a megabyte of signs", "other alphabets", "half a character"],
)
def test_neither_length_nor_letters_stop_the_check(password: str) -> None:
    assert fit(password, email=EMAIL) == password


def test_the_list_is_sorted_and_holds_no_password_that_could_be_read() -> None:
    kept = LEAKED.read_bytes()
    digests = [kept[at : at + DIGEST_BYTES] for at in range(0, len(kept), DIGEST_BYTES)]
    assert len(digests) > 40_000
    assert digests == sorted(set(digests))
    assert all(each.encode() not in kept for each in LEAKED_ONES)


def test_who_sets_no_password_does_not_carry_the_dictionaries() -> None:
    look = "import sys, api.app; sys.exit('zxcvbn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], cwd=ROOT, check=False).returncode == 0
