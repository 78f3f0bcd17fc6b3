"""Search as on scene: found, compared, texted to the person, referred to in two taps."""

import pytest

from directory import database
from directory.listings.models import Service
from directory.messages.models import OutboundMessage
from directory.people import queries as people
from directory.people.models import AuditEntry, Consent, Purpose
from directory.referrals.models import Referral
from tests.api.conftest import Api
from tests.api.console.console import Console
from tests.directory.referrals.builders import a_contact, agreed
from tests.factories import PHONE, met

ONCE = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def console(listed: Api) -> Console:
    return Console(listed).as_()


def a_service(*, takes: bool = True, need: str = "food") -> str:
    with database.read_scope() as session:
        rows = session.query(Service).filter_by(accepts_referrals=takes, published=True)
        return next(row.id for row in rows if need in row.needs)


def somebody(*purposes: Purpose) -> str:
    with database.session_scope() as session:
        return agreed(session, *purposes)


def referrals() -> list[Referral]:
    with database.read_scope() as session:
        return list(session.query(Referral).all())


def texts() -> list[OutboundMessage]:
    with database.read_scope() as session:
        return list(session.query(OutboundMessage).filter_by(kind="staff"))


def test_each_hit_says_why_how_to_reach_it_and_whether_it_takes_referrals(
    console: Console,
) -> None:
    page = console.get("/console/search?q=food 60540").text
    assert 'href="tel:' in page and "takes referrals" in page
    assert "Checked on" in page and "serves the place" in page
    part = console.get("/console/search?q=food", headers={"HX-Request": "true"}).text
    assert "<html" not in part and "services</h2>" in part


def test_words_and_places_that_lead_nowhere_say_what_to_do(console: Console) -> None:
    assert "Nothing fits" in console.get("/console/search?q=zzzzqqq").text
    assert "Write what is needed" in console.get("/console/search").text
    assert "<script>" not in console.get("/console/search?q=<script>").text.split("</head>")[1]


def test_services_are_compared_side_by_side(console: Console) -> None:
    ids = [a_service(), a_service(takes=False, need="mental_health")]
    page = console.get(f"/console/search/compare?s={ids[0]}&s={ids[1]}&s=gone").text
    assert page.count('scope="col"') == 2
    assert "Tick two or more" in console.get("/console/search/compare").text


def test_the_person_comes_by_form_and_stands_in_the_address_by_id(console: Console) -> None:
    person_id, service_id = somebody(), a_service()
    asked = console.get(f"/console/search/text?service={service_id}").text
    assert 'name="phone"' in asked
    answer = console.post(
        "/console/search/person", {"phone": PHONE, "service": service_id, "then": "text"}
    )
    assert person_id in answer.headers["location"] and "555" not in answer.headers["location"]


def test_an_unknown_number_is_looked_at_twice_before_somebody_is_made_of_it(
    console: Console,
) -> None:
    form = {"phone": "630-555-0123", "q": "food"}
    assert "Look at it once more" in console.post("/console/search/person", form).text
    with database.read_scope() as session:
        assert people.by_phone(session, "+16305550123") is None
    answer = console.post("/console/search/person", form | {"new": "true"})
    assert "q=food" in answer.headers["location"]
    with database.read_scope() as session:
        assert people.by_phone(session, "+16305550123") is not None


def test_the_listing_is_texted_once_as_the_bot_words_it(console: Console) -> None:
    person_id, service_id = somebody(), a_service()
    preview = console.get(f"/console/search/text?service={service_id}&person={person_id}").text
    form = {"once": ONCE, "service": service_id, "person": person_id}
    for _ in range(2):
        answer = console.post("/console/search/text", form)
        assert answer.headers["location"] == f"/console/people/{person_id}?done=texted"
    (text,) = texts()
    assert text.body.splitlines()[0].replace("&", "&amp;").replace("'", "&#39;") in preview
    assert text.initiated and text.written_by == console.member_id


