"""Whose danger a clinician's text speaks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clinician_texts.danger import own_danger, speaks_of_danger
from bot.safety.screen import screen


@pytest.mark.parametrize(
    "text",
    ["SI w/ plan m 34 60540", "pt wants to kill himself 60540", "OD last night, narcan given m 25",
     "DV, he has a gun, shelter 60540", "my client wants to die, need mh bed 60540",
     "ct says i want to die, psych bed", "detox 60540", "suicidal teen, mom on scene"],
)  # fmt: skip
def test_somebody_elses_danger_is_looked_up(text: str) -> None:
    assert own_danger(text) is None


@pytest.mark.parametrize(
    "text",
    ["911", "911 now", "help me", "Help me please", "officer down", "send backup now",
     "im being attacked", "I want to kill myself", "me quiero matar", "auxilio"],
)  # fmt: skip
def test_a_clinicians_own_danger_stays_danger(text: str) -> None:
    found = own_danger(text)
    assert found is not None
    assert found.immediate


def test_danger_of_whomever_is_noticed() -> None:
    assert speaks_of_danger("pt wants to kill himself 60540")
    assert not speaks_of_danger("food 60540")


@given(st.text(max_size=200))
def test_it_never_raises_and_finds_nothing_where_nobody_is_in_danger(text: str) -> None:
    found = own_danger(text)
    if found is not None and found.rule != "clinician.own":
        assert screen(text) == found
