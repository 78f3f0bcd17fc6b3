"""What a voided visit said of the person goes, and what was known before it comes back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.checkin_texts import checkin_text
from directory import database
from directory.database import Database
from directory.languages import Language
from directory.people import caseload
from directory.people.models import Person
from directory.staff import service as staff
from directory.staff.models import Role, StaffMember
from directory.tasks.models import Task, TaskKind
from directory.visits import corrections, queries
from directory.visits.models import CallType, Visit
from tests.factories import CLINICIAN, QUIET, read_person, texted, visited
from tests.fakes import MORNING

HOUR = timedelta(hours=1)
# Maria's visit, logged by a slip of the finger for Bob's number.
SLIP: dict[str, Any] = {
    "name": "Maria Example",
    "language": Language.ES,
    "code_word": "tulip",
    "number_shared": False,
}


def bob(**changes: Any) -> Visit:
    return visited(**{"name": "Bob Example", "number_shared": True} | changes)[0]


def slip(hours: int = 1, **changes: Any) -> Visit:
    return visited(MORNING + hours * HOUR, **SLIP | changes)[0]


def void(visit: Visit, *, hours: int = 10) -> None:
    with database.session_scope() as session:
        corrections.void(
            session,
            session.get_one(Visit, visit.id),
            reason="wrong number",
            by="supervisor",
            quiet=QUIET,
            now=MORNING + hours * HOUR,
        )


def known_of(visit: Visit) -> tuple[object, ...]:
    person = read_person(visit.person_id)
    return person.name, person.language, person.code_word, person.number_shared


def write(visit: Visit, **facts: Any) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, visit.person_id)
        for field, value in facts.items():
            setattr(person, field, value)


def an_account(email: str) -> StaffMember:
    with database.session_scope() as session:
        return staff.add(session, email, Role.CLINICIAN, password=None, phone=None, now=MORNING)


def by(visit: Visit, member: StaffMember) -> Visit:
    """As if this colleague had logged it."""
    with database.session_scope() as session:
        session.get_one(Visit, visit.id).clinician_id = member.id
    return visit


def open_tasks() -> list[Task]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task)))


def test_a_stranger_is_greeted_by_no_name_of_a_voided_visit(any_database: Database) -> None:
    first = bob(number_shared=None)
    wrong = slip(number_shared=None)
    assert known_of(first)[:3] == ("Maria Example", "es", "tulip")
    void(wrong)
    assert known_of(first) == ("Bob Example", "en", None, False)
    with database.read_scope() as session:
        checkins = queries.checkins_of(session, first.id)
        person = session.get_one(Person, first.person_id)
        said = checkin_text(session, checkins[-1], person).text
    assert "Bob" in said
    assert "Maria" not in said
    with database.read_scope() as session:
        assert session.get_one(Visit, wrong.id).replaced is None


def test_what_others_read_is_read_by_others_again(any_database: Database) -> None:
    first = bob()
    wrong = slip()
    assert known_of(first)[3] is False
    void(wrong)
    assert known_of(first)[3] is True


def test_a_void_never_takes_from_a_phone_that_others_read_it(db: Database) -> None:
    first = bob(number_shared=None)
    void(slip(number_shared=True))
    assert known_of(first)[3] is True


def test_what_was_typed_since_stays(db: Database) -> None:
    first = bob()
    wrong = slip()
    write(first, name="Robert Example", language="en")
    void(wrong)
    assert known_of(first) == ("Robert Example", "en", None, True)


def test_of_who_has_no_visit_left_neither_name_nor_word_stays(db: Database) -> None:
    wrong = slip()
    write(wrong, name="Mary Example")
    void(wrong)
    assert known_of(wrong) == (None, None, None, False)


def test_what_a_later_visit_says_too_stands_on_its_word(db: Database) -> None:
    first = bob()
    wrong = slip()
    again = slip(hours=2)
    void(wrong)
    assert known_of(first)[:3] == ("Maria Example", "es", "tulip")
    void(again)
    assert known_of(first) == ("Bob Example", "en", None, True)


@pytest.mark.parametrize("in_order", [True, False])
def test_two_slips_voided_in_any_order_leave_nothing(db: Database, in_order: bool) -> None:
    first = bob()
    slips = [slip(), slip(hours=2, name="Carol Example", code_word="rose")]
    for wrong in slips if in_order else reversed(slips):
        void(wrong)
    assert known_of(first) == ("Bob Example", "en", None, True)


def test_of_a_visit_that_kept_nothing_texts_name_nobody_and_a_person_looks(
    any_database: Database,
) -> None:
    first = bob(number_shared=False)
    wrong = slip(code_word=None)
    with database.session_scope() as session:
        session.get_one(Visit, wrong.id).replaced = None
    void(wrong)
    assert known_of(first) == ("Maria Example", "es", None, True)
    (task,) = open_tasks()
    assert (task.kind, task.person_id) == (TaskKind.CALL_BACK, first.person_id)
    with database.session_scope() as session:
        session.get_one(Visit, first.id).replaced = None
    void(first)
    assert known_of(first) == (None, "es", None, True)


def test_what_is_put_back_asks_nobody_to_look(db: Database) -> None:
    bob()
    void(slip())
    assert open_tasks() == []


def test_after_a_handover_a_voided_visit_takes_nobody_back(any_database: Database) -> None:
    leaver, stayer = an_account("a@example.org"), an_account("b@example.org")
    first = by(bob(), leaver)
    write(first, clinician_id=leaver.id)
    with database.session_scope() as session:
        caseload.hand_over(
            session, from_id=leaver.id, to_id=stayer.id, by="supervisor", now=MORNING
        )
        staff.remove(session, leaver.email, now=MORNING)
    void(by(slip(), stayer))
    assert read_person(first.person_id).clinician_id == stayer.id


@pytest.mark.parametrize("left", [True, False])
def test_the_caseload_falls_to_the_next_visit_of_who_still_works_here(
    any_database: Database, left: bool
) -> None:
    second, third = an_account("a@example.org"), an_account("b@example.org")
    first = bob()
    later = by(slip(), second)
    by(slip(hours=2), third)
    if left:
        with database.session_scope() as session:
            staff.remove(session, second.email, now=MORNING)
    assert read_person(first.person_id).clinician_id == CLINICIAN
    void(first)
    assert read_person(first.person_id).clinician_id == (third.id if left else second.id)
    void(later)
    assert read_person(first.person_id).clinician_id == third.id


def test_nobody_is_left_where_nobody_who_logged_a_visit_works_here(db: Database) -> None:
    first = bob()
    slip(call_type=CallType.ELDERLY)  # by an account that never was
    void(first)
    assert read_person(first.person_id).clinician_id is None


def why_unreachable(visit: Visit) -> str | None:
    return read_person(visit.person_id).unreachable_because


def test_a_number_that_takes_no_texts_takes_none_after_the_visit_is_voided(
    any_database: Database,
) -> None:
    first = bob()
    write(first, unreachable_because="landline")
    wrong = slip()
    assert why_unreachable(wrong) is None, "the visit has it tried again"
    void(wrong)
    assert why_unreachable(first) == "landline"


def test_a_later_visit_that_says_texting_is_safe_has_it_tried_all_the_same(db: Database) -> None:
    first = bob()
    write(first, unreachable_because="landline")
    wrong, right = slip(), visited(MORNING + 2 * HOUR)[0]
    void(wrong)
    assert why_unreachable(first) is None
    void(right)
    assert why_unreachable(first) == "landline"


def test_a_number_that_has_texted_since_stays_known_to_work(db: Database) -> None:
    before = MORNING - 3 * HOUR
    first, _ = visited(before, occurred_at=before)
    write(first, unreachable_because="unknown_number")
    wrong = slip(hours=-2, occurred_at=before)
    texted("hello")
    void(wrong)
    assert why_unreachable(first) is None
