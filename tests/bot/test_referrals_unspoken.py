"""Where somebody else may hold the phone no text speaks of a referral: a person does."""

from datetime import timedelta
from typing import Any

import pytest

from bot.wording import say
from directory import database
from directory.listings.models import Service
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.notices.permission import BY_A_PERSON
from directory.people.models import Person
from directory.referrals import clocks
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.models import Referral
from directory.referrals.notify import TO_THE_RESIDENT
from directory.referrals.states import Status
from directory.tasks.models import Task, TaskKind
from directory.visits.models import CallType
from tests.bot.notices.builders import bodies, handed_over, referred
from tests.bot.talking import EN
from tests.bot.texting import Texting, got, person_of, rows, task_kinds
from tests.directory.referrals.builders import read
from tests.factories import CLINICIAN, read_person, visited
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")
SENT, ACCEPTED = NoticeKind.REFERRAL_SENT, NoticeKind.REFERRAL_ACCEPTED


@pytest.fixture(name="texting")
def _texting() -> Texting:
    return Texting()


def change(**changes: Any) -> None:
    person_id = person_of()
    with database.session_scope() as session:
        person = session.get_one(Person, person_id)
        for name, value in changes.items():
            setattr(person, name, value)


def after_violence() -> None:
    visited(call_type=CallType.DOMESTIC_VIOLENCE, safe_to_text=True)


def with_code_word() -> None:
    change(code_word="bluebird")


def not_safe() -> None:
    change(safe_to_text=False)


def moved(referral_id: str, to: Status, reason: str | None = None) -> None:
    with database.session_scope() as session:
        referrals.move(session, referral_id, to, actor=partner("c"), reason=reason, now=MORNING)


def to_the_resident() -> list[Notice]:
    return [each for each in rows(Notice) if each.kind in TO_THE_RESIDENT]


# --- what was told before it was known ------------------------------------------------------------


@pytest.mark.parametrize("known", [after_violence, with_code_word, not_safe])
@pytest.mark.parametrize("text", ["1", "details", "ok", "bluebird"])
def test_whoever_has_the_phone_learns_no_name(texting: Texting, known: Any, text: str) -> None:
    referral_id = referred()
    got(SENT, referral_id)
    known()
    replies = texting.text(text)
    with database.read_scope() as session:
        service = session.get_one(Service, read(referral_id).service_id)
        names = (service.name, service.organization.name)
    assert not any(name in reply for reply in replies for name in names)


@pytest.mark.parametrize("known", [after_violence, with_code_word, not_safe])
def test_a_number_means_then_what_it_means_without_news(texting: Texting, known: Any) -> None:
    got(SENT, referred())
    known()
    assert texting.text("1") == [say("no_list", EN)]


def test_on_a_phone_that_is_only_shared_details_are_told_as_promised(texting: Texting) -> None:
    got(SENT, referred())
    change(number_shared=True)
    assert "TAKE BACK" in texting.text("1")[0]


def test_who_has_the_number_now_never_learns_of_the_referral_of_the_one_before(
    texting: Texting,
) -> None:
    got(SENT, referred())
    texting.text("wrong person")
    texting.text("START")
    assert read_person(person_of()).opted_out_at is None
    assert texting.text("1") == [say("no_list", EN)]


def test_nor_is_the_next_service_named_to_them_or_asked_for_by_them(texting: Texting) -> None:
    referral_id = referred()
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    texting.text("no")
    texting.text("2")  # full: the next service is offered
    not_safe()
    assert texting.text("1") == [say("no_list", EN)]
    assert [each.id for each in rows(Referral)] == [referral_id]


def test_what_came_of_it_is_not_taken_from_whoever_has_the_phone(texting: Texting) -> None:
    referral_id = referred()
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    not_safe()
    texting.text("1")
    assert read(referral_id).outcome is None


# --- what would be told ---------------------------------------------------------------------------


@pytest.mark.parametrize("known", [after_violence, with_code_word])
def test_no_text_is_planned_and_the_clinician_has_a_task_for_each_referral(known: Any) -> None:
    person_of()
    known()
    referral_id = referred()
    moved(referral_id, Status.ACCEPTED)
    moved(referral_id, Status.ON_HOLD, "full until May")
    assert to_the_resident() == []
    (task,) = rows(Task, kind=TaskKind.CALL_BACK)
    assert (task.referral_id, task.assigned_to) == (referral_id, CLINICIAN)
    for said in ("passed on", "has accepted", "waiting list"):
        assert said in task.note


def test_whether_it_worked_is_asked_by_phone() -> None:
    person_of()
    with_code_word()
    referral_id = referred()
    later = MORNING + timedelta(days=60)
    with database.session_scope() as session:
        clocks.look(session, now=later)
    assert to_the_resident() == []
    (task,) = rows(Task, kind=TaskKind.CALL_BACK)
    assert task.referral_id == referral_id
    assert "by phone whether the service was received" in task.note


@pytest.mark.parametrize("known", [after_violence, with_code_word])
def test_news_that_was_planned_before_does_not_leave(known: Any) -> None:
    referral_id = referred()
    known()
    assert SENT not in bodies(handed_over())
    (notice,) = to_the_resident()
    assert (notice.status, notice.reason) == (NoticeStatus.CANCELLED, BY_A_PERSON)
    assert task_kinds(referral_id=referral_id) == [TaskKind.CALL_BACK]
    handed_over()
    assert task_kinds(referral_id=referral_id) == [TaskKind.CALL_BACK]


def test_of_others_the_clinician_has_no_task() -> None:
    referred()
    assert SENT in bodies(handed_over())
    assert task_kinds() == []
