"""The log of mandated reports about a person: that one was made, never what it said."""

from datetime import timedelta
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from api.clinicians.access import CLINICAL, audit, the_person
from api.clinicians.mandated_reports import Reference
from api.console import case_words
from api.console import once as repeats
from api.console.access import TheVisitor, Visitor, back_to, console_router, draw
from api.console.people import page_of
from api.console.person_view import names
from api.console.visits import as_field, moment
from api.deps import Id, TheServices, WritingSession
from api.services import Services
from directory.errors import HandoffError, Invalid
from directory.mandated_reports import service as reports
from directory.mandated_reports.models import Agency, ReportKind
from directory.people.models import Person

router = console_router("/people", *CLINICAL)
_REFERENCE: TypeAdapter[str] = TypeAdapter(Reference)


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


MADE_AT_MISSING = _("Write when the report was made, as date and time.")
REFERENCE_WRONG = _(
    "The agency's number has letters, digits and . / # - only, at most 60 of them. What the report "
    "says has no place here."
)
# Beside which field a problem is said.
FIELDS = {
    "made_at_missing": "made_at",
    "occurred_at_invalid": "made_at",
    "made_at_implausible": "made_at",
    "reference_invalid": "reference",
    "corrects_unknown": "corrects",
}


class Sent(BaseModel):
    """The form as it came. `corrects`: the id of an earlier entry that was wrong."""

    once: repeats.Key
    kind: ReportKind = ReportKind.CHILD
    agency: Agency = Agency.DCFS
    made_at: Annotated[str, StringConstraints(max_length=40)] = ""
    reference: Annotated[str, StringConstraints(max_length=500)] = ""
    corrects: Annotated[str, StringConstraints(max_length=36)] = ""


@router.get("/{person_id}/mandated-reports")
def log(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    corrects: Annotated[str, Query(max_length=36)] = "",
    done: str = "",
) -> HTMLResponse:
    """`corrects`: the entry that the form is to put right."""
    person = the_person(session, person_id)
    now = as_field(services.clock.now(), services)
    sent = Sent(once=repeats.fresh(), made_at=now, corrects=corrects)
    return _page(request, visitor, session, services, person, sent, done=done)


@router.post("/{person_id}/mandated-reports")
def record(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    sent: Annotated[Sent, Form()],
) -> Response:
    person = the_person(session, person_id)
    body = f"mandated report {person.id} {sent.model_dump_json(exclude={'once'})}"
    try:
        with session.begin_nested():
            repeats.once(
                session,
                visitor,
                sent.once,
                body,
                lambda: _record(session, services, visitor, person, sent),
            )
    except HandoffError as error:
        sent.once = repeats.key_after(error, sent.once)
        return _page(request, visitor, session, services, person, sent, problem=error)
    return back_to(f"{page_of(person.id)}/mandated-reports", done="recorded")


def _record(
    session: Session, services: Services, visitor: Visitor, person: Person, sent: Sent
) -> str:
    if not sent.made_at.strip():
        raise Invalid("made_at_missing", MADE_AT_MISSING)
    report = reports.record(
        session,
        person,
        sent.kind,
        agency=sent.agency,
        made_at=moment(sent.made_at, services),
        reference=_reference(sent.reference),
        by=visitor.member.id,
        now=services.clock.now(),
        corrects_id=sent.corrects or None,
    )
    audit(
        session,
        services,
        visitor.member,
        "mandated_report.record",
        person_id=person.id,
        subject_id=report.id,
    )
    return report.id


def _reference(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        return _REFERENCE.validate_python(text)
    except ValidationError as error:
        raise Invalid("reference_invalid", REFERENCE_WRONG) from error


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    person: Person,
    sent: Sent,
    *,
    done: str = "",
    problem: HandoffError | None = None,
) -> HTMLResponse:
    """The log, which is a reading of it, and the form."""
    audit(session, services, visitor.member, "mandated_reports.read", person_id=person.id)
    found = reports.of_person(session, person.id)
    entries = sorted(found, key=lambda each: (each.made_at, each.recorded_at))
    # A browser's field has no seconds: the minute that runs may be chosen.
    latest = services.clock.now() + timedelta(minutes=1)
    return draw(
        request,
        visitor,
        "people/mandated_reports.html",
        status=problem.status if problem else 200,
        person=person,
        reports=entries,
        by_id={each.id: each for each in entries},
        corrected={each.corrects_id for each in entries},
        names=names(session),
        latest=as_field(latest, services),
        w=case_words,
        sent=sent,
        done=done,
        problem=problem,
        field=FIELDS.get(problem.code, "") if problem else "",
    )
