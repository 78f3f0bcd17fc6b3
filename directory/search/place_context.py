"""What the words around a town say about it: that somebody is there, was there, or is not.

"Used to stay in Joliet, now Lisle", "not Naperville, Lisle", "Aurora Ave", "my friend Aurora".
"""

import re
from enum import IntEnum

from directory.search.words import tokens


class Certainty(IntEnum):
    """How surely a name is the place of the person; the highest wins, then the first."""

    LEFT = 0  # "moved from Joliet"
    SLIP = 1  # "lilse"
    NAMED = 2  # "Lisle"
    TOLD = 3  # "in Lisle"
    NOW = 4  # "now in Lisle", "sorry, Lisle"; a ZIP


_TOLD = frozenset(
    ["in", "near", "around", "nearby", "en", "cerca", "downtown", "outside", "dwntwn", "nr"]
)
_AFTER_TOLD = frozenset(["il", "illinois"])
_STREETS = frozenset(
    """st street ave av avenue avenida rd road blvd boulevard ln lane pkwy parkway hwy
    highway""".split()  # noqa: SIM905  # words, not quotation marks
)
_BEFORE_A_STREET = frozenset(["calle", "avenida", "bulevar"])
_RELATIVES = frozenset(
    """son daughter kid baby girl boy mom mother dad father wife husband sister brother aunt uncle
    cousin niece nephew friend girlfriend boyfriend neighbor client patient grandma granddaughter
    miss ms mrs mr named called llamo llama hija hijo nina nino mama papa esposa esposo hermana
    hermano tia tio prima primo amiga amigo vecina vecino novia novio abuela abuelo sobrina nieta
    nuera suegra clienta dona senora senorita comadre""".split()  # noqa: SIM905  # as above
)
_PREPOSITION = r"(?: (?:in|near|from|at|around|by|en|de|desde|por|a|to|cerca de|over in))?$"
_NOT = re.compile(
    r"(?:^| )(?:not|isnt|arent|aint|no longer|(?:dont|doesnt|do not|didnt) (?:live|stay|mean|need)"
    rf"|(?:ya )?no (?:vivo|estoy|vivimos|estamos|es|soy)|no){_PREPOSITION}"
)
_WAS = re.compile(
    r"(?:^| )(?:used to (?:live|stay|be)|lived|(?:left|leaving)(?: him| her| them| my \w+)?"
    r"|grew up|evicted|kicked out|fled"
    rf"|vivia|vivi|vivimos antes|antes|sali|salimos|me fui|huyendo|me corrieron){_PREPOSITION}"
)
_NOW = re.compile(
    r"(?:^| )(?:sorry|actually|i mean|meant|correction|instead|now|currently|but|perdon|digo|sino"
    r"|mejor dicho|ahora|ahorita|actualmente)"
    rf"(?: (?:im|we|were|its|estoy|vivo|es|live|living|staying|estamos))*{_PREPOSITION}"
)
_ONLY = re.compile(
    r"(?:^| )(?:only|just|solo|nomas|nada mas|solamente)(?: (?:in|for|en|de|para|los|la))*$"
)
_FROM = re.compile(r"(?:^| )(?:from|desde|de)$")
_TO = re.compile(r"(?:^| )(?:from|desde|de) .*(?:to|a|hasta|hacia)$")
_MOVED = re.compile(
    r"\b(?:mov(?:ed|ing|e)|relocat\w+|came|coming|transferr\w+|mude|mudamos|mudando|mudo|cambie|vine"
    r"|vinimos|llegue|llegamos)\b"
)
_SEEN = 6  # words before that count


def certainty(words: list[str], position: int, length: int) -> Certainty | None:
    """How surely the name of `length` words at `position` is meant; None for no place at all."""
    before, after = words[max(0, position - _SEEN) : position], words[position + length :]
    said = " ".join(before)
    if _is_street(before, after) or _NOT.search(said):
        return None
    if _WAS.search(said):
        return Certainty.LEFT
    if _NOW.search(said) or after[:1] in (["now"], ["ahora"], ["ahorita"]):
        return Certainty.NOW
    moved = _MOVED.search(" ".join(words)) is not None
    if _FROM.search(said) and moved and before[-1] != "de":
        return Certainty.LEFT
    if _TO.search(said):
        return Certainty.TOLD if moved else Certainty.SLIP
    if _ONLY.search(said):
        return Certainty.SLIP
    return Certainty.TOLD if is_told(words, position, length) else Certainty.NAMED


def is_told(words: list[str], position: int, length: int) -> bool:
    """Whether the text says that a place follows or was one: "in X", "cerca de X", "X il"."""
    before = words[max(0, position - 2) : position]
    if before and (before[-1] in _TOLD or before == ["cerca", "de"]):
        return True
    return words[position + length : position + length + 1] in ([word] for word in _AFTER_TOLD)


def is_person(words: list[str], position: int, length: int) -> bool:
    """Whether the name is said of somebody: "my friend Aurora", "Aurora is my daughter"."""
    before, after = words[max(0, position - 2) : position], words[position + length :]
    if before and (before[-1] in _RELATIVES or before in (["name", "is"], ["nombre", "es"])):
        return after[:1] not in (["il"], ["illinois"])
    return after[:2] in (["is", "my"], ["es", "mi"])


def _is_street(before: list[str], after: list[str]) -> bool:
    """ "Aurora Ave", "Naperville Wheaton Rd", "calle Aurora"; but "Aurora, St Charles" is none."""
    if before and before[-1] in _BEFORE_A_STREET:
        return True
    if after[:1] == ["st"] and after[1:2] in (["charles"], ["john"]):
        return False
    return bool(after) and (after[0] in _STREETS or (after[1:2] != [] and _pair(after)))


def _pair(after: list[str]) -> bool:
    return after[0] in {"naperville", "wheaton", "plainfield"} and after[1] in _STREETS


def context_words(text: str) -> list[str]:
    """The words of a text, with "no," and "no." as a correction and not as a denial."""
    return tokens(_CORRECTION.sub(" perdon ", text))


_CORRECTION = re.compile(r"\b(?:no|nope|wait|oops)\s*[,.;!]+\s*(?!no\b|not\b)", re.IGNORECASE)
