"""A table of figures: what may be shown of it, in the reader's words. Pure.

Shares are worked out from counts that are shown, and from those only: so no share tells a count
that is held back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from api.web.words import Words
from directory.measures.period import Length, Period, Span
from directory.measures.queries import TYPICAL, Waits
from directory.measures.stages import Held, Stage, keeps_its_rank
from directory.measures.suppression import Grid, Protected, merged_small_rows, protected
from directory.settings import Settings


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


class Kind(StrEnum):
    COUNT = "count"
    SHARE = "share"
    MINUTES = "minutes"
    DOLLARS = "dollars"
    HIDDEN = "hidden"  # held back, as it is small or would tell one that is
    NOTHING = "nothing"  # there is no such figure, or nobody knows it


@dataclass(frozen=True, slots=True)
class Value:
    kind: Kind
    number: float = 0.0


HIDDEN = Value(Kind.HIDDEN)
NOTHING = Value(Kind.NOTHING)


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """How a table is drawn: which columns as bars, side by side. `stacked`: upon each other."""

    columns: tuple[int, ...] = (0,)
    lying: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`key`: in addresses and names of files. `head`: of the columns behind the labels' own."""

    key: str
    caption: str
    first: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    foot: Row | None = None
    plot: Plot | None = None
    # How many there are in all, where the table says so.
    total: Value | None = None

    @property
    def hides_something(self) -> bool:
        rows = (*self.rows, *([self.foot] if self.foot else []))
        return any(value == HIDDEN for row in rows for value in row.values)


@dataclass(frozen=True, slots=True)
class Section:
    """`definition`: what is counted of what, and who is left out, in a sentence or two."""

    key: str
    title: str
    definition: str
    tables: tuple[Table, ...]

    def table(self, key: str) -> Table | None:
        return next((each for each in self.tables if each.key == key), None)

    @property
    def hides_something(self) -> bool:
        return any(table.hides_something for table in self.tables)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a section is made from. `threshold`: counts from 1 to under it are held back."""

    session: Session
    period: Period
    now: datetime
    settings: Settings
    words: Words
    span: Span = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "span", self.period.span)

    @property
    def threshold(self) -> int:
        return self.settings.suppress_under

    def say(self, message: str, **values: object) -> str:
        return str(self.words.text(message, **values))


PERIODS = {
    Length.TWELVE_MONTHS: _("The last twelve months"),
    Length.YEAR: _("Year %(code)s"),
    Length.QUARTER: _("Quarter %(code)s"),
    Length.MONTH: _("Month %(code)s"),
}


def title_of(period: Period, words: Words) -> str:
    return str(words.text(PERIODS[period.length], code=period.code))


def count(number: int | None) -> Value:
    return HIDDEN if number is None else Value(Kind.COUNT, number)


def share(part: int | None, whole: int | None) -> Value:
    """Of counts that are shown; None is one that is not."""
    if part is None or whole is None:
        return HIDDEN
    return Value(Kind.SHARE, part / whole) if whole else NOTHING


def minutes(time: timedelta | None) -> Value:
    return NOTHING if time is None else Value(Kind.MINUTES, time.total_seconds() / 60)


def added(*numbers: int | None) -> int | None:
    """The sum of counts, where each of them is shown."""
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of counts as it may be shown."""

    labels: tuple[str, ...]
    counts: tuple[int | None, ...]
    total: int | None

    def of(self, *places: int) -> int | None:
        return added(*(self.counts[place] for place in places))


def listed(asked: Asked, counts: Sequence[tuple[str, int]], *, others: bool = False) -> Listed:
    """`others`: small ones are put together as one, the largest first."""
    labels = tuple(label for label, _number in counts)
    grid = Grid(labels, ("",), tuple((number,) for _label, number in counts))
    if others:
        order = sorted(range(len(labels)), key=lambda place: (-grid.counts[place][0], place))
        grid = replace(
            grid,
            rows=tuple(labels[place] for place in order),
            counts=tuple(grid.counts[place] for place in order),
        )
        name = asked.say(_("Others, fewer than %(number)s each"), number=asked.threshold)
        grid = merged_small_rows(grid, threshold=asked.threshold, name=name)
    shown = protected(grid, threshold=asked.threshold)
    return Listed(shown.rows, shown.row_totals, shown.total)


