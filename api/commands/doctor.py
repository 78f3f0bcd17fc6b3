"""`handoff doctor`: what is right, what is not, and what to do about it."""

import json
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from api.commands.terminal import out
from api.doctor.finding import Finding, State, fail, worst
from directory.clock import wall_now
from directory.settings import SettingsError, load_settings

_COLOURS = {State.OK: "green", State.WARN: "yellow", State.FAIL: "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Look at everything that has to be right. Exit code 1 where something fails."""
    found: list[Finding] = []
    for finding in _findings():
        found.append(finding)
        if not as_json:
            _show(finding)
    state = worst(found)
    if as_json:
        body = {"state": state, "findings": [each.as_json() for each in found]}
        sys.stdout.write(json.dumps(body, indent=2) + "\n")
    else:
        counts = {each: sum(one.state is each for one in found) for each in State}
        out.print(", ".join(f"{count} {each}" for each, count in counts.items()), highlight=False)
    raise typer.Exit(1 if state is State.FAIL else 0)


def _findings() -> Iterator[Finding]:
    # Only here: every other command, and the supervisor as long as it lives, does without.
    from api.doctor.examination import examine  # noqa: PLC0415

    try:
        settings = load_settings()
    except SettingsError as error:
        yield fail("settings", str(error), "set it in the environment or in .env")
        return
    yield from examine(settings, wall=wall_now())


def _show(finding: Finding) -> None:
    style = _COLOURS[finding.state]
    line = f"{finding.state:<5}{finding.name:<16}{finding.what}"
    out.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
    if finding.do:
        out.print(f"{'':<21}-> {finding.do}", markup=False, highlight=False, soft_wrap=True)
