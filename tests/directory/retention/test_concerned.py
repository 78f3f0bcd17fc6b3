"""A hold on a person covers what colleagues texted about them: purge, erase, carrier's copies."""

from datetime import datetime, timedelta

import pytest

from directory import database
from directory.conversations.models import Conversation
from directory.database import Database
from directory.errors import Conflict
from directory.messages.models import InboundMessage, OutboundMessage, OutboundStatus
from directory.notices.models import Notice
from directory.people.models import Person
from directory.people.phone import to_e164
from directory.retention import carrier_copies, holds
from directory.retention.concerned import named
from directory.retention.erase import Erased, erase
from directory.retention.purge import due_counts, purge
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind
from tests.directory.retention.builders import NAME, PHONE, everything
from tests.factories import met, queued, texted
from tests.fakes import MORNING

COLLEAGUE, PARTNER = "+16305550177", "+16305550150"
TWO_YEARS, SEVEN_YEARS = timedelta(days=731), timedelta(days=2558)


def a_colleague() -> None:
    with database.session_scope() as session:
        staff.add(
            session, "ana@city.example", Role.CLINICIAN, password=None, phone=COLLEAGUE, now=MORNING
        )


def on_hold(person_id: str) -> str:
    with database.session_scope() as session:
        return holds.add(
            session, person_id=person_id, reason="Case 26-100", by="counsel", now=MORNING
        ).id


def released(hold_id: str) -> None:
    with database.session_scope() as session:
        holds.release(session, hold_id, by="counsel", now=MORNING)


def erased(person_id: str) -> Erased:
    with database.session_scope() as session:
        return erase(session, person_id, by="command", now=MORNING, thorough=True)


def an_answer(inbound_id: str, body: str) -> str:
    message_id = queued(body, person_id=met(COLLEAGUE))
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        message.in_reply_to, message.status = inbound_id, OutboundStatus.DELIVERED
    return message_id


def words(*ids: str) -> list[str]:
    """The words of these texts, in either direction."""
    with database.read_scope() as session:
        found = [
            session.get(InboundMessage, each) or session.get_one(OutboundMessage, each)
            for each in ids
        ]
        return [each.body for each in found]


def purged(now: datetime) -> dict[str, int]:
    with database.read_scope() as session:
        expected = due_counts(session, now=now)
    counts = purge(by="command", now=now)
    # What the dry run said; of people it cannot know whom a hold on others keeps.
    blanked = {rule for rule in counts if rule.endswith(":blank")}
    assert {rule: counts[rule] for rule in blanked} == {rule: expected[rule] for rule in blanked}
    return counts


def test_a_visit_by_text_and_its_answer_stay_while_others_go(any_database: Database) -> None:
    person_id = everything()
    a_colleague()
    visit = texted("visit mh 630 555 0111 ok to text", phone=COLLEAGUE)
    by_name = texted("please call wilhelmina  quillfeather", phone=COLLEAGUE)
    other = texted("refer 2 to 630-555-0112", phone=COLLEAGUE)
    logged = an_answer(visit, "Logged: mental health, .. ..11")
    unrelated = an_answer(other, "Referred .. ..12")
    hold_id = on_hold(person_id)
    purged(MORNING + TWO_YEARS)
    kept = ["visit mh 630 555 0111 ok to text", "please call wilhelmina  quillfeather"]
    assert words(visit, by_name) == kept
    assert words(logged, other, unrelated) == ["Logged: mental health, .. ..11", "", ""]
    released(hold_id)
    purged(MORNING + TWO_YEARS)
    assert words(visit, by_name, logged) == ["", "", ""]


def test_what_staff_was_told_of_the_persons_task_and_answered_within_a_day_stays(
    any_database: Database,
) -> None:
    person_id = everything()
    a_colleague()
    with database.session_scope() as session:
        task = tasks.open_task(session, TaskKind.CALL_BACK, person_id=person_id, now=MORNING)
        session.flush()
        notice = Notice(
            kind="on_call",
            channel="sms",
            staff_id="s1",
            task_id=task.id,
            reference="page",
            due_at=MORNING,
            created_at=MORNING,
        )
        session.add(notice)
        session.flush()
        notice_id = notice.id
    page = queued("Somebody may be in danger. Log in.", person_id=met(COLLEAGUE))
    got_it, next_week = (
        texted("got it", phone=COLLEAGUE),
        texted("food near 60540", phone=COLLEAGUE),
    )
    with database.session_scope() as session:
        sent = session.get_one(OutboundMessage, page)
        sent.notice_id, sent.status = notice_id, OutboundStatus.DELIVERED
        session.get_one(InboundMessage, next_week).received_at = MORNING + timedelta(days=7)
    on_hold(person_id)
    purged(MORNING + TWO_YEARS + timedelta(days=8))
    assert words(page, got_it, next_week) == ["Somebody may be in danger. Log in.", "got it", ""]


