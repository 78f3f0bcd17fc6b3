"""Wordings of check-ins: written with a phone beside them, approved by a second person."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.checkins.schemas import WordingKey
from api.console import checkin_texts
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
from api.console.checkin_texts import OnPhone
from api.deps import Id, ReadingSession, TheServices, WritingSession
from bot.checkin_texts import gsm7_segments
from directory.checkins import plans
from directory.errors import Conflict, HandoffError, Invalid
from directory.languages import Language
from directory.wordings import queries, rules
from directory.wordings import service as wordings
from directory.wordings.models import Wording, WordingStatus
from directory.wordings.service import Draft

router = console_router("/wordings", *EVERYONE)
approving = console_router("/wordings", *RESPONSIBLE)
PAGE = "/console/wordings"
_LONGEST = 1000
PREVIEW = "preview"


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


LANGUAGES = {Language.EN: _("English"), Language.ES: _("Spanish")}
STATUSES = {
    WordingStatus.DRAFT: _("draft"),
    WordingStatus.APPROVED: _("goes out now"),
    WordingStatus.RETIRED: _("went out before"),
}
# What the rules say, so that the catalogues know it.
RULES = (
    _("Write what the text says."),
    _("Only {name} and {sender} are filled in; write no other braces."),
    _("With a name filled in it takes more than two segments: make it shorter."),
    _("Leave out the organization: who else reads the phone learns of it."),
    _("Leave out the link: carriers hold such texts back as fraud."),
    _("The first message says how to end: put STOP in it."),
    _("A step that asks offers the answers 1, 2 and 3."),
    _("A step that asks for nothing has no question and no numbers to answer."),
    _("A second person approves: ask a colleague."),
    _("A newer version stands: write this one anew."),
    _("This version has been approved before."),
)


class Sent(BaseModel):
    """The form as it came. `based_on`: the newest version that was there when it was drawn."""

    text: str = ""
    based_on: int = 0
    do: str = ""
    key: str = ""
    language: Language = Language.EN


@dataclass(frozen=True, slots=True)
class Written:
    """A version with how it looks on a phone. `own`: the visitor wrote it."""

    wording: Wording
    seen: OnPhone
    standing: OnPhone | None
    own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A key in both languages, as it goes out now."""

    key: str
    texts: dict[Language, OnPhone | None]
    plans: list[str]
    asks: bool | None


@dataclass(frozen=True, slots=True)
class Drawn:
    text: str
    seen: OnPhone
    based_on: int
    problem: HandoffError | None = None
    stale: Wording | None = None

    @property
    def status(self) -> int:
        if self.stale is not None:
            return 409
        return self.problem.status if self.problem else 200


@router.get("")
def all_wordings(
    request: Request, visitor: TheVisitor, session: ReadingSession, done: str = ""
) -> HTMLResponse:
    return _list(request, visitor, session, done=done)


@router.get("/new")
def new_wording(request: Request, visitor: TheVisitor) -> HTMLResponse:
    return draw(request, visitor, "wordings/new.html", problem=None, key="", languages_of=LANGUAGES)


@router.post("/new")
def name_wording(request: Request, visitor: TheVisitor, sent: Annotated[Sent, Form()]) -> Response:
    """Only where it is written: nothing is kept before there is a text."""
    key = sent.key.strip()
    if rules.KEY.fullmatch(key) and not key.startswith(wordings.FIXED):
        return back_to(f"{PAGE}/{key}/{sent.language.value}")
    error = Invalid("wording_key_invalid", "A key has 3 to 40 of a-z, 0-9 and _, like our_hello.")
    return draw(
        request,
        visitor,
        "wordings/new.html",
        status=422,
        problem=error,
        key=key[:60],
        languages_of=LANGUAGES,
    )


@router.post("/preview")
def preview(
    request: Request, visitor: TheVisitor, session: ReadingSession, sent: Annotated[Sent, Form()]
) -> HTMLResponse:
    """The phone beside the text, as one types; keeps nothing."""
    text = _text(sent)
    seen = checkin_texts.checked(session, Draft(sent.key[:40], sent.language, text))
    return draw(request, visitor, "wordings/preview.html", seen=seen, of=sent.language)


@router.get("/{key}/{of}")
def wording(
    request: Request, visitor: TheVisitor, session: ReadingSession, key: WordingKey, of: Language
) -> HTMLResponse:
    """The text that goes out now, to be changed; every version below."""
    newest = queries.newest_version(session, key, of)
    now = checkin_texts.standing(session, key, of)
    text = now.text if now else ""
    seen = checkin_texts.on_phone(text, of)
    return _editor(request, visitor, session, Draft(key, of, text), Drawn(text, seen, newest))


