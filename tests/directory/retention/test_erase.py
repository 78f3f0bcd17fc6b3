"""Erasing a person: nothing that identifies them stays anywhere, counts and silence do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from directory import database
from directory.checkins.models import CheckIn, CheckInStatus
from directory.database import Database
from directory.errors import Conflict, NotFound
from directory.mandated_reports.models import MandatedReport
from directory.measures import period, text_queries
from directory.messages.models import AnsweredBy, InboundMessage, OutboundMessage, OutboundStatus
from directory.notices.models import Notice
from directory.people import queries
from directory.people import service as people
from directory.people.models import AuditEntry, Person
from directory.referrals.models import Referral
from directory.retention import holds
from directory.retention.erase import Erased, erase
from directory.retention.models import CarrierCopy
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind, TaskStatus
from directory.visits.models import Visit
from tests.directory.retention.builders import PHONE, WORDS, everything, found_anywhere
from tests.factories import met, queued, read_person, texted
from tests.fakes import MORNING


def erased(person_id: str, *, thorough: bool = True) -> Erased:
    with database.session_scope() as session:
        return erase(session, person_id, by="command", now=MORNING, thorough=thorough)


def count(table: type[database.Base]) -> int:
    with database.read_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_nothing_of_the_person_stays_in_any_column_of_any_table(any_database: Database) -> None:
    person_id = everything()
    assert found_anywhere(WORDS).keys() == set(WORDS)  # or the look below would prove nothing
    gone = erased(person_id)
    left = found_anywhere(WORDS)
    # The ids by which the carrier's copies are blanked go with these.
    assert left == {"SMprovidersid": {"carrier_copies.provider_id"}}
    assert (gone.texts, gone.visits, gone.referrals, gone.silent) == (2, 1, 1, False)


def test_counts_the_audit_and_the_log_of_mandated_reports_stay(any_database: Database) -> None:
    person_id = everything()
    tables = (Visit, Referral, InboundMessage, OutboundMessage, CheckIn, Task, MandatedReport)
    before = {table: count(table) for table in tables}
    erased(person_id)
    after = {table: count(table) for table in tables}
    # The partner is told that the referral was taken back, as a notice; no text of the person goes.
    assert after == before
    with database.read_scope() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.action)).all()
        assert [each.action for each in last if each.person_id == person_id] == ["person.erase"]
        visit = session.scalars(select(Visit)).one()
        assert (visit.person_id, visit.call_type) == (person_id, "mental_health")


def test_what_was_planned_is_cancelled(any_database: Database) -> None:
    person_id = everything()
    erased(person_id)
    with database.read_scope() as session:
        statuses = set(session.scalars(select(CheckIn.status)))
        assert statuses == {CheckInStatus.CANCELLED}
        waiting = session.scalars(
            select(OutboundMessage).where(
                OutboundMessage.person_id == person_id,
                OutboundMessage.status == OutboundStatus.QUEUED,
            )
        ).all()
        assert waiting == []
        assert session.scalar(select(Referral.status)) == "cancelled"
        assert session.scalars(select(Notice).where(Notice.person_id == person_id)).all() == []
        assert set(session.scalars(select(Task.status))) == {TaskStatus.DONE}


def test_the_copies_at_the_carrier_are_put_down_to_be_blanked(db: Database) -> None:
    erased(everything())
    with database.read_scope() as session:
        copies = set(session.scalars(select(CarrierCopy.provider_id)))
    assert copies == {"SMprovidersid1", "SMprovidersid2"}


def test_a_number_that_opted_out_stays_silent_and_leads_nowhere(any_database: Database) -> None:
    person_id = everything()
    with database.session_scope() as session:
        people.opt_out(session, session.get_one(Person, person_id), now=MORNING)
    assert erased(person_id).silent
    with database.session_scope() as session:
        known = queries.by_phone(session, PHONE)
        assert known is not None
        assert (known.id == person_id, known.phone, known.name) == (False, "", None)
        assert known.opted_out_at is not None
        assert not people.may_be_texted(session, known, now=MORNING)
        forgotten = session.get_one(Person, person_id)
        assert known.created_at != forgotten.erased_at
        # Who texts from it can be called back: the number is known again, the silence stays.
        again = people.find_or_create(session, PHONE, now=MORNING)
        assert (again.id, again.phone) == (known.id, PHONE)
        assert again.opted_out_at is not None


@pytest.mark.parametrize("month", ["2026-03", "2026-06"])
def test_who_opted_out_counts_in_the_month_of_stop_after_erasing_too(
    any_database: Database, month: str
) -> None:
    # In the night to a first, which is the first already in UTC; and it is erased much later.
    stopped_at = datetime(2026, int(month[-2:]) + 1, 1, 2, 30, tzinfo=UTC)
    person_id, zone = everything(), any_database.settings.zone

    def counted() -> dict[str, int]:
        with database.read_scope() as session:
            return {
                code: text_queries.texts(
                    session, period.read(code, now=MORNING, zone=zone).span
                ).opted_out
                for code in ("2026-03", "2026-04", "2026-06", "2026-07", "2026-09")
            }

    with database.session_scope() as session:
        people.opt_out(session, session.get_one(Person, person_id), now=stopped_at)
    before = counted()
    for moment in (datetime(2026, 9, 15, 12, tzinfo=UTC), datetime(2026, 10, 1, 1, tzinfo=UTC)):
        with database.session_scope() as session:
            known = queries.by_phone(session, PHONE)
            assert known is not None
            erase(session, known.id, by="command", now=moment)
        assert counted() == before
    assert [code for code, number in before.items() if number] == [month]
    with database.read_scope() as session:
        kept = queries.by_phone(session, PHONE)
        assert kept is not None and kept.opted_out_at is not None
        local = kept.opted_out_at.astimezone(zone)
        assert (f"{local:%Y-%m}", local.day, local.hour, local.minute) == (month, 1, 0, 0)


def test_a_number_that_had_not_opted_out_is_nobody(any_database: Database) -> None:
    person_id = everything()
    erased(person_id)
    with database.read_scope() as session:
        assert queries.by_phone(session, PHONE) is None
    assert met(PHONE) != person_id


def test_what_colleagues_texted_about_the_person_goes_and_nothing_else_of_theirs(
    any_database: Database,
) -> None:
    person_id, colleague = everything(), "+16305550177"
    with database.session_scope() as session:
        staff.add(
            session, "ana@city.example", Role.CLINICIAN, password=None, phone=colleague, now=MORNING
        )
    by_number = texted("consent 630 555 0111 food", phone=colleague)
    by_name = texted("please call wilhelmina quillfeather", phone=colleague)
    other = texted("refer 630-555-0112 to food", phone=colleague)
    assert erased(person_id).of_colleagues == 2
    with database.read_scope() as session:
        bodies = {each.id: each.body for each in session.scalars(select(InboundMessage))}
    assert (bodies[by_number], bodies[by_name]) == ("", "")
    assert bodies[other] == "refer 630-555-0112 to food"


@pytest.mark.parametrize("how", ["removed", "revoked", "another phone"])
def test_what_somebody_texted_who_is_no_colleague_any_more_goes_too(
    any_database: Database, how: str
) -> None:
    person_id, phone, email = everything(), "+16305550177", "ana@city.example"
    with database.session_scope() as session:
        staff.add(session, email, Role.CLINICIAN, password=None, phone=phone, now=MORNING)
    command = texted("visit 630 555 0111", phone=phone)
    danger = texted("Wilhelmina Quillfeather wants to die", phone=phone)
    other = texted("visit 630 555 0112", phone=phone)
    resident = texted("Wilhelmina Quillfeather is my neighbor", phone="+16305550113")
    reply = queued("Noted: 630 555 0111", person_id=met(phone), in_reply_to=command)
    for text, by in ((command, AnsweredBy.CLINICIAN), (danger, AnsweredBy.SAFETY)):
        _answered(text, by)
    with database.session_scope() as session:
        if how == "removed":
            staff.remove(session, email, now=MORNING)
        elif how == "revoked":
            staff.revoke_phone(session, email)
        else:
            staff.set_phone(session, email, "+16305550178")
    assert erased(person_id).of_colleagues == 3
    with database.read_scope() as session:
        bodies = {each.id: each.body for each in session.scalars(select(InboundMessage))}
        assert session.get_one(OutboundMessage, reply).body == ""
    assert (bodies[command], bodies[danger]) == ("", "")
    assert bodies[other] and bodies[resident]


def _answered(inbound_id: str, by: AnsweredBy) -> None:
    with database.session_scope() as session:
        inbound = session.get_one(InboundMessage, inbound_id)
        inbound.answered_at, inbound.answered_by = MORNING, by


@pytest.mark.parametrize("everyone", [True, False])
def test_a_legal_hold_beats_it_and_says_so(any_database: Database, everyone: bool) -> None:
    person_id = everything()
    with database.session_scope() as session:
        whom = None if everyone else person_id
        hold = holds.add(session, person_id=whom, reason="Case 26-100", by="counsel", now=MORNING)
        hold_id = hold.id
    with pytest.raises(Conflict, match="legal hold") as refused:
        erased(person_id)
    assert refused.value.context == {"hold_id": hold_id}
    assert read_person(person_id).phone == PHONE
    with database.session_scope() as session:
        holds.release(session, hold_id, by="counsel", now=MORNING)
    assert erased(person_id).visits == 1


def test_nobody_in_danger_is_forgotten(any_database: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        tasks.open_task(session, TaskKind.DANGER, person_id=person_id, now=MORNING)
    with pytest.raises(Conflict) as refused:
        erased(person_id)
    assert refused.value.code == "danger_open"


def test_who_was_erased_is_not_known_any_more(db: Database) -> None:
    person_id = everything()
    erased(person_id)
    for who in (person_id, "nobody"):
        with pytest.raises(NotFound):
            erased(who)


BODIES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=8, max_size=60)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(BODIES, min_size=1, max_size=4), opted_out=st.booleans())
def test_whatever_they_wrote_is_gone(db: Database, bodies: list[str], opted_out: bool) -> None:
    marked = [f"begin {number} {body} end" for number, body in enumerate(bodies)]
    for body in marked:
        texted(body, phone=PHONE)
    person_id = met(PHONE)
    with database.session_scope() as session:
        if opted_out:
            people.opt_out(session, session.get_one(Person, person_id), now=MORNING)
    erased(person_id)
    with database.session_scope() as session:
        known = queries.by_phone(session, PHONE)
        assert (known is not None) is opted_out
        if known is not None:  # the next example begins with a number that nobody knows
            known.phone_index = f"past {known.id}"
    assert found_anywhere((*marked, "6305550111")) == {}


def test_erasing_is_not_undone_by_a_reply_that_was_under_way(db: Database) -> None:
    person_id = everything()
    erased(person_id)
    person = read_person(person_id)
    assert person.unreachable_because == "erased"
    assert person.erased_at == MORNING
    assert person.created_at <= MORNING + timedelta(0)
