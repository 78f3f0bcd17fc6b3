"""Erasing one person: nothing that identifies them stays, counts do.

What stays is a row without number and name, so that visits, referrals and check-ins still count;
the audit, whose ids are opaque; and the log of mandated reports, which the law asks for. A number
that wanted silence keeps it: a row of its own holds its blind index, and nothing that leads back.
Partners that heard of the person are told that their request is withdrawn (`last_word`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from directory import database
from directory.clock import wall_now
from directory.conversations.models import Conversation
from directory.errors import Conflict, NotFound
from directory.follow_up import end_texting
from directory.messages.models import AnsweredBy, InboundMessage, OutboundMessage
from directory.notices.models import Notice, NoticeStatus
from directory.partners.models import PartnerContact
from directory.people import service as people
from directory.people.models import Consent, Person
from directory.referrals import actors
from directory.referrals.models import ListingReport, Referral, ReferralEvent, ReferralRemark
from directory.repeats import RepeatedRequest
from directory.retention import carrier_copies, concerned, holds, last_word, waiting
from directory.retention.concerned import Named
from directory.staff.models import StaffMember
from directory.tasks.models import Task, TaskKind, TaskStatus
from directory.visits.models import Visit

ERASED = "erased"
DANGERS = (TaskKind.DANGER, TaskKind.OPTED_OUT_DANGER)


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went. `silent`: the number had opted out, and stays so."""

    texts: int
    visits: int
    referrals: int
    of_colleagues: int
    silent: bool


def erase(
    session: Session, person_id: str, *, by: str, now: datetime, thorough: bool = False
) -> Erased:
    """Erase a person, in the caller's transaction.

    `thorough`: also what colleagues and partners have texted to the bot that names this person
    (by number, or by the whole name): it takes a look at all of their texts.
    Raises NotFound; Conflict `legal_hold`, `danger_open` or `text_waiting` (on disk, for the inbox:
    the caller stores it first, bot.erasing): then nothing has changed.
    """
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or person.erased_at is not None:
        raise NotFound("person_unknown", "There is no such person: erased, or never known.")
    holds.require_none(session, person_id)
    concerned.require_none_by(session, person_id)
    _require_no_danger(session, person_id)
    waiting.require_none(session, person)
    of_colleagues = _forget_texts_of_colleagues(session, person) if thorough else 0
    made = list(session.scalars(select(Referral.id).where(Referral.person_id == person_id)))
    end_texting(session, person, reason=ERASED, now=now)
    # Before the notices go: they alone say which partners heard of this person.
    word = last_word.withdraw(session, person, made, now=now)
    _forget_notices(session, person_id, made, but=word.notice_ids)
    carrier_copies.put_down_all_of(session, person_id, wall=wall_now())
    texts = _forget_texts(session, person_id, now=now)
    visits = _run(
        session,
        update(Visit)
        .where(Visit.person_id == person_id)
        .values(disposition=None, void_reason=None, replaced=None, upload_index=None),
    )
    _forget_referrals(session, person_id, made)
    _forget_tasks(session, person_id, made, now=now)
    last_word.leave_to_a_person(session, word, now=now)
    _forget_conversation(session, person_id, now=now)
    _run(session, delete(Consent).where(Consent.person_id == person_id))
    silent = _become_nobody(session, person, now=now)
    people.audit(session, actor=by, action="person.erase", person_id=person_id, now=now)
    session.flush()
    session.expire_all()
    return Erased(texts, visits, len(made), of_colleagues, silent)


def _require_no_danger(session: Session, person_id: str) -> None:
    waiting = session.scalar(
        select(Task.id).where(
            Task.person_id == person_id,
            Task.kind.in_(DANGERS),
            Task.status != TaskStatus.DONE,
        )
    )
    if waiting is not None:
        raise Conflict(
            "danger_open",
            "Somebody may be in danger: a task about this person is open. Finish it first.",
        )


def _forget_notices(
    session: Session, person_id: str, made: list[str], *, but: Collection[str]
) -> None:
    """What was told, or was to be told, of this person; also what partners were told.

    `but`: the ids of those that still have to go out.
    """
    about = and_(
        or_(Notice.person_id == person_id, Notice.referral_id.in_(made)), Notice.id.not_in(but)
    )
    # Who sends one at this moment finds it gone afterwards, which it can bear.
    _run(session, update(Notice).where(about).values(facts={}))
    planned = Notice.status.in_((NoticeStatus.PLANNED, NoticeStatus.HANDED_OVER))
    for notice in session.scalars(select(Notice).where(about, planned)):
        notice.status, notice.reason = NoticeStatus.CANCELLED, ERASED
    session.flush()
    _run(session, delete(Notice).where(about, Notice.status != NoticeStatus.SENDING))


def _forget_texts(session: Session, person_id: str, *, now: datetime) -> int:
    """The words, and what the carrier calls them. One that nobody has answered is not answered."""
    mine = InboundMessage.person_id == person_id
    _run(
        session,
        update(InboundMessage)
        .where(mine, InboundMessage.answered_at.is_(None))
        .values(answered_at=now, answered_by=AnsweredBy.SILENCE),
    )
    received = _run(
        session,
        update(InboundMessage)
        .where(mine)
        .values(body="", owed=False, provider_id=f"{ERASED} " + InboundMessage.id),
    )
    sent = _run(
        session,
        update(OutboundMessage)
        .where(OutboundMessage.person_id == person_id)
        .values(body="", provider_id=None),
    )
    return received + sent


