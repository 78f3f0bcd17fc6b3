"""How a partner is asked whether its listings are right, by text, e-mail and event."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notices import listing_checks
from bot.notices.listing_checks import CheckFacts
from bot.sms.segments import Encoding, encoding_of, segments
from directory.freshness.models import Reported
from directory.freshness.shown import Shown
from directory.languages import Language
from directory.notices.models import NoticeKind
from tests.fakes import MORNING

CHECK = NoticeKind.LISTING_CHECK
LINK = "https://handoff.example.org/l/0123456789abcdef0123456789abcdef"
PANTRY = Shown(
    service_id="service-1",
    version=3,
    name="Food Pantry",
    phones=("630-555-0140",),
    hours="Mo-Fr 09:00-17:00",
    addresses=("1 Example St., Naperville, IL",),
    description={"en": "Groceries once a week.", "es": "Despensa cada semana."},
    eligibility={"en": None, "es": None},
    cost={"en": "Free.", "es": "Gratis."},
    url="https://pantry.example.org",
    checked=date(2026, 1, 5),
    withheld=False,
    closed=False,
)
FACTS = CheckFacts(Language.EN, (PANTRY,), "A", LINK)
several = st.lists(
    st.builds(
        replace,
        st.just(PANTRY),
        name=st.text(max_size=300),
        phones=st.sampled_from([(), ("630-555-0140",), ("630-555-0140 x12345",)]),
        hours=st.none() | st.text(max_size=300),
    ),
    min_size=1,
    max_size=12,
).map(tuple)


def test_one_listing_is_asked_about_with_what_it_says() -> None:
    assert listing_checks.text(CHECK, FACTS) == (
        "Handoff: is your listing Food Pantry still right? Phone 630-555-0140, Mon-Fri 9am-5pm. "
        f"Reply A1 yes, A2 change, or open {LINK}"
    )


def test_several_are_asked_about_by_their_names() -> None:
    both = replace(FACTS, listings=(PANTRY, replace(PANTRY, name="Rent Help")))
    assert listing_checks.text(CHECK, both) == (
        "Handoff: are your 2 listings still right? Food Pantry, Rent Help. "
        f"Reply A1 if all are, A2 to change, or open {LINK}"
    )


def test_a_report_says_what_was_said_and_not_by_whom() -> None:
    reported = replace(FACTS, report=Reported.WRONG_NUMBER)
    said = listing_checks.text(NoticeKind.LISTING_REPORTED, reported)
    assert "Food Pantry: wrong number." in said
    assert "A1" in said
    unsaid = replace(FACTS, report=Reported.NO_ANSWER)
    assert "something is not right" in listing_checks.text(NoticeKind.LISTING_REPORTED, unsaid)


@pytest.mark.parametrize("kind", sorted(listing_checks.KINDS))
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", ["", "ZZ"])
@given(listings=several)
def test_a_text_is_two_plain_segments_whatever_a_listing_is_called(
    kind: NoticeKind, language: Language, code: str, listings: tuple[Shown, ...]
) -> None:
    said = listing_checks.text(kind, CheckFacts(language, listings, code, LINK, Reported.MOVED))
    assert encoding_of(said) is Encoding.GSM_7
    assert segments(said) <= 2
    assert said.endswith(LINK)
    assert ("ZZ1" in said) is bool(code)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", sorted(listing_checks.KINDS))
def test_an_e_mail_has_the_whole_listing_and_the_link(kind: NoticeKind, language: Language) -> None:
    broken = replace(PANTRY, name="Food\r\nBcc: x@example.org")
    letter = listing_checks.mail(kind, replace(FACTS, language=language, listings=(broken,)))
    assert "\n" not in letter.subject
    for shown in ("630-555-0140", "1 Example St.", "https://pantry.example.org", LINK):
        assert shown in letter.body
    assert ("Groceries" if language is Language.EN else "Despensa") in letter.body


def test_an_event_names_the_services_and_the_link() -> None:
    assert listing_checks.event(CHECK, FACTS, at=MORNING) == {
        "event": "listing_check",
        "service_ids": ["service-1"],
        "at": "2026-03-18T15:00:00Z",
        "link": LINK,
    }
    reported = replace(FACTS, report=Reported.CLOSED)
    event = listing_checks.event(NoticeKind.LISTING_REPORTED, reported, at=MORNING)
    assert event["report"] == "closed"
