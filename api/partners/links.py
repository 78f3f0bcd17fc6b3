"""What is behind a partner's link, /r/{token}: one referral, to be answered without a log-in.

The token is the credential. Reading never changes the referral, since phones and mail programs
look at links on their own (the reading of a person's details is noted). An answer comes as a
plain form; afterwards the browser is sent on, so that reloading repeats nothing.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from api import refusals
from api.deps import TheServices, WritingSession
from api.partners import answers, page
from api.partners.answers import ENDS, Move, Question, Step, Unclear
from api.partners.guesses import Guesses
from api.partners.page import LinkReader, Notice
from api.partners.words import say
from api.services import Services
from directory.clock import wall_now
from directory.errors import Conflict, Forbidden, NotFound
from directory.languages import Language
from directory.partners import links
from directory.partners.models import PartnerContact
from directory.people import service as people
from directory.referrals import service as referrals
from directory.referrals.actors import Actor, partner
from directory.referrals.disclosure import to_partner
from directory.referrals.models import Referral
from directory.referrals.states import ENDED, Status

_STYLE = Path(__file__).parent / "static" / "referral.css"


class Overtaken(Exception):
    """A good link, whose referral somebody else has ended before this answer came."""

    def __init__(self, contact: PartnerContact) -> None:
        super().__init__("overtaken")
        self.language = Language(contact.language)


class PageRoute(APIRoute):
    """A route for people: whatever is wrong, they get a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def drawn(request: Request) -> Response:
            try:
                return await handle(request)
            except Overtaken as late:
                return page.late_page(late.language)
            except Forbidden as error:
                refusals.note(request, error)
                return page.plain_page("foreign", status=403)
            except HTTPException as error:
                return page.plain_page("large", status=error.status_code)
            except (NotFound, RequestValidationError):
                return page.plain_page("gone", status=404)

        return drawn


