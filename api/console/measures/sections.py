"""All sections in the order in which they are read, and each of their tables by its key."""

from collections.abc import Callable

from api.console.measures import follow_up, programme, referrals, visits
from api.console.measures.tables import Asked, Section, Table
from directory.measures.planning import plan_for_counting

# By section, so that one table needs no other section's counts.
SECTIONS: dict[str, Callable[[Asked], Section]] = {
    "calls": visits.calls,
    "repeats": visits.repeats,
    "first-follow-up": follow_up.first_follow_up,
    "check-ins": follow_up.checkins,
    "danger": follow_up.danger,
    "referrals": referrals.referrals,
    "unmet": referrals.unmet,
    "listings": programme.listings,
    "texts": programme.texts,
    "languages": visits.languages,
    "training": programme.training,
}


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


# As the sections call themselves, for who chooses among them.
TITLES = {
    "calls": _("Calls for service"),
    "repeats": _("Repeat visits before and after a linkage"),
    "first-follow-up": _("Time to the first follow-up"),
    "check-ins": _("Check-ins"),
    "danger": _("Danger"),
    "referrals": _("Referrals"),
    "unmet": _("Unmet needs"),
    "listings": _("Freshness of listings"),
    "texts": _("Texts"),
    "languages": _("Languages"),
    "training": _("CIT training"),
}


def one(asked: Asked, section: str) -> Section | None:
    make = SECTIONS.get(section)
    if make is None:
        return None
    plan_for_counting(asked.session)
    return make(asked)


def every(asked: Asked) -> list[Section]:
    plan_for_counting(asked.session)
    return [make(asked) for make in SECTIONS.values()]


def table(asked: Asked, section: str, key: str) -> Table | None:
    """One table; None where there is none of this key."""
    made = one(asked, section)
    return made.table(key) if made else None
