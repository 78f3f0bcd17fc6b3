"""The rule files as a clinician may change them."""

import pytest

from bot.phrases import Notation, PhraseError, compile_phrase
from bot.safety import rulebook as module
from bot.safety.risks import Risk
from bot.safety.rulebook import RULES_FOLDER, RuleError, rulebook
from directory.languages import Language


def test_every_risk_has_its_file_and_rules_in_both_languages() -> None:
    rules = rulebook().rules
    for risk in Risk:
        assert (RULES_FOLDER / f"{risk}.yml").exists()
        assert {rule.language for rule in rules if rule.risk is risk} == set(Language)


def test_every_rule_says_why_and_carries_its_risk_and_language_in_its_id() -> None:
    for rule in rulebook().rules:
        assert len(rule.because) > 10, rule.id
        assert rule.id.startswith(f"{rule.risk}.{rule.language}."), rule.id


def test_a_rule_with_an_unknown_field_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = {
        "risk": "medical",
        "rules": [
            {
                "id": "medical.en.new",
                "language": "en",
                "immediate": True,
                "imediate": False,
                "because": "a slip of the finger",
                "says": ["help"],
            }
        ],
    }
    monkeypatch.setattr(module, "_read", lambda name: wrong)
    with pytest.raises(RuleError, match=r"medical\.yml, medical\.en\.new.*imediate"):
        list(module._risk_rules(Risk.MEDICAL, Notation()))


def test_a_phrase_that_cannot_be_read_is_refused() -> None:
    for wrong in ["(open", "a | ", "{nowhere} to go", "", "kill) me", "wörd*"]:
        with pytest.raises(PhraseError):
            compile_phrase(wrong)


@pytest.mark.parametrize(("immediate", "flag"), [(True, "settles"), (False, "whole")])
def test_a_flag_that_the_rule_cannot_have_is_refused(
    monkeypatch: pytest.MonkeyPatch, immediate: bool, flag: str
) -> None:
    entry = {"id": "medical.en.new", "language": "en", "immediate": immediate, flag: True}
    wrong = {"risk": "medical", "rules": [entry | {"because": "a slip", "says": ["help"]}]}
    monkeypatch.setattr(module, "_read", lambda name: wrong)
    with pytest.raises(RuleError, match=r"medical\.en\.new.*settles"):
        list(module._risk_rules(Risk.MEDICAL, Notation()))
