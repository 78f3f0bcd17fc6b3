"""The search benchmark: Handoff beside the engines that people would otherwise take.

    make bench ARGS="search"                   every engine on the real services and on 10,000
    make bench ARGS="search --size 100000"     one size; --size may be given more than once
    make bench ARGS="search --engine sqlite"   one engine
    make bench ARGS="search --pool"            and judge what was found that nobody has judged
    make bench ARGS="search --report"          only tables and plots, from what was measured

Writes docs/search-benchmark.md (between its marks) and its plots. What is measured, on what and
how, is said there; the rules are in the modules beside this one.
"""

import argparse
import pickle
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks import engines, judgements, report, results
from benchmarks.copies import multiplied, places_of
from benchmarks.corpus import MissingCorpus, Record, corpus_folder, real_services
from benchmarks.engines.base import Ask
from benchmarks.judging import Judge
from benchmarks.queries import LabelledQuery, read_needs, read_queries
from benchmarks.run import Asked, Outcome, Task
from benchmarks.scoring import Answers
from directory.settings import ROOT

REAL = 0  # the size that means: the real services and nothing else
SIZES = (REAL, 10_000)
_QUICK_SIZE = 90
_PASSES = {True: 1, False: 3}  # of 100,000 services one pass says enough


@dataclass(frozen=True, slots=True)
class Setting:
    """What all engines are given."""

    records: list[Record]
    queries: list[LabelledQuery]
    answers: Answers
    judge: Judge


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    try:
        return _run(options)
    except MissingCorpus as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    out = Path(options.out) if options.out else results.FOLDER
    if not options.report:
        folder = None if options.quick else corpus_folder(options.corpus)
        for size in options.size or ([_QUICK_SIZE] if options.quick else SIZES):
            setting = make_setting(folder, size)
            for key in options.engine or engines.ENGINES:
                results.save(result_of(run_engine(key, setting), setting), out)
    if options.pool:
        _pool(results.saved(out), make_setting(corpus_folder(options.corpus), REAL))
    if options.quick:
        print(report.tables(results.saved(out)))
    else:
        report.write(results.saved(out))
        print(f"written: {report.GUIDE.relative_to(ROOT)}")
    return 0


def make_setting(folder: Path | None, size: int) -> Setting:
    """The corpus of this size, and the queries that it can answer. `folder`: None without CC0."""
    real = real_services(folder)
    queries = read_queries()
    records = multiplied(real, size, places_of(queries)) if size else real
    hands = judgements.by_hand(judgements.read_judgements())
    judge = Judge(read_needs(), real, hands)
    answers = Answers(queries, records, judge)
    lost = set(answers.unanswerable())
    if lost and folder is not None:
        raise ValueError(f"nothing in the corpus answers {', '.join(sorted(lost))}")
    kept = [query for query in queries if query.id not in lost]
    return Setting(records, kept, answers, judge)


def run_engine(key: str, setting: Setting) -> Outcome:
    """In processes of its own; its files are gone afterwards."""
    count = len(setting.records)
    print(f"{engines.label(key)}, {count:,} services", flush=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        top = Path(name)
        top.chmod(0o755)
        folder = top / "engine"
        folder.mkdir()
        queries = [_asked(query, setting.answers) for query in setting.queries]
        task = Task(folder, setting.records, queries, passes=_PASSES[count > 50_000])
        task_file, out_file = top / "task.pickle", top / "outcome.json"
        task_file.write_bytes(pickle.dumps(task))
        child = [sys.executable, "-m", "benchmarks.run", key, str(task_file), str(out_file)]
        if key == engines.OURS:
            subprocess.run([*child, "--prepare"], check=True, cwd=ROOT)
        subprocess.run(child, check=True, cwd=ROOT)
        return results.read_outcome(out_file)


def _asked(query: LabelledQuery, answers: Answers) -> Asked:
    return Asked(query.id, Ask(query.text, query.lang), answers.allowed(query))


def result_of(outcome: Outcome, setting: Setting) -> results.Result:
    return results.Result(
        outcome=outcome,
        scores={
            query.id: setting.answers.score(query, outcome.found[query.id])
            for query in setting.queries
        },
        kinds={query.id: query.kind for query in setting.queries},
        langs={query.id: query.lang for query in setting.queries},
        machine=_machine(),
        day=datetime.now(UTC).date(),
    )


def _pool(measured: list[results.Result], setting: Setting) -> None:
    """Judges what was found among the real services and was not judged yet; by the rules as they
    are now, so that the file shows what a change of a rule changes."""
    known = judgements.read_judgements()
    real = {record.id for record in setting.records}
    found: dict[str, set[str]] = {}
    for result in measured:
        for query, ids in result.outcome.found.items():
            found.setdefault(query, set()).update(real.intersection(ids))
    rows = judgements.pooled(
        known, found, queries=setting.queries, records=setting.records, judge=setting.judge
    )
    judgements.write_judgements(rows)
    print(f"{len(rows):,} pairs judged, {len(rows) - len(known):,} of them new")


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    python = platform.python_version()
    return f"{psutil.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {python}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="search", description="The search benchmark.")
    add = parser.add_argument
    add("--size", type=int, action="append", help="services in all; 0: the real ones alone")
    add("--engine", choices=[*engines.ENGINES], action="append", help="one engine; repeatable")
    add("--corpus", help="the folder of the CC0 services")
    add("--pool", action="store_true", help="judge what was found and not yet judged")
    add("--report", action="store_true", help="only write the tables and plots anew")
    add(
        "--quick", action="store_true", help="the partners and a few copies; prints, writes no docs"
    )
    add("--out", help="the folder for the results (var/benchmarks)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
