"""`handoff staff`: accounts of clinicians and supervisors."""

import sys
from typing import Annotated

import typer

from api.commands.terminal import open_database, say
from directory import database
from directory.clock import wall_now
from directory.people.phone import masked
from directory.settings import SettingsError, load_settings
from directory.staff import service as staff
from directory.staff.models import Role

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
    """Create an account. Without --password-stdin the password is asked for."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    open_database(load_settings())
    with database.session_scope() as session:
        staff.add(session, email, role, password=password, phone=phone, name=name, now=wall_now())
    say(f"{email} may now log in as {role.value}.")


@app.command("remove")
def remove(email: str) -> None:
    """End an account; its tokens end at once."""
    open_database(load_settings())
    with database.session_scope() as session:
        staff.remove(session, email, now=wall_now())
    say(f"{email} has no access any more.")


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
