"""Figures of following up, as they are shown."""

from directory import database
from directory.checkins.models import CheckInStatus
from directory.database import Database
from tests.api.console.measures.shown import shown_of
from tests.directory.measures.worlds import a_checkin, a_person, a_visit, on

ANSWERED = "Answered, of those that asked for an answer"


def check_ins(*, answered: int, unanswered: int, answered_unasked: int) -> None:
    with database.session_scope() as session:
        person = a_person(session, 1)
        visit = a_visit(session, person, on(10, 1))
        better = {"status": CheckInStatus.ANSWERED, "answer": "better"}
        for number, changes in (
            (answered, {"asks": True, **better}),
            (unanswered, {"asks": True, "status": CheckInStatus.SENT}),
            (answered_unasked, {"asks": False, **better}),
        ):
            for _ in range(number):
                a_checkin(session, person, visit, on(10, 3), **changes)


def test_answers_to_what_asked_for_none_are_not_in_their_share(db: Database) -> None:
    check_ins(answered=30, unanswered=20, answered_unasked=50)
    assert shown_of("2026-10", "check-ins")["check-in-reach"][ANSWERED] == ["0.6000"]


def test_a_share_does_not_tell_how_few_answered_what_asked_for_nothing(db: Database) -> None:
    check_ins(answered=30, unanswered=20, answered_unasked=3)
    shown = shown_of("2026-10", "check-ins")
    assert shown["check-ins"]["Answered: doing okay"][0] == "33"
    assert shown["check-in-reach"][ANSWERED] == ["held back"]
