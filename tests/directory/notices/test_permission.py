"""Which news is still news."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.notices.models import Notice, NoticeKind
from directory.notices.permission import out_of_date, urgent
from directory.referrals.states import ENDED, OPEN, Outcome, Status

kinds = st.sampled_from(NoticeKind)
statuses = st.sampled_from(Status)
outcomes = st.none() | st.sampled_from(Outcome)


@given(kind=kinds, status=statuses, outcome=outcomes)
def test_a_partner_is_asked_only_while_there_is_something_to_answer(
    kind: NoticeKind, status: Status, outcome: Outcome | None
) -> None:
    if kind in (NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_REMINDER):
        assert out_of_date(kind, status, outcome) is (status is not Status.REQUESTED)


@given(status=statuses, outcome=st.sampled_from(Outcome))
def test_nobody_is_asked_for_an_outcome_that_is_known(status: Status, outcome: Outcome) -> None:
    assert out_of_date(NoticeKind.OUTCOME_QUESTION, status, outcome)


@pytest.mark.parametrize("status", sorted(OPEN | {Status.COMPLETED}))
def test_the_outcome_is_asked_whatever_the_partner_has_made_of_it(status: Status) -> None:
    assert not out_of_date(NoticeKind.OUTCOME_QUESTION, status, None)


@given(status=statuses, outcome=outcomes)
def test_of_two_pieces_of_news_about_one_referral_one_is_true_at_a_time(
    status: Status, outcome: Outcome | None
) -> None:
    sent = not out_of_date(NoticeKind.REFERRAL_SENT, status, outcome)
    accepted = not out_of_date(NoticeKind.REFERRAL_ACCEPTED, status, outcome)
    withdrawn = not out_of_date(NoticeKind.REFERRAL_WITHDRAWN, status, outcome)
    assert sent + accepted + withdrawn <= 1
    assert withdrawn is (status in ENDED)


@given(kind=kinds, danger=st.sampled_from([True, False, None]))
def test_nothing_holds_back_what_staff_must_know_at_once(
    kind: NoticeKind, danger: bool | None
) -> None:
    notice = Notice(kind=kind, facts={} if danger is None else {"danger": danger})
    always = kind in (NoticeKind.ON_CALL, NoticeKind.ALARM)
    assert urgent(notice) is (always or (kind is NoticeKind.TASK_OVERDUE and danger is True))
