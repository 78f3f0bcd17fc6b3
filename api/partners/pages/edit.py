"""Changing one's own listing: each mistake at its field, while one types and when one saves.

The services are those of the partner API. Who was overtaken by a colleague sees what has changed,
and what they typed still stands in the fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.console import listing_form
from api.console.listing_form import Form, Patch, Wrong
from api.deps import Id, TheServices, WritingSession
from api.partners.pages import said, week
from api.partners.pages.access import (
    HOME,
    TheVisitor,
    Visitor,
    audit,
    back_to,
    draw,
    own_listing,
    partner_pages,
)
from directory.errors import Invalid
from directory.freshness import service as freshness
from directory.listings import edit, edit_queries, staff_queries
from directory.listings.change_models import ListingChange
from directory.listings.edit_parse import parsed
from directory.listings.edit_rules import broken, resolved, waits
from directory.listings.edit_schema import ListingPatch
from directory.listings.models import Service
from directory.needs import taxonomy

router = partner_pages("/listings")
HOURS = "opening_hours"


@dataclass(frozen=True, slots=True)
class Sent:
    """What the browser sent: the form, its fields as they came, and what it said when drawn."""

    form: Form
    fields: Mapping[str, str]
    was: str
    version: int
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The form as it is shown. `was`: what counts as untouched; `stale`: what others changed."""

    form: Form
    was: Form
    hours: Mapping[str, str]
    wrong: Sequence[Wrong] = ()
    stale: Sequence[ListingChange] | None = None
    clashes: frozenset[str] = field(default_factory=frozenset)


async def get_sent(request: Request) -> Sent:
    given = await request.form()
    lists = {name: [str(each) for each in given.getlist(name)] for name in given}
    version = str(given.get("version", ""))
    return Sent(
        form=listing_form.sent_form(lists),
        fields={name: values[0] for name, values in lists.items()},
        was=str(given.get("was", "")),
        version=int(version) if version.isascii() and version.isdecimal() else 0,
        seen=_moment(str(given.get("seen", ""))),
    )


TheSent = Annotated[Sent, Depends(get_sent)]


@router.get("/{service_id}/edit")
def edit_page(
    request: Request, visitor: TheVisitor, session: WritingSession, service_id: Id
) -> HTMLResponse:
    service = own_listing(session, visitor, service_id)
    form = listing_form.form_of(service)
    drawn = Drawn(form, form, week.fields(week.read(form[HOURS])))
    return _page(request, visitor, session, service, drawn)


@router.post("/{service_id}/edit")
def change(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service_id: Id,
    sent: TheSent,
) -> Response:
    service = own_listing(session, visitor, service_id, for_update=True)
    current = listing_form.form_of(service)
    was = listing_form.from_text(sent.was, current)
    form = _with_hours(sent, was)
    if service.version != sent.version:
        overtaken = _overtaken(session, service, sent, form, was, current)
        if overtaken is None:
            return back_to(f"{HOME}/listings/{service_id}", done="saved")  # sent twice
        return _page(request, visitor, session, service, overtaken)
    patch = listing_form.patch_of(service, form, was)
    wrong = _wrong(service, patch, sent)
    if not wrong:
        try:
            with session.begin_nested():
                edited = edit.edit(
                    session,
                    service.organization_id,
                    service.id,
                    patch.body,
                    by=visitor.by,
                    based_on={sent.version},
                    now=services.clock.now(),
                )
        except Invalid as error:
            wrong = _fields(error.context.get("errors", ()), patch)
    if wrong:
        return _page(request, visitor, session, service, Drawn(form, was, sent.fields, wrong))
    if edited.applied or edited.pending:
        freshness.mended(session, service, by=visitor.by, now=services.clock.now())
    audit(session, services, visitor, "listing.change", service_id)
    done = "waiting" if edited.pending else "saved" if edited.applied else "same"
    return back_to(f"{HOME}/listings/{service_id}", done=done)


