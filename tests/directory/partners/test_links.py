"""Links that answer one referral: each contact has its own, and they end."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from directory.database import Database
from directory.errors import NotFound, Unauthenticated
from directory.partners import links
from directory.partners import service as partners
from directory.partners.models import PartnerContact, ReferralLink
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.models import Referral
from directory.referrals.states import Status
from tests.directory.referrals.builders import a_contact, a_referral, a_service
from tests.fakes import MORNING


@pytest.fixture(name="session")
def _session(partners: Database) -> Iterator[Session]:
    with partners.session_scope() as session:
        yield session


def made(session: Session, *, address: str = "+16305550150") -> tuple[Referral, ReferralLink]:
    service = a_service(session)
    contact = a_contact(session, service, address=address)
    referral = session.get_one(Referral, a_referral(session, contact=False))
    return referral, links.link_for(session, referral, contact, wall=MORNING)


def test_a_link_opens_its_referral_for_its_contact(session: Session) -> None:
    referral, link = made(session)
    found, opened, contact = links.opened(session, links.token_of(link), wall=MORNING)
    assert (found.id, opened.id, contact.id) == (link.id, referral.id, link.contact_id)


def test_the_token_itself_is_not_kept(session: Session) -> None:
    _, link = made(session)
    assert links.token_of(link) not in (link.id, link.token_hash)


@pytest.mark.parametrize("token", ["", "0" * 32, "\ud800", "a" * 5000])
def test_a_guessed_token_opens_nothing(session: Session, token: str) -> None:
    made(session)
    with pytest.raises(NotFound):
        links.opened(session, token, wall=MORNING)


def test_a_link_ends_after_thirty_days_and_is_renewed_by_a_reminder(session: Session) -> None:
    referral, link = made(session)
    later = MORNING + timedelta(days=31)
    with pytest.raises(NotFound):
        links.opened(session, links.token_of(link), wall=later)
    contact = session.get_one(PartnerContact, link.contact_id)
    again = links.link_for(session, referral, contact, wall=later)
    assert again.id == link.id
    assert links.opened(session, links.token_of(again), wall=later)


def test_after_a_change_of_the_key_the_next_text_brings_a_link_that_opens(
    session: Session,
) -> None:
    referral, link = made(session)
    link.token_hash = "0" * 64  # what another key would have made of it
    session.flush()
    with pytest.raises(NotFound):
        links.opened(session, links.token_of(link), wall=MORNING)
    contact = session.get_one(PartnerContact, link.contact_id)
    renewed = links.link_for(session, referral, contact, wall=MORNING)
    assert links.opened(session, links.token_of(renewed), wall=MORNING)


def test_a_link_ends_with_the_referral_and_with_the_contact(session: Session) -> None:
    referral, link = made(session)
    referrals.move(
        session,
        referral.id,
        Status.REJECTED,
        actor=partner(link.contact_id),
        reason="full",
        now=MORNING,
    )
    with pytest.raises(NotFound):
        links.opened(session, links.token_of(link), wall=MORNING)
    _, other = made(session, address="+16305550151")
    _, _, contact = links.opened(session, links.token_of(other), wall=MORNING)
    partners.remove_contact(contact, now=MORNING)
    session.flush()
    with pytest.raises(NotFound):
        links.opened(session, links.token_of(other), wall=MORNING)


def test_two_requests_to_one_phone_have_two_letters(session: Session) -> None:
    service = a_service(session)
    contact = a_contact(session, service)
    referral_ids = [a_referral(session, contact=False), a_referral(session, contact=False)]
    codes = {
        links.link_for(session, session.get_one(Referral, each), contact, wall=MORNING).code
        for each in referral_ids
    }
    assert codes == {"A", "B"}


def test_keys_open_until_they_are_revoked(session: Session) -> None:
    organization_id = a_service(session).organization_id
    key = partners.issue_key(session, organization_id, now=MORNING)
    session.flush()
    assert partners.authenticate(session, key).organization_id == organization_id
    assert partners.revoke_keys(session, organization_id, now=MORNING) == 1
    session.flush()
    with pytest.raises(Unauthenticated):
        partners.authenticate(session, key)


# --- when all letters are taken -----------------------------------------------------------------


def taken(session: Session, link: ReferralLink, codes: list[str]) -> None:
    """So many other referrals of the same contact that each of these codes is in use."""
    referral = session.get_one(Referral, link.referral_id)
    copied = {
        column.key: getattr(referral, column.key)
        for column in Referral.__table__.columns
        if column.key not in ("id", "external_id")
    }
    session.add_all(Referral(id=f"r{number}", **copied) for number in range(len(codes)))
    session.flush()
    for number, code in enumerate(codes):
        session.add(
            ReferralLink(
                id=f"l{number}",
                referral_id=f"r{number}",
                contact_id=link.contact_id,
                code=code,
                token_hash=f"{number:064}",
                expires_at=link.expires_at,
                created_at=MORNING,
            )
        )
    session.flush()


def every_code() -> list[str]:
    return [*links.CODES, *(first + second for first in links.CODES for second in links.CODES)]


def another(session: Session, link: ReferralLink) -> ReferralLink:
    contact = session.get_one(PartnerContact, link.contact_id)
    referral = session.get_one(Referral, a_referral(session, contact=False))
    return links.link_for(session, referral, contact, wall=MORNING)


def test_after_the_letters_come_pairs_of_them(session: Session) -> None:
    _, link = made(session)
    taken(session, link, links.CODES[1:])
    assert another(session, link).code == "AA"


def test_when_all_are_taken_the_link_alone_answers_and_a_free_one_is_used_again(
    session: Session,
) -> None:
    _, link = made(session)
    taken(session, link, every_code()[1:])
    without = another(session, link)
    assert without.code == links.NO_CODE
    assert links.opened(session, links.token_of(without), wall=MORNING)
    free = session.get_one(Referral, "r41")
    free.status, free.changed_at = Status.COMPLETED, MORNING - timedelta(days=4)
    session.flush()
    contact = session.get_one(PartnerContact, link.contact_id)
    referral = session.get_one(Referral, without.referral_id)
    renewed = links.link_for(session, referral, contact, wall=MORNING)
    assert (renewed.id, renewed.code) == (without.id, session.get_one(ReferralLink, "l41").code)
