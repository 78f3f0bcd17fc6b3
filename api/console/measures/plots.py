"""Tables drawn as bars: SVG by matplotlib, readable in black and white and on a grey copy.

Bars of one colour side by side differ by their hatching, not by hue alone. Each bar has its number
at its end; what is held back says so in place of a bar. The ground is white, so that a plot is the
same in dark mode and on paper.
"""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from api.console.measures.tables import HIDDEN, Kind, Plot, Table, shown
from api.web.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Inches; small, so that its letters can be read on a phone too.
WIDTH = 4.8
_INK = "#1c2829"
# Fill and hatching of each column of bars.
_LOOKS = (("#9fb8ba", ""), ("#ffffff", "////"), ("#4d5b5c", ""), ("#ffffff", "...."))
_ROOM_FOR_NUMBERS = 1.14
_LONGEST_LABEL = 28
_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "handoff",
    "font.family": "sans-serif",
    "font.size": 10,
    "hatch.linewidth": 0.8,
}


def drawn(table: Table, words: Words) -> bytes:
    """The SVG of a table that has a plot. Texts stay texts; nothing in it is of today, so that the
    same figures make the same file."""
    # Read in with the first plot: it takes half a second, and most processes draw none.
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    plot = table.plot or Plot()
    # For the whole process: the way to set them for a while only is not safe among threads.
    settings: Any = mpl.rcParams
    settings.update(_SETTINGS)
    figure = Figure(figsize=(WIDTH, _height(table, plot)), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    _draw_bars(axes, table, plot, words)
    _tidy(axes, plot)
    if len(plot.columns) > 1:
        figure.legend(frameon=False, loc="outside upper left", ncols=2)
    written = BytesIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Title": table.caption})
    return written.getvalue()


def told(table: Table, words: Words) -> str:
    """What the plot shows, for who does not see it; the table has the numbers too."""
    plot = table.plot or Plot()
    rows = [
        f"{row.label} " + ", ".join(shown(words, row.values[column]) for column in plot.columns)
        for row in table.rows
    ]
    columns = ", ".join(table.head[column] for column in plot.columns)
    return f"{table.caption} ({columns}): {'; '.join(rows)}."


def size_of(table: Table) -> tuple[int, int]:
    """Width and height in points, so that a page keeps its room while it loads."""
    return round(WIDTH * 72), round(_height(table, table.plot or Plot()) * 72)


def _height(table: Table, plot: Plot) -> float:
    """In inches."""
    if not plot.lying:
        return 2.6
    one = len(plot.columns) == 1
    each, legend = (0.26, 0.0) if one else (0.06 + 0.17 * len(plot.columns), 0.5)
    return max(1.6, 0.6 + legend + each * len(table.rows))


def _draw_bars(axes: "Axes", table: Table, plot: Plot, words: Words) -> None:
    thick = 0.8 / len(plot.columns)
    largest = 1.0
    for series, column in enumerate(plot.columns):
        fill, hatch = _LOOKS[series % len(_LOOKS)]
        places = [row + (series + 0.5) * thick - 0.4 for row in range(len(table.rows))]
        values = [row.values[column] for row in table.rows]
        lengths = [value.number if value.kind is Kind.COUNT else 0.0 for value in values]
        largest = max([largest, *lengths])
        looks: dict[str, Any] = {"color": fill, "edgecolor": _INK, "hatch": hatch}
        if plot.lying:
            axes.barh(places, lengths, thick, label=table.head[column], **looks)
        else:
            axes.bar(places, lengths, thick, label=table.head[column], **looks)
        for place, length, value in zip(places, lengths, values, strict=True):
            said = f" {shown(words, value)} "
            small: dict[str, Any] = {
                "fontsize": 8 if value == HIDDEN or not plot.lying else 9,
                "color": _INK,
            }
            if plot.lying:
                axes.text(length, place, said, va="center", ha="left", **small)
            else:
                turned = 90 if value == HIDDEN else 0
                axes.text(place, length, said, va="bottom", ha="center", rotation=turned, **small)
    labels = [_short(row.label) for row in table.rows]
    room = largest * _ROOM_FOR_NUMBERS
    if plot.lying:
        axes.set_yticks(range(len(labels)), labels)
        axes.set_xlim(0, room)
        axes.invert_yaxis()
    else:
        axes.set_xticks(range(len(labels)), labels, rotation=45 if len(labels) > 6 else 0)
        axes.set_ylim(0, room)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"


def _tidy(axes: "Axes", plot: Plot) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)
    if plot.lying:
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
    else:
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
