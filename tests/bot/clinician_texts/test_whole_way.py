"""A clinician texts from the registered number, on a real database."""

from datetime import timedelta

import pytest

from bot import due
from bot.sms.segments import segments
from bot.wording import say
from directory import database
from directory.database import Database
from directory.listings.models import Service
from directory.messages.models import AnsweredBy, InboundMessage, OutboundMessage, SendPriority
from directory.notices.models import NoticeKind
from directory.on_call.models import Page
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Purpose
from directory.referrals.models import Referral
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind
from directory.visits.models import Visit
from tests.bot.clinician_texts import test_read
from tests.bot.notices.builders import bodies, handed_over
from tests.bot.talking import EN
from tests.bot.texting import Texting, audited, checkins_of, person_of, rows, task_kinds
from tests.directory.on_call.builders import on_call
from tests.directory.referrals.builders import a_contact, agreed
from tests.factories import PHONE, QUIET, read_message, read_person
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")
MINE = "+16305550140"
HELP = say("clinician_help", EN, number="630-555-0100")
LOOK_UP = "food 60540"


@pytest.fixture(name="texting")
def _texting() -> Texting:
    return Texting()


@pytest.fixture(name="staff_id", params=[Role.CLINICIAN])
def _staff_id(request: pytest.FixtureRequest) -> str:
    with database.session_scope() as session:
        member = staff.add(
            session,
            "clinician@example.org",
            request.param,
            password=None,
            phone=MINE,
            now=MORNING,
        )
        return member.id


def masked_only(reply: str) -> bool:
    """No number of a resident stands in the reply."""
    return PHONE[-7:] not in reply.replace("-", "").replace(" ", "")


# --- visits -------------------------------------------------------------------------------------


def test_a_visit_is_logged_with_what_was_said(texting: Texting, staff_id: str) -> None:
    (reply,) = texting.text("visit mh 630-555-0100 ok to text es ref ok name Maria Lopez", MINE)
    (visit,) = rows(Visit)
    assert (visit.call_type, visit.clinician_id) == ("mental_health", staff_id)
    assert visit.occurred_at == texting.clock()
    person = read_person(visit.person_id)
    assert (person.name, person.language, person.safe_to_text) == ("Maria Lopez", "es", True)
    with database.read_scope() as session:
        for purpose in (Purpose.SMS, Purpose.REFERRAL):
            given = people.valid_consent(session, person.id, purpose, now=texting.clock())
            assert given is not None
            assert (given.method, given.recorded_by) == ("verbal", staff_id)
    assert len(checkins_of(person.id)) == 3
    assert audited(staff_id) == ["visit.create"]
    for part in ("mental health", "Ok to text.", "3 check-ins", "Referral ok.", "Visit no. 1."):
        assert part in reply
    assert masked_only(reply)
    assert segments(reply) <= 2
    (inbound,) = rows(InboundMessage)
    assert inbound.answered_by == AnsweredBy.CLINICIAN


def test_what_was_not_said_is_not_known(texting: Texting, staff_id: str) -> None:
    (reply,) = texting.text("visit mh 630-555-0100 apt 4", MINE)
    person = read_person(person_of())
    assert person.safe_to_text is None
    assert checkins_of(person.id) == []
    with database.read_scope() as session:
        assert people.consents_of(session, person.id) == []
    assert "not said" in reply
    assert "left out: apt 4" in reply


def test_a_second_visit_takes_no_consent_away_that_it_did_not_speak_of(
    texting: Texting, staff_id: str
) -> None:
    texting.text("visit mh 630-555-0100 ok to text ref ok", MINE)
    (reply,) = texting.text("visit mh 630-555-0100 ok to text", MINE)
    assert "Visit no. 2." in reply
    with database.read_scope() as session:
        now = texting.clock()
        assert people.valid_consent(session, person_of(), Purpose.REFERRAL, now=now)


def test_a_no_to_texts_ends_what_was_planned(texting: Texting, staff_id: str) -> None:
    texting.text("visit mh 630-555-0100 ok to text", MINE)
    texting.text("visit mh 630-555-0100 not ok to text", MINE)
    assert {each.status for each in checkins_of(person_of())} == {"cancelled"}
    assert read_person(person_of()).safe_to_text is False


def test_after_domestic_violence_nothing_is_planned(texting: Texting, staff_id: str) -> None:
    (reply,) = texting.text("visit dv 630-555-0100 ok to text", MINE)
    assert "No check-ins" in reply
    assert checkins_of(person_of()) == []


