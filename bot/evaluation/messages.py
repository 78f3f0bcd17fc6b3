"""Reads labelled messages: one JSON object a line, as an expert would understand each text.

Fields: id, text, lang (en, es, mixed), kind, needs (acceptable codes, the primary one first),
risk with immediate, place; optionally checkin (what an answer to a check-in says) and all (every
need is asked for). Other fields are for people and are not read. A file with a mistake is turned
away as a whole: figures over half a file would look like figures.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.safety.risks import Risk
from directory.needs import taxonomy

LANGUAGES = ("en", "es", "mixed")
CHECKIN_LABELS = (
    *("better", "same", "worse", "needs_help", "call_me"),
    *("wrong_person", "stop", "crisis", "unclear"),
)
MOST_MISTAKES_SHOWN = 20


class Kind(StrEnum):
    """What sort of text it is."""

    NEED = "need"
    RISK = "risk"
    CHECKIN_REPLY = "checkin_reply"
    OPTOUT = "optout"
    CHITCHAT = "chitchat"
    INFO = "info"
    CLINICIAN = "clinician"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledMessage:
    """A text and what it means. `immediate` is None where there is no risk."""

    id: str
    text: str
    lang: str = "en"
    kind: Kind = Kind.NEED
    needs: tuple[str, ...] = ()
    all_needs: bool = False
    risk: Risk | None = None
    immediate: bool | None = None
    checkin: str | None = None
    place: str | None = None


class MessagesFileError(Exception):
    """The file can't be measured against; each mistake names file, line and remedy."""

    def __init__(self, mistakes: list[str]) -> None:
        shown = mistakes[:MOST_MISTAKES_SHOWN]
        if len(mistakes) > len(shown):
            shown.append(f"... and {len(mistakes) - len(shown)} more")
        super().__init__("\n".join(shown))
        self.mistakes = mistakes


class _LineError(ValueError):
    """What is wrong with one line and what to do about it."""


def read_messages(path: Path) -> list[LabelledMessage]:
    """Every message of the file, in order; blank lines are skipped. Raises MessagesFileError."""
    messages: list[LabelledMessage] = []
    mistakes: list[str] = []
    first_seen: dict[str, int] = {}
    for number, line in _lines(path):
        try:
            message = _read_line(line)
        except _LineError as error:
            mistakes.append(f"{path}:{number}: {error}")
            continue
        before = first_seen.setdefault(message.id, number)
        if before != number:
            remedy = f'"id" {message.id!r} is on line {before} already: give each message its own'
            mistakes.append(f"{path}:{number}: {remedy}")
        messages.append(message)
    if mistakes:
        raise MessagesFileError(mistakes)
    if not messages:
        raise MessagesFileError([f"{path}:1: no messages here: put one JSON object on each line"])
    return messages


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MessagesFileError([f"{path}: cannot be read ({reason})"]) from error
    except UnicodeDecodeError as error:
        at = error.object[: error.start].count(b"\n") + 1
        raise MessagesFileError([f"{path}:{at}: not UTF-8: save the file as UTF-8"]) from error
    # Not splitlines(): a text may hold a line separator of Unicode's, which JSON allows.
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            yield number, line


def _read_line(line: str) -> LabelledMessage:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _LineError(f"no JSON at column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise _LineError("nested too deeply: give one flat JSON object") from error
    if not isinstance(row, dict):
        raise _LineError("not an object: write one {...} on each line")
    kind = Kind(_one_of(row, "kind", tuple(Kind)))
    risk = _optional_one_of(row, "risk", tuple(Risk))
    immediate = _flag(row, "immediate", default=None)
    if risk is None and immediate:
        raise _LineError('"immediate" is true but "risk" is null: name the risk')
    checkin = _optional_one_of(row, "checkin", CHECKIN_LABELS)
    if kind is Kind.CHECKIN_REPLY and checkin is None:
        raise _LineError(f'"checkin" is missing: give one of {", ".join(CHECKIN_LABELS)}')
    return LabelledMessage(
        id=_text(row, "id"),
        text=_text(row, "text"),
        lang=_one_of(row, "lang", LANGUAGES),
        kind=kind,
        needs=_needs(row),
        all_needs=bool(_flag(row, "all", default=False)),
        risk=None if risk is None else Risk(risk),
        immediate=immediate,
        checkin=checkin,
        place=None if row.get("place") is None else _text(row, "place"),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _LineError(f'"{name}" must be a text that is not empty')
    return value


def _one_of(row: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = row.get(name)
    if not isinstance(value, str) or value not in allowed:
        raise _LineError(f'"{name}" must be one of {", ".join(allowed)}')
    return value


def _optional_one_of(row: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str | None:
    return None if row.get(name) is None else _one_of(row, name, allowed)


def _flag(row: Mapping[str, Any], name: str, *, default: bool | None) -> bool | None:
    value = row.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise _LineError(f'"{name}" must be true, false or null')
    return value


def _needs(row: Mapping[str, Any]) -> tuple[str, ...]:
    value = row.get("needs")
    if not isinstance(value, list):
        raise _LineError('"needs" must be a list of codes; [] for none')
    unknown = [code for code in value if not isinstance(code, str) or code not in taxonomy()]
    if unknown:
        raise _LineError(
            f'"needs" has {json.dumps(unknown[0], ensure_ascii=False)}: '
            "take a code from data/taxonomy.yml"
        )
    return tuple(dict.fromkeys(value))
