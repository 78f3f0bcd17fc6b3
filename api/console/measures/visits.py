"""Figures of visits: calls by type and month, repeat visits around a linkage, languages."""

from api.console.measures.tables import (
    Asked,
    Plot,
    Row,
    Section,
    Table,
    count,
    list_table,
    listed,
    without_small_totals,
)
from directory.measures import linkage, nested, queries
from directory.visits.models import CallType


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


CALL_TYPES = {
    CallType.MENTAL_HEALTH: _("Mental health"),
    CallType.DOMESTIC_VIOLENCE: _("Domestic violence"),
    CallType.ELDERLY: _("Older adults"),
    CallType.SUBSTANCE_USE: _("Substance use"),
    CallType.OTHER_CRISIS: _("Other crisis"),
}
LANGUAGES: dict[str | None, str] = {"en": _("English"), "es": _("Spanish"), None: _("Not known")}
# Days before and after a linkage.
WINDOWS = (30, 90, 365)


def calls(asked: Asked) -> Section:
    say = asked.say
    found = queries.calls(asked.session, asked.period.month_spans)
    types = listed(
        asked, [(say(title), found.by_type.get(each, 0)) for each, title in CALL_TYPES.items()]
    )
    caption, first = say(_("Calls by type")), say(_("Type"))
    tables = [list_table(asked, "calls", caption, first, types, plot=Plot(lying=True))]
    if len(asked.period.months) > 1:
        named = [f"{month:%Y-%m}" for month in asked.period.months]
        months = listed(asked, list(zip(named, found.by_month, strict=True)))
        caption, first = say(_("Calls by month")), say(_("Month"))
        tables.append(list_table(asked, "calls-by-month", caption, first, months, plot=Plot()))
    return Section(
        "calls",
        say(_("Calls for service")),
        say(
            _(
                "Visits that clinicians logged, by what they were called for, each response once; "
                "visits that were voided are left out."
            )
        ),
        without_small_totals(tuple(tables)),
    )


def repeats(asked: Asked) -> Section:
    say = asked.say
    found = linkage.repeat_visits(asked.session, asked.span, windows=WINDOWS, now=asked.now)
    rows = nested.told(found, threshold=asked.threshold)
    return Section(
        "repeats",
        say(_("Repeat visits before and after a linkage")),
        say(
            _(
                "For people whom a partner accepted for the first time in this period: their "
                "visits in so many days before and after that day; the visit that led to the "
                "referral counts on neither side, and people who were linked less than so many "
                "days ago are left out. People are referred when things are worst, so fewer "
                "visits afterwards prove nothing by themselves."
            )
        ),
        (
            Table(
                "repeats",
                say(_("Repeat visits before and after a linkage")),
                say(_("Days")),
                (
                    say(_("People linked")),
                    say(_("Visits before")),
                    say(_("Visits after")),
                    say(_("People with one before")),
                    say(_("People with one after")),
                ),
                tuple(_repeats_row(asked, *each) for each in zip(WINDOWS, rows, strict=True)),
                plot=Plot(columns=(1, 2)),
            ),
        ),
    )


def _repeats_row(asked: Asked, days: int, told: nested.Row) -> Row:
    label = asked.say(_("%(days)s days"), days=days)
    shown = (told.people, told.before, told.after, told.any_before, told.any_after)
    return Row(label, tuple(map(count, shown)))


def languages(asked: Asked) -> Section:
    say = asked.say
    found = queries.people_by_language(asked.session, asked.span)
    people = listed(asked, [(say(title), found.get(each, 0)) for each, title in LANGUAGES.items()])
    title = say(_("Languages"))
    return Section(
        "languages",
        title,
        say(
            _(
                "People with a visit in this period, each once, by the language in which they are "
                "texted; who texted but was never visited is left out."
            )
        ),
        (list_table(asked, "languages", title, say(_("Language")), people),),
    )
