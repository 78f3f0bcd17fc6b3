"""The `handoff` command, as a person at a terminal meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from directory import database
from directory.clock import wall_now
from directory.errors import NotFound
from directory.listings import queries as listings
from directory.staff import first_codes
from directory.staff import queries as staff
from directory.staff import service as staff_service
from tests.api.terminal import Command, one_line
from tests.conftest import PARTNERS

EMAIL = "ana@city.example"
PASSWORD = "a long enough password"


def test_it_is_a_program(handoff: Command, tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "handoff", "staff", "remove", EMAIL],
        cwd=tmp_path,
        env=handoff.environment | {"PATH": os.environ["PATH"], "HANDOFF_PORT": "eighty"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert one_line(done.stderr).startswith("handoff: HANDOFF_PORT")


def account(email: str = EMAIL) -> str | None:
    """The role of an active account."""
    with database.read_scope() as session:
        member = staff.active_by_email(session, email)
        return member.role if member else None


def test_an_account_is_added_and_removed(handoff: Command) -> None:
    arguments = ["Ana@City.example", "--role", "supervisor", "--phone", "630-555-0102"]
    added = handoff("staff", "add", *arguments, "--password-stdin", typed=f"{PASSWORD}\n")
    assert (added.returncode, added.stderr) == (0, "")
    assert account() == "supervisor"
    assert PASSWORD not in added.stdout
    with database.session_scope() as session:
        assert staff.active_by_phone(session, "+16305550102") is not None
        token = staff_service.log_in(session, EMAIL, PASSWORD, wall=wall_now())
    assert token is not None
    removed = handoff("staff", "remove", EMAIL)
    assert removed.returncode == 0
    assert account() is None
    with database.read_scope() as session:
        hashed = staff_service.hash_of(token)
        assert staff.by_token_hash(session, hashed, wall=wall_now()) is None


def test_without_a_password_a_code_is_printed_with_which_one_is_chosen(handoff: Command) -> None:
    added = handoff("staff", "add", EMAIL, "--role", "admin")
    assert (added.returncode, added.stderr) == (0, "")
    assert "http://127.0.0.1:8000/console/sign-in/first" in added.stdout
    first = added.stdout.split()[-1]
    again = handoff("staff", "code", EMAIL)
    assert (again.returncode, again.stderr) == (0, "")
    code = again.stdout.split()[-1]
    with database.session_scope() as session:
        with pytest.raises(NotFound):
            first_codes.redeem(session, first, PASSWORD, wall=wall_now())
        first_codes.redeem(session, code, PASSWORD, wall=wall_now())
        assert staff_service.log_in(session, EMAIL, PASSWORD, wall=wall_now()) is not None


def test_a_code_is_for_an_account_that_is_there(handoff: Command) -> None:
    done = handoff("staff", "code", EMAIL)
    assert (done.returncode, "no account" in one_line(done.stderr)) == (2, True)


def test_a_password_from_standard_input_is_not_for_long(handoff: Command) -> None:
    arguments = ["add", EMAIL, "--role", "clinician", "--password-stdin"]
    added = handoff("staff", *arguments, typed=f"{PASSWORD}\n")
    assert "This password lasts until" in added.stdout
    with database.session_scope() as session:
        member = staff.active_by_email(session, EMAIL)
        assert member is not None
        assert staff_service.must_choose_password(member, wall=wall_now())
        late = wall_now() + first_codes.LASTS
        assert staff_service.log_in(session, EMAIL, PASSWORD, wall=late) is None


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (["add", EMAIL, "--role", "clinician"], "short\n", "at least 12 characters"),
        (["add", EMAIL, "--role", "clinician"], "", "at least 12 characters"),
        (["add", "ana", "--role", "clinician"], f"{PASSWORD}\n", "not an e-mail address"),
        (["add", EMAIL, "--role", "clinician", "--phone", "1"], f"{PASSWORD}\n", "phone number"),
    ],
)
def test_an_account_that_cannot_be_is_one_line(
    handoff: Command, arguments: list[str], typed: str, said: str
) -> None:
    done = handoff("staff", *arguments, "--password-stdin", typed=typed)
    assert done.returncode == 2
    assert said in one_line(done.stderr)
    assert account() is None


def test_an_account_is_added_once_and_removed_once(handoff: Command) -> None:
    with database.session_scope() as session:
        staff_service.add(
            session, EMAIL, staff_service.Role.ADMIN, password=None, phone=None, now=wall_now()
        )
    again = handoff(
        "staff", "add", EMAIL, "--role", "admin", "--password-stdin", typed=f"{PASSWORD}\n"
    )
    assert (again.returncode, "already" in one_line(again.stderr)) == (2, True)
    assert handoff("staff", "remove", EMAIL).returncode == 0
    gone = handoff("staff", "remove", EMAIL)
    assert (gone.returncode, "no account" in one_line(gone.stderr)) == (2, True)


def test_loading_the_partners_twice_changes_nothing_the_second_time(handoff: Command) -> None:
    first = handoff("directory", "load", str(PARTNERS))
    assert (first.returncode, first.stderr) == (0, "")
    assert "0 changed" in one_line(first.stdout) and " 0 added" not in first.stdout
    before = version()
    second = handoff("directory", "load", str(PARTNERS))
    assert second.returncode == 0
    assert ": 0 added, 0 changed" in one_line(second.stdout)
    assert "0 removed, 0 rejected" in second.stdout
    assert version() == before is not None


def version() -> str | None:
    with database.read_scope() as session:
        return listings.catalogue_version(session)


def test_a_broken_file_changes_nothing_and_is_named_with_line_and_remedy(
    handoff: Command, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yml"
    text = PARTNERS.read_text(encoding="utf-8")
    lines = text.splitlines()
    wrong = next(n for n, line in enumerate(lines) if "- number:" in line)
    lines[wrong] = lines[wrong].split("number:")[0] + "number: 630-555"
    broken.write_text("\n".join(lines), encoding="utf-8")
    done = handoff("directory", "load", str(broken))
    assert done.returncode == 1
    complaint = one_line(done.stderr)
    assert f"broken.yml:{wrong + 1}: " in complaint
    assert "630-555-0100" in complaint, "the remedy shows how to write it"
    assert "0 added, 0 changed, 0 unchanged, 0 removed, 1 rejected" in one_line(done.stdout)
    assert version() is None


@pytest.mark.parametrize("content", ["", "organizations: [", "- 1\n", "\x00", "organizations: 7\n"])
def test_a_file_that_is_no_partners_file_is_said_to_be_none(
    handoff: Command, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "other.yml"
    file.write_text(content)
    done = handoff("directory", "load", str(file))
    assert done.returncode == 1, done.stderr
    assert "other.yml:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_said_to_be_missing(handoff: Command) -> None:
    done = handoff("directory", "load", "nowhere.yml")
    assert done.returncode == 2
    assert "nowhere.yml" in done.stderr


def test_ask_never_texts_real_people(handoff: Command) -> None:
    done = handoff(
        "ask",
        "I need food",
        HANDOFF_CARRIER="twilio",
        HANDOFF_PUBLIC_URL="https://handoff.city.example",
        HANDOFF_TWILIO_ACCOUNT_SID="AC" + "0" * 32,
        HANDOFF_TWILIO_AUTH_TOKEN="0" * 32,
        HANDOFF_TWILIO_FROM_NUMBER="+16305550199",
    )
    assert done.returncode == 2
    assert "simulated carrier only" in one_line(done.stderr)


def test_ask_says_that_nothing_is_running(handoff: Command) -> None:
    done = handoff("ask", "I need food", HANDOFF_PORT="1", HANDOFF_CARRIER_PORT="2")
    assert done.returncode == 2
    assert "make run" in one_line(done.stderr)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HANDOFF_PORT", "eighty"),
        ("HANDOFF_QUIET_HOURS", "at night"),
        ("HANDOFF_TIMEZONE", "Naperville"),
        ("HANDOFF_CARRIER", "pigeon"),
        ("HANDOFF_ENCRYPTION_KEYS", "too-short"),
        ("HANDOFF_CLOCK_SPEED", "7201"),
        ("HANDOFF_DATABASE_URL", "mysql://user:hidden-word@host/name"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(handoff: Command, name: str, value: str) -> None:
    done = handoff("directory", "load", str(PARTNERS), **{name: value})
    assert (done.returncode, done.stdout) == (2, "")
    line = one_line(done.stderr)
    assert line.startswith("handoff: ") and name in line
    assert "hidden-word" not in line


def test_with_a_real_carrier_missing_settings_are_one_line(handoff: Command) -> None:
    done = handoff("up", "--carrier", "twilio")
    assert done.returncode == 2
    assert "HANDOFF_PUBLIC_URL" in one_line(done.stderr)


def test_a_database_out_of_reach_is_one_line_without_its_password(handoff: Command) -> None:
    url = "postgresql://handoff:hidden-word@127.0.0.1:1/handoff"
    done = handoff("staff", "remove", EMAIL, HANDOFF_DATABASE_URL=url)
    assert done.returncode == 2
    assert "the database can't be used" in one_line(done.stderr)
    assert "hidden-word" not in done.stderr
