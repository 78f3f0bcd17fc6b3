"""`handoff evaluate`: labelled messages through the understanding that answers residents."""

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.progress import track

from bot.evaluation.gates import Gate, GatesFileError, judge, read_gates
from bot.evaluation.measures import Measures, Pair, measure, paired
from bot.evaluation.messages import LabelledMessage, MessagesFileError, read_messages
from bot.evaluation.predict import predict
from bot.evaluation.processes import StartError
from bot.evaluation.report import as_json, console_table, html_page
from bot.evaluation.running import Running, understanding
from bot.safety.rulebook import RuleError, rulebook
from bot.training import TrainingError
from directory.clock import wall_now
from directory.settings import Settings, load_settings

DONE, NOT_RASA, FAILED, GATE_MISSED = 0, 1, 2, 3
MOST_FAILED = 0.01

Start = Callable[[Settings, Callable[[str], None]], AbstractContextManager[Running]]


def evaluate_file(
    path: Path,
    *,
    json_out: Path | None,
    html_out: Path | None,
    console: Console,
    gates_file: Path | None = None,
    start: Start = understanding,
) -> int:
    """Measure with the messages of `path`, print the measures, write what is asked for.

    Returns 0; 1 when Rasa failed so often that the figures are not its own (they are written
    all the same, and say so); 2 when nothing could be measured, after one plain message; 3 when a
    gate of `gates_file` is missed.
    `start`: brings the understanding up; a test gives one of its own.
    """
    try:
        messages = read_messages(path)
        gates = read_gates(gates_file) if gates_file else ()
        _require_folders(json_out, html_out)
        rulebook()  # a mistake in a rule is told now, not after a model has been trained
        with start(load_settings(), lambda line: _say(console, line)) as running:
            pairs = _ask(running, messages, console)
        status = _report(pairs, running, path, json_out, html_out, console)
        return status or _keep(gates, measure(pairs), console)
    except (
        MessagesFileError,
        GatesFileError,
        RuleError,
        StartError,
        TrainingError,
        OSError,
    ) as error:
        _say(console, f"handoff: {error}", style="red")
        return FAILED


def _require_folders(*outputs: Path | None) -> None:
    """Find out before the long part that there is nowhere to write. Raises OSError."""
    for output in filter(None, outputs):
        if not output.parent.is_dir():
            raise FileNotFoundError(f"{output.parent} is no folder: {output.name} can't go there")


def _ask(running: Running, messages: list[LabelledMessage], console: Console) -> list[Pair]:
    predictions = predict(
        running.conversation,
        messages,
        now=wall_now,
        stopwatch=time.perf_counter,
        forget=running.forget,
    )
    shown = track(
        predictions,
        "Asking",
        total=len(messages),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    return paired(messages, list(shown))


def _report(
    pairs: list[Pair],
    running: Running,
    path: Path,
    json_out: Path | None,
    html_out: Path | None,
    console: Console,
) -> int:
    measures = measure(pairs)
    warning = _warning(running)
    console.print(console_table(measures))
    if json_out is not None:
        body = as_json(measures, pairs, rasa_failed=running.rasa.failed)
        json_out.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if html_out is not None:
        html_out.write_text(_page(measures, pairs, path, warning), encoding="utf-8")
    if warning is not None:
        _say(console, f"handoff: {warning}", style="red")
        return NOT_RASA
    return DONE


def _keep(gates: tuple[Gate, ...], measures: Measures, console: Console) -> int:
    verdicts = judge(measures, gates)
    for verdict in verdicts:
        _say(console, str(verdict), style="red" if verdict.kept is False else None)
    return GATE_MISSED if any(verdict.kept is False for verdict in verdicts) else DONE


def _page(measures: Measures, pairs: list[Pair], path: Path, warning: str | None) -> str:
    now = wall_now()
    return html_page(measures, pairs, file_name=path.name, made_at=now, warning=warning)


def _warning(running: Running) -> str | None:
    rasa = running.rasa
    if rasa.failed_share <= MOST_FAILED:
        return None
    return (
        f"Rasa gave no answer to {rasa.failed} of {rasa.asked} texts and the rule search stood in: "
        "these are not the figures of normal running"
    )


def _say(console: Console, line: str, *, style: str | None = None) -> None:
    console.print(line, style=style, markup=False, highlight=False)
