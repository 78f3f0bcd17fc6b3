"""Referrals to one's own organisation: the minimum before accepting, then how to reach the person.

The same as behind `/r/{token}`, for who is signed in: one page for all, and what has ended.
"""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.deps import Id, ReadingSession, TheServices, WritingSession
from api.partners import answers, page
from api.partners.answers import Move, Question, Unclear
from api.partners.page import Notice, Reader
from api.partners.pages import said
from api.partners.pages.access import HOME, TheVisitor, Visitor, back_to, draw, partner_pages
from api.partners.words import reasons, say
from api.services import Services
from directory.errors import Conflict, NotFound
from directory.languages import Language
from directory.listings.models import Service
from directory.needs import taxonomy
from directory.partners import queries as partners
from directory.people import service as people
from directory.referrals import queries
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.disclosure import to_partner
from directory.referrals.models import Referral
from directory.referrals.states import UNSEEN, Status

PAGE = f"{HOME}/referrals"
router = partner_pages("/referrals")
PER_PAGE = 25
# What asks for something stands first, whatever has waited longest on top.
OPEN_FIRST = (Status.REQUESTED, Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD)
OVER = (Status.COMPLETED, Status.FAILED, Status.REJECTED, Status.CANCELLED)


@router.get("")
def board(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    status: Status = Status.REQUESTED,
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """One state at a time. Nothing here says who it is about, so that nothing is noted as read."""
    if status in UNSEEN:
        raise NotFound("page_unknown", "There is no such page.")
    rows = partners.referrals_to(
        session,
        visitor.contact,
        [status],
        newest_first=status in OVER,
        skip=(number - 1) * PER_PAGE,
        limit=PER_PAGE + 1,
    )
    services = {each.service_id: session.get(Service, each.service_id) for each in rows[:PER_PAGE]}
    return draw(
        request,
        visitor,
        "pages/referrals.html",
        referrals=rows[:PER_PAGE],
        names={key: service.name for key, service in services.items() if service is not None},
        needs={code: need.label[visitor.language] for code, need in taxonomy().items()},
        counts=partners.counts_of_referrals(session, visitor.contact),
        statuses=(*OPEN_FIRST, *OVER),
        shown=status,
        number=number,
        more=len(rows) > PER_PAGE,
        said=said,
    )


@router.get("/{referral_id}")
def read(
    request: Request,
    referral_id: Id,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    done: str = "",
) -> HTMLResponse:
    referral = _own(session, visitor, referral_id)
    return _page(
        request, visitor, session, services, referral, notice=_thanked(referral, visitor, done)
    )


async def read_form(request: Request) -> dict[str, str]:
    pairs = (await request.form()).multi_items()
    return answers.cleaned((name, str(value)) for name, value in pairs)


@router.post("/{referral_id}")
def answer(
    request: Request,
    referral_id: Id,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    form: Annotated[dict[str, str], Depends(read_form)],
) -> Response:
    referral = _own(session, visitor, referral_id, for_update=True)
    language = visitor.language
    try:
        answered = answers.understood(form)
    except Unclear as unclear:
        text = say(unclear.problem, language, most=answers.MOST_LETTERS)
        notice = Notice(text, wrong=True, step=unclear.step)
        return _page(
            request, visitor, session, services, referral, notice=notice, sent=form, status=422
        )
    try:
        with session.begin_nested():
            done = _carry_out(session, visitor, services, referral, answered)
    except Conflict:
        return _too_late(request, visitor, session, services, referral_id)
    return back_to(f"{PAGE}/{referral_id}", done=done)


def _carry_out(
    session: Session,
    visitor: Visitor,
    services: Services,
    referral: Referral,
    answered: Move | Question,
) -> str:
    """Raises Conflict where somebody else was first."""
    actor, now = partner(visitor.contact.id), services.clock.now()
    if isinstance(answered, Question):
        if not page.was_just_asked(session, referral, visitor.contact, answered.text):
            referrals.remark(session, referral, answered.text, actor=actor, now=now)
        return answers.Step.ASK
    referrals.move(session, referral.id, answered.to, actor=actor, reason=answered.reason, now=now)
    return answered.step


def _too_late(
    request: Request, visitor: Visitor, session: Session, services: Services, referral_id: str
) -> HTMLResponse:
    """Somebody was a moment earlier: say who, and show how it stands now."""
    referral = _own(session, visitor, referral_id, for_update=True)
    key = "late_other"
    if referral.status == Status.ACCEPTED:
        own = page.accepted_by(session, referral) == visitor.by
        key = "late_own" if own else "late_colleague"
    notice = Notice(say(key, visitor.language), wrong=True)
    return _page(request, visitor, session, services, referral, notice=notice, status=409)


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    referral: Referral,
    *,
    notice: Notice | None = None,
    sent: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The referral as it stands; when the page names the person, the reading is noted."""
    now, language = services.clock.now(), visitor.language
    disclosed = to_partner(session, referral, now=now)
    if disclosed.person is not None:
        people.audit(
            session,
            actor=visitor.by,
            action="referral.read",
            person_id=disclosed.person.id,
            subject_id=referral.id,
            now=now,
        )
    reader = Reader(visitor.contact, language, services.settings.zone)

    def text(key: str, spoken: Language = language, **filled: object) -> str:
        return say(key, spoken, **filled)

    def choices(step: str) -> dict[str, str]:
        return reasons(step, language)

    shown = page.shown_of(session, referral, disclosed, reader)
    return draw(
        request,
        visitor,
        "pages/referral.html",
        status=status,
        referral=referral,
        over=referral.status in OVER,
        told=said.REFERRALS_OVER.get(Status(referral.status)),
        t=text,
        reasons=choices,
        notice=notice,
        sent=sent or {},
        most_letters=answers.MOST_LETTERS,
        said=said,
        **shown,
    )


def _thanked(referral: Referral, visitor: Visitor, done: str) -> Notice | None:
    """What the page says after an answer, as long as it is true."""
    if done == answers.Step.ASK:
        return Notice(say("done_ask", visitor.language))
    made = [step for step, status in answers.BECOMES.items() if step == done]
    if not made or made[0] in answers.ENDS or answers.BECOMES[made[0]] != referral.status:
        return None
    return Notice(say(f"done_{done}", visitor.language))


def _own(
    session: Session, visitor: Visitor, referral_id: str, *, for_update: bool = False
) -> Referral:
    """A referral that this contact answers for; of others it is not said that they exist."""
    contact = visitor.contact
    referral = queries.sent_to(session, contact.organization_id, referral_id, for_update=for_update)
    if referral is None or contact.service_id not in (None, referral.service_id):
        raise NotFound("referral_unknown", "There is no such referral.")
    return referral
