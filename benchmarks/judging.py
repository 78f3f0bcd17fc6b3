"""How relevant a service is to a query, by rules that anybody can read and dispute.

Grades: 3 what was asked for, 2 helps well, 1 a step on the way, 0 not that.

- **A name** (kinds `name`, `name_typo`): every service whose own name is meant: 3. When an
  organization's (or another) name is meant: its services 3. Sister services of a service that is
  meant: 2. Other listings of a brand that the query names ("Salvation Army"): 1.
- **A need** (all other kinds): how well the listing meets it, from needs.yml: the partners' were
  read one by one, the food banks' listings are classed by `benchmarks.offers`.
- **A need and a place**: the smaller of how well it meets the need and how well it reaches the
  place (`benchmarks.reach`: in the town 3, in its county or within ten miles 2, within thirty 1,
  elsewhere 0). A pantry two counties away is no answer, however good.
- **A need without a place**: the need alone; people may be anywhere that a listing serves. All
  open pantries are then the same to somebody who only says "food".
- **Filters**: what fails them cannot be shown by any engine and has grade 0. A place that is
  ticked counts like one that is written.
- **Copies** (`benchmarks.copies`) are judged by the same rules as the services they were made
  from: their names are nobody's, and for a place they count by where they were moved to.

Where reading a listing shows a rule to be wrong, judgements.tsv has a judgement by hand, with its
reason; it comes before the rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from benchmarks.corpus import Record, Source
from benchmarks.offers import offers
from benchmarks.queries import LabelledQuery, NeedGrades
from benchmarks.reach import reach
from directory.places import folded

RELEVANT = 2  # from this grade on a service counts for recall


class Judge:
    """Grades by the rules, and by hand where a hand has judged."""

    def __init__(
        self,
        needs: Mapping[str, NeedGrades],
        records: Iterable[Record],
        by_hand: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        self._needs = needs
        self._by_hand = dict(by_hand or {})
        self._organizations: dict[str, set[str]] = defaultdict(set)
        for record in records:
            self._organizations[folded(record.name)].add(record.organization)

    def grade(self, query: LabelledQuery, record: Record) -> int:
        """0 to 3. A judgement by hand comes first, but nothing passes a filter that it fails."""
        if query.filters and not query.filters.allow(record):
            return 0
        hand = self._by_hand.get((query.id, record.key))
        return self.by_rules(query, record) if hand is None else hand

    def by_rules(self, query: LabelledQuery, record: Record) -> int:
        if query.meant.names:
            return self._name_grade(query, record)
        grade = self._need_grade(query.meant.need or "", record)
        place = query.meant.place or query.filters.place
        if grade and place is not None:
            grade = min(grade, reach(record, place))
        return int(grade)

    def grades(self, query: LabelledQuery, records: Iterable[Record]) -> dict[str, int]:
        """The services with a grade above 0, by id."""
        graded = ((record.id, self.grade(query, record)) for record in records)
        return {identity: grade for identity, grade in graded if grade}

    def _need_grade(self, need: str, record: Record) -> int:
        grades = self._needs[need]
        if record.source is Source.PARTNERS:
            return grades.partners.get(record.copy_of or record.key, 0)
        return max((grades.offers.get(word, 0) for word in offers(record)), default=0)

    def _name_grade(self, query: LabelledQuery, record: Record) -> int:
        meant = {folded(name) for name in query.meant.names}
        if {folded(record.name), folded(record.organization), *_others(record)} & meant:
            return 3
        if any(record.organization in self._organizations.get(name, ()) for name in meant):
            return 2
        return int(bool(query.meant.brand) and (query.meant.brand or "") in folded(record.name))


def _others(record: Record) -> set[str]:
    return {folded(name) for name in record.other_names}
