"""SQLite FTS5 with the trigram tokenizer, ranked by bm25 with a weight for each column.

https://www.sqlite.org/fts5.html: "4.3.4. The Trigram Tokenizer", "5.1.1. The bm25() function",
"4.2. Full-text Query Syntax", "6.7. The 'optimize' Command".

A quoted word matches where it stands as part of a text, so a word with a slip matches nowhere.
FTS5 has no other tolerance than the tokenizer's own unit: each word is asked for as its
trigrams, joined with OR, and bm25 weighs rare trigrams more; a word's whole is asked for beside
them, so that it counts more than its parts. Texts are folded before they are stored: this
SQLite's trigram tokenizer cannot fold accents itself (`remove_diacritics` came with 3.45).
"""

import sqlite3
from itertools import pairwise
from pathlib import Path

from benchmarks.corpus import Record
from benchmarks.engines.base import STOP_WORDS, Ask, InProcess, texts_of, words
from directory.places import folded

# One column each; the weights were the best of a handful on the labelled queries.
_WEIGHTS = {
    "name": 4.0,
    "organization": 2.0,
    "other_names": 3.0,
    "description": 2.0,
    "eligibility": 0.5,
    "terms": 2.0,
    "place": 4.0,
}
_COLUMNS = tuple(_WEIGHTS)


class SqliteFts(InProcess):
    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "fts.sqlite", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        # The whole index stays in memory, as it would on a server of its own.
        self._connection.execute("PRAGMA cache_size = -1000000")

    def build(self, records: list[Record]) -> None:
        columns = ", ".join(_COLUMNS)
        run = self._connection.execute
        run(f"CREATE VIRTUAL TABLE services USING fts5({columns}, tokenize='trigram')")
        run("CREATE TABLE ids (position INTEGER PRIMARY KEY, id TEXT NOT NULL)")
        run("BEGIN")
        marks = ", ".join("?" for _ in _COLUMNS)
        rows = texts_of(records)
        self._connection.executemany(
            f"INSERT INTO services (rowid, {columns}) VALUES (?, {marks})",
            (
                (position, *(folded(getattr(row, column)) for column in _COLUMNS))
                for position, row in enumerate(rows)
            ),
        )
        self._connection.executemany(
            "INSERT INTO ids VALUES (?, ?)", ((n, row.id) for n, row in enumerate(rows))
        )
        run("COMMIT")
        weights = ", ".join(map(str, _WEIGHTS.values()))
        run(f"INSERT INTO services(services, rank) VALUES ('rank', 'bm25({weights})')")
        run("INSERT INTO services(services) VALUES ('optimize')")

    def search(self, ask: Ask, limit: int) -> list[str]:
        match = expression(ask.text)
        if not match:
            return []
        rows = self._connection.execute(
            "SELECT ids.id FROM (SELECT rowid, rank FROM services WHERE services MATCH ?"
            " ORDER BY rank LIMIT ?) AS found JOIN ids ON ids.position = found.rowid"
            " ORDER BY found.rank, found.rowid",
            (match, limit),
        )
        return [row[0] for row in rows]

    def close(self) -> None:
        self._connection.close()


def expression(text: str) -> str:
    """The words that say something, whole and in their trigrams, any of them."""
    said = words(text)
    asked = [word for word in said if word not in STOP_WORDS and len(word) >= 3] or [
        word for word in said if len(word) >= 3
    ]
    parts: dict[str, None] = dict.fromkeys(asked)
    for word in asked:
        parts.update(dict.fromkeys(word[n : n + 3] for n in range(len(word) - 2)))
    # Two words of a name belong together, and a short one with what follows it.
    parts.update(dict.fromkeys(f"{one} {other}" for one, other in pairwise(said)))
    return " OR ".join(f'"{part}"' for part in parts)