@router.post("/{service_id}/check")
def check(
    request: Request, visitor: TheVisitor, session: WritingSession, service_id: Id, sent: TheSent
) -> HTMLResponse:
    """What is wrong with the one field that somebody is typing in. Nothing is changed."""
    service = own_listing(session, visitor, service_id)
    identity = sent.fields.get("field", "")[:80]
    was = listing_form.from_text(sent.was, listing_form.form_of(service))
    patch = listing_form.patch_of(service, _with_hours(sent, was), was)
    wrong = {each.id: each for each in _wrong(service, patch, sent)}
    return draw(
        request,
        visitor,
        "pages/field_note.html",
        wrong=wrong.get(identity),
        waits=identity.partition("-")[0] in _waiting(service, patch),
        said=said,
    )


def _with_hours(sent: Sent, was: Form) -> Form:
    """The hours of the week's fields as one expression; as it stood where it says the same."""
    given = week.sent(sent.fields)
    as_drawn = week.written(week.read(was[HOURS]))
    return sent.form | {HOURS: was[HOURS] if given == as_drawn else given}


def _wrong(service: Service, patch: Patch, sent: Sent) -> list[Wrong]:
    """Every mistake, at its field."""
    found = [
        Wrong(name, HOURS, *said.HOURS_WRONG[problem])
        for name, problem in week.mistakes(sent.fields)
    ]
    try:
        checked = parsed(patch.body, ListingPatch)
    except Invalid as error:
        errors = error.context.get("errors", ())
    else:
        errors = [each.as_json() for each in broken(service, checked)]
    at_fields = _fields(errors, patch)
    return found + [each for each in at_fields if not (found and each.field == HOURS)]


def _fields(errors: Sequence[Mapping[str, str]], patch: Patch) -> list[Wrong]:
    return [
        Wrong(week.REST, HOURS, each.why, each.remedy) if each.id == HOURS else each
        for each in listing_form.wrong_fields(errors, patch)
    ]


def _waiting(service: Service, patch: Patch) -> set[str]:
    """The fields of which a change will wait for approval."""
    try:
        checked = parsed(patch.body, ListingPatch)
    except Invalid:
        return set()
    return {name for name in checked.sent if waits(service, name, resolved(service, checked, name))}


def _overtaken(
    session: Session, service: Service, sent: Sent, form: Form, was: Form, current: Form
) -> Drawn | None:
    """What was typed, over the listing as it is now; None when that is what was typed.

    A field that both have changed keeps what was typed, and is named.
    """
    merged = listing_form.merged(form, was, current)
    mine = set(listing_form.touched(merged, current))
    if not mine:
        return None
    theirs = set(listing_form.touched(current, was))
    since = staff_queries.changes_since(session, service.id, sent.seen) if sent.seen else []
    kept = HOURS in mine
    hours = sent.fields if kept else week.fields(week.read(current[HOURS]))
    return Drawn(merged, current, hours, stale=since, clashes=frozenset(mine & theirs))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _page(
    request: Request, visitor: Visitor, session: Session, service: Service, drawn: Drawn
) -> HTMLResponse:
    phones = {"id": "", **dict.fromkeys(listing_form.PHONE, "")}
    places = {"id": "", **dict.fromkeys(listing_form.PLACE, "")}
    changes = drawn.stale or ()
    return draw(
        request,
        visitor,
        "pages/edit.html",
        status=409 if drawn.stale is not None else 422 if drawn.wrong else 200,
        service=service,
        form=drawn.form,
        hours={name: drawn.hours.get(name, "") for name in (*week.FIELDS, week.REST)},
        was=listing_form.as_text(drawn.was),
        phones=[*drawn.form["phones"], phones],
        places=[*drawn.form["service_at_locations"], places],
        shows_places=listing_form.shows_places(service),
        wrong={each.id: each for each in drawn.wrong},
        stale=drawn.stale,
        clashes=drawn.clashes,
        waiting={each.field for each in edit_queries.pending(session, [service.id])},
        needs={code: need.label[visitor.language] for code, need in taxonomy().items()},
        who=said.who(session, visitor, [each.by for each in changes]),
        said=said,
    )
