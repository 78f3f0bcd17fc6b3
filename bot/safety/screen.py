"""Finds danger in a text before anything else looks at it: pure, in memory, under a millisecond.

Which risk when several fire? First what kills within minutes (an overdose, a medical emergency,
and rules marked `first`, such as a plan to kill another person and oneself): that reply is 911.
Then suicide, whose reply (988, and 911 when it is happening) holds whatever brought it about;
only trafficking goes before it, since its line plans a safe way out. Then the kinds of abuse from
the most to the least specific, because each names the line that can act; violence between
strangers is last, for every other reply says 911 too. Immediate always goes before not immediate.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge

from bot.phrases import PhraseBook, mask
from bot.plain_text import plain
from bot.safety.risks import Risk
from bot.safety.rulebook import Rule, Rulebook, rulebook

__all__ = ["NET", "Danger", "Risk", "is_settled", "screen"]

NET = "net"


@dataclass(frozen=True, slots=True)
class Danger:
    """What the screen found.

    immediate: the approved reply goes out now. When False the danger is past, asked about or
    supposed, and the text goes on to the ordinary conversation.
    hint: only rules that safe people's texts match as well; it counts unless the second net, which
    reads the whole text, sees next to nothing (bot/second_net.py). Alone it counts in full.
    rule: the id of the rule that decided, for the reviewing clinician; NET where it was the
    classifier that saw what no rule did.
    settled: a rule takes the whole text for harmless (a denial, and what is needed instead).
    """

    risk: Risk
    immediate: bool
    rule: str
    hint: bool = False
    settled: bool = False

    def noted(self, text: str) -> str:
        """What staff reads in the task: the danger, the person's words, and what decided."""
        name = self.risk.value.replace("_", " ").capitalize()
        return f"{name}: {text[:300]} (rule {self.rule})"


def screen(text: str) -> Danger | None:
    """The most urgent danger in any text, in English, Spanish or both. Never raises."""
    book = rulebook()
    whole = plain(text)
    sentence = book.benign.mask(whole)
    not_now = list(book.not_now.find(sentence))
    sentence = mask(sentence, (match.span() for _, parts in not_now for match in parts))
    excused: list[Rule] = []
    hinted: list[Rule] = []
    fires = merge(
        _rules_that_fire(whole, book.now_whole, book),
        _rules_that_fire(sentence, book.now, book),
        key=lambda fired: fired[0].precedence(),
    )
    for rule, immediate in fires:
        if immediate and not rule.hint:  # in the order of precedence, so the first one decides
            return Danger(rule.risk, immediate=True, rule=rule.id)
        (hinted if immediate else excused).append(rule)
    if hinted:
        return Danger(hinted[0].risk, immediate=True, rule=hinted[0].id, hint=True)
    rest = min([rule for rule, _ in not_now] + excused, key=Rule.precedence, default=None)
    settled = any(rule.settles for rule, _ in not_now)
    return None if rest is None else Danger(rest.risk, False, rest.id, settled=settled)


def is_settled(text: str) -> bool:
    """Whether a rule takes the whole text for harmless, so that the second net must be surer."""
    danger = screen(text)
    if danger is not None:
        return danger.settled
    return rulebook().settled.occurs(plain(text))


def _rules_that_fire(
    sentence: str, rules: PhraseBook[Rule], book: Rulebook
) -> Iterator[tuple[Rule, bool]]:
    """Each of the rules that matches, and whether it still is immediate here."""
    ends = [match.start() for match in book.clause_end.finditer(sentence)]
    modifiers = [(modifier.kind, found[0]) for modifier, found in book.modifiers.find(sentence)]
    present = [found[0] for _, found in book.present.find(sentence)]
    for rule, parts in rules.find(sentence):
        if rule.id in book.unless and book.unless[rule.id].occurs(sentence):
            continue
        kinds: set[str] = set()
        for match in parts:
            clause = _clause(match, ends, len(sentence))
            here = {kind for kind, modifier in modifiers if _within(modifier, clause)}
            if any(_within(marker, clause) for marker in present):
                here -= {"past"}
            kinds |= here
        if rule.certain:
            kinds &= {"past", "negation"}
        yield rule, not kinds


def _clause(match: re.Match[str], ends: list[int], length: int) -> tuple[int, int]:
    """From the last clause end before the match to the first one after it."""
    start = max((end for end in ends if end <= match.start()), default=0)
    stop = min((end for end in ends if end >= match.end()), default=length)
    return start, stop


def _within(match: re.Match[str], clause: tuple[int, int]) -> bool:
    return clause[0] <= match.start() and match.start() < clause[1]
