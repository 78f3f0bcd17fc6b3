"""Every engine answers, and a small run goes from services to tables."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from benchmarks import engines, plot, report, results
from benchmarks.corpus import MissingCorpus, Record, corpus_folder, partner_services
from benchmarks.engines.base import Ask, Engine, best, texts_of, words
from benchmarks.engines.sqlite_fts import expression
from benchmarks.queries import Kind
from benchmarks.results import Result
from benchmarks.run import Outcome, Times
from benchmarks.scoring import Answers
from benchmarks.search import main, make_setting
from tests.benchmarks.services import a_pantry

PARTNERS = partner_services()
SERVICES = [*PARTNERS, *(a_pantry(id=f"p{n}", key=f"p{n}", name=f"Pantry {n}") for n in range(20))]
BY_ID = {record.id: record for record in SERVICES}


@pytest.fixture(scope="module", params=list(engines.ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Each of them, with the partners and a few pantries."""
    return _built(request, tmp_path_factory.mktemp("engine"), SERVICES)


def _built(request: pytest.FixtureRequest, folder: Path, records: list[Record]) -> Engine:
    for parent in folder.parents[:3]:  # the PostgreSQL server runs as another user
        parent.chmod(parent.stat().st_mode | 0o011)
    key: str = request.param
    made = engines.make(key, folder)
    request.addfinalizer(made.close)
    made.prepare(records)
    made.build(records)
    return made


@pytest.mark.parametrize(
    "text", ["SamaraCare", "samaracare counseling", "Samaritan Interfaith Counseling"]
)
def test_every_engine_finds_a_name(engine: Engine, text: str) -> None:
    found = engine.search(Ask(text, "en"), 5)
    assert BY_ID[found[0]].name == "SamaraCare Counseling"


def test_every_engine_finds_a_name_with_a_slip(engine: Engine) -> None:
    names = [BY_ID[identity].name for identity in engine.search(Ask("eldercare locater", "en"), 5)]
    assert "Eldercare Locator" in names


def test_every_engine_keeps_to_the_limit_and_finds_nothing_twice(engine: Engine) -> None:
    for limit in (1, 5, 10):
        found = engine.search(Ask("food pantry", "en"), limit)
        assert 0 < len(found) <= limit
        assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "text", ["", "?!", "' OR 1=1 --", '"', "a AND (b NOT", "food:", "%_*", "é"]
)
def test_no_text_breaks_an_engine(engine: Engine, text: str) -> None:
    assert isinstance(engine.search(Ask(text, "en"), 5), list)


def test_a_filter_is_passed_by_asking_for_more(engine: Engine) -> None:
    free = frozenset(record.id for record in PARTNERS if record.free)
    found = best(engine, Ask("help with legal problems and lawyers", "en"), 5, free.__contains__)
    assert found and set(found) <= free


def test_all_engines_get_the_same_texts() -> None:
    samaracare = next(row for row in texts_of(PARTNERS) if row.name == "SamaraCare Counseling")
    assert samaracare.other_names == "Samaritan Interfaith Counseling"
    assert "Salud mental" in samaracare.terms
    assert "Naperville" in samaracare.place
    assert "Therapy" in samaracare.description and "Terapia" in samaracare.description


def test_words_are_folded_and_said_once() -> None:
    assert words("Kate's Café, café & O'Hare!") == ["kates", "cafe", "ohare"]


def test_a_question_is_asked_in_words_pairs_and_trigrams() -> None:
    assert expression("the food") == '"food" OR "foo" OR "ood" OR "the food"'


def test_a_missing_corpus_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingCorpus, match="--corpus"):
        corpus_folder(str(tmp_path))


def test_queries_that_the_corpus_cannot_answer_are_left_out() -> None:
    setting = make_setting(None, 0)
    kept = {query.id for query in setting.queries}
    assert "n01" in kept  # a partner's name
    assert "p01" not in kept  # a pantry in Clinton, Maryland
    assert Answers(setting.queries, setting.records, setting.judge).unanswerable() == []


def test_a_small_run_ends_in_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--engine", "sqlite", "--out", str(tmp_path)]) == 0
    assert "| **nDCG@5, all queries** |" in capsys.readouterr().out
    (kept,) = results.saved(tmp_path)
    assert kept.outcome.services == 90
    assert kept.outcome.memory > 0
    assert 0.9 < sum(kept.ndcgs(Kind.NAME)) / len(kept.ndcgs(Kind.NAME)) <= 1


@pytest.fixture
def measured() -> Iterator[Callable[[str, float], Result]]:
    setting = make_setting(None, 0)

    def one(key: str, milliseconds: float) -> Result:
        """An engine that finds for every query the best there is, or nothing."""
        found = {query.id: [] for query in setting.queries}
        if key == engines.OURS:
            for query in setting.queries:
                grades = setting.judge.grades(query, setting.records)
                found[query.id] = sorted(grades, key=lambda one: -grades[one])[:10]
        times = Times(milliseconds, 2 * milliseconds, 4 * milliseconds)
        outcome = Outcome(key, 66, 1.0, 20.0, times, 100.0, 500, None, found)
        scores = {
            query.id: setting.answers.score(query, found[query.id]) for query in setting.queries
        }
        kinds = {query.id: query.kind for query in setting.queries}
        langs = {query.id: query.lang for query in setting.queries}
        return Result(outcome, scores, kinds, langs, "a machine", date(2026, 11, 22))

    yield one


def test_the_tables_tell_who_is_better_and_how_much_faster(
    measured: Callable[[str, float], Result],
) -> None:
    text = report.tables([measured("handoff", 2.0), measured("sqlite", 8.0)])
    assert "| **nDCG@5, all queries** | **1.000 (1.000 to 1.000)** | **0.000 (0.000" in text
    assert "| SQLite FTS5 | +1.000 (+1.000 to +1.000) | +1.000" in text
    assert "| latency p50, ms | 2.00 | 8.00 (4.0 ×) |" in text


def test_the_plots_name_every_engine(measured: Callable[[str, float], Result]) -> None:
    found = [measured("handoff", 2.0), measured("tantivy", 8.0)]
    for drawn in (plot.quality(found), plot.latency(found)):
        assert drawn.startswith("<svg") and drawn.rstrip().endswith("</svg>")
        assert "Handoff" in drawn and "tantivy" in drawn


def test_results_are_read_as_they_were_saved(
    tmp_path: Path, measured: Callable[[str, float], Result]
) -> None:
    result = measured("handoff", 2.0)
    results.save(result, tmp_path)
    assert results.saved(tmp_path) == [result]


def test_the_guide_has_its_marks() -> None:
    text = report.GUIDE.read_text(encoding="utf-8")
    assert "<!-- measured: begin -->" in text and "<!-- measured: end -->" in text