def same_origin(request: Request, services: TheServices) -> None:
    """Raise Forbidden when a browser says that the form is another website's.

    Old browsers say nothing, and ours say "null" because of our own Referrer-Policy: what is
    needed to answer is the token, and this only keeps a foreign page from using a link it saw.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("origin_foreign", "This form is another website's.")
    origin = request.headers.get("origin", "null")
    own = {urlsplit(services.settings.base_url).netloc, request.headers.get("host", "")}
    if origin != "null" and urlsplit(origin).netloc not in own:
        raise Forbidden("origin_foreign", "This form is another website's.")


async def read_form(request: Request) -> dict[str, str]:
    return answers.fields(await request.body())


Form = Annotated[dict[str, str], Depends(read_form)]


def link_pages() -> APIRouter:
    """The pages, with their own memory of who guesses."""
    router = APIRouter(prefix="/r", include_in_schema=False, route_class=PageRoute)
    guesses = Guesses()

    def may_open(token: str, request: Request, services: TheServices) -> None:
        """Raise NotFound, or Overtaken for an answer that comes too late.

        Looked up in a session that only reads, so that who guesses keeps nobody from writing.
        """
        address, wall = request.client.host if request.client else "", wall_now()
        if guesses.exhausted(address, wall=wall):
            raise NotFound("link_unknown", "This link is not valid (any more).")
        try:
            with services.database.read_scope() as session:
                links.opened(session, token, wall=wall)
        except NotFound:
            with services.database.read_scope() as session:
                late = links.overtaken(session, token, wall=wall)
            if late is not None and request.method == "POST":
                raise Overtaken(late) from None
            guesses.note(address, wall=wall)
            refusals.note_reason(request, "link_unknown")
            raise

    @router.get("/static/referral.css")
    def style() -> FileResponse:
        return FileResponse(
            _STYLE, media_type="text/css", headers=page.HEADERS | {"Cache-Control": "no-cache"}
        )

    @router.get("/thanks/{step}")
    def thanks(step: Step, language: Language = Language.EN) -> HTMLResponse:
        if step not in ENDS:
            raise NotFound("page_unknown", "There is no such page.")
        return page.thanks_page(step, language)

    @router.api_route("/{token}", methods=["GET", "HEAD"], dependencies=[Depends(may_open)])
    def read(
        token: str, request: Request, session: WritingSession, services: TheServices
    ) -> HTMLResponse:
        asked = request.query_params
        visit = _visit(session, services, token, asked.get("language"))
        return visit.shown(notice=visit.thanked(asked.get("done")))

    @router.post("/{token}", dependencies=[Depends(same_origin), Depends(may_open)])
    def answer(token: str, form: Form, session: WritingSession, services: TheServices) -> Response:
        visit = _visit(session, services, token, form.get("language"))
        try:
            said = answers.understood(form)
        except Unclear as unclear:
            return visit.refused(unclear, form)
        try:
            return visit.taken(said)
        except Conflict:
            return visit.too_late()

    return router


@dataclass(frozen=True, slots=True)
class _Visit:
    """One contact before one referral, for one request. `now`: product time."""

    session: Session
    referral: Referral
    reader: LinkReader
    path: str
    now: datetime

    def shown(
        self,
        *,
        notice: Notice | None = None,
        sent: dict[str, str] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """The page as things stand; when it names the person, the reading is noted."""
        disclosed = to_partner(self.session, self.referral, now=self.now)
        if disclosed.person is not None:
            people.audit(
                self.session,
                actor=self._actor.by,
                action="referral.read",
                person_id=disclosed.person.id,
                subject_id=self.referral.id,
                now=self.now,
            )
        return page.referral_page(
            self.session,
            self.referral,
            disclosed,
            self.reader,
            path=self.path,
            notice=notice,
            sent=sent,
            status=status,
        )

    def thanked(self, done: str | None) -> Notice | None:
        """What the page says after an answer, as long as it is true."""
        if done == Step.ASK:
            return Notice(self._say("done_ask"))
        lasting = [step for step in answers.BECOMES if step == done and step not in ENDS]
        if not lasting or answers.BECOMES[lasting[0]] != self.referral.status:
            return None
        return Notice(self._say(f"done_{done}"))

    def taken(self, said: Move | Question) -> Response:
        """Carry out what the form says. Raises Conflict where somebody else was first."""
        if isinstance(said, Question):
            if not page.was_just_asked(self.session, self.referral, self.reader.contact, said.text):
                referrals.remark(
                    self.session, self.referral, said.text, actor=self._actor, now=self.now
                )
            return self._sent_on(Step.ASK)
        referrals.move(
            self.session,
            self.referral.id,
            said.to,
            actor=self._actor,
            reason=said.reason,
            now=self.now,
        )
        if said.step in ENDS:
            links.use_up(self.reader.link, wall=wall_now())
        return self._sent_on(said.step)

    def refused(self, unclear: Unclear, form: dict[str, str]) -> HTMLResponse:
        """The page again, with what is missing and what was written already."""
        text = self._say(unclear.problem, most=answers.MOST_LETTERS)
        notice = Notice(text, wrong=True, step=unclear.step)
        return self.shown(notice=notice, sent=form, status=422)

    def too_late(self) -> HTMLResponse:
        """Somebody was a moment earlier: say who, and show how it stands now."""
        status = Status(self.referral.status)
        if status in ENDED:
            return page.late_page(self.reader.language)
        key = "late_other"
        if status is Status.ACCEPTED:
            own = page.accepted_by(self.session, self.referral) == self._actor.by
            key = "late_own" if own else "late_colleague"
        return self.shown(notice=Notice(self._say(key), wrong=True), status=409)

    def _sent_on(self, step: Step) -> RedirectResponse:
        spoken = f"language={self.reader.language.value}"
        where = (
            f"/r/thanks/{step}?{spoken}" if step in ENDS else f"{self.path}?{spoken}&done={step}"
        )
        return RedirectResponse(where, status_code=303, headers=page.HEADERS)

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.reader.language, **values)

    @property
    def _actor(self) -> Actor:
        return partner(self.reader.contact.id)


def _visit(session: Session, services: Services, token: str, language: str | None) -> _Visit:
    link, referral, contact = links.opened(session, token, wall=wall_now())
    chosen = language if language in set(Language) else contact.language
    reader = LinkReader(contact, Language(chosen), services.settings.zone, link)
    return _Visit(session, referral, reader, f"/r/{token}", services.clock.now())
