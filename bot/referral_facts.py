"""What a turn must know of referrals, as plain data: read before the conversation runs.

Numbers come from directory.listings.publication alone, so none leaves that may not.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.wording import results
from directory.languages import Language
from directory.listings import publication
from directory.listings import queries as listings
from directory.listings.models import Service
from directory.listings.publication import PublishedPhone
from directory.notices import queries as notices
from directory.notices.models import NoticeKind
from directory.partners import queries as partners
from directory.referrals import queries as referrals
from directory.referrals.models import Referral
from directory.referrals.states import OPEN, Outcome, Status

# Older than this a notice is no longer what a text answers; a check-in stays open as long.
OPEN_FOR = timedelta(days=14)
TELLING = (
    NoticeKind.REFERRAL_SENT,
    NoticeKind.REFERRAL_ACCEPTED,
    NoticeKind.REFERRAL_ON_HOLD,
)
ASKING = (NoticeKind.OUTCOME_QUESTION,)
# News of several referrals within this is one matter to the person: "1" tells of all of them.
TOLD_TOGETHER = timedelta(hours=24)
_NOT_FOR_CALLING = ("fax", "tty")


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service as it is named to a resident. `contact`: how to reach it; may be empty."""

    id: str
    name: str
    organization: str
    contact: dict[Language, str]
    takes_referrals: bool

    @property
    def full_name(self) -> str:
        """The service with its organisation, unless one says the other."""
        if self.organization in self.name:
            return self.name
        return f"{self.name} ({self.organization})"


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """A referral of the person who texts. `partner_knows`: somebody there was told of it.

    `service`: None once it is not shown any more; the person may still say what came of it.
    """

    id: str
    status: Status
    outcome: Outcome | None
    service: ServiceFacts | None
    partner_knows: bool


@dataclass(frozen=True, slots=True)
class SentNotice:
    """A text that we started and that can still be answered. `sent_at`: product time."""

    kind: NoticeKind
    sent_at: datetime
    referral: ReferralFacts


def service_facts(session: Session, service_id: str) -> ServiceFacts | None:
    """None for a service that is gone or may not be shown any more."""
    service = listings.service_by_id(session, service_id)
    if service is None or not publication.is_published(service):
        return None
    lines = [
        line for line in publication.published_phones(service) if line.kind not in _NOT_FOR_CALLING
    ]
    # As in the lists: lines that answer new callers first, then those that one can speak on.
    lines.sort(key=lambda line: (not line.intake, line.kind not in ("hotline", "voice")))
    return ServiceFacts(
        id=service.id,
        name=service.name,
        organization=service.organization.name,
        contact={
            language: results.contact(_as_match(lines, service), language) for language in Language
        },
        takes_referrals=service.accepts_referrals,
    )


def sent_notice(
    session: Session, person_id: str, kinds: Collection[NoticeKind], *, now: datetime
) -> SentNotice | None:
    """The newest of these that the person has got and may still answer."""
    notice = notices.latest_sent(session, person_id, kinds)
    if notice is None or notice.sent_at is None or notice.referral_id is None:
        return None
    if now - notice.sent_at > OPEN_FOR:
        return None
    referral = referrals.by_id(session, notice.referral_id)
    if referral is None:
        return None
    facts = referral_facts(session, referral)
    return SentNotice(NoticeKind(notice.kind), notice.sent_at, facts)


def told_of(session: Session, person_id: str, told: SentNotice | None) -> tuple[ReferralFacts, ...]:
    """What the newest news was about, and what else the person was told of shortly before.

    Of the others only those that are still open.
    """
    if told is None:
        return ()
    since = told.sent_at - TOLD_TOGETHER
    lately = notices.sent_since(session, person_id, TELLING, since=since)
    ids = dict.fromkeys(each.referral_id for each in lately if each.referral_id is not None)
    others = [referrals.by_id(session, each) for each in ids if each != told.referral.id]
    still_open = (each for each in others if each is not None and each.status in OPEN)
    return (told.referral, *(referral_facts(session, each) for each in still_open))


def referral_facts(session: Session, referral: Referral) -> ReferralFacts:
    contacts = partners.contacts_for(session, referral.organization_id, referral.service_id)
    return ReferralFacts(
        id=referral.id,
        status=Status(referral.status),
        outcome=Outcome(referral.outcome) if referral.outcome else None,
        service=service_facts(session, referral.service_id),
        partner_knows=bool(contacts),
    )


def _as_match(lines: list[PublishedPhone], service: Service) -> dict[str, Any]:
    """What bot.wording.results reads of a found service, for its first line."""
    line = lines[0] if lines else None
    label = {"en": line.label, "es": line.label_es or line.label} if line else None
    return {
        "phone": line.number if line else None,
        "phone_for": label if line and line.say_label else None,
        "phone_kind": line.kind if line else None,
        "text_word": line.text_word if line else None,
        "press": line.press if line else None,
        "extension": line.extension if line else None,
        "url": publication.published_url(service),
    }
