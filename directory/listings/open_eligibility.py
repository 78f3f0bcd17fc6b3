"""Open Eligibility, the taxonomy by which other directories say what a service is for.

Read once from data/open_eligibility.yml. `needs_of_term` reads a term of a source as needs of
ours; `ensure_terms` and `link_terms` write ours as terms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from directory.listings import queries
from directory.listings.ids import stable_id
from directory.listings.models import Attribute, Taxonomy, TaxonomyTerm
from directory.needs import taxonomy
from directory.own_files import read_yaml
from directory.settings import ROOT

FILE = ROOT / "data" / "open_eligibility.yml"
TAXONOMY_NAME = "Open Eligibility"
TAXONOMY_ID = stable_id("taxonomy", "open-eligibility")
_URI = "https://github.com/auntbertha/openeligibility"
_VERSION = "2.0"
_DESCRIPTION = (
    "Open Eligibility human services and human situations taxonomy, by Aunt Bertha, a Public "
    "Benefit Corp. Licensed CC BY-SA 3.0 Unported."
)
_BETWEEN = " > "


@dataclass(frozen=True, slots=True)
class Terms:
    """`paths`: code -> path. `for_need`: need -> the code of its term. `needs`: path -> needs."""

    paths: dict[str, str]
    for_need: dict[str, str]
    needs: dict[str, tuple[str, ...]]
    by_name: dict[str, tuple[str, ...]]


@cache
def open_eligibility() -> Terms:
    found: dict[str, Any] = read_yaml(FILE)
    paths: dict[str, str] = found["terms"]
    needs: dict[str, tuple[str, ...]] = {}
    for code, need in taxonomy().items():
        for term in need.open_eligibility:
            needs[paths[term]] = (*needs.get(paths[term], ()), code)
    by_name: dict[str, tuple[str, ...]] = {}
    for path in paths.values():
        name = path.rpartition(_BETWEEN)[2].casefold()
        by_name[name] = (*by_name.get(name, ()), path)
    return Terms(paths, found["needs"], needs, by_name)


def is_situation(code: str | None) -> bool:
    """Whether a term says whom a service is for, not what it does."""
    path = open_eligibility().paths.get(code or "", "")
    return path.startswith("Human Situations")


def needs_of_term(*, code: str | None, name: str, path: str | None) -> tuple[str, ...]:
    """The needs that a term stands for: its own, else those of the nearest term above it.

    By code, else by path, else by a name that means the same wherever it stands; none when the
    term is not known.
    """
    terms = open_eligibility()
    known = terms.paths.get(code or "")
    if known is None and path and path in terms.paths.values():
        known = path
    if known is not None:
        return _needs_of_path(known)
    meanings = {_needs_of_path(each) for each in terms.by_name.get(name.casefold(), ())}
    return meanings.pop() if len(meanings) == 1 else ()


def _needs_of_path(path: str) -> tuple[str, ...]:
    needs = open_eligibility().needs
    while path:
        if path in needs:
            return needs[path]
        path = path.rpartition(_BETWEEN)[0]
    return ()


def term_id(need: str) -> str:
    """The id of the term for a need."""
    return stable_id("taxonomy_term", "open-eligibility", open_eligibility().for_need[need])


def ensure_terms(session: Session) -> None:
    """The terms for our needs; adds what is missing."""
    if session.get(Taxonomy, TAXONOMY_ID) is None:
        session.add(
            Taxonomy(
                id=TAXONOMY_ID,
                name=TAXONOMY_NAME,
                description=_DESCRIPTION,
                uri=_URI,
                version=_VERSION,
            )
        )
        session.flush()
    terms = open_eligibility()
    known = {term.id for term in queries.terms_of(session, TAXONOMY_ID)}
    for need, code in terms.for_need.items():
        identity = term_id(need)
        if identity in known:
            continue
        path = terms.paths[code]
        session.add(
            TaxonomyTerm(
                id=identity,
                taxonomy_id=TAXONOMY_ID,
                code=code,
                name=path.rpartition(_BETWEEN)[2],
                description=path,
                language="en",
            )
        )
    session.flush()


def link_terms(session: Session, service_id: str, needs: Iterable[str]) -> None:
    """The service's attributes in this taxonomy of ours are exactly those of its needs."""
    wanted = {term_id(need) for need in needs}
    for attribute in queries.attributes_of(session, service_id):
        if attribute.taxonomy_term_id in wanted:
            wanted.discard(attribute.taxonomy_term_id)
        elif attribute.taxonomy_term.taxonomy_id == TAXONOMY_ID:
            session.delete(attribute)
    for identity in sorted(wanted):
        session.add(
            Attribute(
                id=stable_id("attribute", service_id, identity),
                link_id=service_id,
                link_entity="service",
                taxonomy_term_id=identity,
            )
        )
    session.flush()
