"""What a listing says, field by field: the words, what they weigh, and what it is filed under."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from directory.needs import taxonomy
from directory.search.listing import Listing
from directory.search.words import stems

# What longer fields lose: 0 nothing, 1 all in proportion to their length.
_LENGTH_COUNTS = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """`usual`: how many words such a field has as a rule."""

    weight: float
    usual: float


NAME = Field(3.0, 5)
ORGANIZATION = Field(2.0, 5)
OTHER_NAME = Field(2.5, 4)
TERMS = Field(1.5, 5)
PLACE = Field(1.0, 8)
NAMES = (NAME, ORGANIZATION, OTHER_NAME)
DESCRIPTION = Field(1.5, 40)
ELIGIBILITY = Field(0.8, 25)
PRACTICAL = Field(0.4, 30)

NEED = "need "
TOWN_OF = "in "

# Words that name nobody by themselves.
STOP = frozenset(
    """a an and any are at be by can do for from get give have help how i in info is it me my
    need no not number of on or phone call text address open please service program center
    community county organization the there they this to u want we what when where who with you
    un una de del el la los las en y o por para con que mi me necesito numero telefono""".split()  # noqa: SIM905  # words, not quotation marks
)


def fields_of(listing: Listing) -> Iterator[tuple[Field, str]]:
    """Every field with its text. A text in both languages once, when they are the same."""
    yield NAME, listing.name
    if listing.organization != listing.name:
        yield ORGANIZATION, listing.organization
    for name in listing.also_known_as:
        yield OTHER_NAME, name
    yield TERMS, terms_text(listing.terms, listing.needs)
    yield PLACE, listing.place
    yield DESCRIPTION, _both(listing.description)
    if listing.eligibility:
        yield ELIGIBILITY, _both(listing.eligibility)
    for texts in (listing.cost, listing.apply):
        if texts:
            yield PRACTICAL, _both(texts)


@lru_cache(maxsize=2_000)
def terms_text(terms: tuple[str, ...], needs: tuple[str, ...]) -> str:
    """The terms that a listing is filed under, and the names of its needs."""
    known = taxonomy()
    labels = (text for need in needs if need in known for text in known[need].label.values())
    return " ".join((*terms, *labels))


def weighed(field: Field, text: str) -> dict[str, float]:
    """Each word of a field's text, by its stem -> its count, weighed and against the length."""
    words = stems(text)
    length = 1 - _LENGTH_COUNTS + _LENGTH_COUNTS * len(words) / field.usual
    once = field.weight / length
    found: dict[str, float] = {}
    for word in words:
        found[word] = found.get(word, 0.0) + once
    return found


def names_of(listing: Listing) -> tuple[frozenset[str], ...]:
    """The words of each name that it may be called by."""
    texts = dict.fromkeys((listing.organization, listing.name, *listing.also_known_as))
    return tuple(words for text in texts if (words := name_words(text)))


@lru_cache(maxsize=4_000)
def name_words(text: str) -> frozenset[str]:
    return frozenset(stems(text)) - STOP


def keys_of(listing: Listing) -> Iterator[str]:
    """What a listing is filed under: needs, languages, and the areas that it serves."""
    for need in listing.needs:
        yield need_key(need)
    for language in listing.languages:
        yield f"language {language}"
    area = listing.area
    for kind, names in (
        ("town", area.towns),
        ("zip", area.zips),
        ("county", area.counties),
        ("around", area.around),
        ("state", area.states),
    ):
        for name in names:
            yield f"{kind} {name}"
    if listing.county:
        yield f"address {listing.county}"
    if listing.state:
        yield state_key(listing.state)
        if listing.town:
            yield town_key(listing.town, listing.state)


def need_key(need: str) -> str:
    return f"{NEED}{need}"


def state_key(state: str) -> str:
    return f"inside {state}"


def town_key(town: str, state: str) -> str:
    return f"{TOWN_OF}{town}, {state}"


def _both(texts: dict[str, str]) -> str:
    english, spanish = texts.get("en", ""), texts.get("es", "")
    return english if english == spanish else f"{english} {spanish}"
