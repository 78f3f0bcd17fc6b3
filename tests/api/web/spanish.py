"""Whether a Spanish page still says something in English where it speaks of a mistake."""

import re
from html.parser import HTMLParser
from typing import Any

# Words that no Spanish sentence has, and that hardly an English one goes without.
_ENGLISH = re.compile(
    r"\b(the|is|are|was|not|write|with|this|that|it|its|has|have|been|leave|without|your|of|or|and"
    r"|should|only|at|least|there|too|give|say|look|choose|take|again)\b",
    re.IGNORECASE,
)
# What a form for a listing may hold that no listing can, field by field.
WRONG_LISTINGS: tuple[dict[str, Any], ...] = (
    {"name": ""},
    {"name": "\x07"},
    {"name": "x" * 5000},
    {"description": "y" * 50_000},
    {"description_es": "\u202e"},
    {"url": "example"},
    {"url": "example.org"},
    {"url": "ftp://example.org"},
    {"url": "https://exa mple.org"},
    {"url": "https://example.org/ñ"},
    {"email": "nobody"},
    {"minimum_age": "x"},
    {"minimum_age": "999"},
    {"minimum_age": "-1"},
    {"minimum_age": "1.5"},
    {"minimum_age": "60", "maximum_age": "18"},
    {"service_areas": "Napervile"},
    {"service_areas": "Xyzzy"},
    {"service_areas": "Naperville\nNaperville"},
    {"languages": "xx9"},
    {"languages": "es\nes"},
    {"needs": ["fod"]},
    {"needs": ["xyzzy"]},
    {"needs": ["food", "food"]},
    {"required_documents": "d" * 50_000},
    {"required_documents": "\n".join(f"d{n}" for n in range(500))},
    {"status": "gone"},
    {"phones-1-number": "555-0100"},
    {"phones-1-number": "123"},
    {"phones-1-number": "12345"},
    {"phones-1-number": "call us"},
    {"phones-1-number": "٦٣٠٥٥٥٠١٠٠"},
    {"phones-1-number": "000-000-0000"},
    {"phones-1-number": "416-555-0100"},
    {"phones-1-number": "5" * 90},
    {"phones-1-number": "630-555-0141", "phones-1-type": "pigeon"},
    {"phones-1-number": "630-555-0141", "phones-1-extension": "x"},
    {"phones-1-number": "630-555-0141", "phones-1-press": "star"},
    {"phones-1-number": "630-555-0141", "phones-1-text_word": "HELP"},
    {"phones-1-number": "630-555-0141", "phones-1-type": "sms", "phones-1-text_word": "!!"},
    {"phones-1-number": "630-555-0140"},
    {"phones-1-number": "630-555-0141", "phones-1-description": "z" * 5000},
    {"service_at_locations-1-address_1": "1 Main", "service_at_locations-1-city": ""},
    {
        "service_at_locations-1-address_1": "1 Main",
        "service_at_locations-1-city": "Naperville",
        "service_at_locations-1-state_province": "Illinois",
        "service_at_locations-1-postal_code": "6054",
    },
    {"alert": "a" * 50_000},
    {"interpretation_services": "i" * 50_000},
)
_VOID = {"input", "br", "meta", "link", "img", "hr"}


class _Mistakes(HTMLParser):
    """The words of every element that tells a mistake."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        said = dict(attrs)
        classes = (said.get("class") or "").split()
        tells = "wrong-field" in classes or "wrong" in classes or said.get("role") == "alert"
        if self._depth or (tells and "hidden" not in said):
            self._depth += 1
            if self._depth == 1:
                self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.found[-1] += data


def mistakes(html: str) -> list[str]:
    """What a page says of mistakes, one text for each place."""
    reader = _Mistakes()
    reader.feed(html)
    return [" ".join(each.split()) for each in reader.found if each.strip()]


def english(html: str, *, quoted: str = "") -> list[str]:
    """What a Spanish page says of mistakes in English. `quoted`: what was typed, and may be."""
    said = [each.replace(quoted, "") if quoted else each for each in mistakes(html)]
    return [each for each in said if _ENGLISH.search(each)]
