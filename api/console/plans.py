"""Check-in plans: what goes out when. Everybody reads them, supervisors change them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.checkins.schemas import PlanId
from api.console import checkin_texts, plan_form
from api.console import listing_words as said
from api.console.access import (
    EVERYONE,
    RESPONSIBLE,
    TheVisitor,
    Visitor,
    back_to,
    console_router,
    draw,
)
from api.console.plan_form import Form
from api.deps import ReadingSession, TheServices, WritingSession
from directory.checkins import plans as service
from directory.checkins.plan import Plan
from directory.errors import (
    HandoffError,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
)
from directory.languages import Language
from directory.visits.models import CallType

router = console_router("/plans", *EVERYONE)
changing = console_router("/plans", *RESPONSIBLE)
PAGE = "/console/plans"


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


CALL_TYPES = {
    CallType.MENTAL_HEALTH: _("mental health"),
    CallType.DOMESTIC_VIOLENCE: _("domestic violence"),
    CallType.ELDERLY: _("older adult"),
    CallType.SUBSTANCE_USE: _("alcohol or drugs"),
    CallType.OTHER_CRISIS: _("other crisis"),
}
FIELDS = {
    "name": _("Name"),
    "steps": _("Steps"),
    "default_for": _("Taken by itself after"),
    "working_days_only": _("Only on working days"),
    "safe_first": _("First asks whether it is a good time"),
    "named_sender": _("Says the clinician's first name"),
    "active": _("May be chosen"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The form as it is shown. `stale`: the fields that somebody else has changed meanwhile."""

    form: Form
    was: Form
    version: int | None
    problem: HandoffError | None = None
    stale: frozenset[str] | None = None
    plan_id: str = ""

    @property
    def status(self) -> int:
        if self.stale is not None:
            return 409
        return self.problem.status if self.problem else 200

    @property
    def wrong_steps(self) -> dict[int, str]:
        """Row → what is wrong there."""
        errors: Sequence[Mapping[str, str]] = ()
        if self.problem is not None:
            errors = self.problem.context.get("errors", ())
        return dict(_numbered(errors))


@dataclass(frozen=True, slots=True)
class Sent:
    form: Form
    was: str
    version: int | None
    plan_id: str = field(default="")


async def get_sent(request: Request) -> Sent:
    given = await request.form()
    lists = {name: [str(each) for each in given.getlist(name)] for name in given}
    version = str(given.get("version", ""))
    is_number = version.isascii() and version.isdecimal() and len(version) < 10
    return Sent(
        form=plan_form.sent_form(lists),
        was=str(given.get("was", "")),
        version=int(version) if is_number else None,
        plan_id=str(given.get("plan_id", "")).strip()[:40],
    )


@router.get("")
def plans(
    request: Request, visitor: TheVisitor, session: ReadingSession, done: str = ""
) -> HTMLResponse:
    found = sorted(service.every(session), key=lambda each: (not each.active, each.name))
    keys = {step.wording for plan in found for step in plan.steps}
    texts = {key: checkin_texts.standing(session, key, visitor.language) for key in keys}
    return draw(
        request,
        visitor,
        "plans/plans.html",
        plans=found,
        texts={
            key: checkin_texts.on_phone(text.text, visitor.language)
            for key, text in texts.items()
            if text is not None
        },
        call_types=CALL_TYPES,
        may_change=visitor.role in RESPONSIBLE,
        who=said.who(session, [each.changed_by for each in found]),
        shipped=service.SHIPPED_BY,
        done=done,
    )


@changing.get("/new")
def new_plan(request: Request, visitor: TheVisitor, session: ReadingSession) -> HTMLResponse:
    empty = plan_form.empty_form()
    return _page(request, visitor, session, None, Drawn(empty, empty, None))


