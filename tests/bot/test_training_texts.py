"""The training texts: enough for each need, each said once, none known from where we measure."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.rasa_server import BOT
from directory.needs import taxonomy
from directory.settings import ROOT
from tests.bot.likeness import near_pairs
from tests.bot.nlu import training_texts

VALIDATION = ROOT / "tests" / "validation" / "messages.jsonl"
EVALUATION = ROOT.parent / "shared" / "evaluation"
NEARLY_THE_SAME = 0.7
NEARLY_KNOWN = 0.6


def test_every_need_has_many_texts_in_both_languages() -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for text in training_texts():
        for need in {text.intent, *text.metadata.get("and", [])}:
            counts[need, text.language] += 1
    few = {
        (need, language): counts[need, language]
        for need in taxonomy()
        for language, enough in (("en", 150), ("es", 90))
        if counts[need, language] < enough
    }
    assert few == {}


def test_every_risk_has_many_texts_in_both_languages() -> None:
    counts = Counter(
        (text.metadata["risk"], text.language)
        for text in training_texts()
        if text.intent == "danger"
    )
    assert len(counts) == 2 * 9
    assert min(counts.values()) >= 100


def test_no_two_training_texts_are_nearly_the_same() -> None:
    texts = [text.text for text in training_texts()]
    assert list(near_pairs(texts, from_share=NEARLY_THE_SAME)) == []


def test_no_text_of_the_validation_set_is_trained_on() -> None:
    assert known_from(VALIDATION) == []


@pytest.mark.skipif(not EVALUATION.exists(), reason="the evaluation texts are not here")
def test_no_evaluation_text_is_trained_on() -> None:
    for path in EVALUATION.glob("*.jsonl"):
        assert known_from(path) == []


def known_from(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    measured = [json.loads(line)["text"] for line in lines]
    texts = [text.text for text in training_texts()]
    return list(near_pairs(texts, measured, from_share=NEARLY_KNOWN))


def test_the_nlu_files_are_where_rasa_reads_them() -> None:
    assert len(training_texts()) > 10_000
    assert (BOT / "data" / "nlu" / "danger").is_dir()


def test_nearly_the_same_is_found_and_the_rest_is_not() -> None:
    texts = [
        "the fridge is empty til friday",
        "the fridge is empty till friday!",
        "rent is due now",
    ]
    assert list(near_pairs(texts, from_share=0.7)) == [(texts[1], texts[0])]
    assert list(near_pairs(texts[:1], texts[2:], from_share=0.7)) == []
