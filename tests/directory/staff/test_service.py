"""Staff accounts: passwords, tokens, and an end at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated
from directory.staff import attempts, queries, service
from directory.staff.models import FailedLogin, Role, StaffMember, StaffToken
from tests.fakes import MORNING

EMAIL = "ana@example.org"
PASSWORD = "correct horse battery"


def add(email: str = EMAIL, password: str | None = PASSWORD, phone: str | None = None) -> str:
    with database.session_scope() as session:
        member = service.add(
            session, email, Role.CLINICIAN, password=password, phone=phone, now=MORNING
        )
        return member.id


def log_in(
    password: str = PASSWORD, *, email: str = EMAIL, after: timedelta = timedelta(0)
) -> str | None:
    with database.session_scope() as session:
        return service.log_in(session, email, password, wall=MORNING + after)


def who(token: str, *, after: timedelta = timedelta(0)) -> str:
    with database.read_scope() as session:
        return service.authenticate(session, token, wall=MORNING + after).email


def test_a_password_opens_and_the_token_says_who(any_database: Database) -> None:
    add()
    token = log_in(email=" Ana@Example.org ")
    assert token is not None
    assert who(token) == EMAIL


def test_passwords_are_kept_as_argon2id_and_tokens_as_hashes(any_database: Database) -> None:
    add()
    token = log_in()
    assert token is not None
    with database.read_scope() as session:
        kept = session.scalars(select(StaffMember)).one().password_hash or ""
        stored = session.scalars(select(StaffToken)).one().token_hash
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert token not in stored


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "wrong password!"), ("nobody@example.org", PASSWORD)]
)
def test_a_wrong_name_or_password_opens_nothing(
    any_database: Database, email: str, password: str
) -> None:
    add()
    assert log_in(password, email=email) is None


def test_ten_failures_close_the_name_even_to_the_right_password(any_database: Database) -> None:
    add()
    add("ben@example.org")
    for _ in range(attempts.ALLOWED):
        assert log_in("wrong password!") is None
    with pytest.raises(TooMany):
        log_in()
    assert log_in(email="ben@example.org") is not None
    almost = attempts.WINDOW - timedelta(seconds=1)
    with pytest.raises(TooMany):
        log_in(after=almost)
    assert log_in(after=attempts.WINDOW) is not None


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_tries_that_come_together_are_counted_one_by_one(
    any_database: Database, email: str
) -> None:
    add()
    for _ in range(attempts.ALLOWED - 1):
        log_in("wrong password!", email=email)
    with database.read_scope() as session:  # each was let in to be tried
        kept = service.kept_of(session, email, wall=MORNING)
    tries = [service.try_password(email, kept, "wrong password!") for _ in range(2)]

    def settle(tried: service.Try) -> None:
        with database.session_scope() as session:
            service.settle(session, tried, wall=MORNING)

    with ThreadPoolExecutor(1) as pool:
        with database.session_scope() as session:
            assert service.settle(session, tries[0], wall=MORNING) is None
            second = pool.submit(settle, tries[1])
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)  # it waits until the first is noted
        with pytest.raises(TooMany):
            second.result(timeout=20)
    with database.read_scope() as session:
        assert len(session.scalars(select(FailedLogin)).all()) == attempts.ALLOWED


def test_a_password_that_was_changed_while_it_was_tried_opens_nothing(db: Database) -> None:
    add()
    with database.session_scope() as session:
        tried = service.try_password(EMAIL, service.kept_of(session, EMAIL, wall=MORNING), PASSWORD)
        assert service.settle(session, tried, wall=MORNING) is not None
        service.set_password(session, EMAIL, "another long password")
        assert service.settle(session, tried, wall=MORNING) is None
    assert (tried.kept or "nothing") not in repr(tried)


def test_a_name_that_does_not_exist_is_closed_just_the_same(db: Database) -> None:
    for _ in range(attempts.ALLOWED):
        log_in(email="nobody@example.org")
    with pytest.raises(TooMany):
        log_in(email="nobody@example.org")


def test_a_failed_name_is_not_kept_readable(db: Database) -> None:
    log_in(email="my password by mistake")
    with database.read_scope() as session:
        assert "password" not in session.scalars(select(FailedLogin)).one().name_index


def test_a_token_ends_after_its_lifetime(any_database: Database) -> None:
    add()
    token = log_in()
    assert token is not None
    assert who(token, after=service.TOKEN_LIFETIME - timedelta(seconds=1)) == EMAIL
    with pytest.raises(Unauthenticated):
        who(token, after=service.TOKEN_LIFETIME)


@pytest.mark.parametrize("token", ["", "made up", "\udcff", "x" * 10_000])
def test_a_made_up_token_is_refused(db: Database, token: str) -> None:
    with pytest.raises(Unauthenticated):
        who(token)


def test_removal_ends_access_at_once(any_database: Database) -> None:
    add(phone="630-555-0110")
    token = log_in()
    assert token is not None
    with database.session_scope() as session:
        service.remove(session, EMAIL, now=MORNING)
    with pytest.raises(Unauthenticated):
        who(token)
    assert log_in() is None
    with database.read_scope() as session:
        assert queries.active_by_phone(session, "+16305550110") is None
        assert queries.everyone(session) == []


def test_a_removed_account_comes_back_with_new_credentials_only(any_database: Database) -> None:
    first = add()
    old = log_in()
    assert old is not None
    with database.session_scope() as session:
        service.remove(session, EMAIL, now=MORNING)
    assert add(password="another long password") == first
    assert log_in() is None
    assert log_in("another long password") is not None
    with pytest.raises(Unauthenticated):
        who(old)


def test_an_account_is_not_made_twice_and_nobody_unknown_removed(any_database: Database) -> None:
    add()
    with pytest.raises(Conflict):
        add()
    with pytest.raises(NotFound), database.session_scope() as session:
        service.remove(session, "nobody@example.org", now=MORNING)


@pytest.mark.parametrize(
    ("email", "password", "phone", "code"),
    [
        ("not an address", PASSWORD, None, "email_invalid"),
        ("a@b", PASSWORD, None, "email_invalid"),
        (EMAIL, "elevenchars", None, "password_too_short"),
        (EMAIL, PASSWORD, "12", "phone_invalid"),
    ],
)
def test_a_bad_account_is_refused_with_the_reason(
    db: Database, email: str, password: str, phone: str | None, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        add(email, password, phone)
    assert caught.value.code == code


def test_a_clinician_is_known_by_the_registered_number(db: Database) -> None:
    add(phone="(630) 555-0110")
    with database.read_scope() as session:
        member = queries.active_by_phone(session, "+16305550110")
        assert member is not None
        assert member.phone == "+16305550110"


def test_an_account_without_a_password_cannot_log_in(db: Database) -> None:
    add(password=None)
    assert log_in("") is None


def test_old_tokens_and_failures_are_forgotten(db: Database) -> None:
    add()
    log_in()
    log_in("wrong password!")
    with database.session_scope() as session:
        service.forget_expired(session, wall=MORNING + service.TOKEN_LIFETIME)
    with database.read_scope() as session:
        assert session.scalars(select(StaffToken)).all() == []
        assert session.scalars(select(FailedLogin)).all() == []