def _forget_referrals(session: Session, person_id: str, made: list[str]) -> None:
    _run(
        session,
        update(Referral)
        .where(Referral.id.in_(made))
        .values(reason=None, external_id=None, remind_at=None, escalate_at=None, ask_at=None),
    )
    _run(
        session,
        update(ReferralEvent).where(ReferralEvent.referral_id.in_(made)).values(reason=None),
    )
    # Links stay until they are old: they open nothing and name nobody, and by their letter a
    # partner knows which request was withdrawn.
    _run(session, delete(ReferralRemark).where(ReferralRemark.referral_id.in_(made)))
    _run(session, delete(RepeatedRequest).where(RepeatedRequest.subject_id.in_(made)))
    told = or_(
        ListingReport.referral_id.in_(made),
        ListingReport.reported_by == actors.resident(person_id).by,
    )
    _run(session, update(ListingReport).where(told).values(note=None))


def _forget_tasks(session: Session, person_id: str, made: list[str], *, now: datetime) -> None:
    """Nothing is left to do for this person; what was done counts, without words."""
    texts = select(InboundMessage.id).where(InboundMessage.person_id == person_id)
    about: ColumnElement[bool] = or_(
        Task.person_id == person_id, Task.referral_id.in_(made), Task.inbound_id.in_(texts)
    )
    _run(
        session,
        update(Task)
        .where(about, Task.status != TaskStatus.DONE)
        .values(status=TaskStatus.DONE, done_by="system", done_at=now),
    )
    _run(session, update(Task).where(about).values(note=None, done_note=None))


def _forget_conversation(session: Session, person_id: str, *, now: datetime) -> None:
    """The memory goes at once; Rasa's copy with the next look at conversations that have ended.

    Rasa may be asked about a first text at this moment, so it is told to forget in any case.
    """
    long_ago = now.replace(year=now.year - 1, day=1)
    _run(
        session,
        update(Conversation)
        .where(Conversation.person_id == person_id)
        .values(memory=None, held_by=None, held_since=None, spoken_at=long_ago, tracked=True),
    )


def _become_nobody(session: Session, person: Person, *, now: datetime) -> bool:
    """Number and name go. Whether the number stays silent."""
    index, stopped_at = person.phone_index, person.opted_out_at
    owned = person.reassigned_at is None
    person.phone, person.phone_index = "", f"{ERASED} {person.id}"
    person.name = person.language = person.code_word = person.clinician_id = None
    person.safe_to_text, person.number_shared = False, False
    person.opted_out_at = person.reassigned_at = None
    person.unreachable_because, person.erased_at = ERASED, now
    session.flush()
    if stopped_at is None or not owned:
        return False
    # Not the moment: it would lead from the number back to the row above. But the month of STOP in
    # the zone of figures, which count it there.
    local = stopped_at.astimezone(database.current().settings.zone)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    session.add(Person(phone="", phone_index=index, opted_out_at=month, created_at=month))
    session.flush()
    return True


def _forget_texts_of_colleagues(session: Session, person: Person) -> int:
    """Blank what staff and partners have texted to the bot, or it to them, about this person.

    What is about somebody under a legal hold as well stays.
    """
    called, blanked = concerned.named(person), 0
    colleagues = list(session.scalars(_colleagues(person)))
    for table in (InboundMessage, OutboundMessage):
        naming = list[str]()
        for some in concerned.batches(colleagues):
            rows = session.execute(
                select(table.id, table.body)
                .where(table.person_id.in_(some), table.body != "")
                .execution_options(yield_per=concerned.AT_ONCE)
            )
            naming += [message_id for message_id, body in rows if called.in_text(body)]
        on_hold = concerned.concerning(session, table.__tablename__, naming)
        for some in concerned.batches(each for each in naming if each not in on_hold):
            blanked += _run(session, update(table).where(table.id.in_(some)).values(body=""))
    _forget_memories(session, colleagues, called)
    return blanked


def _colleagues(person: Person) -> Select[str]:
    """Staff and partners by their numbers, and whoever was ever answered as one: a number leaves
    an account at once when it is revoked, changed or removed, and the texts from it stay."""
    phones = select(StaffMember.phone_index).where(StaffMember.phone_index.is_not(None))
    addresses = select(PartnerContact.address_index)
    answered = select(InboundMessage.person_id).where(
        InboundMessage.answered_by.in_((AnsweredBy.CLINICIAN, AnsweredBy.PARTNER))
    )
    return select(Person.id).where(
        Person.id != person.id,
        or_(
            Person.phone_index.in_(phones),
            Person.phone_index.in_(addresses),
            Person.id.in_(answered),
        ),
    )


def _forget_memories(session: Session, colleagues: list[str], called: Named) -> None:
    """What the bot remembers of its conversations with colleagues, where it names the person."""
    naming = list[str]()
    for some in concerned.batches(colleagues):
        memories = session.execute(
            select(Conversation.person_id, Conversation.memory).where(
                Conversation.person_id.in_(some), Conversation.memory.is_not(None)
            )
        )
        naming += [each for each, memory in memories if memory and called.in_text(memory)]
    on_hold = concerned.concerning(session, Conversation.__tablename__, naming)
    for colleague_id in naming:
        if colleague_id not in on_hold:
            of_colleague = Conversation.person_id == colleague_id
            _run(session, update(Conversation).where(of_colleague).values(memory=None))


def _run(session: Session, statement: Any) -> int:
    """How many rows it changed. The session's own objects are read anew afterwards."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0
