"""`/search`: what fits the words, the need and the place, and why."""

from dataclasses import replace

from fastapi import Request, Response

from api.deps import ReadingSession, TheServices
from api.public.pages.asked import asked_from
from api.public.pages.finding import A_PAGE, look_for
from api.public.pages.reasons import words_of
from api.public.pages.safety import asks_for_something_sensitive, danger_in
from api.public.pages.site import COOKIE, Kept, draw, public_router
from api.public.pages.spoken import languages_spoken, name_of
from api.web.pages import asked_language
from bot.safety.risks import Risk
from directory.languages import Language
from directory.needs import taxonomy

router = public_router()
CALM = "mental_health"


@router.api_route("/search", methods=["GET", "HEAD"])
def search(request: Request, session: ReadingSession, services: TheServices) -> Response:
    language = asked_language(request, COOKIE)
    usual = "es" if language is Language.ES else ""
    asked = asked_from(request.query_params, usual_language=usual)
    danger = danger_in(asked.words)
    # Of who wants to die the words alone may name grief, or nothing that is served.
    meant = replace(asked, need=asked.need or CALM) if danger is Risk.SUICIDE else asked
    results = look_for(session, services, meant, language) if asked.something else None
    needs = results.needs if results else ()
    return draw(
        request,
        "search.html",
        kept=Kept.NEVER,
        sensitive=asks_for_something_sensitive(needs) or danger is not None,
        danger=danger,
        form=asked,
        results=results,
        needs_said=", ".join(taxonomy()[each].label[language] for each in needs),
        size=A_PAGE,
        reason_words=words_of,
        spoken=[(code, name_of(code, language)) for code in languages_spoken(session)],
    )
