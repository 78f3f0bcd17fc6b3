"""Referring on: one partner at a time, and consent each time."""

import pytest

from directory import database
from directory.errors import Conflict, Invalid, NotFound
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Purpose
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.models import Referral
from directory.referrals.onward import refer_on
from directory.referrals.states import Status
from tests.directory.referrals.builders import BY_CLINICIAN, a_referral, read
from tests.factories import CLINICIAN
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")


def declined() -> Referral:
    with database.session_scope() as session:
        referral_id = a_referral(session, reason="groceries")
    with database.session_scope() as session:
        referrals.move(
            session,
            referral_id,
            Status.REJECTED,
            actor=partner("c"),
            reason="full",
            now=MORNING,
        )
    return read(referral_id)


def go_on(referral_id: str, service_id: str) -> str:
    with database.session_scope() as session:
        return refer_on(
            session,
            referral_id,
            service_id,
            actor=BY_CLINICIAN,
            clinician_id=CLINICIAN,
            now=MORNING,
        ).id


def test_the_new_one_follows_the_old_one() -> None:
    first = declined()
    following = read(go_on(first.id, first.suggestions[0]))
    assert (following.replaces_id, following.person_id) == (first.id, first.person_id)
    assert (following.reason, following.status) == ("groceries", Status.REQUESTED)
    assert read(first.id).status == Status.REJECTED


def test_nobody_is_referred_twice_to_the_same_suggestion() -> None:
    first = declined()
    go_on(first.id, first.suggestions[0])
    with pytest.raises(Invalid) as refused:
        go_on(first.id, first.suggestions[0])
    assert refused.value.code == "not_suggested"


def test_only_suggestions_are_gone_on_to() -> None:
    first = declined()
    with pytest.raises(Invalid):
        go_on(first.id, first.service_id)
    with pytest.raises(NotFound):
        go_on("nothing", first.suggestions[0])


def test_without_consent_nothing_changes() -> None:
    first = declined()
    with database.session_scope() as session:
        person = people.by_id(session, first.person_id)
        assert person is not None
        people_service.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    with pytest.raises(Invalid) as refused:
        go_on(first.id, first.suggestions[0])
    assert refused.value.code == "consent_missing"
    assert read(first.id).suggestions == first.suggestions


def test_a_draft_is_not_sent_without_consent_either() -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session, draft=True)
        referral = session.get_one(Referral, referral_id)
        person = people.by_id(session, referral.person_id)
        assert person is not None
        people_service.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    with database.session_scope() as session, pytest.raises(Invalid):
        referrals.move(
            session, referral_id, Status.REQUESTED, actor=BY_CLINICIAN, reason=None, now=MORNING
        )
    with database.session_scope() as session, pytest.raises(Conflict):
        referral = session.get_one(Referral, referral_id)
        referrals.remark(session, referral, "Hello?", actor=BY_CLINICIAN, now=MORNING)
