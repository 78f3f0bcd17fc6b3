"""What each notice says, and above all what it does not."""

import json
import re
from dataclasses import replace

import pytest

from bot.notices import listing_checks, listing_news, sign_in, words
from bot.notices.facts import PartnerFacts, ResidentFacts
from bot.sms.segments import Encoding, encoding_of, segments
from directory.languages import Language
from directory.notices.models import NoticeKind
from directory.referrals.models import Priority
from directory.referrals.states import Status
from tests.bot.wording.test_sentences import REVEALING
from tests.fakes import MORNING

TO_RESIDENTS = (
    NoticeKind.REFERRAL_SENT,
    NoticeKind.REFERRAL_ACCEPTED,
    NoticeKind.REFERRAL_ON_HOLD,
    NoticeKind.OUTCOME_QUESTION,
)
TO_PARTNERS = (
    NoticeKind.REFERRAL_NEW,
    NoticeKind.REFERRAL_REMINDER,
    NoticeKind.REFERRAL_WITHDRAWN,
    NoticeKind.REFERRAL_TAKEN,
    NoticeKind.REFERRAL_ANSWERED,
)
TO_STAFF = (NoticeKind.ON_CALL, NoticeKind.TASK_OVERDUE, NoticeKind.ALARM)
LINK = "https://handoff.example.org/r/0123456789abcdef0123456789abcdef"
CONSOLE = "https://handoff.example.org/console"
FACTS = PartnerFacts(
    language=Language.EN,
    service_id="service-1",
    service="Food pantry",
    referral_id="referral-1",
    status=Status.REQUESTED,
    priority=Priority.ROUTINE,
    speaks=Language.ES,
    town="Bolingbrook",
    code="A",
    link=LINK,
)


def test_every_kind_of_notice_has_a_reader() -> None:
    others = listing_checks.KINDS | listing_news.KINDS | sign_in.KINDS
    assert set(NoticeKind) == {*TO_RESIDENTS, *TO_PARTNERS, *others, *TO_STAFF}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", TO_RESIDENTS)
def test_a_resident_is_told_nothing_that_a_glance_gives_away(
    kind: NoticeKind, language: Language
) -> None:
    text = words.resident_text(kind, ResidentFacts(language, "Maria"))
    assert [word for word in REVEALING if word in text.casefold()] == []
    assert segments(text) == 1
    assert "STOP" in text
    assert re.search(r"\b1\b", text)
    unnamed = words.resident_text(kind, ResidentFacts(language, None))
    assert "Maria" in text
    assert unnamed == text.replace(" Maria", "")


def test_a_new_request_says_what_it_takes_to_decide() -> None:
    assert words.partner_text(NoticeKind.REFERRAL_NEW, FACTS) == (
        "Handoff: new request A for Food pantry (routine, Spanish, Bolingbrook). "
        f"Reply A1 to accept, A2 to decline. See {LINK}"
    )


def test_what_is_not_known_of_the_person_is_left_out() -> None:
    unknown = replace(FACTS, speaks=None, town=None, priority=Priority.URGENT)
    assert "(urgent)" in words.partner_text(NoticeKind.REFERRAL_NEW, unknown)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", TO_PARTNERS)
def test_a_partners_text_is_cheap_however_long_the_names_are(
    kind: NoticeKind, language: Language
) -> None:
    long = replace(
        FACTS,
        language=language,
        service="Centro “Niños” – Comedor Comunitario y Despensa de la Región Noroeste del Condado",
        town="Ñandú-de-la-Frontera-y-Todos-los-Santos",
        code="ZZ",
    )
    text = words.partner_text(kind, long)
    assert encoding_of(text) is Encoding.GSM_7
    assert segments(text) <= 2
    needs_link = kind in (
        NoticeKind.REFERRAL_NEW,
        NoticeKind.REFERRAL_REMINDER,
        NoticeKind.REFERRAL_ANSWERED,
    )
    assert text.endswith(LINK) is needs_link


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", TO_PARTNERS)
def test_without_a_letter_a_partner_is_asked_for_none(kind: NoticeKind, language: Language) -> None:
    text = words.partner_text(kind, replace(FACTS, code="", language=language))
    assert "  " not in text
    assert not re.search(r"(Reply|Responda) \d", text)
    assert "Food pantry" in text
    assert segments(text) <= 2


@pytest.mark.parametrize("kind", TO_PARTNERS)
def test_an_e_mail_has_one_line_of_subject_and_the_link_where_something_is_to_be_done(
    kind: NoticeKind,
) -> None:
    letter = words.partner_letter(kind, replace(FACTS, service="Food\r\nBcc: x@example.org"))
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject
    with_link = words.partner_letter(kind, FACTS)
    asks = kind in (
        NoticeKind.REFERRAL_NEW,
        NoticeKind.REFERRAL_REMINDER,
        NoticeKind.REFERRAL_ANSWERED,
    )
    assert (LINK in with_link.body) is asks


def test_an_event_for_a_system_holds_ids_and_no_words() -> None:
    event = words.partner_event(NoticeKind.REFERRAL_NEW, FACTS, at=MORNING)
    assert event == {
        "event": "referral_new",
        "referral_id": "referral-1",
        "status": "requested",
        "priority": "routine",
        "service_id": "service-1",
        "at": "2026-03-18T15:00:00Z",
        "link": LINK,
    }
    assert json.dumps(event)


def test_staff_are_told_that_something_waits_and_not_what() -> None:
    text = words.staff_text(NoticeKind.ON_CALL, {}, console=CONSOLE)
    assert text == (
        "Handoff: somebody needs a person now. Open the console, or reply 1 if you have it."
    )
    alone = words.staff_text(NoticeKind.ON_CALL, {"nobody_on_call": True}, console=CONSOLE)
    assert "nobody is on call" in alone
    overdue = words.staff_text(NoticeKind.TASK_OVERDUE, {"count": 12}, console=CONSOLE)
    assert overdue == f"Handoff: 12 tasks are overdue. Please open the console: {CONSOLE}"
    one = words.staff_text(NoticeKind.TASK_OVERDUE, {"count": 1, "danger": True}, console=CONSOLE)
    assert "a task is overdue" in one


@pytest.mark.parametrize("alarm", ["scheduler_quiet", "carrier_quiet", "nobody_on_call", None])
def test_an_alarm_says_which_part_needs_somebody(alarm: str | None) -> None:
    text = words.staff_text(NoticeKind.ALARM, {"alarm": alarm}, console=CONSOLE)
    letter = words.staff_letter(NoticeKind.ALARM, {"alarm": alarm}, console=CONSOLE)
    assert segments(text) <= 2
    assert letter.body.count(CONSOLE) == 1