def test_who_has_not_agreed_to_texts_is_asked_in_place(console: Console) -> None:
    person_id, service_id = met(), a_service()
    form = {"once": ONCE, "service": service_id, "person": person_id}
    refused = console.post("/console/search/text", form)
    assert refused.status_code == 409 and "I have asked" in refused.text and texts() == []
    console.post("/console/search/text", form | {"has_agreed": "true", "method": "written"})
    assert len(texts()) == 1
    with database.read_scope() as session:
        (consent,) = session.query(Consent).all()
        assert (consent.method, consent.recorded_by) == ("written", console.member_id)


def test_a_service_that_others_should_not_read_of_is_asked_about(console: Console) -> None:
    person_id, service_id = somebody(), a_service(takes=False, need="domestic_violence")
    form = {"once": ONCE, "service": service_id, "person": person_id}
    refused = console.post("/console/search/text", form)
    assert refused.status_code == 422 and texts() == []
    console.post("/console/search/text", form | {"aware": "true"})
    assert len(texts()) == 1


def test_two_taps_refer_and_a_double_tap_refers_once(console: Console) -> None:
    person_id, service_id = somebody(), a_service()
    page = console.get(f"/console/search/refer?service={service_id}&person={person_id}").text
    assert "Send the referral" in page and "I have asked" not in page
    form = {"once": ONCE, "service": service_id, "person": person_id, "priority": "urgent"}
    answers = [console.post("/console/search/refer", form) for _ in range(2)]
    (referral,) = referrals()
    assert {each.headers["location"] for each in answers} == {
        f"/console/referrals/{referral.id}?done=referred"
    }
    assert (referral.clinician_id, referral.priority) == (console.member_id, "urgent")


def test_a_second_open_referral_to_a_service_takes_a_tick(console: Console) -> None:
    person_id, service_id = somebody(), a_service()
    address = f"/console/search/refer?service={service_id}&person={person_id}"
    assert 'name="second"' not in console.get(address).text
    form = {"once": ONCE, "service": service_id, "person": person_id, "reason": "No <food>"}
    assert console.post("/console/search/refer", form).status_code == 303
    again = form | {"once": ONCE[:-1] + "2"}
    assert 'name="second" value="true" required' in console.get(address).text
    refused = console.post("/console/search/refer", again)
    assert refused.status_code == 409 and len(referrals()) == 1
    assert "No &lt;food&gt;" in refused.text and "tick that you send a second one" in refused.text
    assert console.post("/console/search/refer", again | {"second": "true"}).status_code == 303
    assert len(referrals()) == 2


def test_before_sending_the_page_says_where_nobody_will_be_told(console: Console) -> None:
    person_id, service_id = somebody(), a_service()
    address = f"/console/search/refer?service={service_id}&person={person_id}"
    assert "nobody there is told of the referral" in console.get(address).text
    with database.session_scope() as session:
        a_contact(session, session.get_one(Service, service_id))
    assert "nobody there is told" not in console.get(address).text


def test_without_consent_nothing_leaves_until_they_were_asked(console: Console) -> None:
    person_id, service_id = met(), a_service(need="substance_use")
    form = {
        "once": ONCE,
        "service": service_id,
        "person": person_id,
        "need": "substance_use",
        "reason": "Wants <detox>",
    }
    refused = console.post("/console/search/refer", form)
    assert refused.status_code == 422 and referrals() == []
    assert "Wants &lt;detox&gt;" in refused.text and "substance use" in refused.text
    console.post("/console/search/refer", form | {"has_agreed": "true", "method": "written"})
    assert len(referrals()) == 1
    with database.read_scope() as session:
        assert {each.purpose for each in session.query(Consent)} == {"referral", "substance_use"}
        actions = {each.action for each in session.query(AuditEntry)}
    assert {"consent.record", "referral.create"} <= actions


def test_a_service_that_takes_none_says_so(console: Console) -> None:
    person_id, service_id = somebody(), a_service(takes=False, need="mental_health")
    page = console.get(f"/console/search/refer?service={service_id}&person={person_id}").text
    assert "takes no referrals" in page and "Send the referral" not in page
    form = {"once": ONCE, "service": service_id, "person": person_id}
    assert console.post("/console/search/refer", form).status_code == 422


def test_an_unknown_service_or_person_is_not_found(console: Console) -> None:
    person_id = somebody()
    assert console.get(f"/console/search/text?service=gone&person={person_id}").status_code == 404
    assert console.get("/console/search?person=nobody").status_code == 404