def test_somebody_who_opted_out_gets_no_texts_and_the_clinician_is_told(
    texting: Texting, staff_id: str
) -> None:
    texting.text("stop")
    (reply,) = texting.text("visit mh 630-555-0100 ok to text", MINE)
    assert "opted out" in reply
    assert checkins_of(person_of()) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("visit 630-555-0100", "one code"),
        ("visit mh 630-555-01", "one phone number"),
        ("visit", "one code (mh, dv, el, su, oc) and one phone number"),
        ("refer 2", "one phone number"),
        ("refer to 630-555-0100", "which number"),
    ],
)
def test_nothing_is_logged_or_referred_on_a_guess(
    texting: Texting, staff_id: str, text: str, missing: str
) -> None:
    (reply,) = texting.text(text, MINE)
    assert missing in reply
    assert "Example: " in reply
    assert rows(Visit) == rows(Referral) == []
    assert audited(staff_id) == []


# --- looking up and referring -------------------------------------------------------------------


def test_a_look_up_is_listed_and_the_number_refers(texting: Texting, staff_id: str) -> None:
    with database.session_scope() as session:
        agreed(session)
    (listed,) = texting.text(LOOK_UP, MINE)
    (reply,) = texting.text("refer 2 to 630-555-0100 urgent groceries until payday", MINE)
    (referral,) = rows(Referral)
    with database.read_scope() as session:
        service = session.get_one(Service, referral.service_id)
    assert f"2 {service.name}"[:20] in listed
    assert service.name in reply
    assert (referral.clinician_id, referral.created_by) == (staff_id, f"staff:{staff_id}")
    assert (referral.priority, referral.reason) == ("urgent", "groceries until payday")
    assert referral.id[:6] in reply
    assert masked_only(reply)
    assert "call them" in reply  # the partner has no contact with us
    assert audited(staff_id) == ["referral.create"]
    (reply,) = texting.text("refer 2 to 630-555-0100", MINE)
    assert "already" in reply
    assert len(rows(Referral)) == 1


def test_a_partner_with_a_contact_is_told_and_needs_no_call(
    texting: Texting, staff_id: str
) -> None:
    with database.session_scope() as session:
        agreed(session)
        for service in session.query(Service).filter_by(published=True):
            if "food" in service.needs:
                a_contact(session, service)
    texting.text(LOOK_UP, MINE)
    (reply,) = texting.text("refer 1 to 630-555-0100", MINE)
    assert "call them" not in reply
    assert task_kinds() == []


def test_a_person_whom_we_do_not_know_is_not_referred(texting: Texting, staff_id: str) -> None:
    texting.text(LOOK_UP, MINE)
    (reply,) = texting.text("refer 1 to 630-555-0100", MINE)
    assert "Log the visit first" in reply
    assert rows(Referral) == []


def test_without_consent_nobody_is_referred(texting: Texting, staff_id: str) -> None:
    texting.text("visit mh 630-555-0100 ok to text", MINE)
    texting.text(LOOK_UP, MINE)
    (reply,) = texting.text("refer 1 to 630-555-0100", MINE)
    assert "has not agreed" in reply
    assert "ref ok" in reply
    assert rows(Referral) == []
    texting.text("visit mh 630-555-0100 ok to text ref ok", MINE)
    texting.text("refer 1 to 630-555-0100", MINE)
    assert len(rows(Referral)) == 1


def test_substance_use_needs_a_consent_of_its_own(texting: Texting, staff_id: str) -> None:
    with database.session_scope() as session:
        agreed(session)
    (listed,) = texting.text("detox 60540 es", MINE)
    with database.read_scope() as session:
        services = session.query(Service).filter_by(published=True, accepts_referrals=True)
        lines = [line for line in listed.split("\n") if line[:2] in ("1 ", "2 ", "3 ")]
        takes = [
            line[0]
            for line in lines
            if any(line[2:].startswith(s.name) and s.needs[0] == "substance_use" for s in services)
        ]
    if not takes:
        pytest.skip("no listed service of this need takes referrals")
    (reply,) = texting.text(f"refer {takes[0]} to 630-555-0100", MINE)
    assert "substance-use" in reply
    assert rows(Referral) == []


