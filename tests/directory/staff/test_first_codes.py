"""Whoever makes an account never knows its password: a code leads to it, once and not for long."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.errors import Invalid, NotFound, Unauthenticated
from directory.staff import first_codes, second_step, service
from directory.staff.models import Role, StaffMember
from directory.staff.typed_codes import ALPHABET
from tests.fakes import MORNING
from tests.threads import all_at_once

EMAIL = "ana@example.org"
PASSWORD = "correct horse battery"
LATER = timedelta(hours=1)


def add(password: str | None = None, *, until: timedelta | None = None) -> None:
    with database.session_scope() as session:
        service.add(
            session,
            EMAIL,
            Role.CLINICIAN,
            password=password,
            phone=None,
            now=MORNING,
            password_until=MORNING + until if until is not None else None,
        )


def member() -> StaffMember:
    with database.read_scope() as session:
        return session.scalars(select(StaffMember)).one()


def issue() -> str:
    with database.session_scope() as session:
        found = session.scalars(select(StaffMember)).one()
        return first_codes.issue(session, found, wall=MORNING).code


def redeem(code: str, password: str = PASSWORD, *, after: timedelta = LATER) -> None:
    with database.session_scope() as session:
        first_codes.redeem(session, code, password, wall=MORNING + after)


def log_in(password: str = PASSWORD, *, after: timedelta = LATER) -> str | None:
    with database.session_scope() as session:
        return service.log_in(session, EMAIL, password, wall=MORNING + after)


def test_with_the_code_the_owner_chooses_a_password(any_database: Database) -> None:
    add()
    code = issue()
    assert log_in(code) is None, "the code is no password"
    redeem(code)
    assert log_in() is not None


def test_a_code_cannot_be_guessed_and_is_kept_as_a_digest(db: Database) -> None:
    add()
    codes = {issue() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        letters = code.replace("-", "")
        assert len(letters) == 24 and set(letters) <= set(ALPHABET)
        assert letters not in (member().first_code_hash or "")


def test_it_may_be_typed_in_capitals_and_with_spaces(db: Database) -> None:
    add()
    redeem(f"  {issue().upper().replace('-', ' ')} ")
    assert log_in() is not None


def test_a_code_is_taken_once_also_by_two_at_once(any_database: Database) -> None:
    add()
    code = issue()

    def take(number: int) -> bool:
        try:
            redeem(code, f"{PASSWORD} {number}")
        except NotFound:
            return False
        return True

    assert sorted(all_at_once([partial(take, number) for number in (1, 2, 3)])) == [
        False,
        False,
        True,
    ]
    with pytest.raises(NotFound):
        redeem(code)


def test_it_ends_after_three_days_and_is_forgotten(db: Database) -> None:
    add()
    code = issue()
    with pytest.raises(NotFound):
        redeem(code, after=first_codes.LASTS)
    with database.session_scope() as session:
        service.forget_expired(session, wall=MORNING + first_codes.LASTS)
    assert member().first_code_hash is None


def test_a_password_that_is_not_fit_leaves_the_code_to_be_used_again(db: Database) -> None:
    add()
    code = issue()
    with pytest.raises(Invalid):
        redeem(code, "too short")
    redeem(code)
    assert log_in() is not None


def test_a_new_code_ends_the_old_one_the_password_and_the_log_ins(db: Database) -> None:
    add(PASSWORD)
    token, old = log_in(), issue()
    new = issue()
    assert log_in() is None
    assert token is not None
    with database.read_scope() as session, pytest.raises(Unauthenticated):
        service.authenticate(session, token, wall=MORNING + LATER)
    with pytest.raises(NotFound):
        redeem(old)
    redeem(new, "another long password")
    assert log_in() is None
    assert log_in("another long password") is not None


@pytest.mark.parametrize("how", ["removed", "given a password"])
def test_a_code_ends_with_what_it_was_for(db: Database, how: str) -> None:
    add()
    code = issue()
    with database.session_scope() as session:
        if how == "removed":
            service.remove(session, EMAIL, now=MORNING)
        else:
            service.set_password(session, EMAIL, "another long password")
    with pytest.raises(NotFound):
        redeem(code)


def test_the_second_step_stays(db: Database) -> None:
    add(PASSWORD)
    with database.session_scope() as session:
        found = session.scalars(select(StaffMember)).one()
        second_step.begin(found)
        found.totp_since = MORNING
    redeem(issue())
    assert member().totp_since == MORNING


def test_a_password_that_somebody_gave_opens_for_its_time(any_database: Database) -> None:
    add(PASSWORD, until=timedelta(days=3))
    assert service.must_choose_password(member(), wall=MORNING)
    assert log_in(after=timedelta(days=3, seconds=-1)) is not None
    assert log_in(after=timedelta(days=3)) is None


def test_one_that_its_owner_chose_has_no_end(db: Database) -> None:
    add(PASSWORD, until=timedelta(days=3))
    with database.session_scope() as session:
        found = session.scalars(select(StaffMember)).one()
        new = "another long password"
        assert service.change_password(
            session, found, old=PASSWORD, new=new, wall=MORNING, now=MORNING
        )
    assert not service.must_choose_password(member(), wall=MORNING)
    assert log_in("another long password", after=timedelta(days=400)) is not None
