"""The redactor measured on labelled texts, and on training texts that hold hardly anything."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.privacy import redact
from tests.bot.privacy.corpus import Labelled, labelled_texts, outcome

TRAINING_TEXTS = Path(__file__).parents[3] / "bot" / "data" / "nlu"
LEAST_RECALL = 0.98
LEAST_RECALL_OF_A_KIND = 0.97
MOST_FALSE = 0.01  # of texts, those that lose a word which should have stayed
MOST_CHANGED_TRAINING_TEXTS = 0.004  # they hold a few made-up names, units and phones


@pytest.fixture(scope="module")
def texts() -> list[Labelled]:
    return list(labelled_texts())


def test_the_corpus_is_worth_measuring_on(texts: list[Labelled]) -> None:
    languages = Counter(labelled.language for labelled in texts)
    kinds = Counter(kind for labelled in texts for kind, _ in labelled.spans)
    assert len(texts) >= 450
    assert languages["es"] >= 120
    assert set(kinds) == {"phone", "email", "link", "id", "date", "address", "name"}
    assert sum(not labelled.spans for labelled in texts) >= 150


def test_what_identifies_is_found(texts: list[Labelled]) -> None:
    outcomes = [outcome(labelled, redact) for labelled in texts]
    spans = Counter(kind for labelled in texts for kind, _ in labelled.spans)
    leaked = Counter(kind for found in outcomes for kind, _ in found.leaked)
    shown = [(found.labelled.text, found.redacted) for found in outcomes if found.leaked]
    assert 1 - leaked.total() / spans.total() >= LEAST_RECALL, shown
    recall = {kind: 1 - leaked[kind] / count for kind, count in spans.items()}
    assert min(recall.values()) >= LEAST_RECALL_OF_A_KIND, shown


def test_what_answers_need_is_left(texts: list[Labelled]) -> None:
    outcomes = [outcome(labelled, redact) for labelled in texts]
    shown = [(found.labelled.text, found.redacted) for found in outcomes if found.lost]
    assert len(shown) / len(texts) <= MOST_FALSE, shown


def test_training_texts_hardly_change() -> None:
    texts = list(_training_texts())
    changed = [(text, redact(text)) for text in texts if redact(text) != text]
    assert len(changed) / len(texts) <= MOST_CHANGED_TRAINING_TEXTS, changed


def _training_texts() -> Iterator[str]:
    for file in sorted(TRAINING_TEXTS.rglob("*.yml")):
        content = YAML(typ="safe", pure=True).load(file)
        for group in content.get("nlu") or ():
            for line in group["examples"].splitlines():
                yield line.removeprefix("- ")