def list_table(
    asked: Asked, key: str, caption: str, first: str, shown: Listed, *, plot: Plot | None = None
) -> Table:
    """Counts and their shares of all."""
    rows = tuple(
        Row(label, (count(number), share(number, shown.total)))
        for label, number in zip(shown.labels, shown.counts, strict=True)
    )
    head = (asked.say(_("Number")), asked.say(_("Share")))
    foot = Row(asked.say(_("All")), (count(shown.total), share(shown.total, shown.total)))
    return Table(key, caption, first, head, rows, foot, plot if rows else None, count(shown.total))


def grid_table(  # a table is exactly these
    asked: Asked, key: str, caption: str, first: str, shown: Protected, *, plot: Plot | None = None
) -> Table:
    """Counts by row and column, with the sums of both."""
    rows = tuple(
        Row(label, (*map(count, counts), count(total)))
        for label, counts, total in zip(shown.rows, shown.counts, shown.row_totals, strict=True)
    )
    head = (*shown.columns, asked.say(_("All")))
    foot = Row(asked.say(_("All")), (*map(count, shown.column_totals), count(shown.total)))
    return Table(key, caption, first, head, rows, foot, plot if rows else None, count(shown.total))


def stage_of(waits: Waits, onward: Mapping[tuple[int, int], int] | None = None) -> Stage:
    """Waits as a list beside others. `onward`: how many of those that are over, 1, or not, 0, go
    to which line of the next."""
    return Stage(waits.counts, onward, (*(1 for _limit in waits.limits), 1, 0))


def waits_tables(
    asked: Asked, key: str, caption: str, waits: Waits, held: Held, *, plot: Plot | None = None
) -> tuple[Table, ...]:
    """How many had waited how long, and the typical wait. `held`: waits are its first list."""
    limits = [
        asked.say(_("within %(time)s"), time=duration(asked.words, each)) for each in waits.limits
    ]
    labels = (*limits, asked.say(_("later")), asked.say(_("not yet")))
    first = asked.say(_("Time"))
    shown = Listed(labels, held.lists[0], held.total)
    table = list_table(asked, key, caption, first, shown, plot=plot)
    enough = keeps_its_rank(waits.counts, held.others, parts=TYPICAL, least=asked.threshold)
    typical = Table(
        f"{key}-typical",
        asked.say(_("The typical wait, of those that are over")),
        first,
        (asked.say(_("Half are over within")), asked.say(_("Nine of ten are over within"))),
        (
            Row(
                asked.say(_("Wait")),
                (minutes(waits.median), minutes(waits.ninth_of_ten))
                if enough or not waits.happened
                else (HIDDEN, HIDDEN),
            ),
        ),
    )
    return table, typical


def without_small_totals(tables: tuple[Table, ...]) -> tuple[Table, ...]:
    """The tables of a section count the same things in different ways. Where one cannot show how
    many they are in all, none shows anything: it would be told by the others."""
    if not any(each.total == HIDDEN for each in tables):
        return tables

    def emptied(row: Row) -> Row:
        return replace(row, values=tuple(HIDDEN for _value in row.values))

    return tuple(
        replace(
            table,
            rows=tuple(map(emptied, table.rows)),
            foot=emptied(table.foot) if table.foot else None,
        )
        for table in tables
    )


def duration(words: Words, time: timedelta) -> str:
    """ "18 min", "1 h 20 min", "3 days"."""
    whole = round(time.total_seconds() / 60)
    hours, rest = divmod(whole, 60)
    if whole < 60:
        return str(words.text(_("%(minutes)s min"), minutes=whole))
    if hours >= 72 and rest == 0 and hours % 24 == 0:
        return str(words.text(_("%(days)s days"), days=hours // 24))
    if rest:
        return str(words.text(_("%(hours)s h %(minutes)s min"), hours=hours, minutes=rest))
    return str(words.text(_("%(hours)s h"), hours=hours))


def shown(words: Words, value: Value) -> str:
    """A value as people read it."""
    match value.kind:
        case Kind.COUNT:
            return f"{value.number:,.0f}"
        case Kind.SHARE:
            return words.share(value.number)
        case Kind.MINUTES:
            return duration(words, timedelta(minutes=value.number))
        case Kind.DOLLARS:
            return f"${value.number:,.2f}"
        case Kind.HIDDEN:
            return str(words.text(_("held back")))
    return "-"


def plain(value: Value) -> str:
    """A value as a spreadsheet reckons with it: times in minutes, shares as parts of one."""
    match value.kind:
        case Kind.COUNT:
            return f"{value.number:.0f}"
        case Kind.SHARE:
            return f"{value.number:.4f}"
        case Kind.MINUTES:
            return f"{value.number:.1f}"
        case Kind.DOLLARS:
            return f"{value.number:.2f}"
        case Kind.HIDDEN:
            return "held back"
    return ""
