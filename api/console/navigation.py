"""The entries of the console's menu, and whose they are."""

from dataclasses import dataclass

from api.clinicians.access import EVERYONE, RESPONSIBLE
from directory.staff.models import Role


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    title: str
    roles: tuple[Role, ...]


ENTRIES = (
    Entry("/console", _("Today"), EVERYONE),
    Entry("/console/staff", _("Staff"), RESPONSIBLE),
    Entry("/console/training", _("CIT training"), RESPONSIBLE),
    Entry("/console/audit", _("Audit log"), RESPONSIBLE),
)


def entries_for(role: Role) -> tuple[Entry, ...]:
    return tuple(entry for entry in ENTRIES if role in entry.roles)
