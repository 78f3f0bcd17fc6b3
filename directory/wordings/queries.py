"""Every SELECT on wordings, and on the names that they must not say."""

from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from directory.languages import Language
from directory.listings.models import Organization
from directory.wordings.models import Wording, WordingStatus

# Shorter names are words of every day as well.
SHORTEST_NAME = 4
# Asked for every check-in, so it is built once.
_APPROVED = (
    select(Wording)
    .where(
        Wording.key == bindparam("wording"),
        Wording.language == bindparam("spoken"),
        Wording.status == WordingStatus.APPROVED,
    )
    .order_by(Wording.version.desc())
    .limit(1)
)


def by_id(session: Session, wording_id: str) -> Wording | None:
    return session.get(Wording, wording_id)


def approved(session: Session, key: str, language: Language) -> Wording | None:
    """The one version that is sent."""
    return session.scalar(_APPROVED, {"wording": key, "spoken": language})


def every_approved(session: Session) -> dict[tuple[str, str], Wording]:
    """What is sent, by key and language, for who shows them all."""
    statement = select(Wording).where(Wording.status == WordingStatus.APPROVED)
    found = session.scalars(statement.order_by(Wording.version))
    return {(each.key, each.language): each for each in found}


def versions(
    session: Session, key: str, language: Language, *, for_update: bool = False
) -> list[Wording]:
    """Every version, the newest first. `for_update`: two approvals come one after the other."""
    statement = (
        select(Wording)
        .where(Wording.key == key, Wording.language == language)
        .order_by(Wording.version.desc())
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(statement))


def keys(session: Session) -> list[str]:
    """What staff has written wordings for."""
    return list(session.scalars(select(Wording.key).distinct().order_by(Wording.key)))


def drafts(session: Session) -> list[Wording]:
    """What waits for a second person, the oldest first; not what a newer approval has overtaken."""
    stands = (
        select(Wording.key, Wording.language, func.max(Wording.version).label("version"))
        .where(Wording.status == WordingStatus.APPROVED)
        .group_by(Wording.key, Wording.language)
        .subquery()
    )
    same = and_(stands.c.key == Wording.key, stands.c.language == Wording.language)
    waits = or_(stands.c.version.is_(None), stands.c.version < Wording.version)
    statement = (
        select(Wording)
        .outerjoin(stands, same)
        .where(Wording.status == WordingStatus.DRAFT, waits)
        .order_by(Wording.created_at, Wording.id)
    )
    return list(session.scalars(statement))


def newest_version(session: Session, key: str, language: Language) -> int:
    """The number of the newest version; 0 when there is none."""
    newest = select(func.max(Wording.version)).where(
        Wording.key == key, Wording.language == language
    )
    return session.scalar(newest) or 0


def page(
    session: Session,
    *,
    key: str | None = None,
    language: Language | None = None,
    status: WordingStatus | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Wording]:
    """In the order in which they were written; `after`: when and which the last one seen was."""
    statement = select(Wording).order_by(Wording.created_at, Wording.id).limit(limit)
    if key is not None:
        statement = statement.where(Wording.key == key)
    if language is not None:
        statement = statement.where(Wording.language == language)
    if status is not None:
        statement = statement.where(Wording.status == status)
    if after is not None:
        created_at, wording_id = after
        later = Wording.created_at > created_at
        same = (Wording.created_at == created_at) & (Wording.id > wording_id)
        statement = statement.where(later | same)
    return list(session.scalars(statement))


def organization_names(session: Session) -> list[str]:
    """What organizations are called, other names included."""
    names: list[str] = []
    columns = (Organization.name, Organization.alternate_name, Organization.also_known_as)
    for name, other, others in session.execute(select(*columns)):
        names += [name, other or "", *others]
    return [name for name in names if len(name) >= SHORTEST_NAME]
