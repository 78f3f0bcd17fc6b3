"""Sends e-mail and webhooks: claims a notice, sends it with no session open, notes the result.

A claim keeps a second process away and ends by itself. Who dies in between has the notice sent
again: at least once, under an id by which the receiver knows a repeat.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot.notices import facts, fates, listing_checks, listing_news, sign_in, words
from bot.notices.attempts import TRIES, Refused, TryLater, pause_after
from bot.notices.email import MailServer
from bot.notices.hand_over import console
from bot.notices.webhook import Webhooks
from bot.notices.words import Letter
from directory import database
from directory.notices import queries
from directory.notices import service as notices
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.notices.permission import TO_STAFF, Refusal, refusal, urgent
from directory.on_call import pause
from directory.partners import queries as partners
from directory.partners.models import Channel, PartnerContact
from directory.staff import queries as staff

log = structlog.get_logger(__name__)

CHANNELS = (Channel.EMAIL, Channel.WEBHOOK)


@dataclass(frozen=True, slots=True)
class _Mail:
    to: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class _Event:
    to: str
    secret: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NoticeSender:
    """`mail`: None where no mail server is set up; then e-mail fails, and is a task at once.

    `now`: product time; `wall`: wall time; `jitter`: 0 to 1.
    """

    mail: MailServer | None
    webhooks: Webhooks
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    jitter: Callable[[], float]

    def due(self, *, limit: int = 100) -> list[str]:
        """Ids of e-mails and webhooks whose time has come. E-mail wakes nobody, so there are no
        quiet hours here; a pause holds back all but what staff must know at once."""
        with database.read_scope() as session:
            return queries.due_ids(
                session,
                channels=CHANNELS,
                kinds=TO_STAFF if pause.standing(session) else (),
                now=self.now(),
                wall=self.wall(),
                limit=limit,
            )

    def send(self, notice_id: str) -> None:
        """Send one notice if it is due and nobody else has it. Safe to call at any time, twice."""
        with database.session_scope() as session:
            outgoing = self._take(session, notice_id)
        if outgoing is None:
            return
        failure = self._tried(outgoing, notice_id)
        with database.session_scope() as session:
            notice = queries.by_id(session, notice_id, for_update=True)
            # Sent by another meanwhile, because we were too slow: what that one noted stands.
            if notice is not None and notice.status == NoticeStatus.SENDING:
                self._note(session, notice, failure)

    def _tried(self, outgoing: _Mail | _Event, notice_id: str) -> Refused | TryLater | None:
        """What went wrong, if anything did."""
        try:
            self._hand_in(outgoing, notice_id)
        except (Refused, TryLater) as failure:
            return failure
        return None

    def _take(self, session: Session, notice_id: str) -> _Mail | _Event | None:
        now, wall = self.now(), self.wall()
        before = queries.by_id(session, notice_id)
        if before is None or before.channel not in CHANNELS:
            return None
        if pause.standing(session) and not urgent(before):
            return None
        notice = notices.claim(session, notice_id, now=now, wall=wall)
        if notice is None:
            return None
        if notice.attempts > TRIES:  # each of them died before it could note anything
            self._fail(session, notice, "gave_up")
            return None
        why_not = refusal(session, notice, now=now, wall=wall)
        if why_not is not None:
            notices.nothing_left(notice)
            fates.ended(session, notice, why_not, now=now)
            return None
        if notice.channel == Channel.EMAIL and self.mail is None:
            notices.nothing_left(notice)
            self._fail(session, notice, "mail_not_set_up")
            return None
        return _outgoing(session, notice, now=now, wall=wall)

    def _hand_in(self, outgoing: _Mail | _Event, notice_id: str) -> None:
        if isinstance(outgoing, _Event):
            self.webhooks.post(
                outgoing.body,
                to=outgoing.to,
                secret=outgoing.secret,
                event_id=notice_id,
                at=self.wall(),
            )
            return
        assert self.mail is not None  # noqa: S101  # _take has seen to it
        self.mail.send(outgoing.letter, to=outgoing.to, notice_id=notice_id, at=self.wall())

    def _note(self, session: Session, notice: Notice, failure: Refused | TryLater | None) -> None:
        if failure is None:
            notices.mark(session, notice.id, NoticeStatus.SENT, now=self.now(), reason=None)
        elif isinstance(failure, TryLater) and notice.attempts < TRIES:
            pause_now = pause_after(
                notice.attempts, jitter=self.jitter(), retry_after=failure.retry_after
            )
            notices.try_again(notice, at=self.wall() + pause_now, reason=failure.reason)
        else:
            if isinstance(failure, Refused):
                notices.nothing_left(notice)
            self._fail(session, notice, failure.reason)

    def _fail(self, session: Session, notice: Notice, reason: str) -> None:
        log.warning("notice_failed", channel=notice.channel, kind=notice.kind, reason=reason)
        fates.ended(session, notice, Refusal(NoticeStatus.FAILED, reason), now=self.now())


def _outgoing(session: Session, notice: Notice, *, now: datetime, wall: datetime) -> _Mail | _Event:
    kind = NoticeKind(notice.kind)
    if notice.staff_id is not None:
        member = staff.active_by_id(session, notice.staff_id)
        assert member is not None  # noqa: S101  # `refusal` has seen to it
        return _Mail(member.email, words.staff_letter(kind, notice.facts, console=console()))
    contact = partners.contact_by_id(session, notice.contact_id or "")
    assert contact is not None  # noqa: S101  # likewise
    if kind in listing_checks.KINDS:
        return _about_listings(session, notice, contact, wall=wall)
    if kind in listing_news.KINDS:
        return _news(session, notice, contact)
    if kind in sign_in.KINDS:
        return _Mail(contact.address, sign_in.mail(kind, sign_in.facts_of(notice, contact)))
    told = facts.of_contact(session, notice, contact, now=now, wall=wall)
    if notice.channel == Channel.WEBHOOK:
        event: Mapping[str, object] = words.partner_event(kind, told, at=notice.created_at)
        return _Event(contact.address, contact.secret or "", event)
    return _Mail(contact.address, words.partner_letter(kind, told))


def _about_listings(
    session: Session, notice: Notice, contact: PartnerContact, *, wall: datetime
) -> _Mail | _Event:
    kind = NoticeKind(notice.kind)
    asked = listing_checks.facts_of(session, notice, contact, wall=wall)
    if notice.channel == Channel.WEBHOOK:
        event = listing_checks.event(kind, asked, at=notice.created_at)
        return _Event(contact.address, contact.secret or "", event)
    return _Mail(contact.address, listing_checks.mail(kind, asked))


def _news(session: Session, notice: Notice, contact: PartnerContact) -> _Mail | _Event:
    kind, news = NoticeKind(notice.kind), listing_news.news_of(session, notice, contact)
    if notice.channel == Channel.WEBHOOK:
        event = listing_news.event(kind, news, at=notice.created_at)
        return _Event(contact.address, contact.secret or "", event)
    return _Mail(contact.address, listing_news.mail(kind, news))
