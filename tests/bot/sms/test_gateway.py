"""The product's own view of a text on its way."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.gateway import DeliveryStatus, advances

S = DeliveryStatus


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, S.QUEUED, True),
        (S.ACCEPTED, S.QUEUED, True),
        (S.QUEUED, S.SENT, True),
        (S.SENT, S.DELIVERED, True),
        (S.SENT, S.UNDELIVERED, True),
        (S.SCHEDULED, S.CANCELED, True),
        (S.DELIVERED, S.READ, True),
        (S.DELIVERED, S.SENT, False),
        (S.DELIVERED, S.UNDELIVERED, False),
        (S.UNDELIVERED, S.DELIVERED, False),
        (S.FAILED, S.READ, False),
        (S.READ, S.DELIVERED, False),
    ],
)
def test_a_text_only_moves_forward(
    old: DeliveryStatus | None, new: DeliveryStatus, expected: bool
) -> None:
    assert advances(old, new) is expected


@given(st.sampled_from(DeliveryStatus))
def test_a_repeated_report_changes_nothing(status: DeliveryStatus) -> None:
    assert not advances(status, status)


def test_the_usual_reports_end_the_same_in_whatever_order_they_come() -> None:
    for order in permutations([S.QUEUED, S.SENDING, S.SENT, S.DELIVERED]):
        status: DeliveryStatus | None = None
        for report in order:
            status = report if advances(status, report) else status
        assert status is S.DELIVERED
