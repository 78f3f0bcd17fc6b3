r"""A small notation for what people write, which a clinician can read and change.

    want to (die|be dead)     words in this order; round brackets hold choices
    [really] want to die      square brackets hold what may be missing
    took ... pills            up to four other words of the same sentence in between
    suicid*                   a word that begins so
    took # pills              a number in digits
    {want} to die             any entry of the list `want` in `words.yml`
    ^ leave me alone $        `^` is the beginning of the text, `$` its end
    {child} & touches her     both occur somewhere in the text, in any order

Phrases are matched against `plain_text.plain()`, and their own words are respelt in the same way,
so "gonna" and "going to" may both be written, with accents or without. What can't be read is
refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.plain_text import plain

Entry = TypeVar("Entry")

Found = tuple[re.Match[str], ...]

MASK = "~"  # stands where words were taken out; no phrase reaches over it

_GAP = rf"(?:[^ .?{MASK}]+ ){{0,4}}?"
_PARTS = re.compile(r"\.\.\.|[()\[\]|^$#]|\{[a-z_0-9]+\}|[^\s()\[\]|{}]+")
_WORD = re.compile(r"[\w']+|[.?]")
_BEGINNING = re.compile(r"[a-z0-9]+\*")

# Words found in most texts: of little help when ruling phrases out.
_COMMON_WORDS = """
    i im me my he she him her they it to the a an and is of in on for with not no dont want need
    have has this that you we be if so was are going cant can do at up out how what get got will
    de la el que y en un una mi se lo los las por con para es esta su te ya quiero
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class PhraseError(ValueError):
    """A phrase that cannot be read, or could never match."""


