"""No sequence of moves, by anybody, leads a referral where the rules don't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.errors import Conflict, Invalid
from directory.referrals.states import (
    ENDED,
    NEEDS_REASON,
    Party,
    Status,
    allowed,
    require_move,
)

STATUSES = st.sampled_from(Status)
PARTIES = st.sampled_from(Party)
MOVES = st.lists(st.tuples(PARTIES, STATUSES, st.sampled_from([None, "", " ", "full"])))

# What the outside can rely on: a partner's moves, word for word.
PROMISED = {
    Status.REQUESTED: {Status.ACCEPTED, Status.REJECTED},
    Status.ACCEPTED: {Status.IN_PROGRESS, Status.ON_HOLD, Status.COMPLETED, Status.FAILED},
    Status.IN_PROGRESS: {Status.ON_HOLD, Status.COMPLETED, Status.FAILED},
    Status.ON_HOLD: {Status.IN_PROGRESS, Status.COMPLETED, Status.FAILED},
}


@pytest.mark.parametrize("status", Status)
def test_a_partner_may_do_what_was_promised_and_nothing_else(status: Status) -> None:
    assert allowed(status, Party.PARTNER) == PROMISED.get(status, set())


@given(MOVES)
def test_whatever_is_tried_the_history_is_one_that_the_rules_allow(
    moves: list[tuple[Party, Status, str | None]],
) -> None:
    current = Status.DRAFT
    accepted = False
    for party, to, reason in moves:
        try:
            require_move(current, to, party, reason=reason)
        except (Conflict, Invalid):
            continue
        if current in ENDED:
            assert (party, to) == (Party.STAFF, Status.ENTERED_IN_ERROR)
        if to in (Status.IN_PROGRESS, Status.ON_HOLD, Status.COMPLETED, Status.FAILED):
            assert accepted, "nobody works on what was never accepted"
        if to in NEEDS_REASON:
            assert reason and reason.strip()
        accepted = accepted or to is Status.ACCEPTED
        assert to is not current
        current = to


@given(STATUSES, STATUSES, PARTIES)
def test_a_refused_move_says_what_is_allowed(current: Status, to: Status, party: Party) -> None:
    can = allowed(current, party)
    if to in can:
        require_move(current, to, party, reason="because")
        return
    with pytest.raises(Conflict) as refused:
        require_move(current, to, party, reason="because")
    assert refused.value.context["allowed"] == sorted(can)
    for each in can:
        assert each.value in refused.value.detail


@pytest.mark.parametrize("party", [Party.RESIDENT, Party.SENDER, Party.SYSTEM])
@given(current=STATUSES)
def test_these_can_only_withdraw_and_only_what_is_open(current: Status, party: Party) -> None:
    can = {Status.CANCELLED} if current not in ENDED else set()
    assert allowed(current, party) == can


@given(STATUSES)
def test_a_slip_can_be_called_one_once(current: Status) -> None:
    can = Status.ENTERED_IN_ERROR in allowed(current, Party.STAFF)
    assert can is (current is not Status.ENTERED_IN_ERROR)
