"""The purge: what is due goes, what is on hold or too young stays, and it is noted in counts."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import intake
from directory import database
from directory.database import Database
from directory.encryption import Cipher
from directory.messages.models import InboundMessage
from directory.messages.spool import Spool, SpooledText
from directory.people.models import AuditEntry, Person, Purpose
from directory.referrals import service as referrals
from directory.referrals.service import NewReferral
from directory.retention import holds, purge
from directory.retention.models import RetentionRun
from directory.retention.rules import rules, working
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind
from directory.visits.models import Visit
from tests.directory.freshness.builders import a_listing, an_organization
from tests.directory.referrals.builders import BY_CLINICIAN, agreed
from tests.directory.retention.builders import everything, found_anywhere
from tests.factories import CLINICIAN, met, texted, visited
from tests.fakes import MORNING

TWO_YEARS, SEVEN_YEARS = timedelta(days=731), timedelta(days=2558)


def purged(now: datetime) -> dict[str, int]:
    return {rule: count for rule, count in purge.purge(by="command", now=now).items() if count}


def body_of(inbound_id: str) -> str:
    with database.read_scope() as session:
        return session.get_one(InboundMessage, inbound_id).body


def test_nothing_goes_before_its_time(any_database: Database) -> None:
    everything()
    assert purged(MORNING + timedelta(days=1)) == {}


def test_words_go_after_two_years_and_that_there_was_a_text_stays(any_database: Database) -> None:
    everything()
    counts = purged(MORNING + TWO_YEARS)
    assert counts["inbound_messages:blank"] == 1
    assert counts["tasks:blank"] == 1
    # What is still open keeps its words.
    assert set(found_anywhere(("marigoldbody", "petuniareply", "delphiniumdone"))) == set()
    assert found_anywhere(("hollyhocktask",)) == {"hollyhocktask": {"tasks.note"}}
    with database.read_scope() as session:
        assert session.scalar(select(func.count()).select_from(InboundMessage)) == 1
    again = purged(MORNING + TWO_YEARS)
    assert "inbound_messages:blank" not in again


def test_a_dry_run_says_what_a_purge_does(any_database: Database) -> None:
    everything()
    now = MORNING + TWO_YEARS
    with database.read_scope() as session:
        expected = {rule: n for rule, n in purge.due_counts(session, now=now).items() if n}
    assert purged(now) == expected


def test_a_person_of_long_ago_is_erased_and_counts_stay(db: Database) -> None:
    visit, _ = visited()
    now = MORNING + SEVEN_YEARS
    assert purged(now)["people:erase"] == 1
    with database.read_scope() as session:
        assert session.get_one(Person, visit.person_id).erased_at == now
        assert session.get_one(Visit, visit.id).call_type == "mental_health"
    assert "people:erase" not in purged(now)


def test_who_was_met_since_or_waits_for_somebody_is_not_erased(db: Database) -> None:
    visited(phone="+16305550121")
    waiting = met("+16305550122")
    with database.session_scope() as session:
        tasks.open_task(session, TaskKind.CALL_BACK, person_id=waiting, now=MORNING)
    lately = MORNING + SEVEN_YEARS - timedelta(days=30)
    visited(phone="+16305550121", now=lately, occurred_at=lately)
    assert "people:erase" not in purged(MORNING + SEVEN_YEARS)


@pytest.mark.parametrize("everyone", [True, False])
def test_a_hold_beats_every_rule_until_it_is_released(
    any_database: Database, everyone: bool
) -> None:
    held, other = texted("held words"), texted("other words", phone="+16305550123")
    person_id = None if everyone else met()
    with database.session_scope() as session:
        hold = holds.add(session, person_id=person_id, reason="Case 1", by="counsel", now=MORNING)
        hold_id = hold.id
    purged(MORNING + SEVEN_YEARS)
    assert (body_of(held), body_of(other)) == ("held words", "other words" if everyone else "")
    with database.session_scope() as session:
        holds.release(session, hold_id, by="counsel", now=MORNING)
    purged(MORNING + SEVEN_YEARS)
    assert (body_of(held), body_of(other)) == ("", "")


@pytest.mark.parametrize("held", [0, 1])
def test_a_hold_covers_the_tasks_of_its_own_person_only(any_database: Database, held: int) -> None:
    """Of several people with tasks about referrals each is judged by themselves."""
    people, notes = [], []
    with database.session_scope() as session:
        service = a_listing(session, an_organization(session))
        service.accepts_referrals = True
        session.flush()
        for phone in ("+16305550141", "+16305550142"):
            person_id = agreed(session, Purpose.REFERRAL, phone=phone)
            new = NewReferral(person_id=person_id, service_id=service.id, clinician_id=CLINICIAN)
            referral = referrals.create(session, new, actor=BY_CLINICIAN, now=MORNING)
            about = {"person_id": person_id, "referral_id": referral.id, "note": f"about {phone}"}
            task = tasks.open_task(session, TaskKind.CALL_BACK, now=MORNING, **about)
            session.flush()
            tasks.claim(task, by=CLINICIAN, now=MORNING)
            tasks.finish(task, by=CLINICIAN, now=MORNING)
            session.flush()
            people.append(person_id)
            notes.append(task.id)
        holds.add(session, person_id=people[held], reason="Case 2", by="counsel", now=MORNING)
    purged(MORNING + TWO_YEARS)
    with database.read_scope() as session:
        kept = [bool(session.get_one(Task, note).note) for note in notes]
    assert kept == [held == 0, held == 1]


def test_a_purge_goes_on_in_chunks(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "AT_ONCE", 3)
    texts = [texted(f"text {number}") for number in range(8)]
    assert purged(MORNING + TWO_YEARS)["inbound_messages:blank"] == 8
    assert {body_of(each) for each in texts} == {""}


def test_a_purge_that_is_stopped_is_gone_on_with(db: Database) -> None:
    text = texted("words")
    purge.purge(by="system", now=MORNING + TWO_YEARS, stopped=lambda: True)
    assert body_of(text) == "words"
    purged(MORNING + TWO_YEARS)
    assert body_of(text) == ""


def test_every_rule_can_be_followed_on_both_databases(any_database: Database) -> None:
    everything()
    with database.session_scope() as session:
        for rule in working():
            purge.take(session, rule, by="command", now=MORNING + SEVEN_YEARS * 2)
    assert len(working()) < len(rules())


def test_it_is_noted_in_counts_alone(db: Database) -> None:
    texted("words")
    purged(MORNING + TWO_YEARS)
    with database.read_scope() as session:
        run = session.scalars(select(RetentionRun)).one()
        assert run.counts["inbound_messages:blank"] == 1
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "retention.purge")
        ).one()
        assert (entry.actor, entry.person_id, entry.subject_id) == ("command", None, run.id)


def test_one_process_a_night_does_it(any_database: Database) -> None:
    midnight = MORNING.replace(hour=6)  # 1:00 in Chicago: still the night before
    first = purge.tonight(now=midnight)
    assert first is not None
    assert purge.tonight(now=midnight) is None
    assert purge.tonight(now=midnight + timedelta(hours=1)) is not None
    assert purge.tonight(now=midnight + timedelta(hours=20)) is None


def test_texts_on_disk_that_no_key_fits_have_an_end(db: Database) -> None:
    folder, other = waiting_on_disk(), Cipher(keys=("A" * 43 + "=",), secret="a secret")
    for came in (MORNING, MORNING + timedelta(days=10)):
        text = SpooledText("SM1", "+16305550111", "words", 0, came.isoformat())
        Spool(folder, other).keep(text)
    assert intake.take_in(Spool(folder, db.cipher), now=MORNING) == []
    late, rule = MORNING + timedelta(days=731), "inbox-spool/*.unreadable:delete"
    person_id = met("+16305550112")
    with database.session_scope() as session:
        hold_id = holds.add(session, person_id=person_id, reason="Case", by="c", now=late).id
    assert rule not in purged(late)  # who knows whose they are
    with database.session_scope() as session:
        holds.release(session, hold_id, by="c", now=late)
    with database.read_scope() as session:
        assert purge.due_counts(session, now=late)[rule] == 1
    assert purged(late)[rule] == 1
    assert len(list(folder.glob("*.unreadable"))) == 1


def waiting_on_disk() -> Path:
    return database.current().settings.data_dir / "inbox-spool"
