"""The `handoff` command."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from api import supervisor
from api.commands import (
    backup,
    breach,
    demo,
    doctor,
    hold,
    keys,
    listings,
    partner,
    pause,
    person,
    purge,
    records,
    referrals,
    report,
    scale,
    schema,
    staff,
    visits,
)
from api.commands.terminal import complain, out, say
from bot.carrier.client import CarrierControl, CarrierUnavailableError, PhoneMessage
from directory.errors import HandoffError
from directory.settings import Carrier, SettingsError, load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Handoff: from crisis to help.")
app.add_typer(listings.app, name="directory")
app.add_typer(staff.app, name="staff")
app.add_typer(partner.app, name="partner")
app.add_typer(referrals.app, name="referrals")
app.add_typer(visits.app, name="visits")
app.add_typer(keys.app, name="keys")
app.add_typer(hold.app, name="hold")
app.add_typer(person.app, name="person")
app.add_typer(records.app, name="records")
app.add_typer(breach.app, name="breach")
app.command("purge")(purge.purge)
app.command("demo")(demo.demo)
app.command("report")(report.report)
app.command("scale")(scale.scale)
app.command("prepare")(scale.prepare)
app.command("pause")(pause.pause)
app.command("resume")(pause.resume)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("doctor")(doctor.doctor)
app.command("schema")(schema.schema)

PLAYER = "+16305550100"
SILENCE_SECONDS = 0.5


def main() -> None:
    """Run the command; an error that a person can mend is one line, not a traceback."""
    try:
        app()
    except (SettingsError, HandoffError) as error:
        complain(f"handoff: {error}")
    except SQLAlchemyError as error:
        complain(f"handoff: the database can't be used ({type(error).__name__})")
    else:
        return
    sys.exit(2)


@app.command()
def up(
    carrier: Annotated[Carrier | None, typer.Option(help="Who carries the texts.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Instead of the setting PORT.")
    ] = None,
) -> None:
    """Start the whole product on this machine; Ctrl-C stops every process of it."""
    given = {"carrier": carrier, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    raise typer.Exit(supervisor.up(settings))


@app.command()
def ask(
    text: str,
    from_: Annotated[str, typer.Option("--from", help="The number that texts.")] = PLAYER,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the answer.")] = 30.0,
) -> None:
    """Send one text through the running system, over its webhook, and print the replies."""
    settings = load_settings()
    if settings.carrier is not Carrier.SIMULATED:
        raise SettingsError("ask works with the simulated carrier only: real people pay for texts")
    control = CarrierControl(settings.carrier_api)
    try:
        before = control.last_order()
        started = time.monotonic()
        control.text(from_, text)
        replies = _replies(control, from_, before, timeout)
    except CarrierUnavailableError as error:
        raise SettingsError("nothing is running here: start it with `make run`") from error
    except ValueError as error:
        raise SettingsError(str(error)) from error
    seconds = time.monotonic() - started
    if as_json:
        answer = {"replies": [each.body for each in replies], "seconds": round(seconds, 3)}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        for reply in replies:
            say(reply.body)
    if not replies:
        complain("handoff: no reply")
        raise typer.Exit(1)


def _replies(control: CarrierControl, phone: str, after: int, timeout: float) -> list[PhoneMessage]:
    """The replies to one text: the first within `timeout`, and those that follow on its heels."""
    try:
        replies = control.wait_for_replies(phone, after, timeout=timeout)
        while True:
            count = len(replies) + 1
            replies = control.wait_for_replies(phone, after, count, timeout=SILENCE_SECONDS)
    except TimeoutError:
        return [each for each in control.messages(phone, after) if each.direction == "outbound"]


@app.command()
def evaluate(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="Labelled texts, a JSON object a line."),
    ],
    json_out: Annotated[Path | None, typer.Option("--json", help="A file of the measures.")] = None,
    html_out: Annotated[Path | None, typer.Option("--html", help="A page of them.")] = None,
    gates: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="What must be reached; else exit code 3."),
    ] = None,
) -> None:
    """Labelled messages through the understanding that answers residents; prints the measures."""
    # Only here: every other command, and the supervisor as long as it lives, does without.
    from bot.evaluation.command import evaluate_file  # noqa: PLC0415

    raise typer.Exit(
        evaluate_file(file, json_out=json_out, html_out=html_out, gates_file=gates, console=out)
    )


if __name__ == "__main__":
    main()