def test_somebody_who_opted_out_is_referred_and_must_be_told(
    texting: Texting, staff_id: str
) -> None:
    with database.session_scope() as session:
        agreed(session)
    texting.text("stop")
    texting.text(LOOK_UP, MINE)
    (reply,) = texting.text("refer 1 to 630-555-0100", MINE)
    assert "please tell them" in reply
    assert len(rows(Referral)) == 1


def test_without_a_list_of_today_nothing_is_referred(texting: Texting, staff_id: str) -> None:
    with database.session_scope() as session:
        agreed(session)
    assert "Look up first" in texting.text("refer 1 to 630-555-0100", MINE)[0]
    texting.text(LOOK_UP, MINE)
    assert "from 1 to" in texting.text("refer 9 to 630-555-0100", MINE)[0]
    texting.clock.forward(hours=25)
    assert "Look up first" in texting.text("refer 1 to 630-555-0100", MINE)[0]
    assert rows(Referral) == []


def test_a_look_up_for_somebody_in_danger_is_no_cry_for_help(
    texting: Texting, staff_id: str
) -> None:
    (reply,) = texting.text("pt w/ plan wants to kill himself, counseling 60540", MINE)
    assert reply.startswith(say("clinician_danger", EN))
    assert task_kinds() == []


def test_a_clinicians_own_danger_is_answered_like_anybodys(texting: Texting, staff_id: str) -> None:
    replies = texting.text("911", MINE)
    assert "911" in replies[0]
    assert task_kinds() == [TaskKind.DANGER]
    (sent,) = [read_message(each.id) for each in rows_of_replies()][:1]
    assert sent.priority == SendPriority.DANGER


def rows_of_replies() -> list[object]:
    from directory.messages.models import OutboundMessage

    return list(rows(OutboundMessage))


def test_for_whom_a_look_up_is_reaches_the_understanding(texting: Texting, staff_id: str) -> None:
    texting.rasa.down = False
    texting.rasa.answers = [({"ask": "need"},)]
    assert texting.text("detox 60540 es", MINE) == [say("ask_need", EN)]
    assert texting.rasa.asked[-1]["metadata"]["language"] == "es"
    assert texting.rasa.asked[-1]["text"] == "detox 60540"


def test_the_shorthand_of_a_number_that_is_not_registered_is_no_command(
    texting: Texting, staff_id: str
) -> None:
    texting.text("visit mh 630-555-0100 ok to text", "+16305550141")
    with database.session_scope() as session:
        staff.remove(session, "clinician@example.org", now=MORNING)
    texting.text("visit mh 630-555-0100 ok to text", MINE)
    assert rows(Visit) == []


# --- status, pages, help ------------------------------------------------------------------------


def test_status_lists_what_is_open_without_names(texting: Texting, staff_id: str) -> None:
    assert texting.text("status", MINE) == [say("clinician_status_none", EN)]
    with database.session_scope() as session:
        person_id = agreed(session)
        person = people.by_id(session, person_id)
        assert person is not None
        person.name, person.clinician_id = "Maria Lopez", staff_id
        tasks.open_task(session, TaskKind.CALL_BACK, person_id=person_id, now=MORNING)
    texting.text(LOOK_UP, MINE)
    texting.text("refer 1 to 630-555-0100", MINE)
    texting.clock.forward(days=3)
    (reply,) = texting.text("staus", MINE)
    (referral,) = rows(Referral)
    assert f"{referral.id[:6]} waiting for an answer 3d" in reply
    assert "call back 3d" in reply
    assert "Maria" not in reply
    assert masked_only(reply)
    assert "status.read" in audited(staff_id)


def page(staff_id: str, *, at: timedelta = timedelta(0)) -> str:
    with database.session_scope() as session:
        person_id = people_service.find_or_create(session, PHONE, now=MORNING).id
        task = tasks.open_task(session, TaskKind.DANGER, person_id=person_id, now=MORNING + at)
        session.flush()
        session.add(
            Page(
                task_id=task.id,
                staff_id=staff_id,
                paged_at=MORNING + at,
                next_at=MORNING + at + timedelta(minutes=5),
            )
        )
        return task.id


@pytest.mark.parametrize("text", ["got it", "1", "ok", "On it!"])
def test_a_page_is_acknowledged(texting: Texting, staff_id: str, text: str) -> None:
    task_id = page(staff_id)
    assert texting.text(text, MINE) == [say("clinician_taken", EN)]
    (task,) = rows(Task, id=task_id)
    assert (task.status, task.claimed_by) == ("claimed", staff_id)
    assert texting.text("got it", MINE) == [say("clinician_nothing_to_take", EN)]
    assert audited(staff_id) == ["page.acknowledge"] * 2


