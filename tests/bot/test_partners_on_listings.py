"""A partner answers by text whether its listings are right, on a real database."""

import re

import pytest
from sqlalchemy import select

from bot.notices.hand_over import hand_over_due
from bot.sms.segments import segments
from bot.wording import say
from directory import database
from directory.freshness import clock, reports
from directory.freshness import service as freshness
from directory.freshness.models import Reported
from directory.listings.changes import log_changes
from directory.listings.models import Service
from directory.messages.models import AnsweredBy, InboundMessage, OutboundMessage
from directory.notices.models import NoticeStatus
from directory.partners import links, listing_links
from directory.partners import queries as partners
from directory.referrals import queries as referrals
from tests.bot.talking import EN
from tests.bot.texting import Texting, rows, task_kinds
from tests.directory.freshness.builders import (
    DESK,
    a_contact,
    a_listing,
    an_organization,
    asked,
    calls,
    listing,
    the_check,
)
from tests.directory.referrals.builders import a_referral
from tests.factories import QUIET
from tests.fakes import MORNING

LINK = re.compile(r"https?://\S+/l/([0-9a-f]{32})")


@pytest.fixture(name="texting")
def _texting() -> Texting:
    return Texting()


def sent_out() -> list[str]:
    """The texts that a look hands over now."""
    with database.session_scope() as session:
        clock.look(session, quiet=QUIET, now=MORNING)
        handed = hand_over_due(session, quiet=QUIET, now=MORNING, wall=MORNING)
        for notice in asked():
            session.merge(notice).sent_at = MORNING
        return [message.body for message in handed]


def a_partner(*names: str, address: str = DESK) -> list[str]:
    """The ids of listings of one organisation with a contact who texts."""
    with database.session_scope() as session:
        organization = an_organization(session)
        a_contact(session, organization, address=address)
        return [a_listing(session, organization, name).id for name in names or ("Food pantry",)]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("text", ["1", "a 1 thanks", "still right"])
def test_one_text_confirms_it(texting: Texting, text: str) -> None:
    (service_id,) = a_partner()
    (body,) = sent_out()
    assert "is your listing Food pantry still right? Phone 630-555-0140" in body
    assert segments(body) <= 2
    assert texting.text(text, DESK) == [say("listing_right", EN, names="Food pantry")]
    after = listing(service_id)
    assert (str(after.assured_date), after.freshness) == ("2026-03-18", "fresh")
    contact = the_contact()
    assert the_check(service_id).by == f"partner:{contact}"
    (inbound,) = rows(InboundMessage)
    assert inbound.answered_by == AnsweredBy.PARTNER
    token = LINK.search(body)
    assert token is not None
    with database.read_scope() as session:
        link = partners.listing_link_of(session, contact)
        assert link is not None
        assert link.ended_at is not None, "answered: the link opens nothing any more"
    assert texting.text("A1", DESK) == [say("listing_right_already", EN)]


def the_contact(phone: str = DESK) -> str:
    with database.read_scope() as session:
        return partners.contacts_by_address(session, phone)[0].id


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "text", ["A hours changed to 10-4", "hours changed to 10-4", "A2 10-4 now"]
)
def test_what_is_wrong_in_words_is_staffs_and_kept_encrypted(texting: Texting, text: str) -> None:
    (service_id,) = a_partner()
    sent_out()
    assert texting.text(text, DESK) == [say("listing_noted", EN, names="Food pantry")]
    (task,) = calls()
    assert "10-4" in (task.note or "")
    assert listing(service_id).assured_date is None
    assert the_check(service_id).outcome == "changed"
    with database.current().engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT note FROM tasks").scalar_one()
    assert "10-4" not in stored


@pytest.mark.usefixtures("db")
def test_two_asks_what_and_takes_the_next_words(texting: Texting) -> None:
    (service_id,) = a_partner()
    (body,) = sent_out()
    (reply,) = texting.text("2", DESK)
    assert "What is wrong?" in reply
    assert LINK.search(reply)[1] == LINK.search(body)[1]  # type: ignore[index]
    assert segments(reply) <= 2
    assert texting.text("only on tuesdays from now on", DESK) == [
        say("listing_noted", EN, names="Food pantry")
    ]
    assert "only on tuesdays" in (calls()[0].note or "")
    assert listing(service_id).assured_date is None


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("text", ["thanks", "A", "a friend needs food"])
def test_nothing_else_confirms_anything(texting: Texting, text: str) -> None:
    (service_id,) = a_partner()
    sent_out()
    texting.text(text, DESK)
    assert listing(service_id).assured_date is None
    assert the_check(service_id).answered_at is None


@pytest.mark.usefixtures("db")
def test_one_text_confirms_all_that_it_named(texting: Texting) -> None:
    ids = a_partner("Pantry", "Rent help", "Clothes")
    (body,) = sent_out()
    assert "are your 3 listings still right?" in body
    (reply,) = texting.text("1", DESK)
    assert all(name in reply for name in ("Pantry", "Rent help", "Clothes"))
    assert {listing(each).freshness for each in ids} == {"fresh"}


