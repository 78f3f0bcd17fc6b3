"""The second step: a code is taken once, near its time, and a lost phone is not the end."""

from datetime import datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from directory import database
from directory.database import Database
from directory.errors import Conflict, TooMany
from directory.notices.models import Notice
from directory.people.models import AuditEntry
from directory.staff import attempts, queries, second_step, service
from directory.staff.models import RecoveryCode, Role, StaffMember
from directory.staff.second_step import PERIOD, Passed, step_of
from tests.fakes import MORNING

EMAIL = "ana@example.org"
STEP = timedelta(seconds=PERIOD)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of no account


def add(email: str = EMAIL, role: Role = Role.CLINICIAN) -> str:
    with database.session_scope() as session:
        return service.add(session, email, role, password=None, phone=None, now=MORNING).id


def enrolled() -> tuple[str, pyotp.TOTP, list[str]]:
    """An account whose second step was turned on at MORNING: id, app, recovery codes."""
    staff_id = add()
    with database.session_scope() as session:
        member = session.get_one(StaffMember, staff_id)
        second_step.begin(member)
        app = pyotp.TOTP(member.totp_secret or "")
        codes = second_step.confirm(session, member, app.at(MORNING), wall=MORNING)
    return staff_id, app, codes


def check(staff_id: str, given: str, *, at: datetime) -> Passed | None:
    with database.session_scope() as session:
        member = session.get_one(StaffMember, staff_id)
        return second_step.check(session, member, given, now=at, wall=at)


def test_it_counts_only_once_a_code_has_confirmed_it(any_database: Database) -> None:
    staff_id = add()
    with database.session_scope() as session:
        member = session.get_one(StaffMember, staff_id)
        second_step.begin(member)
        assert member.totp_since is None
        assert (second_step.address(member) or "").startswith("otpauth://totp/Handoff:ana")
        assert second_step.confirm(session, member, "000000", wall=MORNING) == []
        code = pyotp.TOTP(member.totp_secret or "").at(MORNING)
        assert len(set(second_step.confirm(session, member, code, wall=MORNING))) == 10
        assert second_step.address(member) is None
        with pytest.raises(Conflict):
            second_step.begin(member)


def test_secret_and_recovery_codes_are_not_readable_in_the_database(db: Database) -> None:
    _, app, codes = enrolled()
    with database.read_scope() as session:
        kept = session.execute(text("SELECT totp_secret FROM staff")).scalar_one()
        hashes = set(session.scalars(select(RecoveryCode.code_hash)))
    assert app.secret not in str(kept)
    assert not hashes & set(codes)
    assert len(hashes) == 10


def test_a_code_is_taken_once(any_database: Database) -> None:
    staff_id, app, _ = enrolled()
    later = MORNING + 2 * STEP
    assert check(staff_id, app.at(MORNING), at=MORNING) is None, "it has confirmed already"
    assert check(staff_id, app.at(later), at=later) is Passed.CODE
    assert check(staff_id, app.at(later), at=later) is None
    assert check(staff_id, app.at(later - STEP), at=later) is None, "older than the last one"
    assert check(staff_id, app.at(later + STEP), at=later) is Passed.CODE


@pytest.mark.parametrize("typed", ["{} {}", " {}{}"])
def test_codes_may_be_typed_with_spaces(db: Database, typed: str) -> None:
    staff_id, app, _ = enrolled()
    later = MORNING + 2 * STEP
    code = app.at(later)
    spaced = typed.format(code[:3], code[3:])
    assert check(staff_id, spaced, at=later) is Passed.CODE


@given(at=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2037, 1, 1)))  # noqa: DTZ001
def test_only_the_steps_beside_the_present_one_fit(at: datetime) -> None:
    wall = at.replace(tzinfo=MORNING.tzinfo)
    app = pyotp.TOTP(SECRET)
    current = int(wall.timestamp()) // PERIOD
    near = {app.generate_otp(step) for step in range(current - 1, current + 2)}
    for away in range(-3, 4):
        code = app.generate_otp(current + away)
        assert (step_of(SECRET, code, wall=wall) is not None) == (code in near)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "12e456", "\x00" * 6])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert step_of(SECRET, typed, wall=MORNING) is None


def test_a_recovery_code_opens_once_however_it_is_typed(any_database: Database) -> None:
    staff_id, _, codes = enrolled()
    assert check(staff_id, codes[0].upper().replace("-", " "), at=MORNING) is Passed.RECOVERY
    assert check(staff_id, codes[0], at=MORNING) is None
    assert check(staff_id, codes[1], at=MORNING) is Passed.RECOVERY
    with database.read_scope() as session:
        assert queries.recovery_codes_left(session, staff_id) == 8


def test_new_recovery_codes_end_the_old_ones(db: Database) -> None:
    staff_id, _, codes = enrolled()
    with database.session_scope() as session:
        new = second_step.new_codes(session, session.get_one(StaffMember, staff_id))
    assert check(staff_id, codes[0], at=MORNING) is None
    assert check(staff_id, new[0], at=MORNING) is Passed.RECOVERY


def test_ten_wrong_codes_close_the_door_and_the_admins_are_told_once(
    any_database: Database,
) -> None:
    admin = add("admin@example.org", Role.ADMIN)
    staff_id, app, codes = enrolled()
    later = MORNING + 4 * STEP
    for _ in range(attempts.ALLOWED):
        assert check(staff_id, "000000", at=later) is None
    for right in (app.at(later), codes[0]):
        with pytest.raises(TooMany):
            check(staff_id, right, at=later)
    with database.read_scope() as session:
        noted = session.scalars(select(AuditEntry)).one()
        told = session.scalars(select(Notice)).one()
    assert (noted.action, noted.subject_id) == ("sign_in.attacked", staff_id)
    assert told.staff_id == admin
    open_again = later + attempts.WINDOW
    assert check(staff_id, app.at(open_again), at=open_again) is Passed.CODE


def test_turned_off_nothing_is_kept(db: Database) -> None:
    staff_id, _, codes = enrolled()
    with database.session_scope() as session:
        member = session.get_one(StaffMember, staff_id)
        second_step.turn_off(session, member)
        assert (member.totp_secret, member.totp_since, member.totp_last_step) == (None, None, None)
        assert session.scalars(select(RecoveryCode)).all() == []
    assert check(staff_id, codes[0], at=MORNING) is None


def test_a_removed_account_keeps_no_second_step_and_no_identity(db: Database) -> None:
    staff_id, _, _ = enrolled()
    with database.session_scope() as session:
        session.get_one(StaffMember, staff_id).oidc_subject = "https://login.example.org 1"
        service.remove(session, EMAIL, now=MORNING)
        member = session.get_one(StaffMember, staff_id)
        assert (member.totp_secret, member.totp_since, member.oidc_subject) == (None, None, None)
        assert session.scalars(select(RecoveryCode)).all() == []
