"""What a form says: whatever is sent, it is a move that exists, a question, or unclear."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.partners.answers import (
    BECOMES,
    MOST_LETTERS,
    Move,
    Question,
    Step,
    Unclear,
    fields,
    understood,
)
from api.partners.words import reasons
from directory.languages import Language
from directory.referrals.states import NEEDS_REASON, Party, Status, allowed

STEPS = st.sampled_from([*Step, "", "cancel"])
WHY = st.sampled_from(["full", "other", "list", "not_reached", "", "x"])


@given(st.binary(max_size=300))
def test_no_body_breaks_it(body: bytes) -> None:
    for value in fields(body).values():
        assert all(letter.isprintable() or letter == "\n" for letter in value)


@given(STEPS, WHY, st.text(max_size=MOST_LETTERS + 20))
def test_whatever_is_sent_is_a_move_a_question_or_unclear(step: str, why: str, words: str) -> None:
    body = urlencode({"step": step, "why": why, "words": words}, errors="replace").encode()
    try:
        said = understood(fields(body))
    except Unclear as unclear:
        assert unclear.problem.startswith("problem_")
        return
    if isinstance(said, Question):
        assert step == Step.ASK and said.text
        return
    assert said.to == BECOMES[Step(step)]
    assert said.reason or said.to not in NEEDS_REASON


def test_every_move_is_a_partners_and_every_partners_move_has_a_button() -> None:
    theirs = {to for status in Status for to in allowed(status, Party.PARTNER)}
    assert set(BECOMES.values()) == theirs


@pytest.mark.parametrize("step", ["decline", "fail"])
def test_every_reason_can_be_chosen(step: str) -> None:
    for why, label in reasons(step, Language.EN).items():
        said = understood({"step": step, "why": why, "words": "since May"})
        assert isinstance(said, Move) and said.reason == f"{label}: since May"
