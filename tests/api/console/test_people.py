"""People in the console: found by form, read, changed, asked, written to; the reading is noted."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from api.console.person_view import version_of
from directory import database
from directory.clock import wall_now
from directory.conversations import holding
from directory.messages import inbox
from directory.messages.models import OutboundMessage
from directory.people import queries
from directory.people import service as people
from directory.people.models import AuditEntry, Consent, Person, Purpose
from directory.staff import service as staff
from directory.staff.models import Role
from directory.timeline import service as timeline
from directory.visits.models import Visit
from tests.api.console.console import Console
from tests.directory.referrals.builders import agreed
from tests.factories import PHONE, met, queued, visited
from tests.fakes import MORNING

ONCE = "11111111-1111-4111-8111-111111111111"
AGAIN = "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def person_id(console: Console) -> Iterator[str]:
    """Somebody who agreed to texts and has just texted."""
    console.as_()
    with database.session_scope() as session:
        found = agreed(session)
        session.get_one(Person, found).name = "Maria <b>Example</b>"
    wrote("hello <script>")
    yield found


def wrote(body: str) -> None:
    now = wall_now()
    with database.session_scope() as session:
        inbox.record_inbound(session, provider_id=body, phone=PHONE, body=body, now=now)


def texts() -> list[OutboundMessage]:
    with database.read_scope() as session:
        return list(session.query(OutboundMessage).filter_by(kind="staff").all())


def holder(person_id: str) -> str | None:
    with database.read_scope() as session:
        hold = holding.standing(session, person_id)
        return hold.staff_id if hold else None


def a_colleague() -> str:
    with database.session_scope() as session:
        return staff.add(
            session,
            "alex@naperville.example",
            Role.CLINICIAN,
            password=None,
            phone=None,
            name="Alex",
            now=MORNING,
        ).id


def noted(action: str) -> list[str | None]:
    with database.read_scope() as session:
        return [e.person_id for e in session.query(AuditEntry).filter_by(action=action)]


def test_a_person_is_found_by_form_and_the_number_stands_in_no_address(
    console: Console, person_id: str
) -> None:
    answer = console.post("/console/people/find", {"phone": "630 555 0100"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/people/{person_id}")
    assert noted("people.search") == [person_id]
    unknown = console.post("/console/people/find", {"phone": "630-555-0123"})
    assert "Nobody is known by this number" in unknown.text
    assert console.post("/console/people/find", {"phone": "12"}).status_code == 422


def test_the_page_shows_what_happened_as_text_and_the_reading_is_noted(
    console: Console, person_id: str
) -> None:
    visited(disposition="Came <i>again</i>")
    page = console.get(f"/console/people/{person_id}").text
    assert "hello &lt;script&gt;" in page and "hello <script>" not in page
    assert "Came &lt;i&gt;again" in page and "(630) 555-0100" in page
    assert noted("person.read") == [person_id]
    assert console.get("/console/people/nobody").status_code == 404


def test_the_timeline_goes_on_page_by_page_without_a_gap(console: Console, person_id: str) -> None:
    for number in range(70):
        queued(f"text {number}", person_id=person_id, now=MORNING + timedelta(minutes=number // 3))
    with database.read_scope() as session:
        seen, after = [], None
        while True:
            page = timeline.page(session, person_id, after=after)
            seen += [entry.position for entry in page.entries]
            after = page.earlier
            if after is None:
                break
    assert len(seen) == len(set(seen)) == 73  # and two consents, and their text
    assert seen == sorted(seen, reverse=True)
    first = console.get(f"/console/people/{person_id}").text
    assert "Earlier ones" in first and "text 69" in first and "text 0<" not in first


def test_staff_writes_once_however_often_the_form_is_sent(console: Console, person_id: str) -> None:
    form = {"once": ONCE, "text": "Hi, this is Sam."}
    for _ in range(2):
        answer = console.post(f"/console/people/{person_id}/texts", form)
        assert answer.headers["location"] == f"/console/people/{person_id}?done=written"
    (text,) = texts()
    assert (text.body, text.written_by) == ("Hi, this is Sam.", console.member_id)
    assert not text.initiated  # the person has just texted
    assert holder(person_id) == console.member_id
    other = console.post(f"/console/people/{person_id}/texts", form | {"text": "And this?"})
    assert other.status_code == 409 and "And this?" in other.text
    assert len(texts()) == 1


def test_what_was_written_is_kept_when_a_colleague_was_faster(
    console: Console, person_id: str
) -> None:
    alex = a_colleague()
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        holding.take(session, person, by=alex, now=wall_now())
    answer = console.post(f"/console/people/{person_id}/texts", {"once": ONCE, "text": "My words"})
    assert answer.status_code == 409
    assert "My words" in answer.text and "Take over and send" in answer.text
    console.post(
        f"/console/people/{person_id}/texts", {"once": AGAIN, "text": "My words", "held_by": alex}
    )
    assert holder(person_id) == console.member_id and len(texts()) == 1


def test_who_has_not_agreed_is_asked_in_place(console: Console) -> None:
    person_id = met()
    console.as_()
    page = console.get(f"/console/people/{person_id}").text
    assert "I have asked" in page
    form = {"once": ONCE, "text": "Hello"}
    assert console.post(f"/console/people/{person_id}/texts", form).status_code == 409
    console.post(f"/console/people/{person_id}/texts", form | {"has_agreed": "true"})
    assert len(texts()) == 1
    with database.read_scope() as session:
        person = session.get_one(Person, person_id)
        assert people.may_be_texted(session, person, now=wall_now())


def test_to_who_stopped_texts_there_is_no_form(console: Console, person_id: str) -> None:
    with database.session_scope() as session:
        people.opt_out(session, session.get_one(Person, person_id), now=wall_now())
    assert 'name="text"' not in console.get(f"/console/people/{person_id}").text
    form = {"once": ONCE, "text": "Hello", "has_agreed": "true"}
    assert console.post(f"/console/people/{person_id}/texts", form).status_code == 409
    assert texts() == []
    with database.read_scope() as session:
        person = session.get_one(Person, person_id)
        assert not people.may_be_texted(session, person, now=wall_now())


def test_it_is_held_and_handed_back_by_button(console: Console, person_id: str) -> None:
    console.post(f"/console/people/{person_id}/hold")
    assert "You speak with this person" in console.get(f"/console/people/{person_id}").text
    console.post(f"/console/people/{person_id}/hand-back")
    assert holder(person_id) is None
    assert noted("person.hand_back") == [person_id]


def test_a_no_ends_what_it_covered_also_after_a_yes_of_the_same_form(
    console: Console, person_id: str
) -> None:
    for given in ("true", "true", "false"):
        console.post(
            f"/console/people/{person_id}/consents",
            {"once": ONCE, "purpose": "sms", "given": given, "method": "verbal"},
        )
    with database.read_scope() as session:
        valid = queries.valid_consent(session, person_id, Purpose.SMS, now=wall_now())
        assert valid is None
        assert session.query(Consent).filter_by(purpose="sms").count() == 3  # one from before


def test_a_spoken_yes_to_telling_of_substance_use_is_refused_in_place(
    console: Console, person_id: str
) -> None:
    form = {"once": ONCE, "purpose": "substance_use", "given": "true", "method": "verbal"}
    refused = console.post(f"/console/people/{person_id}/consents", form)
    assert refused.status_code == 422
    assert "must be in writing" in refused.text
    console.post(f"/console/people/{person_id}/consents", form | {"method": "written"})
    with database.read_scope() as session:
        assert queries.valid_consent(session, person_id, Purpose.SUBSTANCE_USE, now=wall_now())


def test_a_stale_form_about_a_person_is_told_and_keeps_what_was_typed(
    console: Console, person_id: str
) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        stale = version_of(person)
        person.language = "es"
    form = {"version": stale, "name": "Typed", "safe_to_text": "yes", "language": ""}
    answer = console.post(f"/console/people/{person_id}/details", form)
    assert answer.status_code == 409
    assert 'value="Typed"' in answer.text and "Somebody changed this person" in answer.text
    with database.read_scope() as session:
        current = version_of(session.get_one(Person, person_id))
    assert current in answer.text
    saved = console.post(f"/console/people/{person_id}/details", form | {"version": current})
    assert saved.status_code == 303
    with database.read_scope() as session:
        assert session.get_one(Person, person_id).name == "Typed"


def test_a_visit_is_logged_once_and_plans_its_checkins(console: Console) -> None:
    console.as_()
    form = {
        "once": ONCE,
        "phone": "630-555-0100",
        "call_type": "mental_health",
        "safe_to_text": "yes",
        "sms": "yes",
        "referral": "yes",
        "language": "",
    }
    for _ in range(2):
        answer = console.post("/console/people/visits", form)
        assert answer.status_code == 303, answer.text
    with database.read_scope() as session:
        (visit,) = session.query(Visit).all()
    assert answer.headers["location"] == f"/console/people/{visit.person_id}?done=visit"
    assert "Check-ins to come" in console.get(f"/console/people/{visit.person_id}").text


def test_an_empty_box_takes_from_no_phone_that_others_read_it(
    console: Console, person_id: str
) -> None:
    told = "Others read this phone"
    box = 'name="number_shared"'
    page = f"/console/people/{person_id}/visit"
    assert told in console.get(page).text and box in console.get(page).text
    usual = {"phone": "630-555-0100", "safe_to_text": "yes"}
    for once, given in ((ONCE, {"number_shared": "true"}), (ONCE[::-1], {})):
        form = usual | {"once": once} | given
        assert console.post("/console/people/visits", form).status_code == 303
    with database.read_scope() as session:
        assert session.get_one(Person, person_id).number_shared is True
    # Said already, there is nothing to tick: Details turn it off.
    assert told in console.get(page).text and box not in console.get(page).text


def test_a_visit_that_is_refused_keeps_what_was_typed(console: Console, person_id: str) -> None:
    form = {"once": ONCE, "disposition": "Long <story>"}
    answer = console.post(f"/console/people/{person_id}/visits", form)
    assert answer.status_code == 422
    assert "Long &lt;story&gt;" in answer.text and "whether it is safe" in answer.text


def test_the_size_of_a_text_is_told_while_it_is_written(console: Console) -> None:
    console.as_()
    headers = {"HX-Request": "true"}
    answer = console.post("/console/people/size", {"text": "x" * 161}, headers=headers)
    assert "2 segments" in answer.text and "<html" not in answer.text


@pytest.mark.parametrize(
    "path", ["find", "size", "{id}/texts", "{id}/hold", "{id}/consents", "{id}/details"]
)
def test_no_form_counts_without_its_token(console: Console, person_id: str, path: str) -> None:
    answer = console.post(f"/console/people/{path.format(id=person_id)}", {"csrf": "wrong"})
    assert answer.status_code == 403
    assert texts() == []