@changing.post("/new")
def add(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[Sent, Depends(get_sent)],
) -> Response:
    form, empty = sent.form, plan_form.empty_form()
    try:
        with session.begin_nested():
            if sent.plan_id == "new":  # the address of this very form
                raise Invalid("plan_exists", "There is a plan of this id: take another.")
            change = plan_form.change_of(form)
            now = services.clock.now()
            service.edit(session, sent.plan_id, change, by=visitor.member.id, now=now)
    except PreconditionRequired:
        if plan_form.form_of(service.plan(session, sent.plan_id)) == form:
            return back_to(PAGE, done="saved")  # sent twice
        error: HandoffError = Invalid("plan_exists", "There is a plan of this id: take another.")
    except HandoffError as other:
        error = other
    else:
        return back_to(PAGE, done="saved")
    drawn = Drawn(form, empty, None, problem=error, plan_id=sent.plan_id)
    return _page(request, visitor, session, None, drawn)


@changing.get("/{plan_id}")
def edit_page(
    request: Request, visitor: TheVisitor, session: ReadingSession, plan_id: PlanId
) -> HTMLResponse:
    plan = service.plan(session, plan_id)
    form = plan_form.form_of(plan)
    return _page(request, visitor, session, plan, Drawn(form, form, plan.version))


@changing.post("/{plan_id}")
def change(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    plan_id: PlanId,
    sent: Annotated[Sent, Depends(get_sent)],
) -> Response:
    """Who was overtaken is told of what, and keeps what was typed."""
    try:
        with session.begin_nested():
            changed = plan_form.change_of(sent.form)
            service.edit(
                session,
                plan_id,
                changed,
                by=visitor.member.id,
                now=services.clock.now(),
                based_on=sent.version,
            )
    except (PreconditionFailed, PreconditionRequired):
        return _overtaken(request, visitor, session, plan_id, sent)
    except NotFound:
        raise
    except HandoffError as error:
        plan = service.plan(session, plan_id)
        was = plan_form.from_text(sent.was, sent.form)
        drawn = Drawn(sent.form, was, sent.version, problem=error)
        return _page(request, visitor, session, plan, drawn)
    return back_to(PAGE, done="saved")


def _overtaken(
    request: Request, visitor: Visitor, session: Session, plan_id: str, sent: Sent
) -> Response:
    plan = service.plan(session, plan_id)
    current = plan_form.form_of(plan)
    was = plan_form.from_text(sent.was, current)
    form = plan_form.merged(sent.form, was, current)
    if form == current:
        return back_to(PAGE, done="saved")  # sent twice
    theirs = frozenset(plan_form.touched(current, was))
    return _page(request, visitor, session, plan, Drawn(form, current, plan.version, stale=theirs))


def _page(
    request: Request, visitor: Visitor, session: Session, plan: Plan | None, drawn: Drawn
) -> HTMLResponse:
    usable = checkin_texts.usable(session)
    return draw(
        request,
        visitor,
        "plans/edit.html",
        status=drawn.status,
        plan=plan,
        drawn=drawn,
        form=drawn.form,
        current=plan_form.form_of(plan) if plan else None,
        rows=[*drawn.form["steps"], *[plan_form.EMPTY_ROW] * plan_form.SPARE_ROWS],
        was=plan_form.as_text(drawn.was),
        usable=usable,
        texts={key: checkin_texts.standing(session, key, Language.EN) for key in usable},
        call_types=CALL_TYPES,
        fields=FIELDS,
        fixed=plan is not None and plan.id in (service.STANDARD, service.NONE),
        no_steps=plan is not None and plan.id == service.NONE,
        who=said.who(session, [plan.changed_by] if plan else []),
        shipped=service.SHIPPED_BY,
    )


def _numbered(errors: Iterable[Mapping[str, str]]) -> Iterable[tuple[int, str]]:
    for each in errors:
        path = each["where"].split(".")
        if path[0] == "steps" and len(path) > 1 and path[1].isdecimal():
            yield int(path[1]), each["why"]
