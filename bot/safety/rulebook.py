"""Reads the safety rules of `rules/*.yml` and compiles them. No rule lives in code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.phrases import Notation, Phrase, PhraseBook
from bot.safety.risks import Risk
from directory.languages import Language
from directory.own_files import read_once, read_yaml

RULES_FOLDER = Path(__file__).parent / "rules"


class RuleError(ValueError):
    """A rule file that cannot be used: names the file, the rule and what is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a risk's file.

    immediate: what it means when nothing in the text puts it in the past or in question.
    certain: neither a question nor an "if" makes it less immediate (symptoms, weapons in hand).
    first: comes before every other risk when several fire.
    hint: safe people say this too; it counts when the second net agrees, or cannot be asked.
    settles: the whole text is said to be harmless; the second net needs more to doubt it.
    whole: looked for in the whole text, harmless phrases included ("they cut off the power").
    """

    id: str
    risk: Risk
    language: Language
    immediate: bool
    certain: bool
    first: bool
    hint: bool
    settles: bool
    whole: bool
    because: str

    def precedence(self) -> tuple[bool, int]:
        """Sorts rules by what is answered first."""
        return (not self.first, list(Risk).index(self.risk))


@dataclass(frozen=True, slots=True)
class Modifier:
    """Words that move a danger into the past, a question, an "if", or away from here."""

    kind: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that the screen knows; each book of rules in the order of precedence.

    settled: whole texts that are harmless whatever the second net makes of them.
    unless: for some rules, by id: what in a text keeps the rule from matching it.
    """

    benign: PhraseBook[str]
    settled: PhraseBook[str]
    not_now: PhraseBook[Rule]
    now: PhraseBook[Rule]
    now_whole: PhraseBook[Rule]
    modifiers: PhraseBook[Modifier]
    present: PhraseBook[str]
    clause_end: re.Pattern[str]
    unless: dict[str, PhraseBook[str]]
    rules: tuple[Rule, ...]


@read_once
def rulebook() -> Rulebook:
    """The rules, read once. Raises RuleError or PhraseError for a file that cannot be used."""
    notation = Notation(_read("words"))
    rules = [pair for risk in Risk for pair in _risk_rules(risk, notation)]
    rules.sort(key=lambda pair: pair[0].precedence())
    modifiers = _read("modifiers")
    _refuse_doubled_ids([rule for rule, _ in rules])
    return Rulebook(
        benign=PhraseBook(
            (notation.compile(source), entry["id"])
            for entry in _read("benign")["rules"]
            for source in entry["says"]
        ),
        settled=PhraseBook((notation.compile(said), said) for said in _read("benign")["settled"]),
        not_now=PhraseBook((phrase, rule) for rule, phrase in rules if not rule.immediate),
        now=PhraseBook(
            (phrase, rule) for rule, phrase in rules if rule.immediate and not rule.whole
        ),
        now_whole=PhraseBook((phrase, rule) for rule, phrase in rules if rule.whole),
        modifiers=PhraseBook(
            (notation.compile(source), Modifier(entry["kind"]))
            for entry in modifiers["modifiers"]
            for source in entry["says"]
        ),
        present=PhraseBook((notation.compile(source), source) for source in modifiers["present"]),
        clause_end=re.compile(
            "(?<= )(?:" + "|".join(map(re.escape, modifiers["clause_ends"])) + ") "
        ),
        unless={
            entry["id"]: PhraseBook((notation.compile(source), source) for source in exceptions)
            for risk in Risk
            for entry in _read(risk.value)["rules"]
            if (exceptions := entry.get("unless"))
        },
        rules=tuple(dict.fromkeys(rule for rule, _ in rules)),
    )


def _risk_rules(risk: Risk, notation: Notation) -> Iterator[tuple[Rule, Phrase]]:
    content = _read(risk.value)
    if content["risk"] != risk:
        raise RuleError(f"{risk}.yml is about {content['risk']}")
    for entry in content["rules"]:
        try:
            rule = Rule(
                id=entry["id"],
                risk=risk,
                language=Language(entry["language"]),
                immediate=entry["immediate"],
                certain=entry.get("certain", False),
                first=entry.get("first", False),
                hint=entry.get("hint", False),
                settles=entry.get("settles", False),
                whole=entry.get("whole", False),
                because=entry["because"],
            )
            if rule.settles if rule.immediate else rule.whole:
                raise RuleError("`whole` is for immediate rules, `settles` for the others")
            if unknown := entry.keys() - {*Rule.__slots__, "says", "unless"}:
                raise RuleError(f"unknown {sorted(unknown)}")
            for source in entry["says"]:
                yield rule, notation.compile(source)
        except (KeyError, ValueError) as error:
            raise RuleError(f"{risk}.yml, {entry.get('id', entry)}: {error}") from error


def _refuse_doubled_ids(rules: list[Rule]) -> None:
    by_id: dict[str, Rule] = {}
    for rule in rules:
        if by_id.setdefault(rule.id, rule) != rule:
            raise RuleError(f"two rules are called {rule.id}")


def _read(name: str) -> Any:
    return read_yaml(RULES_FOLDER / f"{name}.yml")
