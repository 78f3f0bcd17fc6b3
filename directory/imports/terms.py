"""Terms of a source's taxonomies as rows, and what they mean here: our needs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from directory.hsds.objects import Attribute, Service, TaxonomyTerm
from directory.imports.identity import row_id
from directory.languages import Language
from directory.listings import needs_taxonomy, open_eligibility
from directory.needs import taxonomy
from directory.search.needs import needs_in
from directory.search.words import stems

_BETWEEN = " > "
_UNNAMED = "Terms without a taxonomy"
_MOST_NEEDS = 6
WORDS = "words"


def needs_of(service: Service) -> tuple[list[str], str]:
    """The needs of a service, the main one first, and what they were read from.

    From the source's own terms: ours, then Open Eligibility, then the names of any others (211's
    for one). Whom a service is for counts only where nobody says what it does. Without any term
    its name is read as a resident's text would be, then its description; that is a guess ("words"),
    which is never given out as the source's word.
    """
    said = [need for need in service.needs if need in taxonomy()]
    if said:
        return list(dict.fromkeys(said)), "needs"
    terms = [each.taxonomy_term for each in service.attributes if each.taxonomy_term]
    own = [term.code for term in terms if _is_ours(term) and term.code in taxonomy()]
    if own:
        return list(dict.fromkeys(filter(None, own)))[:_MOST_NEEDS], "terms"
    others = [term for term in terms if not _is_ours(term)]
    does = [term for term in others if not open_eligibility.is_situation(term.code)]
    for some in (does, others):
        found = [need for term in some for need in _needs_of_term(term)]
        if found:
            return list(dict.fromkeys(found))[:_MOST_NEEDS], "terms"
    for text in () if terms else (service.name, service.description or ""):
        guessed = [need for need in needs_in(text, limit=1) if _is_said(need, text)]
        if guessed:
            return guessed, WORDS
    return [], "nothing"


def _is_said(need: str, text: str) -> bool:
    """Letter by letter: residents mistype, and sources have other words that look like slips."""
    said = f" {' '.join(stems(text))} "
    return any(
        f" {' '.join(stems(phrase))} " in said
        for language in Language
        for phrase in taxonomy()[need].words[language]
    )


def _is_ours(term: TaxonomyTerm) -> bool:
    return needs_taxonomy.TAXONOMY_ID in (term.taxonomy_id, _taxonomy_id(term)) or (
        term.taxonomy == needs_taxonomy.TAXONOMY_NAME
    )


def _taxonomy_id(term: TaxonomyTerm) -> str | None:
    return term.taxonomy_detail.id if term.taxonomy_detail else None


def _needs_of_term(term: TaxonomyTerm) -> tuple[str, ...]:
    """By code only where the code is Open Eligibility's: other taxonomies have such numbers too."""
    name = (term.taxonomy or "").casefold()
    theirs = "open eligibility" in name or not name
    known = open_eligibility.needs_of_term(
        code=term.code if theirs else None, name=term.name, path=term.description
    )
    return known or tuple(needs_in(term.name, limit=1))


@dataclass(slots=True)
class TermRows:
    """The taxonomies and terms that a batch names, as rows by id."""

    source: str
    taxonomies: dict[str, dict[str, Any]] = field(default_factory=dict)
    terms: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, attribute: Attribute) -> str | None:
        """The id of the attribute's term; None when it names none."""
        term = attribute.taxonomy_term
        if term is None:
            given = attribute.taxonomy_term_id
            return row_id("taxonomy_term", given, source=self.source) if given else None
        identity = row_id("taxonomy_term", term.id, source=self.source)
        if identity not in self.terms:
            taxonomy_id = self._taxonomy(term)
            self.terms[identity] = self._row(term, identity, taxonomy_id)
        return identity

    def parents_first(self) -> Iterator[dict[str, Any]]:
        """The terms so that each stands behind the one above it."""
        done: set[str] = set()
        for identity in self.terms:
            way: list[str] = []
            step: str | None = identity
            while step in self.terms and step not in done and step not in way:
                way.append(step)
                step = self.terms[step]["parent_id"]
            for each in reversed(way):
                done.add(each)
                yield self.terms[each]

    def _taxonomy(self, term: TaxonomyTerm) -> str:
        detail = term.taxonomy_detail
        name = (detail.name if detail else None) or term.taxonomy or _UNNAMED
        given = (detail.id if detail else None) or term.taxonomy_id or name
        identity = row_id("taxonomy", given, source=self.source)
        if detail is not None or identity not in self.taxonomies:
            self.taxonomies[identity] = {
                "id": identity,
                "name": name,
                "description": (detail.description if detail else None) or name,
                "uri": detail.uri if detail else None,
                "version": detail.version if detail else None,
            }
        return identity

    def _row(self, term: TaxonomyTerm, identity: str, taxonomy_id: str) -> dict[str, Any]:
        parent_id = row_id("taxonomy_term", term.parent_id, source=self.source) if (
            term.parent_id
        ) else None  # fmt: skip
        if parent_id is not None and parent_id not in self.terms:
            self._stand_in(parent_id, term, taxonomy_id)
        return {
            "id": identity,
            "taxonomy_id": taxonomy_id,
            "code": term.code,
            "name": term.name,
            "description": term.description or term.name,
            "parent_id": parent_id,
            "language": term.language,
            "term_uri": term.term_uri,
        }

    def _stand_in(self, identity: str, child: TaxonomyTerm, taxonomy_id: str) -> None:
        """The term above, of which a service object has the id only; a path tells its name."""
        path = (child.description or "").rpartition(_BETWEEN)[0]
        if path:
            name = path.rpartition(_BETWEEN)[2]
            self.terms[identity] = {
                "id": identity,
                "taxonomy_id": taxonomy_id,
                "code": None,
                "name": name,
                "description": path,
                "parent_id": None,
                "language": child.language,
                "term_uri": None,
            }
