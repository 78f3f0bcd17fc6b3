"""What a partner is told of its listings: that one has changed, and what staff has decided.

That a listing has changed goes to systems only, and says which fields, not what they say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.notices.words import Letter, letter
from bot.sms.segments import to_gsm7
from bot.wording import say, sentences
from directory.languages import Language
from directory.listings.models import Service
from directory.notices.models import Notice, NoticeKind
from directory.partners.models import PartnerContact

KINDS = frozenset({NoticeKind.LISTING_CHANGED, NoticeKind.LISTING_DECIDED})
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class News:
    """`facts`: as `directory.listings.announce` has planned them. `name`: of the listing."""

    language: Language
    name: str
    facts: Mapping[str, object]


def news_of(session: Session, notice: Notice, contact: PartnerContact) -> News:
    service = session.get(Service, notice.facts.get("service_id"))
    return News(Language(contact.language), service.name if service else "", notice.facts)


def text(kind: NoticeKind, news: News) -> str:
    name = " ".join(to_gsm7(news.name, fold_accents=True).split())
    short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 3].rstrip() + "..."
    return say(f"partner_{_key(kind, news)}", news.language, name=short, field=_field(news))


def mail(kind: NoticeKind, news: News) -> Letter:
    said = {"name": " ".join(news.name.split()), "field": _field(news)}
    subject = say(f"mail_subject_{kind.value}", news.language, **said)
    return letter(subject, [say(f"mail_{_key(kind, news)}", news.language, **said)], news.language)


def event(kind: NoticeKind, news: News, *, at: datetime) -> dict[str, object]:
    """The body of a webhook. `at`: when it came about, product time."""
    facts = news.facts
    body: dict[str, object] = {"event": kind.value, "service_id": facts.get("service_id")}
    if kind is NoticeKind.LISTING_CHANGED:
        body |= {"fields": facts.get("fields"), "version": facts.get("version")}
    else:
        decision = "approved" if facts.get("approved") is True else "declined"
        body |= {"field": facts.get("field"), "decision": decision}
    return body | {"at": at.astimezone(UTC).isoformat().replace("+00:00", "Z")}


def _key(kind: NoticeKind, news: News) -> str:
    if kind is NoticeKind.LISTING_CHANGED:
        return kind.value
    return f"{kind.value}_{'yes' if news.facts.get('approved') is True else 'no'}"


def _field(news: News) -> str:
    """What waits is one of three things; each has its words."""
    key = f"listing_field_{news.facts.get('field')}"
    return say(key if key in sentences() else "listing_field_other", news.language)
