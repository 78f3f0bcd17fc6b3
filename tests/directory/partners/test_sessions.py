"""Sessions of the partner pages: a link opens once, for whoever of two is first."""

from datetime import timedelta

import pytest

from directory import database
from directory.database import Database
from directory.errors import NotFound
from directory.partners import service as partners
from directory.partners import sessions
from directory.partners.models import Channel, PartnerContact, PartnerSession
from tests.directory.freshness.builders import DESK, a_contact, an_organization
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("any_database")


def asked(address: str = DESK) -> str:
    with database.session_scope() as session:
        a_contact(session, an_organization(session))
        row = sessions.ask_for_link(session, address, now=MORNING, wall=MORNING)
        assert row is not None
        return sessions.link_token(row.id)


def test_a_link_signs_in_once_and_is_kept_as_a_hash_only(any_database: Database) -> None:
    token = asked()
    with database.session_scope() as session:
        contact, cookie = sessions.sign_in(session, token, None, now=MORNING, wall=MORNING)
        found = sessions.find(session, cookie, wall=MORNING)
        assert found is not None
        assert found.contact.id == contact.id
        row = session.get_one(PartnerSession, found.session.id)
        assert token not in (row.link_hash, row.token_hash)
        assert cookie not in (row.link_hash, row.token_hash)
    with database.session_scope() as session, pytest.raises(NotFound):
        sessions.sign_in(session, token, None, now=MORNING, wall=MORNING)


def test_a_session_ends_by_rest_by_age_and_with_its_contact() -> None:
    token = asked()
    with database.session_scope() as session:
        contact, cookie = sessions.sign_in(session, token, None, now=MORNING, wall=MORNING)
        contact_id, late = contact.id, MORNING + sessions.IDLE
        assert sessions.find(session, cookie, wall=late - timedelta(seconds=1)) is not None
        assert sessions.find(session, cookie, wall=late) is None
        [row] = sessions.of_contact(session, contact_id, wall=MORNING)
        end = MORNING + sessions.LIFETIME
        sessions.seen(session, row.id, wall=end - timedelta(minutes=1))
        session.flush()
        assert sessions.find(session, cookie, wall=end) is None
        partners.remove_contact(session.get_one(PartnerContact, contact_id), now=MORNING)
        session.flush()
        assert sessions.find(session, cookie, wall=end - timedelta(seconds=1)) is None


def test_systems_and_strangers_get_no_link() -> None:
    with database.session_scope() as session:
        hook = "https://desk.example.org/hook"
        a_contact(session, an_organization(session), channel=Channel.WEBHOOK, address=hook)
        for address in (hook, DESK, "", "desk@example.org", "@", "\x00"):
            assert sessions.ask_for_link(session, address, now=MORNING, wall=MORNING) is None
