"""tantivy (the library behind Quickwit) through its Python package, on disk.

https://tantivy-py.readthedocs.io/en/latest/tutorials/ and
https://docs.rs/tantivy/latest/tantivy/query/struct.QueryParser.html: simple terms are a
disjunction ranked by bm25, `field_boosts` weigh the fields, `fuzzy_fields` allow for slips
(a Levenshtein automaton; a fuzzy match scores the same however near it is, so it stands beside
the exact one with a smaller weight and does not take its place). Stemming is by language:
every text is there twice, stemmed as English and as Spanish.
"""

from pathlib import Path

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from benchmarks.corpus import Record
from benchmarks.engines.base import STOP_WORDS, Ask, InProcess, Texts, texts_of, words

_BOOSTS = {
    "name": 3.0,
    "organization": 1.5,
    "other_names": 3.0,
    "description": 1.5,
    "eligibility": 0.5,
    "terms": 1.5,
    "place": 4.0,
}
_FIELDS = tuple(_BOOSTS)
_LANGUAGES = {"en": "english", "es": "spanish"}
_FUZZY = ("name", "organization", "other_names", "description", "terms", "place")
_FUZZY_WEIGHT = 6.0
_FUZZY_FROM, _TWO_SLIPS_FROM = 5, 7  # letters
_OTHER_FIELDS = 0.1  # what a fuzzy match in a second field adds to that in the best one
_WRITER_BYTES = 128_000_000


class Tantivy(InProcess):
    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for field in _FIELDS:
            builder.add_text_field(field, tokenizer_name="plain")
            for lang in _LANGUAGES:
                builder.add_text_field(f"{field}_{lang}", tokenizer_name=f"stem_{lang}")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._index.register_tokenizer("plain", _analyzer())
        for lang, language in _LANGUAGES.items():
            self._index.register_tokenizer(f"stem_{lang}", _analyzer(language))

    def build(self, records: list[Record]) -> None:
        writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for row in texts_of(records):
            writer.add_document(_document(row))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, ask: Ask, limit: int) -> list[str]:
        asked = words(ask.text)
        if not asked:
            return []
        hits = self._searcher.search(self._query(asked, ask.lang), limit, count=False).hits
        return [str(self._searcher.doc(address)["id"][0]) for _, address in hits]

    def _query(self, asked: list[str], lang: str) -> Query:
        # Words in quotes, so that nothing of what people type is read as an operator.
        text = " ".join(f'"{word}"' for word in asked)
        boosts = {f"{field}_{lang}": boost for field, boost in _BOOSTS.items()}
        exact = self._index.parse_query(text, list(boosts), field_boosts=boosts)
        near = [
            (Occur.Should, self._near(word))
            for word in asked
            if len(word) >= _FUZZY_FROM and word not in STOP_WORDS
        ]
        return Query.boolean_query([(Occur.Should, exact), *near])

    def _near(self, word: str) -> Query:
        """The word with its slips, in the field where it fits best."""
        slips = 1 if len(word) < _TWO_SLIPS_FROM else 2
        fields = [
            Query.boost_query(
                Query.fuzzy_term_query(self._schema, field, word, distance=slips),
                _FUZZY_WEIGHT * _BOOSTS[field],
            )
            for field in _FUZZY
        ]
        return Query.disjunction_max_query(fields, _OTHER_FIELDS)

    def close(self) -> None:
        """Its files are the folder's."""


def _document(row: Texts) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("id", row.id)
    for field in _FIELDS:
        text = getattr(row, field)
        if text:
            for name in (field, *(f"{field}_{lang}" for lang in _LANGUAGES)):
                document.add_text(name, text)
    return document


def _analyzer(language: str | None = None) -> tantivy.TextAnalyzer:
    builder = (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(40))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
    )
    if language:
        builder = builder.filter(Filter.stopword(language)).filter(Filter.stemmer(language))
    return builder.build()
