"""Registered phones: one colleague's each, revoked at once; and names that check-ins may say."""

from datetime import timedelta

import pytest

from directory import database
from directory.clock import wall_now
from directory.database import Database
from directory.errors import Conflict, Invalid, NotFound
from directory.staff import hashing, queries, service
from directory.staff.models import Role, StaffMember
from tests.directory.on_call.builders import a_colleague
from tests.fakes import MORNING

EMAIL = "ana@city.example"
NUMBER = "+16305550160"


def owner(phone: str = NUMBER) -> str | None:
    with database.read_scope() as session:
        member = queries.active_by_phone(session, phone)
        return member.id if member else None


def test_a_phone_is_registered_and_changed(any_database: Database) -> None:
    member = a_colleague(phone=False, email=EMAIL)
    with database.session_scope() as session:
        service.set_phone(session, EMAIL, "(630) 555-0160")
    assert owner() == member
    with database.session_scope() as session:
        service.set_phone(session, EMAIL, "+16305550161")
    assert (owner(), owner("+16305550161")) == (None, member)


def test_a_lost_phone_and_its_log_ins_end_at_once(any_database: Database) -> None:
    member = a_colleague(email=EMAIL)
    with database.session_scope() as session:
        session.get_one(StaffMember, member).password_hash = hashing.hashed("a password!")
        token = service.log_in(session, EMAIL, "a password!", wall=wall_now())
        assert token is not None
        service.revoke_phone(session, EMAIL)
    assert owner() is None
    with database.read_scope() as session:
        hashed = service.hash_of(token)
        assert queries.by_token_hash(session, hashed, wall=wall_now()) is None
        assert queries.active_by_email(session, EMAIL) is not None, "the account stays"


def test_a_phone_is_one_colleague_s(db: Database) -> None:
    a_colleague(60)
    a_colleague(61, email=EMAIL)
    with database.session_scope() as session:
        with pytest.raises(Conflict) as refused:
            service.set_phone(session, EMAIL, NUMBER)
        assert refused.value.code == "phone_taken"
        with pytest.raises(Invalid):
            service.set_phone(session, EMAIL, "12")
        with pytest.raises(NotFound):
            service.set_phone(session, "nobody@city.example", NUMBER)
    assert owner("+16305550161") is not None


@pytest.mark.parametrize(
    ("given", "kept"), [("Ana", "Ana"), ("  Ana  María ", "Ana María"), ("", None), (None, None)]
)
def test_a_name_is_one_line(db: Database, given: str | None, kept: str | None) -> None:
    with database.session_scope() as session:
        member = service.add(
            session, EMAIL, Role.CLINICIAN, password=None, phone=None, name=given, now=MORNING
        )
    assert member.name == kept


@pytest.mark.parametrize("name", ["x" * 81, "Ana\x00", "Ana\u202e"])
def test_a_name_that_is_none_is_refused(db: Database, name: str) -> None:
    with database.session_scope() as session, pytest.raises(Invalid) as refused:
        service.add(session, EMAIL, Role.ADMIN, password=None, phone=None, name=name, now=MORNING)
    assert refused.value.code == "name_invalid"


def test_who_comes_back_has_no_name_unless_it_is_given(db: Database) -> None:
    with database.session_scope() as session:
        given = {"password": None, "phone": None}
        service.add(session, EMAIL, Role.ADMIN, name="Ana", now=MORNING, **given)
        service.remove(session, EMAIL, now=MORNING)
        again = service.add(session, EMAIL, Role.ADMIN, now=MORNING + timedelta(days=1), **given)
    assert again.name is None
