"""The console's pages of programme figures: for supervisors and admins, by period."""

from collections.abc import Iterator

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console.access import RESPONSIBLE, SITE, TheVisitor, Visitor, console_router, draw
from api.console.measures import kept, plots, report, sections, tables
from api.console.measures.kept import Counted
from api.console.measures.tables import Asked, Section, Table, title_of
from api.deps import ReadingSession, TheServices
from api.interchange.tables import written
from api.services import Services
from directory.errors import NotFound
from directory.measures import period as periods

router = console_router("/measures", *RESPONSIBLE)
# A plot tells nothing but what its page has told, and is drawn anew for other figures only.
_KEEP_PLOTS = "private, max-age=300"


@router.get("")
def figures(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    period: str = periods.LAST_YEAR,
    anew: bool = False,
) -> HTMLResponse:
    """All tables, without their plots: a page must be light."""
    asked = _asked(request, visitor, services, session, period)
    counted = kept.every(services.database, asked, anew=anew)
    return _page(request, visitor, services, asked, counted, chosen=None)


@router.get("/report.pdf")
def printed(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    period: str = periods.LAST_YEAR,
) -> Response:
    asked = _asked(request, visitor, services, session, period)
    _note(services, visitor, "measures.export", "report.pdf")
    name = f"report-{asked.period.code}.pdf"
    headers = SITE.headers | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(report.printed(asked), media_type="application/pdf", headers=headers)


@router.get("/{section}")
def figures_of(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    section: str,
    period: str = periods.LAST_YEAR,
    anew: bool = False,
) -> HTMLResponse:
    asked = _asked(request, visitor, services, session, period)
    counted = kept.one(services.database, asked, section, anew=anew)
    if counted is None:
        raise NotFound("figures_unknown", "There are no such figures.")
    return _page(request, visitor, services, asked, [counted], chosen=counted.section)


@router.get("/{section}/{key}.svg")
def plot(  # which table of which period
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    section: str,
    key: str,
    period: str = periods.LAST_YEAR,
) -> Response:
    asked = _asked(request, visitor, services, session, period)
    counted = kept.one(services.database, asked, section)
    table = counted.section.table(key) if counted else None
    if table is None or table.plot is None:
        raise NotFound("plot_unknown", "There is no such plot.")
    headers = SITE.headers | {"Cache-Control": _KEEP_PLOTS}
    return Response(plots.drawn(table, asked.words), media_type="image/svg+xml", headers=headers)


@router.get("/{section}/{key}.csv")
def spreadsheet(  # which table of which period
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    section: str,
    key: str,
    period: str = periods.LAST_YEAR,
) -> Response:
    asked = _asked(request, visitor, services, session, period)
    table = sections.table(asked, section, key)
    if table is None:
        raise NotFound("table_unknown", "There is no such table.")
    _note(services, visitor, "measures.export", key)
    name = f"{key}-{asked.period.code}.csv"
    headers = SITE.headers | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("".join(lines_of(table)), media_type="text/csv", headers=headers)


def _page(
    request: Request,
    visitor: Visitor,
    services: Services,
    asked: Asked,
    counted: list[Counted],
    *,
    chosen: Section | None,
) -> HTMLResponse:
    _note(services, visitor, "measures.read", chosen.key if chosen else None)
    since = min(each.at for each in counted)
    return draw(
        request,
        visitor,
        "measures/measures.html",
        sections=[each.section for each in counted],
        kept_since=since if since < asked.now else None,
        chosen=chosen,
        titles={key: asked.say(title) for key, title in sections.TITLES.items()},
        period=asked.period,
        choices=periods.choices(now=asked.now, zone=services.settings.zone),
        title_of=lambda each: title_of(each, asked.words),
        shown=lambda value: tables.shown(asked.words, value),
        told=lambda table: plots.told(table, asked.words),
        size_of=plots.size_of,
        is_open=asked.span.end > asked.now,
        threshold=asked.threshold,
    )


def lines_of(table: Table) -> Iterator[str]:
    """A table as a file: nothing in it runs in a spreadsheet (api.interchange.tables)."""
    yield written((table.first, *table.head))
    for row in (*table.rows, *([table.foot] if table.foot else [])):
        yield written((row.label, *map(tables.plain, row.values)))


def _note(services: Services, visitor: Visitor, action: str, key: str | None = None) -> None:
    """In a session of its own: while the database counts, nobody should have to wait to write."""
    with services.database.session_scope() as session:
        audit(session, services, visitor.member, action, subject_id=key)


def _asked(
    request: Request, visitor: Visitor, services: Services, session: Session, code: str
) -> Asked:
    """Raises Invalid on a code that is none."""
    now = services.clock.now()
    return Asked(
        session=session,
        period=periods.read(code, now=now, zone=services.settings.zone),
        now=now,
        settings=services.settings,
        words=SITE.words(request, visitor.language),
    )
