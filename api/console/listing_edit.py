"""Changing a listing: mistakes are said at their fields; who was overtaken loses nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console import listing_form
from api.console import listing_words as said
from api.console.access import RESPONSIBLE, TheVisitor, Visitor, back_to, console_router, draw
from api.console.listing_form import Form, Wrong
from api.console.listings import PAGE, the_listing
from api.deps import Id, TheServices, WritingSession
from directory.errors import Conflict, Invalid
from directory.listings import edit, staff_queries
from directory.listings import edit_queries as queries
from directory.listings.change_models import ListingChange
from directory.listings.models import Service
from directory.needs import taxonomy
from directory.referrals import actors

router = console_router("/listings", *RESPONSIBLE)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the browser sent: the form, what it said when it was drawn, and of which version."""

    form: Form
    was: str
    version: int
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The form as it is shown again. `was`: what counts as untouched; `stale`: who was faster."""

    form: Form
    was: Form
    wrong: Sequence[Wrong] = ()
    stale: Sequence[ListingChange] | None = None
    clashes: frozenset[str] = field(default_factory=frozenset)


async def get_sent(request: Request) -> Sent:
    given = await request.form()
    lists = {name: [str(each) for each in given.getlist(name)] for name in given}
    version = str(given.get("version", ""))
    return Sent(
        form=listing_form.sent_form(lists),
        was=str(given.get("was", "")),
        version=int(version) if version.isascii() and version.isdecimal() else 0,
        seen=_moment(str(given.get("seen", ""))),
    )


@router.get("/{service_id}/edit")
def edit_page(
    request: Request, visitor: TheVisitor, session: WritingSession, service_id: Id
) -> HTMLResponse:
    service = _to_change(session, service_id)
    form = listing_form.form_of(service)
    return _page(request, visitor, session, service, Drawn(form, form))


@router.post("/{service_id}/edit")
def change(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service_id: Id,
    sent: Annotated[Sent, Depends(get_sent)],
) -> Response:
    service = _to_change(session, service_id)
    current = listing_form.form_of(service)
    was = listing_form.from_text(sent.was, current)
    if service.version != sent.version:
        overtaken = _overtaken(session, service, sent, was, current)
        if overtaken is None:
            return back_to(f"{PAGE}/{service_id}", done="saved")  # sent twice
        return _page(request, visitor, session, service, overtaken)
    patch = listing_form.patch_of(service, sent.form, was)
    try:
        with session.begin_nested():
            edited = edit.edit(
                session,
                service.organization_id,
                service.id,
                patch.body,
                by=actors.staff(visitor.member.id).by,
                based_on={sent.version},
                now=services.clock.now(),
            )
    except Invalid as error:
        wrong = listing_form.wrong_fields(error.context.get("errors", ()), patch)
        return _page(request, visitor, session, service, Drawn(sent.form, was, wrong))
    audit(session, services, visitor.member, "listing.change", subject_id=service_id)
    done = "waiting" if edited.pending else "saved" if edited.applied else "same"
    return back_to(f"{PAGE}/{service_id}", done=done)


def _overtaken(
    session: Session, service: Service, sent: Sent, was: Form, current: Form
) -> Drawn | None:
    """What was typed, over the listing as it is now; None when that is what was typed.

    A field that both have changed keeps what was typed, and is named.
    """
    form = listing_form.merged(sent.form, was, current)
    mine = set(listing_form.touched(form, current))
    if not mine:
        return None
    theirs = set(listing_form.touched(current, was))
    since = staff_queries.changes_since(session, service.id, sent.seen) if sent.seen else []
    return Drawn(form, current, stale=since, clashes=frozenset(mine & theirs))


def _to_change(session: Session, service_id: str) -> Service:
    """The listing, locked. Raises NotFound, and Conflict for one that is part of another."""
    the_listing(session, service_id)
    service = queries.locked_service(session, service_id)
    if service is None or service.merged_into_id is not None:
        raise Conflict("listing_gone", "This listing became part of another one: change that one.")
    return service


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _page(
    request: Request, visitor: Visitor, session: Session, service: Service, drawn: Drawn
) -> HTMLResponse:
    spare = [listing_form.PHONE, listing_form.PLACE]
    empty = [{"id": "", **dict.fromkeys(names, "")} for names in spare]
    changes = drawn.stale or ()
    return draw(
        request,
        visitor,
        "listings/edit.html",
        status=409 if drawn.stale is not None else 422 if drawn.wrong else 200,
        service=service,
        form=drawn.form,
        was=listing_form.as_text(drawn.was),
        phones=[*drawn.form["phones"], *[empty[0]] * listing_form.SPARE_ROWS],
        places=[*drawn.form["service_at_locations"], empty[1]],
        shows_places=listing_form.shows_places(service),
        wrong={each.id: each for each in drawn.wrong},
        stale=drawn.stale,
        clashes=drawn.clashes,
        hidden=[each for each in service.phones if said.kept_back(each)],
        needs={code: need.label[visitor.language] for code, need in taxonomy().items()},
        who=said.who(
            session, [each.by for each in changes] + [each.decided_by for each in changes]
        ),
        said=said,
    )
