"""What a partner may know, status by status."""

import pytest

from directory import database
from directory.conversations import service as conversations
from directory.conversations.memory import Memory
from directory.languages import Language
from directory.partners import service as partners
from directory.people import service as people
from directory.people.models import Person, Purpose
from directory.referrals import service as referrals
from directory.referrals.actors import partner, sender
from directory.referrals.disclosure import THEIRS, Disclosed, to_partner
from directory.referrals.models import Referral
from directory.referrals.service import NewReferral
from directory.referrals.states import ENDED, OPEN, Status
from tests.directory.referrals.builders import a_referral, a_service, agreed
from tests.factories import PHONE
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")


def shown(referral_id: str, status: Status = Status.ACCEPTED) -> Disclosed:
    with database.session_scope() as session:
        referral = session.get_one(Referral, referral_id)
        referral.status = status
        return to_partner(session, referral, now=MORNING)


@pytest.fixture(name="referral_id")
def _referral_id() -> str:
    with database.session_scope() as session:
        return a_referral(session, reason="groceries")


@pytest.mark.parametrize("status", Status)
def test_the_person_is_shown_only_while_the_referral_is_the_partners(
    referral_id: str, status: Status
) -> None:
    disclosed = shown(referral_id, status)
    assert (disclosed.person is not None) is (status in THEIRS)
    assert disclosed.service_name and not disclosed.withheld
    if disclosed.person is not None:
        assert (disclosed.person.phone, disclosed.person.reason) == (PHONE, "groceries")


@pytest.mark.parametrize("status", sorted(OPEN))
def test_staffs_words_end_with_consent_also_before_accepting(
    referral_id: str, status: Status
) -> None:
    assert shown(referral_id, status).staffs_words
    with database.session_scope() as session:
        person = session.get_one(Person, session.get_one(Referral, referral_id).person_id)
        people.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    assert not shown(referral_id, status).staffs_words


@pytest.mark.parametrize("status", sorted(ENDED))
def test_staffs_words_end_with_the_referral(referral_id: str, status: Status) -> None:
    assert not shown(referral_id, status).staffs_words


@pytest.mark.parametrize(
    ("place", "town"),
    [("60540", "Naperville"), ("Naperville", "Naperville"), ("Oz", None), (None, None)],
)
def test_a_zip_is_told_as_its_town(referral_id: str, place: str | None, town: str | None) -> None:
    with database.session_scope() as session:
        person_id = session.get_one(Referral, referral_id).person_id
        conversations.remember(session, person_id, Memory(place=place), now=MORNING)
    assert shown(referral_id).town == town


def test_withdrawn_consent_withholds(referral_id: str) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, session.get_one(Referral, referral_id).person_id)
        people.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    disclosed = shown(referral_id)
    assert (disclosed.person, disclosed.withheld) == (None, True)
    assert not shown(referral_id, Status.COMPLETED).withheld


def test_substance_use_is_withheld_by_its_own_consent() -> None:
    with database.session_scope() as session:
        agreed(session, Purpose.REFERRAL, Purpose.SUBSTANCE_USE)
        referral_id = a_referral(session, need="substance_use")
        person = session.get_one(Person, session.get_one(Referral, referral_id).person_id)
        people.revoke(session, person, Purpose.SUBSTANCE_USE, now=MORNING)
    assert shown(referral_id).withheld


def test_a_number_of_somebody_else_is_not_given(referral_id: str) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, session.get_one(Referral, referral_id).person_id)
        people.give_up_number(session, person, now=MORNING)
    disclosed = shown(referral_id)
    assert disclosed.person is not None and disclosed.person.phone is None


# --- who has sent it ----------------------------------------------------------------------------


def sent_by(need: str) -> Disclosed:
    """What the food pantry sees of a referral to it, sent by the organisation that serves `need`
    and accepted. Of the person we know a name, a language and a town."""
    with database.session_scope() as session:
        person_id = agreed(session)
        known = session.get_one(Person, person_id)
        known.name, known.language = "Mary Known", "es"
        conversations.remember(session, person_id, Memory(place="Naperville"), now=MORNING)
        service = a_service(session)
        key = partners.authenticate(
            session,
            partners.issue_key(session, a_service(session, need).organization_id, now=MORNING),
        )
        new = NewReferral(person_id=person_id, service_id=service.id, reason="Sent by us")
        referral = referrals.create(session, new, actor=sender(key.id), now=MORNING)
        actor = partner("contact-1")
        referrals.move(session, referral.id, Status.ACCEPTED, actor=actor, reason=None, now=MORNING)
        referral_id = referral.id
    return shown(referral_id)


def test_who_refers_to_itself_sees_what_it_has_sent_and_nothing_that_we_know() -> None:
    disclosed = sent_by("food")
    assert (disclosed.language, disclosed.town) == (None, None)
    assert disclosed.person is not None
    assert (disclosed.person.phone, disclosed.person.reason) == (PHONE, "Sent by us")
    assert (disclosed.person.name, disclosed.person.safe_to_text) == (None, False)


def test_who_accepts_what_another_has_sent_sees_the_person() -> None:
    disclosed = sent_by("rent")
    assert (disclosed.language, disclosed.town) == (Language.ES, "Naperville")
    assert disclosed.person is not None
    assert (disclosed.person.name, disclosed.person.safe_to_text) == ("Mary Known", True)


def test_that_others_use_the_phone_is_told_to_everybody_who_may_call_it() -> None:
    with database.session_scope() as session:
        session.get_one(Person, agreed(session)).number_shared = True
    disclosed = sent_by("food")
    assert disclosed.person is not None
    assert disclosed.person.number_shared
