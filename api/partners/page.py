"""The pages behind a partner's link, drawn: plain HTML that an old phone shows without scripts."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from api.partners.answers import BECOMES, MOST_LETTERS, Step
from api.partners.words import day, moment, reasons, say, status_said
from directory.languages import Language
from directory.partners import queries as partners
from directory.partners.models import PartnerContact, ReferralLink
from directory.referrals import queries
from directory.referrals.actors import partner
from directory.referrals.disclosure import Disclosed, remarks_shown
from directory.referrals.models import Priority, Referral
from directory.referrals.states import Party, Status, allowed

_TEMPLATES = Path(__file__).parent / "templates"
# Nothing inline, nothing from elsewhere, no script at all; nothing kept, nothing passed on.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history or of the talk: what, by whom, when."""

    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page answers to what was sent. `wrong`: it was not taken."""

    text: str
    wrong: bool = False
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the page, and in which language and time zone."""

    contact: PartnerContact
    language: Language
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class LinkReader(Reader):
    """Who came by a link."""

    link: ReferralLink


def referral_page(
    session: Session,
    referral: Referral,
    disclosed: Disclosed,
    reader: LinkReader,
    *,
    path: str,
    notice: Notice | None = None,
    sent: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The referral as it stands, with what may be answered. `sent`: what to write back in."""
    language = reader.language
    return drawn(
        "referral.html",
        language,
        status,
        path=path,
        notice=notice,
        sent=sent or {},
        until=day(reader.link.expires_at, language, reader.zone),
        **shown_of(session, referral, disclosed, reader),
    )


def shown_of(
    session: Session, referral: Referral, disclosed: Disclosed, reader: Reader
) -> dict[str, Any]:
    """What referral_parts.html draws of a referral, behind the link and on the partner pages."""
    language = reader.language
    return {
        "heading": _heading(session, referral, reader),
        "theirs": referral.status != Status.REQUESTED,
        "disclosed": disclosed,
        "urgent": referral.priority == Priority.URGENT,
        "asked": moment(referral.created_at, language, reader.zone),
        "steps": _steps(referral),
        "history": _history(session, referral, reader),
        "remarks": [
            Line(
                each.text,
                _who(session, each.by, reader),
                moment(each.at, language, reader.zone),
            )
            for each in remarks_shown(session, referral, disclosed)
        ],
    }


def thanks_page(step: Step, language: Language) -> HTMLResponse:
    """The end of it; says nothing of the referral, so that anybody may see it."""
    return drawn("thanks.html", language, 200, step=step, path=f"/r/thanks/{step}")


def plain_page(key: str, *, status: int) -> HTMLResponse:
    """A page for who may be anybody, in both languages: `key` and `key`_lead of words.yml."""
    return drawn("plain.html", Language.EN, status, key=key, path=None)


def late_page(language: Language) -> HTMLResponse:
    """Somebody else has ended the referral before this answer came."""
    return drawn("late.html", language, 409, path=None)


def drawn(template: str, language: Language, status: int, **values: object) -> HTMLResponse:
    """A page of the templates folder, escaped, with the headers that close it off."""

    def text(key: str, spoken: Language = language, **filled: object) -> str:
        return say(key, spoken, **filled)

    def choices(step: str) -> dict[str, str]:
        return reasons(step, language)

    html = (
        _environment()
        .get_template(template)
        .render(
            t=text,
            reasons=choices,
            language=language,
            other=Language.ES if language is Language.EN else Language.EN,
            languages=list(Language),
            most_letters=MOST_LETTERS,
            **values,
        )
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["as_dialled"] = as_dialled
    return environment


def as_dialled(number: str) -> str:
    """+16305550100 as people here write it: (630) 555-0100."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def _steps(referral: Referral) -> list[Step]:
    """What the page offers, in the order of its buttons."""
    can = allowed(Status(referral.status), Party.PARTNER)
    return [step for step, becomes in BECOMES.items() if becomes in can]


def _heading(session: Session, referral: Referral, reader: Reader) -> str:
    if referral.status == Status.REQUESTED:
        return say("asking", reader.language)
    by = accepted_by(session, referral)
    if by == partner(reader.contact.id).by:
        return say("mine", reader.language)
    colleague = _colleague(session, by, reader)
    if colleague is not None:
        return say("taken_by", reader.language, name=colleague.name)
    return say("taken", reader.language)


def accepted_by(session: Session, referral: Referral) -> str:
    """Who accepted it, as the history names them; empty when nobody has."""
    taken = [e.by for e in queries.history(session, referral.id) if e.status == Status.ACCEPTED]
    return taken[-1] if taken else ""


def was_just_asked(
    session: Session, referral: Referral, contact: PartnerContact, text: str
) -> bool:
    """Whether their question stands there as the last word: a double tap, or "back" and sent again.

    The same question after an answer is a new one.
    """
    # Of two at once the second waits here for the first, and then sees what it wrote.
    queries.by_id(session, referral.id, for_update=True)
    said = queries.remarks(session, referral.id)
    return bool(said) and (said[-1].by, said[-1].text) == (partner(contact.id).by, text)


def _history(session: Session, referral: Referral, reader: Reader) -> list[Line]:
    return [
        Line(
            status_said(event.status, reader.language),
            _who(session, event.by, reader),
            moment(event.at, reader.language, reader.zone),
        )
        for event in queries.history(session, referral.id)
        if event.status != Status.DRAFT
    ]


def _who(session: Session, by: str, reader: Reader) -> str:
    if by == partner(reader.contact.id).by:
        return say("by_you", reader.language)
    if not by.startswith(f"{Party.PARTNER.value}:"):
        return say("by_staff", reader.language)
    colleague = _colleague(session, by, reader)
    return colleague.name if colleague else say("by_system", reader.language)


def _colleague(session: Session, by: str, reader: Reader) -> PartnerContact | None:
    """The contact of the same organisation that the history names."""
    contact = partners.contact_by_id(session, by.partition(":")[2])
    same = contact is not None and contact.organization_id == reader.contact.organization_id
    return contact if same else None
