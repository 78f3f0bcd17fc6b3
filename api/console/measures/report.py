"""The printed report: a PDF by Typst, with the tables and plots of one period.

Its text goes to Typst as data and is never read as markup, so no name in it can do anything. The
PDF is tagged for screen readers, and the same figures make the same pages.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import typst

from api.console.measures import plots, sections, tables
from api.console.measures.tables import Asked, Row, Section, Table, title_of
from directory.errors import HandoffError

TEMPLATE = Path(__file__).with_name("report.typ")


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


class ReportError(HandoffError):
    """The PDF could not be made."""

    status = 500


def printed(asked: Asked) -> bytes:
    """The PDF of all sections. Raises ReportError."""
    made = sections.every(asked)
    with tempfile.TemporaryDirectory(prefix="handoff-report-") as name:
        folder = Path(name)
        (folder / "report.typ").write_bytes(TEMPLATE.read_bytes())
        (folder / "report.json").write_text(json.dumps(_content(asked, made)), encoding="utf-8")
        for section in made:
            for table in section.tables:
                if table.plot is not None:
                    file = folder / f"{table.key}.svg"
                    file.write_bytes(plots.drawn(table, asked.words))
        try:
            pdf = typst.compile(folder / "report.typ", format="pdf", ignore_system_fonts=True)
        except typst.TypstError as error:
            raise ReportError("report_failed", "The report could not be made.") from error
    return bytes(pdf)


def _content(asked: Asked, made: list[Section]) -> dict[str, Any]:
    say, words = asked.say, asked.words
    small = say(
        _(
            "Held back are counts from 1 to %(number)s, and others from which they could be worked "
            "out. Shares are told where their counts are."
        ),
        number=asked.threshold - 1,
    )
    notes = [small] if asked.threshold > 1 else []
    if asked.span.end > asked.now:
        notes.insert(0, say(_("This period is not over yet: the figures are those up to now.")))
    if asked.settings.demo:
        notes.insert(0, say(_("DEMO: the people here are made up.")))
    return {
        "language": words.language.value,
        "title": say(_("Programme figures")),
        "period": title_of(asked.period, words),
        "code": asked.period.code,
        "days": f"{words.day(asked.period.first)} – {words.day(asked.period.last)}",
        "made": say(_("Made on %(day)s."), day=words.day(asked.now)),
        "notes": notes,
        "sections": [_section(asked, each) for each in made],
    }


def _section(asked: Asked, section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "definition": section.definition,
        "tables": [_table(asked, table) for table in section.tables],
    }


def _table(asked: Asked, table: Table) -> dict[str, Any]:
    def cells(row: Row) -> list[str]:
        return [row.label, *(tables.shown(asked.words, value) for value in row.values)]

    return {
        "caption": table.caption,
        "head": [table.first, *table.head],
        "rows": [cells(row) for row in table.rows],
        "foot": cells(table.foot) if table.foot else None,
        "plot": f"{table.key}.svg" if table.plot else None,
        "told": plots.told(table, asked.words) if table.plot else None,
    }
