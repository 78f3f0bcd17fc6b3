"""From what an engine found to its nDCG and recall, query by query."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.corpus import Record
from benchmarks.judging import RELEVANT, Judge
from benchmarks.measures import ndcg, recall
from benchmarks.queries import LabelledQuery

DEPTH = 5


@dataclass(frozen=True, slots=True)
class Score:
    query: str
    ndcg: float
    recall: float


class Answers:
    """The services that may answer each query, and the best that there could be.

    Copies lie far from every place that a query names and bear no name that a query means
    (`benchmarks.copies`): for those queries they are passed over unread.
    """

    def __init__(
        self, queries: Sequence[LabelledQuery], records: Sequence[Record], judge: Judge
    ) -> None:
        self._records = {record.id: record for record in records}
        self._real = [record for record in records if record.copy_of is None]
        self._judge = judge
        self._ideal = {query.id: self._ideal_grades(query) for query in queries}

    def unanswerable(self) -> list[str]:
        """The ids of queries that nothing answers fully: such a query measures little."""
        return [query for query, grades in self._ideal.items() if 3 not in grades]

    def allowed(self, query: LabelledQuery) -> frozenset[str] | None:
        """The filter as a set of ids, worked out before anything is timed; None without one."""
        if not query.filters:
            return None
        candidates = self._real if query.filters.place else self._records.values()
        return frozenset(record.id for record in candidates if query.filters.allow(record))

    def score(self, query: LabelledQuery, found: Sequence[str]) -> Score:
        grades = [self._grade(query, identity) for identity in found]
        ideal = self._ideal[query.id]
        return Score(
            query=query.id,
            ndcg=ndcg(grades, ideal, DEPTH),
            recall=recall(grades, ideal, DEPTH, relevant=RELEVANT),
        )

    def _grade(self, query: LabelledQuery, identity: str) -> int:
        return self._judge.grade(query, self._records[identity])

    def _ideal_grades(self, query: LabelledQuery) -> list[int]:
        meant = query.meant
        away = meant.names or meant.place is not None or query.filters.place is not None
        candidates = self._real if away else self._records.values()
        return list(self._judge.grades(query, candidates).values())
