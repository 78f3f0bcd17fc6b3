"""A sentence of a listing in the reader's language, or in the one that there is. Pure."""

from dataclasses import dataclass

from directory.languages import Language


@dataclass(frozen=True, slots=True)
class Told:
    """`language`: of the text, for who has pages read aloud."""

    text: str
    language: str


def told(texts: dict[str, str] | None, language: Language) -> Told | None:
    """None where nobody has said anything."""
    for each in (language.value, Language.EN.value, Language.ES.value):
        text = ((texts or {}).get(each) or "").strip()
        if text:
            return Told(text, each)
    return None


def told_of(english: str | None, spanish: str | None, language: Language) -> Told | None:
    return told({"en": english or "", "es": spanish or ""}, language)
