"""`handoff staff`: names and phones of colleagues."""

import pytest

from directory import database
from directory.people.models import AuditEntry
from directory.staff import queries
from directory.staff.models import StaffMember
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskStatus
from tests.api.terminal import Command, one_line
from tests.directory.on_call.builders import danger
from tests.fakes import MORNING

EMAIL = "ana@city.example"


def account() -> StaffMember:
    with database.read_scope() as session:
        member = queries.active_by_email(session, EMAIL)
    assert member is not None
    return member


@pytest.fixture(autouse=True)
def _an_account(handoff: Command) -> None:
    options = ["--role", "clinician", "--name", "Ana", "--phone", "+16305550160"]
    done = handoff(
        "staff", "add", EMAIL, *options, "--password-stdin", typed="a long enough password\n"
    )
    assert done.returncode == 0, done.stderr


def test_the_name_is_kept(handoff: Command) -> None:
    assert account().name == "Ana"


def test_a_lost_phone_is_revoked_and_a_new_one_set(handoff: Command) -> None:
    revoked = handoff("staff", "phone", EMAIL, "--revoke")
    assert (revoked.returncode, account().phone) == (0, None)
    assert "log in again" in one_line(revoked.stdout)
    given = handoff("staff", "phone", EMAIL, "--set", "630-555-0161")
    assert (given.returncode, account().phone) == (0, "+16305550161")
    assert "5550161" not in given.stdout and "61" in one_line(given.stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([EMAIL], "--set with a number or --revoke"),
        ([EMAIL, "--revoke", "--set", "630-555-0161"], "--set with a number or --revoke"),
        ([EMAIL, "--set", "12"], "phone number"),
        (["nobody@city.example", "--revoke"], "no account"),
    ],
)
def test_what_cannot_be_is_one_line(handoff: Command, arguments: list[str], said: str) -> None:
    done = handoff("staff", "phone", *arguments)
    assert done.returncode == 2
    assert said in one_line(done.stderr)
    assert account().phone == "+16305550160"


def test_who_has_no_account_any_more_has_claimed_nothing(handoff: Command) -> None:
    task_id, member = danger(), account()
    with database.session_scope() as session:
        tasks.claim(session.get_one(Task, task_id), by=member.id, now=MORNING)
    removed = handoff("staff", "remove", EMAIL)
    assert removed.returncode == 0, removed.stderr
    assert "1 of the tasks they had claimed wait" in removed.stdout
    with database.read_scope() as session:
        task = session.get_one(Task, task_id)
        assert task.status == TaskStatus.OPEN
        noted = session.query(AuditEntry).filter_by(action="task.open").one()
    assert (noted.actor, noted.person_id) == ("command", task.person_id)
    assert noted.subject_id == task_id
