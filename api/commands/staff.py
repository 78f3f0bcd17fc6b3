"""`handoff staff`: accounts of clinicians and supervisors."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from api.commands.terminal import open_database, say
from directory import database
from directory.clock import ProductClock, wall_now
from directory.errors import NotFound
from directory.people import service as people
from directory.people.phone import masked
from directory.settings import Settings, SettingsError, load_settings
from directory.staff import first_codes, queries
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks import service as tasks

# Who the audit says did it.
BY = "command"

app = typer.Typer(no_args_is_help=True, help="Accounts of clinicians and supervisors.")


@app.command("add")
def add(
    email: str,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    name: Annotated[str | None, typer.Option(help="First name that check-ins may say.")] = None,
    phone: Annotated[str | None, typer.Option(help="Number from which a clinician texts.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read it from standard input.")
    ] = False,
) -> None:
    """Create an account. It prints a code with which its owner chooses a password.

    A password from standard input is somebody else's: it lasts three days, and the console asks
    for another at once.
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    settings, wall = load_settings(), wall_now()
    until = wall + first_codes.LASTS if password_stdin else None
    open_database(settings)
    with database.session_scope() as session:
        member = staff.add(
            session,
            email,
            role,
            password=password,
            phone=phone,
            name=name,
            now=wall,
            password_until=until,
        )
        first = None if password_stdin else first_codes.issue(session, member, wall=wall)
    say(f"{email} may now log in as {role.value}.")
    if first is not None:
        _say_code(settings, email, first)
    elif until is not None:
        say(f"This password lasts until {_read(settings, until)}: they choose another at /console.")


@app.command("code")
def code(email: str) -> None:
    """Print a code for a new password; the old password and every log-in of the account end."""
    settings = load_settings()
    open_database(settings)
    with database.session_scope() as session:
        member = queries.active_by_email(session, email)
        if member is None:
            raise NotFound("staff_unknown", "There is no account with this e-mail address.")
        first = first_codes.issue(session, member, wall=wall_now())
    _say_code(settings, email, first)


def _say_code(settings: Settings, email: str, first: first_codes.FirstCode) -> None:
    say(f"{email} chooses a password at {settings.base_url}{first_codes.PAGE}")
    say(f"with this code, once, until {_read(settings, first.until)}:")
    say(first.code)


def _read(settings: Settings, moment: datetime) -> str:
    return f"{moment.astimezone(settings.zone):%Y-%m-%d %H:%M}"


@app.command("remove")
def remove(email: str) -> None:
    """End an account; its tokens end at once, and what it had claimed waits for somebody again."""
    open_database(load_settings())
    now = ProductClock().now()
    with database.session_scope() as session:
        member = queries.active_by_email(session, email)
        staff.remove(session, email, now=wall_now())
        given = tasks.give_back_all(session, member.id, now=now) if member is not None else []
        for task in given:
            people.audit(
                session,
                actor=BY,
                action="task.open",
                person_id=task.person_id,
                subject_id=task.id,
                now=now,
            )
    say(f"{email} has no access any more.")
    if given:
        say(f"{len(given)} of the tasks they had claimed wait for somebody again.")


@app.command("phone")
def phone(
    email: str,
    number: Annotated[str | None, typer.Option("--set", help="Register this number.")] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="The phone is lost.")] = False,
) -> None:
    """Register the phone of an account, or revoke a lost one at once, its log-ins included."""
    if (number is not None) is revoke:
        raise SettingsError("say either --set with a number or --revoke")
    open_database(load_settings())
    with database.session_scope() as session:
        if number is None:
            staff.revoke_phone(session, email)
            said = f"{email} has no phone any more, and must log in again."
        else:
            member = staff.set_phone(session, email, number)
            said = f"{email} texts and is paged at {masked(member.phone or '')} from now on."
    say(said)
