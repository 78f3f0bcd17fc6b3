"""Handoff's own search, as the product calls it: `directory.search.find` on its database.

The database is filled with the same services: the partners by the product's own loader, all others
row by row in bulk (`benchmarks.catalogue`). No numbers are invented for copies, so no pantry has
one here, the real ones neither. Sentence vectors are worked out before anything is timed, as in a
running system, which keeps them in files.
"""

from datetime import datetime
from pathlib import Path

from benchmarks.catalogue import bench_settings, fill
from benchmarks.corpus import Record
from benchmarks.engines.base import Ask, InProcess
from benchmarks.filters import ZONE
from directory import database, migrations
from directory.database import Database
from directory.search import Query, encoder, find
from directory.search.encoding import encode_missing
from directory.search.follow import current_index
from directory.search.likeness import likeness

# A Saturday morning; the corpus is as it is, so only "open now" could depend on it.
ASKED_AT = datetime(2026, 11, 21, 10, 0, tzinfo=ZONE)


class Handoff(InProcess):
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: frozenset[str] = frozenset()
        database.use(Database(bench_settings(folder)))

    def prepare(self, records: list[Record]) -> None:
        """The database and the sentence vectors, as a running product has them."""
        migrations.migrate()
        fill(records, now=ASKED_AT)
        with database.read_scope() as session:
            index = current_index(session)
        encode_missing(index, likeness(self._folder))

    def build(self, records: list[Record]) -> None:
        """The index, from the database, with the vectors that are there; and the encoder."""
        self._known = frozenset(record.id for record in records)
        with database.read_scope() as session:
            current_index(session)
        likeness(self._folder).prepare()
        self.search(Ask("food", "en"), 1)

    def search(self, ask: Ask, limit: int) -> list[str]:
        query = Query(
            language=ask.lang,
            text=ask.text,
            at=ASKED_AT,
            limit=limit,
        )
        with database.read_scope() as session:
            found = find(session, query)
        return [match.service_id for match in found.matches if match.service_id in self._known]

    def encode(self, ask: Ask) -> bool:
        """The question's vector, without the memory of the last ones."""
        if not encoder.is_loaded():
            return False
        encoder.encode([ask.text])
        return True

    def close(self) -> None:
        database.current().close()