@router.post("/{key}/{of}")
def write(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    key: WordingKey,
    of: Language,
    sent: Annotated[Sent, Form()],
) -> Response:
    """Keep a draft, or only look at it where scripts do not run."""
    draft = Draft(key, of, _text(sent))
    seen = checkin_texts.checked(session, draft)
    if sent.do == PREVIEW:
        drawn = Drawn(draft.text, seen, sent.based_on)
        return _editor(request, visitor, session, draft, drawn)
    versions = queries.versions(session, key, of)
    newest = versions[0] if versions else None
    if newest is not None and newest.version != sent.based_on:
        if (newest.text, newest.created_by) == (draft.text, visitor.member.id):
            return back_to(PAGE, done="kept")  # sent twice
        drawn = Drawn(draft.text, seen, newest.version, stale=newest)
        return _editor(request, visitor, session, draft, drawn)
    by, now = visitor.member.id, services.clock.now()
    try:
        wordings.save(session, draft, count_segments=gsm7_segments, by=by, now=now)
    except HandoffError as error:
        drawn = Drawn(draft.text, seen, sent.based_on, problem=error)
        return _editor(request, visitor, session, draft, drawn)
    return back_to(PAGE, done="kept")


@approving.post("/versions/{wording_id}/approve")
def approve(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    wording_id: Id,
) -> Response:
    by, now = visitor.member.id, services.clock.now()
    try:
        wordings.approve(session, wording_id, count_segments=gsm7_segments, by=by, now=now)
    except (Conflict, Invalid) as error:
        found = queries.by_id(session, wording_id)
        if found is not None and (found.status, found.approved_by) == (WordingStatus.APPROVED, by):
            return back_to(PAGE, done="approved")  # sent twice
        return _list(request, visitor, session, problem=error)
    return back_to(PAGE, done="approved")


def _list(
    request: Request,
    visitor: Visitor,
    session: Session,
    *,
    done: str = "",
    problem: HandoffError | None = None,
) -> HTMLResponse:
    drafts = [_written(session, visitor, each) for each in queries.drafts(session)]
    return draw(
        request,
        visitor,
        "wordings/wordings.html",
        status=problem.status if problem else 200,
        drafts=drafts,
        rows=_rows(session),
        who=said.who(session, [each.wording.created_by for each in drafts]),
        languages_of=LANGUAGES,
        may_approve=visitor.role in RESPONSIBLE,
        done=done,
        problem=problem,
    )


def _editor(
    request: Request, visitor: Visitor, session: Session, draft: Draft, drawn: Drawn
) -> HTMLResponse:
    versions = queries.versions(session, draft.key, draft.language)
    writers = [each.created_by for each in versions] + [each.approved_by for each in versions]
    return draw(
        request,
        visitor,
        "wordings/edit.html",
        status=drawn.status,
        draft=draft,
        drawn=drawn,
        seen=drawn.seen,
        of=draft.language,
        use=plans.use_of(session, draft.key),
        plans=_plans_with(session, draft.key),
        versions=versions,
        statuses=STATUSES,
        languages_of=LANGUAGES,
        who=said.who(session, writers),
        longest=_LONGEST,
    )


def _rows(session: Session) -> list[Row]:
    approved = queries.every_approved(session)
    standing = [plan for plan in plans.every(session) if plan.active]
    rows = []
    for key in dict.fromkeys([*plans.shipped_wordings(), *queries.keys(session)]):
        texts = {}
        for language in Language:
            now = checkin_texts.standing_of(approved.get((key, language)), key, language)
            texts[language] = checkin_texts.on_phone(now.text, language) if now else None
        uses = [(plan, step) for plan in standing for step in plan.steps if step.wording == key]
        names = list(dict.fromkeys(plan.name for plan, _ in uses))
        rows.append(Row(key, texts, names, any(step.asks for _, step in uses)))
    return rows


def _written(session: Session, visitor: Visitor, wording: Wording) -> Written:
    language = Language(wording.language)
    now = checkin_texts.standing(session, wording.key, language)
    return Written(
        wording=wording,
        seen=checkin_texts.checked(session, Draft(wording.key, language, wording.text)),
        standing=checkin_texts.on_phone(now.text, language) if now else None,
        own=wording.created_by == visitor.member.id,
    )


def _plans_with(session: Session, key: str) -> list[str]:
    """The names of the plans that say it."""
    return [
        each.name
        for each in plans.every(session)
        if each.active and any(step.wording == key for step in each.steps)
    ]


def _text(sent: Sent) -> str:
    """Line ends of browsers are ours; what is far too long is cut: the rules refuse it anyway."""
    return sent.text.replace("\r\n", "\n").replace("\x00", "")[:_LONGEST].strip()