@pytest.mark.usefixtures("db")
def test_words_about_one_of_several_leave_all_of_them_open(texting: Texting) -> None:
    ids = a_partner("Pantry", "Rent help")
    sent_out()
    texting.text("the pantry hours changed to 10-4", DESK)
    assert len(calls()) == 1
    assert {the_check(each).answered_at for each in ids} == {None}


@pytest.mark.usefixtures("db")
def test_a_yes_to_what_was_changed_since_confirms_nothing(texting: Texting) -> None:
    (service_id,) = a_partner()
    sent_out()
    texting.clock.forward(minutes=5)
    with database.session_scope() as session:
        service = session.get_one(Service, service_id)
        log_changes(session, service, {"phones": ([], ["x"])}, by="staff:s", now=texting.clock())
    (reply,) = texting.text("A1", DESK)
    assert "changed since we asked" in reply
    assert LINK.search(reply)
    assert listing(service_id).assured_date is None


@pytest.mark.usefixtures("partners")
def test_beside_an_open_request_a_bare_number_asks_which_is_meant(texting: Texting) -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session)
        referral = referrals.by_id(session, referral_id)
        assert referral is not None
        contact = partners.contacts_by_address(session, DESK)[0]
        assert links.link_for(session, referral, contact, wall=MORNING).code == "A"
        service_id = referral.service_id
        reports.report(session, service_id, Reported.CLOSED, by="staff:s", note=None, now=MORNING)
    with database.session_scope() as session:
        hand_over_due(session, quiet=QUIET, now=MORNING, wall=MORNING)
    bodies = [message.body for message in rows(OutboundMessage)]
    assert any("closed" in body and "B1" in body for body in bodies)
    which = say("listing_or_request", EN, listing="B", request="A")
    for unclear in ("1", "yes", "2"):
        assert texting.text(unclear, DESK) == [which]
    with database.read_scope() as session:
        assert referrals.by_id(session, referral_id).status == "requested"  # type: ignore[union-attr]
    assert listing(service_id).assured_date is None
    texting.text("A1", DESK)
    with database.read_scope() as session:
        assert referrals.by_id(session, referral_id).status == "accepted"  # type: ignore[union-attr]
    texting.text("B1", DESK)
    assert str(listing(service_id).assured_date) == "2026-03-18"


@pytest.mark.usefixtures("db")
def test_who_works_for_two_organisations_says_which(texting: Texting) -> None:
    (first,) = a_partner("Pantry")
    (second,) = a_partner("Shelter")
    assert len(sent_out()) == 2
    (reply,) = texting.text("1", DESK)
    assert reply == say("listing_which", EN, codes="A, B", code="A")
    texting.text("B1", DESK)
    confirmed = {each: listing(each).assured_date is not None for each in (first, second)}
    assert sorted(confirmed.values()) == [False, True]


@pytest.mark.usefixtures("db")
def test_a_list_of_services_that_came_later_has_the_number(texting: Texting) -> None:
    (service_id,) = a_partner()
    sent_out()
    texting.text("food in naperville", DESK)
    texting.text("1", DESK)
    assert listing(service_id).assured_date is None
    texting.text("A1", DESK)
    assert listing(service_id).assured_date is not None


@pytest.mark.usefixtures("db")
def test_a_stranger_and_a_removed_contact_confirm_nothing(texting: Texting) -> None:
    (service_id,) = a_partner()
    sent_out()
    texting.text("A1", "+16305550177")
    with database.session_scope() as session:
        partners.contacts_by_address(session, DESK)[0].removed_at = MORNING
    texting.text("A1", DESK)
    assert listing(service_id).assured_date is None
    assert task_kinds() == []


@pytest.mark.usefixtures("db")
def test_what_a_colleague_has_answered_is_not_asked_any_more() -> None:
    (service_id,) = a_partner()
    with database.session_scope() as session:
        clock.look(session, quiet=QUIET, now=MORNING)
        freshness.confirm(session, session.get_one(Service, service_id), by="x", now=MORNING)
    with database.session_scope() as session:
        assert hand_over_due(session, quiet=QUIET, now=MORNING, wall=MORNING) == []
    assert [(each.status, each.reason) for each in asked()] == [
        (NoticeStatus.CANCELLED, "answered")
    ]


@pytest.mark.usefixtures("db")
def test_a_letter_is_never_that_of_an_open_request_and_a_link_is_renewed() -> None:
    a_partner()
    with database.session_scope() as session:
        contact = partners.contacts_by_address(session, DESK)[0]
        first = listing_links.link_for(session, contact, wall=MORNING)
        again = listing_links.link_for(session, contact, wall=MORNING)
        assert (first.id, first.code) == (again.id, again.code)
        assert links.letters_in_use(session, contact, wall=MORNING) == {"A"}
        listing_links.end(session, contact.id, wall=MORNING)
        third = listing_links.link_for(session, contact, wall=MORNING)
        assert third.id != first.id
        assert third.code == "B", "a letter rests before it is given again"
        stored = session.scalars(select(type(third).token_hash)).all()
        assert listing_links.token_of(third) not in "".join(stored)