def test_who_takes_several_at_once_is_told_how_many(texting: Texting, staff_id: str) -> None:
    for _ in range(2):
        page(staff_id)
    assert texting.text("got it", MINE) == [say("clinician_taken_several", EN, count=2)]


def test_a_page_from_before_it_was_given_back_is_not_answered_by_ok(
    texting: Texting, staff_id: str
) -> None:
    task_id = page(staff_id)
    with database.session_scope() as session:
        task = session.get_one(Task, task_id)
        tasks.claim(task, by="a colleague", now=MORNING)
        tasks.reopen(task, now=MORNING + timedelta(minutes=1))
    assert texting.text("ok", MINE) != [say("clinician_taken", EN)]
    assert texting.text("got it", MINE) == [say("clinician_nothing_to_take", EN)]
    (task,) = rows(Task, id=task_id)
    assert task.status == "open"


def test_a_number_after_a_newer_list_is_a_pick(texting: Texting, staff_id: str) -> None:
    task_id = page(staff_id, at=-timedelta(hours=1))
    texting.text(LOOK_UP, MINE)
    texting.text("1", MINE)
    (task,) = rows(Task, id=task_id)
    assert task.status == "open"
    assert texting.text("got it", MINE) == [say("clinician_taken", EN)]


def test_help_lists_the_commands_and_stop_is_stop(texting: Texting, staff_id: str) -> None:
    assert texting.text("help", MINE) == [HELP]
    assert {"911", "988"} <= set(HELP.replace(".", " ").split())
    assert texting.text("stop", MINE) == [say("stopped", EN)]
    assert texting.text("visit mh 630-555-0100 ok to text", MINE) == []
    assert rows(Visit) == []


def test_on_either_database(any_database: Database, texting: Texting) -> None:
    with database.session_scope() as session:
        member = staff.add(
            session, "a@example.org", Role.SUPERVISOR, password=None, phone=MINE, now=MORNING
        )
        staff_id = member.id
    texting.text("visit mh 630-555-0100 ok to text ref ok", MINE)
    assert len(rows(Visit)) == 1
    assert audited(staff_id) == ["visit.create"]
    assert texting.text("status", MINE) != []


def test_the_example_of_every_answer_is_read() -> None:
    """What we tell clinicians to text must be what we read."""
    assert test_read.read("visit mh 630-555-0100 ok to text ref ok es name Ana") is not None


# --- a clinician whose person speaks Spanish ----------------------------------------------------


def test_what_is_done_for_somebody_who_speaks_spanish_is_told_the_clinician_in_english(
    texting: Texting, staff_id: str
) -> None:
    (logged,) = texting.text("visit mh 630-555-0100 ok to text es ref ok name María Núñez", MINE)
    assert "Visit no. 1." in logged
    (listed,) = texting.text("comida 60540 es", MINE)
    assert "llame" in listed or "Responda" in listed, "what is read out to the person"
    with database.session_scope() as session:
        for service in session.query(Service).filter_by(accepts_referrals=True):
            a_contact(session, service)
    (referred,) = texting.text("refer 1 to 630-555-0100", MINE)
    (referral,) = rows(Referral)
    assert referral.person_id == person_of()
    assert read_person(person_of()).language == "es"
    assert "630-555-0100" not in referred
    (help_text,) = texting.text("help", MINE)
    assert help_text == HELP
    texts = bodies(handed_over(texting.clock()))
    assert texts[NoticeKind.REFERRAL_SENT].startswith("Hola Maria, sobre la ayuda que pidio")


def test_a_page_about_somebody_who_speaks_spanish_is_in_english(
    texting: Texting, staff_id: str
) -> None:
    texting.text("visit mh 630-555-0100 ok to text es", MINE)
    on_call(staff_id, starts_at=MORNING, now=MORNING)
    (reply,) = texting.text("me quiero matar esta noche")
    assert "988" in reply
    now = texting.clock()
    due.look(due.Moment(now, now, QUIET))
    [page] = [each for each in rows(OutboundMessage) if each.person_id == person_of(MINE)][-1:]
    assert page.body.startswith("Handoff: somebody needs a person now.")
    (taken,) = texting.text("1", MINE)
    assert rows(Task, kind=TaskKind.DANGER)[0].status == "claimed"
    assert taken