class Pattern:
    """A regular expression that is compiled when it is first searched for: there are thousands,
    most texts ask for a few, and all of them would hold up each start for seconds."""

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str):
        self.text = text
        self._compiled: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.text)
        return self._compiled


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that was read.

    pattern: what is found; also: what must be found anywhere in the text besides.
    needs: sets of words, rarest first; a text that matches holds at least one word of each, so
    most phrases are ruled out without a search. A word ending in `*` is a word's beginning.
    """

    source: str
    pattern: Pattern
    also: tuple[Pattern, ...]
    needs: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Node:
    regex: str
    needs: tuple[frozenset[str], ...] = ()


def _cost(words: frozenset[str]) -> int:
    """How many texts hold one of the words, roughly."""
    return sum(40 if word in _COMMON else 1 for word in words)


class Notation:
    """Compiles phrases that share named lists of words; each list is read once."""

    def __init__(self, lists: Mapping[str, list[str]] | None = None):
        self._lists = lists or {}
        self._read: dict[str, _Node] = {}
        self._reading: list[str] = []

    def compile(self, source: str) -> Phrase:
        """Raises PhraseError for notation that can't be read and lists that don't exist."""
        nodes = [_Reader(part, self).read() for part in source.split(" & ")]
        first, *also = (Pattern(f"(?<= ){node.regex}") for node in nodes)
        needs = sorted({words for node in nodes for words in node.needs}, key=_cost)
        return Phrase(source, first, tuple(also), tuple(needs))

    def named(self, name: str) -> _Node:
        """What `{name}` stands for."""
        if name not in self._read:
            if name not in self._lists or name in self._reading:
                raise PhraseError(f"no list {name!r}, or it contains itself")
            self._reading.append(name)
            source = "|".join(str(entry) for entry in self._lists[name])
            self._read[name] = _Reader(source, self).read()
            self._reading.remove(name)
        return self._read[name]


def compile_phrase(source: str, lists: Mapping[str, list[str]] | None = None) -> Phrase:
    """One phrase alone; see Notation."""
    return Notation(lists).compile(source)


class _Reader:
    """Recursive descent over one phrase."""

    def __init__(self, source: str, notation: Notation):
        self._source = source
        self._notation = notation
        self._parts = _PARTS.findall(source)
        self._at = 0

    def read(self) -> _Node:
        node = self._choice()
        if self._at < len(self._parts):
            raise PhraseError(f"unexpected {self._parts[self._at]!r} in {self._source!r}")
        if not node.regex:
            raise PhraseError(f"empty phrase {self._source!r}")
        return node

    def _choice(self) -> _Node:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]
        if any(not branch.regex for branch in branches):
            raise PhraseError(f"empty choice in {self._source!r}")
        regex = "(?:" + "|".join(branch.regex for branch in branches) + ")"
        if any(not branch.needs for branch in branches):
            return _Node(regex)
        rarest = (min(branch.needs, key=_cost) for branch in branches)
        return _Node(regex, (frozenset().union(*rarest),))

    def _sequence(self) -> _Node:
        nodes: list[_Node] = []
        while (part := self._peek()) not in {"", "|", ")", "]"}:
            if _WORD.fullmatch(part):
                nodes += self._words()
            else:
                self._at += 1
                nodes.append(self._item(part))
        needs = tuple(words for node in nodes for words in node.needs)
        return _Node("".join(node.regex for node in nodes), needs)

    def _words(self) -> list[_Node]:
        """Neighbouring words, respelt together as they will be in a text ("do not", "gonna")."""
        first = self._at
        while _WORD.fullmatch(self._peek()):
            self._at += 1
        words = plain(" ".join(self._parts[first : self._at])).split()
        if not words:
            raise PhraseError(f"nothing is left of {self._parts[first]!r} in {self._source!r}")
        return [_Node(re.escape(word) + " ", (frozenset({word}),)) for word in words]

    def _item(self, part: str) -> _Node:
        fixed = {"...": _GAP, "#": "[0-9]+ ", "^": r"(?<=\A )(?:[.?] )*", "$": r"(?:[.?] )*\Z"}
        if part in fixed:
            return _Node(fixed[part])
        if part == "(":
            return self._closed(")")
        if part == "[":
            inner = self._closed("]")
            return _Node(f"(?:{inner.regex})?")
        if part.startswith("{"):
            return self._notation.named(part[1:-1])
        return self._beginning(part)

    def _closed(self, bracket: str) -> _Node:
        inner = self._choice()
        if self._peek() != bracket:
            raise PhraseError(f"{bracket!r} is missing in {self._source!r}")
        self._at += 1
        return inner

    def _beginning(self, part: str) -> _Node:
        if not _BEGINNING.fullmatch(part):
            raise PhraseError(f"{part!r} in {self._source!r} can't match a plain text")
        return _Node(re.escape(part[:-1]) + "[^ ]* ", (frozenset({part}),))

    def _peek(self) -> str:
        return self._parts[self._at] if self._at < len(self._parts) else ""


class PhraseBook(Generic[Entry]):
    """Phrases with what each stands for; finds those that occur in a plain text.

    Looked up by the words that they need: a text is tried against a handful, not against all.
    """

    def __init__(self, entries: Iterable[tuple[Phrase, Entry]]):
        self._entries = tuple(entries)
        self._by_word: dict[str, list[int]] = {}
        self._without_needs: list[int] = []
        known: set[str] = set()
        for number, (phrase, _) in enumerate(self._entries):
            known.update(*phrase.needs)
            if not phrase.needs:
                self._without_needs.append(number)
            for word in phrase.needs[0] if phrase.needs else ():
                self._by_word.setdefault(word, []).append(number)
        self._words = frozenset(word for word in known if not word.endswith("*"))
        self._beginnings = frozenset(word[:-1] for word in known if word.endswith("*"))
        self._lengths = sorted({len(beginning) for beginning in self._beginnings})

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, sentence: str) -> Iterator[tuple[Entry, Found]]:
        """Every match in a text that `plain()` made, in the order of the phrases.

        A Found holds the match and, for phrases with `&`, one match of each other part.
        """
        held = self._held(sentence)
        numbers = set(self._without_needs)
        for word in held & self._by_word.keys():
            numbers.update(self._by_word[word])
        for number in sorted(numbers):
            phrase, entry = self._entries[number]
            if any(held.isdisjoint(words) for words in phrase.needs):
                continue
            also = [pattern.regex.search(sentence) for pattern in phrase.also]
            others = tuple(match for match in also if match is not None)
            if len(others) < len(also):
                continue
            for match in phrase.pattern.regex.finditer(sentence):
                yield entry, (match, *others)

    def first(self, sentence: str) -> Entry | None:
        """What the first phrase that occurs stands for; None when none does."""
        return next((entry for entry, _ in self.find(sentence)), None)

    def occurs(self, sentence: str) -> bool:
        """Whether any phrase does."""
        return any(True for _ in self.find(sentence))

    def _held(self, sentence: str) -> set[str]:
        """The words and beginnings (with their `*`) of the book that the text holds."""
        words = set(sentence.split())
        beginnings = {word[:length] for word in words for length in self._lengths}
        return (words & self._words) | {f"{found}*" for found in beginnings & self._beginnings}

    def mask(self, sentence: str) -> str:
        """The text with every match taken out, so that no other phrase sees its words."""
        return mask(sentence, (match.span() for _, found in self.find(sentence) for match in found))


def mask(sentence: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with a MASK in place of each span; spans may overlap."""
    kept: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            kept += [sentence[at:start], f"{MASK} "]
        at = max(at, end)
    return "".join(kept) + sentence[at:]
