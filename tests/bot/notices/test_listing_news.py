"""What a partner is told of its listings: to people in words, to systems signed and in fields."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from bot.notices.listing_news import News, event, mail, news_of, text
from bot.notices.send import NoticeSender
from bot.notices.webhook import Webhooks
from bot.sms.segments import Encoding, encoding_of, segments
from directory import database
from directory.languages import Language
from directory.listings import announce
from directory.listings.models import Service
from directory.notices.models import Notice, NoticeKind
from directory.partners.models import Channel, PartnerContact
from tests.bot.notices.builders import bodies, fates_of, handed_over, the_notice
from tests.bot.notices.receivers import a_partner_system
from tests.directory.referrals.builders import a_contact, a_service
from tests.fakes import MORNING, Clock

CHANGED, DECIDED = NoticeKind.LISTING_CHANGED, NoticeKind.LISTING_DECIDED
LONG = "Ñandú Community Center Emergency Groceries, Diapers, Clothing and Rent Help {}"


def decided(approved: bool = True, language: Language = Language.EN, name: str = LONG) -> News:
    return News(language, name, {"service_id": "s", "field": "phones", "approved": approved})


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("approved", [True, False])
def test_a_text_takes_two_segments_at_most(language: Language, approved: bool) -> None:
    said = text(DECIDED, decided(approved, language))
    assert segments(said) <= 2
    assert encoding_of(said) is Encoding.GSM_7
    assert "STOP" not in said


def test_the_decision_is_said_in_words() -> None:
    yes, no = text(DECIDED, decided()), text(DECIDED, decided(False))
    assert "(phone) was approved" in yes and "was not approved" in no
    letter = mail(DECIDED, decided(False, name="Pantry"))
    assert letter.subject == "Handoff: about your listing Pantry"
    assert "history" in letter.body


def test_a_system_is_told_fields_and_never_what_they_say() -> None:
    facts = {"service_id": "s", "fields": ["phones", "name"], "version": 7}
    news = News(Language.EN, "Pantry", facts)
    assert event(CHANGED, news, at=MORNING) == {
        "event": "listing_changed",
        "service_id": "s",
        "fields": ["phones", "name"],
        "version": 7,
        "at": "2026-03-18T15:00:00Z",
    }
    said = event(DECIDED, decided(False), at=MORNING)
    assert (said["decision"], said["field"]) == ("declined", "phones")


@pytest.mark.usefixtures("partners")
def test_webhooks_are_signed_and_tried_again() -> None:
    clock = Clock()
    with a_partner_system() as system:
        system.answers = [500]
        with database.session_scope() as session:
            service = a_service(session)
            contact = a_contact(session, service, channel=Channel.WEBHOOK, address=system.url)
            service.version += 1
            announce.listing_changed(session, service, ["opening_hours"], now=MORNING)
            version, secret = service.version, contact.secret or ""
        sender = NoticeSender(
            mail=None,
            webhooks=Webhooks(private_allowed=True),
            now=clock,
            wall=clock,
            jitter=lambda: 0.0,
        )
        notice = the_notice(CHANGED)
        sender.send(notice.id)
        assert fates_of(CHANGED) == [("planned", "webhook_status_500")]
        clock.forward(minutes=1)
        sender.send(notice.id)
        assert fates_of(CHANGED) == [("sent", None)]
    first, second = system.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == notice.id
    assert json.loads(second.body) == {
        "event": "listing_changed",
        "service_id": service.id,
        "fields": ["opening_hours"],
        "version": version,
        "at": "2026-03-18T15:00:00Z",
    }
    signed = f"{notice.id}.{second.headers['webhook-timestamp']}.".encode() + second.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert second.headers["webhook-signature"] == f"v1,{signature}"


@pytest.mark.usefixtures("partners")
def test_people_are_told_of_decisions_by_their_own_channel_and_not_of_changes() -> None:
    with database.session_scope() as session:
        service = a_service(session)
        a_contact(session, service)
        announce.listing_changed(session, service, ["name"], now=MORNING)
        announce.change_decided(
            session, service, change_id="c", field="status", approved=True, now=MORNING
        )
    told = bodies(handed_over(MORNING + timedelta(minutes=1)))
    assert list(told) == [DECIDED]
    assert service.name in told[DECIDED]


@pytest.mark.usefixtures("partners")
def test_a_listing_that_is_gone_is_not_named() -> None:
    with database.session_scope() as session:
        contact = a_contact(session, session.query(Service).first() or Service())
        assert isinstance(contact, PartnerContact)
        notice = Notice(kind=DECIDED, facts={"service_id": "gone", "field": "x", "approved": True})
        assert "one field" in text(DECIDED, news_of(session, notice, contact))