def test_a_note_that_quotes_such_a_text_stays_and_so_does_what_the_bot_remembers(
    any_database: Database,
) -> None:
    person_id, colleague_id = everything(), met(COLLEAGUE)
    text_id = texted("visit mh 630 555 0111", phone=COLLEAGUE)
    with database.session_scope() as session:
        quoting = tasks.open_task(
            session,
            TaskKind.TEXT_WAITING,
            person_id=colleague_id,
            inbound_id=text_id,
            note="about a visit",
            now=MORNING,
        )
        session.flush()
        tasks.finish(quoting, by="c1", now=MORNING)
        quoting_id = quoting.id
        session.merge(
            Conversation(person_id=colleague_id, memory="630-555-0111", spoken_at=MORNING)
        )
    on_hold(person_id)
    purged(MORNING + TWO_YEARS)
    with database.read_scope() as session:
        assert session.get_one(Task, quoting_id).note == "about a visit"
        assert session.get_one(Conversation, colleague_id).memory == "630-555-0111"


def test_erasing_somebody_else_leaves_a_text_that_names_both(any_database: Database) -> None:
    held_id, other_id = everything(), met("+16305550112")
    a_colleague()
    both = texted("visit dv 630-555-0111 and 630-555-0112", phone=COLLEAGUE)
    one = texted("refer 1 to 630-555-0112", phone=COLLEAGUE)
    on_hold(held_id)
    assert erased(other_id).of_colleagues == 1
    assert words(both, one) == ["visit dv 630-555-0111 and 630-555-0112", ""]


def test_who_texted_about_the_person_is_not_erased_meanwhile(any_database: Database) -> None:
    held_id, colleague_id = everything(), met(COLLEAGUE)
    text_id = texted("visit mh 630 555 0111", phone=COLLEAGUE)
    hold_id = on_hold(held_id)
    with pytest.raises(Conflict) as refused:
        erased(colleague_id)
    assert refused.value.code == "legal_hold"
    assert purged(MORNING + SEVEN_YEARS)["people:erase"] == 0
    assert words(text_id) == ["visit mh 630 555 0111"]
    released(hold_id)
    assert erased(colleague_id).texts == 1


def test_a_partners_texts_are_covered_as_long_as_they_name_the_person(
    any_database: Database,
) -> None:
    person_id = everything()
    asks = texted(f"is {NAME.upper()} coming today?", phone=PARTNER)
    on_hold(person_id)
    purged(MORNING + TWO_YEARS)
    assert words(asks) == [f"is {NAME.upper()} coming today?"]


def test_the_carriers_copies_of_these_texts_wait_too(any_database: Database) -> None:
    person_id = everything()
    visit = texted("visit mh 630 555 0111", phone=COLLEAGUE, provider_id="SMvisit")
    other = texted("food near 60540", phone=COLLEAGUE, provider_id="SMother")
    hold_id = on_hold(person_id)
    wall = MORNING + timedelta(days=2)
    with database.session_scope() as session:
        carrier_copies.put_down_due(session, older_than=wall, wall=wall)
        taken = {each.message_id for each in carrier_copies.take(session, wall=wall, at_most=50)}
    assert other in taken
    assert visit not in taken
    released(hold_id)
    with database.session_scope() as session:
        tomorrow = wall + timedelta(days=1)
        again = carrier_copies.take(session, wall=tomorrow, at_most=50)
    assert visit in {each.message_id for each in again}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 630.555.0111 please", True),
        ("+1 (630) 555-0111", True),
        ("630-555-0112", False),
        ("Ana  Maria Lopez was there", True),
        ("ana maria", False),
        ("banana maria lopezes", False),
    ],
)
def test_a_number_or_a_whole_name_names(text: str, found: bool) -> None:
    person = Person(phone=to_e164(PHONE), name="Ana Maria Lopez")
    assert named(person, words=2).in_text(text) is found


def test_a_first_name_alone_is_anybodys() -> None:
    person = Person(phone="", name="Maria")
    assert not named(person, words=2).in_text("maria is here")
    assert named(person).in_text("maria is here")
