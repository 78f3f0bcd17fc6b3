"""How a partner is asked whether its listings are right, as a text, an e-mail or an event.

The facts are read when the message leaves, so that what is asked about is what stands there then.
A text takes two segments at most: what the listing says is in it as far as it fits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.notices.words import Letter, letter
from bot.sms.segments import Encoding, encoding_of, segments, to_gsm7
from bot.wording import say, sentences
from bot.wording.opening_hours import hours_said
from directory import database
from directory.freshness import queries
from directory.freshness.answers import asked_about
from directory.freshness.models import Reported
from directory.freshness.queries import ASKING
from directory.freshness.shown import Shown, shown
from directory.languages import Language
from directory.notices.models import Notice, NoticeKind
from directory.partners.listing_links import link_for, token_of
from directory.partners.models import PartnerContact

KINDS = frozenset(ASKING)
SEGMENTS = 2
# A longer name is cut where even the link would not fit behind it.
LONGEST_NAME = 60
SHORTEST_NAME = 24


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """What one contact is asked about. `code`: empty where only the link answers."""

    language: Language
    listings: tuple[Shown, ...]
    code: str
    link: str
    report: Reported | None = None


def facts_of(
    session: Session, notice: Notice, contact: PartnerContact, *, wall: datetime
) -> CheckFacts:
    """Of those that nobody has answered. Makes the contact's link, or renews it."""
    asked = asked_about(notice)
    waiting = {check.service_id for check in queries.open_checks(session, asked)}
    services = queries.services(session, [each for each in asked if each in waiting])
    said = notice.facts.get("report")
    link = link_for(session, contact, wall=wall)
    return CheckFacts(
        language=Language(contact.language),
        listings=tuple(shown(service) for service in services),
        code=link.code or "",
        link=f"{database.current().settings.base_url}/l/{token_of(link)}",
        report=Reported(said) if said in set(Reported) else None,
    )


def text(kind: NoticeKind, facts: CheckFacts) -> str:
    """At most two segments of GSM-7, whatever the listing is called and says."""
    for longest in (LONGEST_NAME, SHORTEST_NAME):
        name = _cut(facts.listings[0].name if facts.listings else "", longest)
        for said in _shown_ever_shorter(facts):
            body = say(
                _key(kind, facts),
                facts.language,
                name=_plain(name),
                count=len(facts.listings),
                shown=_plain(said) + (". " if said else ""),
                report=_report(facts),
                code=facts.code,
                link=facts.link,
            )
            if segments(body) <= SEGMENTS:
                return body
    return body


def mail(kind: NoticeKind, facts: CheckFacts) -> Letter:
    """The whole of each listing, and the link."""
    name = " ".join(facts.listings[0].name.split()) if facts.listings else ""
    filled = {"name": name, "report": _report(facts)}
    paragraphs = [
        say(f"mail_{kind.value}", facts.language, **filled),
        *(_whole(listing, facts.language) for listing in facts.listings),
        f"{say('mail_listing_open', facts.language)}\n{facts.link}",
        say("mail_listing_private", facts.language),
    ]
    return letter(
        say(f"mail_subject_{kind.value}", facts.language, **filled), paragraphs, facts.language
    )


def event(kind: NoticeKind, facts: CheckFacts, *, at: datetime) -> dict[str, object]:
    """The body of a webhook. `at`: when it came about, product time."""
    body: dict[str, object] = {
        "event": kind.value,
        "service_ids": [listing.service_id for listing in facts.listings],
        "at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "link": facts.link,
    }
    if facts.report is not None:
        body["report"] = facts.report.value
    return body


def _key(kind: NoticeKind, facts: CheckFacts) -> str:
    key = f"partner_{kind.value}"
    if len(facts.listings) > 1 and f"{key}_several" in sentences():
        key = f"{key}_several"
    return key if facts.code else f"{key}_uncoded"


def _shown_ever_shorter(facts: CheckFacts) -> Iterator[str]:
    """What the listing says, or the names of several; then less and less of it."""
    if len(facts.listings) > 1:
        names = [_cut(listing.name, LONGEST_NAME) for listing in facts.listings]
        for count in range(len(names), 0, -1):
            yield ", ".join(names[:count]) + (", ..." if count < len(names) else "")
    elif facts.listings:
        phone, hours = _phone(facts.listings[0], facts.language), _hours(facts)
        yield ", ".join(filter(None, (phone, hours)))
        yield phone
    yield ""


def _phone(listing: Shown, language: Language) -> str:
    return say("listing_phone", language, number=listing.phones[0]) if listing.phones else ""


def _hours(facts: CheckFacts) -> str:
    return hours_said(facts.listings[0].hours, facts.language)


def _whole(listing: Shown, language: Language) -> str:
    """Everything that a resident may be told of it, a fact a line."""
    hours = hours_said(listing.hours, language)
    lines = [
        listing.name,
        *(say("listing_phone", language, number=number) for number in listing.phones),
        say("listing_hours", language, hours=hours) if hours else say("listing_no_hours", language),
        *listing.addresses,
        listing.description[language],
        listing.eligibility[language],
        listing.cost[language],
        listing.url,
    ]
    return "\n".join(" ".join(line.split()) for line in lines if line)


def _report(facts: CheckFacts) -> str:
    key = f"partner_report_{(facts.report or Reported.OTHER).value}"
    return say(key if key in sentences() else "partner_report_other", facts.language)


def _plain(text: str) -> str:
    """One letter that GSM-7 lacks would double what the whole text takes."""
    folded = to_gsm7(text, fold_accents=True)
    return "".join(each for each in folded if encoding_of(each) is Encoding.GSM_7)


def _cut(text: str, longest: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= longest else words[: longest - 3].rstrip() + "..."
