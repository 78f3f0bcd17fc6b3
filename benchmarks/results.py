"""What was measured, kept in files: one for each engine and size, so that sizes can be measured
one by one and the tables made from all of them."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import engines
from benchmarks.queries import Kind
from benchmarks.run import Outcome, Times
from benchmarks.scoring import Score
from directory.settings import ROOT

FOLDER = ROOT / "var" / "benchmarks"


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome with its scores; `kinds` and `langs` by query id. `machine`: in a few words."""

    outcome: Outcome
    scores: dict[str, Score]
    kinds: dict[str, Kind]
    langs: dict[str, str]
    machine: str
    day: date

    def ndcgs(self, kind: Kind | None = None, lang: str | None = None) -> list[float]:
        return [score.ndcg for score in self._chosen(kind, lang)]

    def recalls(self, kind: Kind | None = None) -> list[float]:
        return [score.recall for score in self._chosen(kind, None)]

    def _chosen(self, kind: Kind | None, lang: str | None) -> list[Score]:
        """In the order of the queries, so that two engines' can be paired."""
        return [
            score
            for query, score in sorted(self.scores.items())
            if kind in (None, self.kinds[query]) and lang in (None, self.langs[query])
        ]


def save(result: Result, folder: Path = FOLDER) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"search-{result.outcome.services}-{result.outcome.engine}.json"
    content = asdict(result) | {"day": result.day.isoformat()}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def saved(folder: Path = FOLDER) -> list[Result]:
    """All results that there are, by size and in the order of the engines."""
    found = [_read(path) for path in folder.glob("search-*.json")]
    order = list(engines.ENGINES)
    return sorted(found, key=lambda r: (r.outcome.services, order.index(r.outcome.engine)))


def sizes(results: Iterable[Result]) -> list[int]:
    return sorted({result.outcome.services for result in results})


def read_outcome(path: Path) -> Outcome:
    """As `benchmarks.run` writes it."""
    return _outcome(json.loads(path.read_text(encoding="utf-8")))


def _outcome(content: dict[str, Any]) -> Outcome:
    latency, encoding = content["latency"], content["encoding"]
    times = {
        "latency": Times(**latency),
        "encoding": Times(**encoding) if encoding else None,
    }
    return Outcome(**(content | times))


def _read(path: Path) -> Result:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Result(
        outcome=_outcome(content["outcome"]),
        scores={query: Score(**score) for query, score in content["scores"].items()},
        kinds={query: Kind(kind) for query, kind in content["kinds"].items()},
        langs=content["langs"],
        machine=content["machine"],
        day=date.fromisoformat(content["day"]),
    )
