"""Languages to be helped in: those that listings name, as Babel names them."""

from babel import Locale
from sqlalchemy.orm import Session

from directory.languages import Language
from directory.listings import queries

# (version of the catalogue, codes): asked again when a listing has changed.
_read: list[tuple[str | None, tuple[str, ...]]] = []


def languages_spoken(session: Session) -> tuple[str, ...]:
    """Codes, Spanish first. English is spoken everywhere, so it is no choice to make."""
    version = queries.catalogue_version(session)
    if not _read or _read[0][0] != version:
        found = set(queries.languages_of_published(session)) - {Language.EN.value}
        _read[:] = [(version, tuple(sorted(found, key=lambda code: (code != "es", code))))]
    return _read[0][1]


def name_of(code: str, language: Language) -> str:
    """ "Polish", "polaco"; a code that nobody has named stays as it is."""
    names = Locale(language.value).languages
    return str(names.get(code) or names.get(code.partition("-")[0]) or code)
