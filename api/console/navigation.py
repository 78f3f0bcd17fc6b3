"""The entries of the console's menu, and whose they are."""

from dataclasses import dataclass

from api.clinicians.access import EVERYONE, RESPONSIBLE
from directory.staff.models import Role


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Entry:
    """`also`: beginnings of other paths that belong to it."""

    path: str
    title: str
    roles: tuple[Role, ...]
    also: tuple[str, ...] = ()


ENTRIES = (
    Entry("/console", _("Today"), EVERYONE),
    Entry("/console/search", _("Search"), EVERYONE),
    Entry("/console/people", _("People"), EVERYONE),
    Entry("/console/referrals", _("Referrals"), EVERYONE),
    Entry("/console/listings", _("Listings"), EVERYONE, also=("/console/checklist",)),
    Entry("/console/plans", _("Check-in plans"), EVERYONE, also=("/console/wordings",)),
    Entry("/console/on-call", _("On call"), EVERYONE),
    Entry("/console/staff", _("Staff"), RESPONSIBLE),
    Entry("/console/measures", _("Figures"), RESPONSIBLE),
    Entry("/console/training", _("CIT training"), RESPONSIBLE),
    Entry("/console/audit", _("Audit log"), RESPONSIBLE),
)


def entries_for(role: Role) -> tuple[Entry, ...]:
    return tuple(entry for entry in ENTRIES if role in entry.roles)
