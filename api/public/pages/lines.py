"""Numbers as links: to call, or to text where the line takes texts. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from directory.languages import Language
from directory.listings.numbers import digits_of
from directory.listings.publication import PublishedPhone
from directory.search import Match, PhoneLine


@dataclass(frozen=True, slots=True)
class Line:
    """`address`: what the link opens, None for a fax. `label`: whom or what it is for.

    `word`: what to text there. `press`: what to press after dialling.
    """

    number: str
    kind: str
    address: str | None
    label: str
    label_language: str
    extension: str | None
    press: str | None
    word: str | None

    @property
    def texts(self) -> bool:
        return self.kind == "sms"


class _Number(Protocol):
    @property
    def number(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def extension(self) -> str | None: ...
    @property
    def press(self) -> str | None: ...
    @property
    def text_word(self) -> str | None: ...


def lines_of(phones: Iterable[PublishedPhone], language: Language) -> list[Line]:
    """All that a listing gives, with what each is for."""
    return [
        _line(each, {"en": each.label or "", "es": each.label_es or ""}, language)
        for each in phones
    ]


def lines_of_match(match: Match, language: Language) -> list[Line]:
    """The number to use first, and the first one that takes texts."""
    if match.phone is None:
        return []
    first = PhoneLine(
        number=match.phone,
        kind=match.phone_kind or "voice",
        extension=match.extension,
        press=match.press,
        text_word=match.text_word,
        label=match.phone_for,
        say_label=match.phone_for is not None,
    )
    shown = [first]
    texts = [each for each in match.other_phones if each.kind == "sms"]
    if first.kind != "sms" and texts:
        spanish = [each for each in texts if language is Language.ES and _is_spanish(each)]
        shown += [*spanish, *(each for each in texts if not _is_spanish(each))][:1]
    return [_line(each, (each.label if each.say_label else None) or {}, language) for each in shown]


def website(url: str | None) -> str | None:
    """An address that a browser may be led to: what a source gives may be anything."""
    if url is None or not url.strip().lower().startswith(("https://", "http://")):
        return None
    return url.strip()


def _is_spanish(line: PhoneLine) -> bool:
    return line.label is not None and "spanish" in line.label["en"].casefold()


def _line(phone: _Number, label: dict[str, str], language: Language) -> Line:
    own = label.get(language, "")
    return Line(
        number=phone.number,
        kind=phone.kind,
        address=_address(phone),
        label=own or label.get("en", ""),
        label_language=language.value if own else "en",
        extension=phone.extension,
        press=phone.press,
        word=phone.text_word,
    )


def _address(phone: _Number) -> str | None:
    if phone.kind == "fax":
        return None
    digits = digits_of(phone.number)
    whole = f"+1{digits}" if len(digits) == 10 else digits
    if phone.kind == "sms":
        # "?&": telephones of either make take the word, also those of ten years ago.
        return f"sms:{whole}?&body={quote(phone.text_word)}" if phone.text_word else f"sms:{whole}"
    return f"tel:{whole},{phone.extension}" if phone.extension else f"tel:{whole}"
