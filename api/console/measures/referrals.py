"""Figures of referrals, and of needs that nobody could meet."""

from collections import Counter
from collections.abc import Callable, Mapping

from api.console.measures.tables import (
    Asked,
    Listed,
    Plot,
    Row,
    Section,
    Table,
    added,
    grid_table,
    list_table,
    listed,
    share,
    stage_of,
    waits_tables,
    without_small_totals,
)
from directory.languages import Language
from directory.measures import queries
from directory.measures.models import Unmet
from directory.measures.queries import Referred, Waits
from directory.measures.stages import Held, Stage, arriving, held_back
from directory.measures.suppression import Grid, merged_small_rows, protected
from directory.needs import taxonomy
from directory.referrals.states import Outcome, Status


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


STATUSES = {
    Status.REQUESTED: _("Waits for the partner's answer"),
    Status.ACCEPTED: _("Accepted"),
    Status.IN_PROGRESS: _("Under way"),
    Status.ON_HOLD: _("On hold"),
    Status.COMPLETED: _("Completed"),
    Status.FAILED: _("Accepted, and came to nothing"),
    Status.REJECTED: _("Declined"),
    Status.CANCELLED: _("Taken back"),
}
_ACCEPTED = range(1, 6)
_DECLINED = 6
OUTCOMES: dict[str | None, str] = {
    Outcome.SERVICE_RECEIVED: _("Service received"),
    Outcome.NOT_RECEIVED: _("Service not received"),
    Outcome.UNKNOWN: _("Asked, and no answer"),
    None: _("Not known yet"),
}
UNMET = {
    Unmet.NOTHING_FOUND: _("Nothing found"),
    Unmet.DECLINED: _("Partner declined"),
    Unmet.FULL: _("Was full"),
}


def referrals(asked: Asked) -> Section:
    say = asked.say
    return Section(
        "referrals",
        say(_("Referrals")),
        say(
            _(
                "Referrals sent to partners in this period, as they stand now; drafts and those "
                "entered in error are left out. Accepted: of those accepted or declined. Loop "
                "closed: of all, those of whom we know whether the service was received. Service "
                "received: of those whose loop is closed."
            )
        ),
        without_small_totals(_referral_tables(asked)),
    )


def _referral_tables(asked: Asked) -> tuple[Table, ...]:
    say, lying = asked.say, Plot(lying=True)
    found = queries.referrals(asked.session, asked.span)
    waits = queries.time_to_answer(asked.session, asked.span)
    held = _held_back(asked, waits, found)
    statuses = Listed(tuple(map(say, STATUSES.values())), held.lists[1], held.total)
    outcomes = Listed(tuple(map(say, OUTCOMES.values())), held.lists[2], held.total)
    by_need = _count(found, lambda each: each.need)
    needs = _list_of(asked, {_need(asked, need): number for need, number in by_need.items()})
    partners = _list_of(asked, _count(found, lambda each: each.organization))
    title = say(_("Time to the partner's answer"))

    def table(key: str, caption: str, first: str, shown: Listed, plot: Plot | None = None) -> Table:
        return list_table(asked, key, say(caption), say(first), shown, plot=plot)

    return (
        table("referrals-by-need", _("Referrals by need"), _("Need"), needs, lying),
        table("referrals-by-partner", _("Referrals by partner"), _("Partner"), partners),
        table("referrals-by-status", _("Referrals by status"), _("Status now"), statuses, lying),
        table("referrals-by-outcome", _("What people say came of it"), _("Outcome"), outcomes),
        _results(asked, statuses, outcomes),
        *waits_tables(asked, "time-to-answer", title, waits, held),
    )


def _held_back(asked: Asked, waits: Waits, found: list[Referred]) -> Held:
    """Waits, statuses and outcomes: what waits for an answer has no answer yet, and of what came
    to nothing it is never known whether the service was received."""
    status_line = {status.value: line for line, status in enumerate(STATUSES)}
    outcome_line = {outcome: line for line, outcome in enumerate(OUTCOMES)}
    by_answer, by_outcome = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for each in found:
        line = status_line[each.status]
        by_answer[int(each.answered), line] += each.number
        by_outcome[line, outcome_line[each.outcome]] += each.number
    statuses = Stage(arriving(by_answer, lines=len(STATUSES)), by_outcome)
    outcomes = Stage(arriving(by_outcome, lines=len(OUTCOMES)))
    stages = [stage_of(waits, by_answer), statuses, outcomes]
    return held_back(stages, threshold=asked.threshold)


def _results(asked: Asked, statuses: Listed, outcomes: Listed) -> Table:
    say = asked.say
    accepted, declined = statuses.of(*_ACCEPTED), statuses.counts[_DECLINED]
    received, not_received = outcomes.counts[:2]
    closed = added(received, not_received)
    return Table(
        "referral-results",
        say(_("Acceptance and results")),
        say(_("Share")),
        (say(_("Share")),),
        (
            Row(say(_("Accepted")), (share(accepted, added(accepted, declined)),)),
            Row(say(_("Loop closed")), (share(closed, outcomes.total),)),
            Row(say(_("Service received")), (share(received, closed),)),
        ),
    )


def unmet(asked: Asked) -> Section:
    say = asked.say
    found = queries.unmet_needs(asked.session, asked.period)
    needs = [need for need in taxonomy() if any(key[0] == need for key in found)]
    grid = Grid(
        tuple(_need(asked, need) for need in needs),
        tuple(say(title) for title in UNMET.values()),
        tuple(tuple(_sum(found, need=need, how=how) for how in UNMET) for need in needs),
    )
    name = say(_("Others, fewer than %(number)s each"), number=asked.threshold)
    shown = protected(
        merged_small_rows(grid, threshold=asked.threshold, name=name), threshold=asked.threshold
    )
    areas = Counter[str]()
    for (_need_code, area, _how), number in found.items():
        areas[area or say(_("Place not known"))] += number
    tables = (
        grid_table(
            asked,
            "unmet-by-need",
            say(_("Unmet needs by need")),
            say(_("Need")),
            shown,
            plot=Plot(columns=(0, 1, 2), lying=True),
        ),
        list_table(
            asked,
            "unmet-by-area",
            say(_("Unmet needs by area")),
            say(_("Area")),
            _list_of(asked, areas),
        ),
    )
    return Section(
        "unmet",
        say(_("Unmet needs")),
        say(
            _(
                "How often a need stayed unmet: somebody asked by text and no listing serves it, "
                "a partner declined a referral, or a person came and it was full; asking twice "
                "counts twice. Area: the place that the person had texted, if any."
            )
        ),
        without_small_totals(tables),
    )


def _sum(found: Mapping[tuple[str, str, str], int], *, need: str, how: str) -> int:
    return sum(number for (n, _area, h), number in found.items() if n == need and h == how)


def _count(found: list[Referred], part: Callable[[Referred], str | None]) -> Counter[str | None]:
    counts = Counter[str | None]()
    for each in found:
        counts[part(each)] += each.number
    return counts


def _list_of(asked: Asked, counts: Mapping[str | None, int] | Mapping[str, int]) -> Listed:
    return listed(asked, [(str(name), number) for name, number in counts.items()], others=True)


def _need(asked: Asked, need: str | None) -> str:
    known = taxonomy().get(need or "")
    return known.label[Language(asked.words.language)] if known else asked.say(_("Not said"))
