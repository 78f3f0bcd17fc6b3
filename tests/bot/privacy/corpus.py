"""The labelled texts, and what a redactor does to them: what leaks, and what is lost."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

CORPUS_FILE = Path(__file__).with_name("corpus.yml")

_SPAN = re.compile(r"<(?P<kind>[a-z]+)\|(?P<words>[^<>]*)>")
_PLACEHOLDER = re.compile(r"\[[A-Z]+\]")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, the words that must go with their kinds, and the words that must stay."""

    language: str
    text: str
    spans: tuple[tuple[str, str], ...]
    stay: Counter[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    labelled: Labelled
    redacted: str
    leaked: tuple[tuple[str, str], ...]  # kind and words of each span of which a word survived
    lost: tuple[str, ...]  # words that should have stayed


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[\w$#]+", _PLACEHOLDER.sub(" ", text)))


def labelled_texts() -> Iterator[Labelled]:
    for language, texts in YAML(typ="safe", pure=True).load(CORPUS_FILE).items():
        for marked in map(str, texts):
            yield Labelled(
                language=language,
                text=_SPAN.sub(lambda found: found["words"], marked),
                spans=tuple((found["kind"], found["words"]) for found in _SPAN.finditer(marked)),
                stay=words(_SPAN.sub(" ", marked)),
            )


def outcome(labelled: Labelled, redact: Callable[[str], str]) -> Outcome:
    redacted = redact(labelled.text)
    survived = words(redacted) - labelled.stay
    leaked = tuple((kind, span) for kind, span in labelled.spans if words(span) & survived)
    return Outcome(labelled, redacted, leaked, tuple((labelled.stay - words(redacted)).elements()))
