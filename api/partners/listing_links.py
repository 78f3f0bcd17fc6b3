"""What is behind a partner's link to its listings, /l/{token}: confirmed or corrected, no log-in.

As with referrals (`links`): the token is the credential, reading changes nothing, since phones and
mail programs look at links on their own, and an answer is a plain form. What is confirmed is what
was seen: where a listing has changed since the page was drawn, it is shown again.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api import refusals
from api.deps import ReadingSession, TheServices, WritingSession
from api.partners import listing_page as page
from api.partners.answers import MOST_LETTERS
from api.partners.guesses import Guesses
from api.partners.links import Form, PageRoute, same_origin
from api.partners.listing_answers import Said, Step, Unclear, understood
from api.partners.listing_page import Notice, Reader
from api.partners.page import HEADERS
from api.partners.words import say
from api.services import Services
from directory.clock import wall_now
from directory.errors import HandoffError, NotFound
from directory.freshness import answers, queries
from directory.freshness import service as freshness
from directory.languages import Language
from directory.listings import notices
from directory.listings.models import Service
from directory.partners import listing_links
from directory.referrals.actors import partner


def listing_pages() -> APIRouter:
    """The pages, with their own memory of who guesses."""
    router = APIRouter(prefix="/l", include_in_schema=False, route_class=PageRoute)
    guesses = Guesses()

    def may_open(token: str, request: Request, services: TheServices) -> None:
        """Raise NotFound. Looked up in a session that only reads: who guesses holds up nobody."""
        address, wall = request.client.host if request.client else "", wall_now()
        if guesses.exhausted(address, wall=wall):
            raise NotFound("link_unknown", "This link is not valid (any more).")
        try:
            with services.database.read_scope() as session:
                listing_links.opened(session, token, wall=wall)
        except NotFound:
            guesses.note(address, wall=wall)
            refusals.note_reason(request, "link_unknown")
            raise

    @router.get("/thanks")
    def thanks(language: Language = Language.EN) -> HTMLResponse:
        return page.thanks_page(language)

    @router.api_route("/{token}", methods=["GET", "HEAD"], dependencies=[Depends(may_open)])
    def read(
        token: str, request: Request, session: ReadingSession, services: TheServices
    ) -> HTMLResponse:
        asked = request.query_params
        visit = _visit(session, services, token, asked.get("language"))
        return visit.shown(notice=visit.thanked(asked.get("done"), asked.get("listing")))

    @router.post("/{token}", dependencies=[Depends(same_origin), Depends(may_open)])
    def answer(token: str, form: Form, session: WritingSession, services: TheServices) -> Response:
        visit = _visit(session, services, token, form.get("language"))
        try:
            said = understood(form, now=visit.reader.now, zone=visit.reader.zone)
            return visit.taken(said)
        except Unclear as unclear:
            return visit.refused(unclear, form)

    return router


@dataclass(frozen=True, slots=True)
class _Visit:
    """One contact before the listings of their organisation, for one request."""

    session: Session
    reader: Reader
    path: str

    def shown(
        self,
        *,
        notice: Notice | None = None,
        sent: dict[str, str] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        return page.listings_page(
            self.session, self.reader, path=self.path, notice=notice, sent=sent, status=status
        )

    def thanked(self, done: str | None, service_id: str | None) -> Notice | None:
        """What the page says after an answer about one of theirs."""
        if done not in (Step.RIGHT, Step.WRONG, Step.CLOSED) or not service_id:
            return None
        own = self._own()
        if service_id not in own:
            return None
        return Notice(self._say(f"done_{done}", name=own[service_id].name))

    def taken(self, said: Said) -> Response:
        """Carry out what the form says. Raises Unclear."""
        services = self._as_seen(said)
        if services is None:
            notice = Notice(self._say("listings_changed"), wrong=True)
            return self.shown(notice=notice, status=409)
        by, now = partner(self.reader.contact.id).by, self.reader.now
        if said.step in (Step.ALL, Step.RIGHT):
            for service in services:
                freshness.confirm(self.session, service, by=by, now=now)
            if said.step is Step.ALL:
                listing_links.end(self.session, self.reader.contact.id, wall=wall_now())
            else:
                answers.end_if_done(self.session, self.reader.contact, wall=wall_now())
        elif said.step is Step.WRONG:
            freshness.wrong(self.session, services, said.words, by=by, now=now)
        else:
            self._close(services[0], said)
        return self._sent_on(said.step, services[0])

    def refused(self, unclear: Unclear, form: dict[str, str]) -> HTMLResponse:
        """The page again, with what is missing and what was written already."""
        text = self._say(unclear.problem, most=MOST_LETTERS)
        notice = Notice(text, wrong=True, service_id=unclear.service_id)
        return self.shown(notice=notice, sent=form, status=422)

    def _close(self, service: Service, said: Said) -> None:
        """Shown as closed until it opens again, which then happens by itself."""
        assert said.until is not None  # noqa: S101  # `understood` has seen to it
        closure = notices.NoticeBody(kind=notices.NoticeType.CLOSURE, ends_at=said.until)
        by, now = partner(self.reader.contact.id).by, self.reader.now
        try:
            with self.session.begin_nested():
                notices.post(self.session, service, closure, by=by, now=now)
        except HandoffError as error:
            raise Unclear("problem_closed", service.id) from error

    def _as_seen(self, said: Said) -> list[Service] | None:
        """The listings meant, locked; None where one is not what was seen (any more)."""
        own = self._own()
        if said.step is Step.ALL and set(own) != set(said.seen):
            return None
        if not set(said.seen) <= set(own):
            return None
        locked = [queries.service_for_update(self.session, each) for each in sorted(said.seen)]
        found = [service for service in locked if service is not None]
        same = all(service.version == said.seen[service.id] for service in found)
        return found if same and len(found) == len(said.seen) else None

    def _own(self) -> dict[str, Service]:
        theirs = answers.listings_of(self.session, self.reader.contact)
        return {service.id: service for service in theirs}

    def _sent_on(self, step: Step, service: Service) -> RedirectResponse:
        """To what is left to do, or to the end."""
        language = self.reader.language.value
        if self.reader.link.ended_at is not None:
            where = f"/l/thanks?{urlencode({'language': language})}"
        else:
            query = {"language": language, "done": step.value, "listing": service.id}
            where = f"{self.path}?{urlencode(query)}"
        return RedirectResponse(where, status_code=303, headers=HEADERS)

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.reader.language, **values)


def _visit(session: Session, services: Services, token: str, language: str | None) -> _Visit:
    link, contact = listing_links.opened(session, token, wall=wall_now())
    chosen = language if language in set(Language) else contact.language
    reader = Reader(link, contact, Language(chosen), services.settings.zone, services.clock.now())
    return _Visit(session, reader, f"/l/{token}")
