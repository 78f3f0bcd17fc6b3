"""judgements.tsv: what the engines found for each query, and how relevant each find is.

The best ten of every engine are pooled on the real services and each pair is judged: by the rules
of `benchmarks.judging` (`rule`), or by hand where reading the listing showed the rule wrong
(`hand`, with the reason). Pooling again adds pairs and takes none away; judgements by hand stay.
What no engine found is judged by the same rules, so that the best possible answer is known.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import Record
from benchmarks.judging import Judge
from benchmarks.queries import FOLDER, LabelledQuery

JUDGEMENTS_FILE = FOLDER / "judgements.tsv"
_COLUMNS = ("query", "grade", "by", "service", "name", "town", "reason")
RULE, HAND = "rule", "hand"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`service`: the record's key. `name` and `town` are for those who read the file."""

    query: str
    grade: int
    by: str
    service: str
    name: str
    town: str
    reason: str = ""


def read_judgements(path: Path = JUDGEMENTS_FILE) -> list[Judgement]:
    """Empty where there is no file yet. Raises ValueError for a grade that there is not."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Judgement(**(row | {"grade": int(row["grade"])}))  # type: ignore[arg-type]
            for row in csv.DictReader(file, delimiter="\t")
        ]
    wrong = [row for row in rows if row.grade not in range(4) or row.by not in (RULE, HAND)]
    if wrong:
        raise ValueError(f"{path.name}: {wrong[0].query}, {wrong[0].name}: not a judgement")
    return rows


def write_judgements(rows: Iterable[Judgement], path: Path = JUDGEMENTS_FILE) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(_COLUMNS)
        for row in sorted(rows, key=lambda one: (one.query, -one.grade, one.name, one.service)):
            writer.writerow([getattr(row, column) for column in _COLUMNS])


def by_hand(rows: Iterable[Judgement]) -> dict[tuple[str, str], int]:
    return {(row.query, row.service): row.grade for row in rows if row.by == HAND}


def pooled(
    known: Iterable[Judgement],
    found: Mapping[str, Iterable[str]],
    *,
    queries: Iterable[LabelledQuery],
    records: Iterable[Record],
    judge: Judge,
) -> list[Judgement]:
    """The known pairs and those of `found` (query id -> service ids), judged as of now."""
    rows = {(row.query, row.service): row for row in known}
    by_id = {record.id: record for record in records}
    by_key = {record.key: record for record in by_id.values()}
    asked = {query.id: query for query in queries}
    pairs = {(query, by_id[identity].key) for query, ids in found.items() for identity in ids}
    pairs |= {pair for pair in rows if pair[0] in asked and pair[1] in by_key}
    result = []
    for query, key in pairs:
        old, record = rows.get((query, key)), by_key[key]
        if old is not None and old.by == HAND:
            result.append(old)
            continue
        grade = judge.by_rules(asked[query], record)
        town = f"{record.town}, {record.state}" if record.town else ", ".join(record.areas)
        result.append(Judgement(query, grade, RULE, key, record.name, town))
    return result
