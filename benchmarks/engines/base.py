"""What every engine can do, and the texts that every engine gets.

Fair means: the same fields, each set up as its own documentation advises and tuned where that
helped it, the same number of results, and filters that are the same test for all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from benchmarks.corpus import Record
from benchmarks.places import STATES
from directory.places import folded

# How many candidates are asked for, in turn, when a filter passes over some.
_STEPS = (60, 400, 4_000)
# Words that say nothing of a service, for what has no list of its own: FTS5's trigrams and fuzzy
# terms, which they would otherwise drown.
STOP_WORDS = frozenset(
    """a an and any are at be can do does for from get give has have he her his how i im in is it
    its ive me my near need not of on or our out she so some that the their them there they this
    to us was we what when where who with you your
    al como con cual de del donde dos el ella en es esta estoy hay la las le lo los me mi mis mucho
    muy ni no nos para pero por que se si sin son su sus tengo tiene un una y ya yo""".split()  # noqa: SIM905  # words, not quotation marks
)


@dataclass(frozen=True, slots=True)
class Ask:
    """All that an engine is told of a query. `lang`: en or es."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The searchable fields of a service: what a listing says, in both languages.

    `place`: town, state in short and in full, ZIP and the areas served. `terms`: taxonomy terms
    and the labels of the needs, in English and Spanish.
    """

    id: str
    name: str
    organization: str
    other_names: str
    description: str
    eligibility: str
    terms: str
    place: str


class Engine(Protocol):
    """An engine that keeps its files in the folder it is made with."""

    def prepare(self, records: list[Record]) -> None:
        """What a running system has before it makes an index: its database. Not timed."""

    def build(self, records: list[Record]) -> None:
        """The index, ready to answer. Timed."""

    def search(self, ask: Ask, limit: int) -> list[str]:
        """The ids of the best `limit` services, best first."""

    def encode(self, ask: Ask) -> bool:
        """What is worked out of the words alone, by a language model; False without one."""

    def processes(self) -> list[int]:
        """Processes besides this one whose memory is the engine's."""

    def close(self) -> None: ...


class InProcess:
    """What most engines have in common: no database of their own, no model, no server."""

    def prepare(self, records: list[Record]) -> None:
        pass

    def encode(self, ask: Ask) -> bool:
        return False

    def processes(self) -> list[int]:
        return []


def texts_of(records: Iterable[Record]) -> list[Texts]:
    return [_texts(record) for record in records]


def _texts(record: Record) -> Texts:
    place = [record.town, record.state, STATES.get(record.state, ""), record.zip_code]
    return Texts(
        id=record.id,
        name=record.name,
        organization=record.organization if record.organization != record.name else "",
        other_names=" ".join(record.other_names),
        description=_join(record.description, record.description_es),
        eligibility=_join(record.eligibility, record.eligibility_es, record.cost),
        terms=_join(*record.terms),
        place=" ".join(dict.fromkeys(filter(None, [*place, *record.areas]))),
    )


def _join(*parts: str) -> str:
    return ". ".join(filter(None, parts))


def words(text: str) -> list[str]:
    """Folded words of letters and digits, each once; an apostrophe leaves no gap."""
    plain = "".join(
        letter if letter.isalnum() else "" if letter in "'’" else " " for letter in folded(text)
    )
    return list(dict.fromkeys(plain.split()))


def best(
    engine: Engine, ask: Ask, limit: int, allowed: Callable[[str], bool] | None = None
) -> list[str]:
    """The best `limit` services that are allowed: more are asked for until that many are left,
    or the engine has no more. Without a filter one question."""
    if allowed is None:
        return engine.search(ask, limit)
    kept: list[str] = []
    for step in _STEPS:
        found = engine.search(ask, step)
        kept = [identity for identity in found if allowed(identity)]
        if len(kept) >= limit or len(found) < step:
            break
    return kept[:limit]
