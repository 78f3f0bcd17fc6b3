"""The 26 needs as an HSDS taxonomy, and the attributes that tie services to them."""

from sqlalchemy.orm import Session

from directory.languages import Language
from directory.listings import open_eligibility, queries
from directory.listings.ids import stable_id
from directory.listings.models import Attribute, Taxonomy, TaxonomyTerm
from directory.needs import taxonomy

TAXONOMY_NAME = "Handoff needs"
TAXONOMY_ID = stable_id("taxonomy", "needs")


def ensure_need_terms(session: Session) -> dict[str, str]:
    """Need code -> id of its term; adds and renames terms as data/taxonomy.yml says."""
    if session.get(Taxonomy, TAXONOMY_ID) is None:
        session.add(
            Taxonomy(
                id=TAXONOMY_ID,
                name=TAXONOMY_NAME,
                description="What residents ask for, in 26 kinds.",
            )
        )
        session.flush()
    known = {term.code: term for term in queries.terms_of(session, TAXONOMY_ID)}
    for code, need in taxonomy().items():
        term = known.get(code)
        if term is None:
            term = TaxonomyTerm(
                id=stable_id("taxonomy_term", code), taxonomy_id=TAXONOMY_ID, code=code
            )
            session.add(term)
        term.name, term.name_es = need.label[Language.EN], need.label[Language.ES]
        term.description = need.ask[Language.EN]
    session.flush()
    open_eligibility.ensure_terms(session)
    return {code: stable_id("taxonomy_term", code) for code in taxonomy()}


def link_needs(session: Session, service_id: str, needs: list[str], terms: dict[str, str]) -> None:
    """The service's attributes are exactly its needs, in our words and in Open Eligibility's.

    What a source said in a taxonomy of its own stays.
    """
    wanted = {terms[need] for need in needs}
    for attribute in queries.attributes_of(session, service_id):
        if attribute.taxonomy_term_id in wanted:
            wanted.discard(attribute.taxonomy_term_id)
        elif attribute.taxonomy_term.taxonomy_id == TAXONOMY_ID:
            session.delete(attribute)
    for term_id in sorted(wanted):
        identity = stable_id("attribute", service_id, term_id)
        session.add(
            Attribute(
                id=identity, link_id=service_id, link_entity="service", taxonomy_term_id=term_id
            )
        )
    session.flush()
    open_eligibility.link_terms(session, service_id, needs)
