"""What a resident's text sets going with a referral: the outcome, the next service, taking back.

Every deed looks at the referral anew and at whose it is. What the directory refuses is never an
error to the person: a colleague calls instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.deeds import Applying, Done
from bot.referral_facts import referral_facts, service_facts
from bot.sms.segments import to_gsm7
from bot.wording import say
from directory.conversations.memory import Memory, ReferralQuestion, Topic
from directory.errors import HandoffError
from directory.languages import Language
from directory.notices import service as notices
from directory.notices.models import NoticeKind
from directory.people import service as people
from directory.people.models import Purpose
from directory.referrals import outcomes, queries
from directory.referrals import service as referrals
from directory.referrals.actors import resident
from directory.referrals.models import Referral
from directory.referrals.onward import refer_on
from directory.referrals.states import NotReceived, Outcome, Status
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Received:
    """The service was received: the loop is closed."""

    referral_id: str

    def carry_out(self, at: Applying) -> Done:
        referral = _theirs(at, self.referral_id)
        if referral is not None:
            outcomes.received(at.session, referral, now=at.now)
        return Done(_answered(at.memory), (say("outcome_received", at.language),))


@dataclass(frozen=True, slots=True)
class NotYet:
    """Not yet: asked again in a week."""

    referral_id: str

    def carry_out(self, at: Applying) -> Done:
        referral = _theirs(at, self.referral_id)
        if referral is not None:
            outcomes.not_yet(referral, now=at.now)
        return Done(_answered(at.memory), (say("outcome_not_yet", at.language),))


@dataclass(frozen=True, slots=True)
class NotReceivedAtAll:
    """It came to nothing. Without a reason (`why`) we ask for it."""

    referral_id: str
    why: NotReceived | None = None
    words: str | None = None

    def carry_out(self, at: Applying) -> Done:
        referral = _theirs(at, self.referral_id)
        if referral is None:
            return Done(_answered(at.memory), (say("next_none", at.language),))
        if referral.outcome != Outcome.NOT_RECEIVED:  # said twice, it is one task
            outcomes.not_received(at.session, referral, now=at.now)
        if self.why is not None:
            return Because(referral.id, self.why, self.words).carry_out(at)
        asked = ReferralQuestion(Topic.WHY, at.now, referral.id)
        memory = replace(at.memory, about_referral=asked)
        return Done(memory, (say("outcome_why", at.language),))


@dataclass(frozen=True, slots=True)
class Because:
    """Why it came to nothing; with our thanks goes the next best service."""

    referral_id: str
    why: NotReceived
    words: str | None = None

    def carry_out(self, at: Applying) -> Done:
        referral = _theirs(at, self.referral_id)
        if referral is None:
            return Done(_answered(at.memory), (say("next_none", at.language),))
        outcomes.because(
            at.session,
            referral,
            self.why,
            actor=resident(at.person.id),
            words=self.words[:LONGEST_WORDS] if self.words else None,
            now=at.now,
        )
        offered = _offer(at, referral.id, referral.suggestions)
        thanks = say("outcome_told", at.language)
        return replace(offered, replies=(f"{thanks} {offered.replies[0]}",))


@dataclass(frozen=True, slots=True)
class Another:
    """Not the service that was offered: the one after it."""

    referral_id: str
    service_ids: tuple[str, ...]

    def carry_out(self, at: Applying) -> Done:
        return _offer(at, self.referral_id, self.service_ids)


@dataclass(frozen=True, slots=True)
class SendOn:
    """Yes to the service that was offered, the first of these: the request goes there."""

    referral_id: str
    service_ids: tuple[str, ...]

    def carry_out(self, at: Applying) -> Done:
        memory = _answered(at.memory)
        if _theirs(at, self.referral_id) is None:
            return Done(memory, (say("next_none", at.language),))
        try:
            with at.session.begin_nested():
                new = refer_on(
                    at.session,
                    self.referral_id,
                    self.service_ids[0],
                    actor=resident(at.person.id),
                    clinician_id=None,
                    now=at.now,
                )
                # Told in this very reply.
                notices.cancel(
                    at.session,
                    referral_id=new.id,
                    kinds=(NoticeKind.REFERRAL_SENT,),
                    reason="told_in_reply",
                )
        except HandoffError as error:
            return self._refused(at, error)
        return Done(memory, (self._sent(at, new),))

    def _sent(self, at: Applying, new: Referral) -> str:
        facts = referral_facts(at.session, new)
        key = "next_sent" if facts.partner_knows else "next_sent_by_team"
        name = facts.service.name if facts.service else ""
        parts = [say(key, at.language, name=name)]
        contact = facts.service.contact[at.language] if facts.service else ""
        if contact:
            parts.append(say("referral_call_them", at.language, contact=contact))
        return _cheap(" ".join(parts), at.language)

    def _refused(self, at: Applying, error: HandoffError) -> Done:
        """No consent: a person calls. A service that takes none (any more): its number."""
        service = service_facts(at.session, self.service_ids[0])
        if error.code != "consent_missing" and (service is None or not service.takes_referrals):
            return _offer(at, self.referral_id, self.service_ids)
        first = queries.by_id(at.session, self.referral_id)
        tasks.open_task(
            at.session,
            TaskKind.CALL_BACK,
            person_id=at.person.id,
            referral_id=self.referral_id,
            service_id=self.service_ids[0],
            assigned_to=first.clinician_id if first else None,
            note="Wants to be referred to the next service, but we may not refer: "
            f"{error.detail} Please call.",
            now=at.now,
        )
        return Done(_answered(at.memory), (say("next_by_phone", at.language),))


@dataclass(frozen=True, slots=True)
class TakeBackConsent:
    """Nothing more about the person to partners. `silently`: who opted out gets no text."""

    silently: bool = False

    def carry_out(self, at: Applying) -> Done:
        before = queries.open_of_person(at.session, at.person.id)
        taken_up = any(each.status not in (Status.DRAFT, Status.REQUESTED) for each in before)
        actor = resident(at.person.id)
        for purpose in (Purpose.REFERRAL, Purpose.SUBSTANCE_USE):
            people.revoke(at.session, at.person, purpose, now=at.now)
        referrals.withdraw_for(at.session, at.person, actor=actor, now=at.now)
        people.audit(
            at.session,
            actor=actor.by,
            action="consent.revoke",
            person_id=at.person.id,
            now=at.now,
        )
        reply = say("taken_back_late" if taken_up else "taken_back", at.language)
        return Done(_answered(at.memory), () if self.silently else (reply,))


def _offer(at: Applying, referral_id: str, service_ids: Sequence[str]) -> Done:
    """The first of these services that is still listed, with what to reply."""
    for position, service_id in enumerate(service_ids):
        service = service_facts(at.session, service_id)
        if service is None:
            continue
        key = "next_offered" if service.takes_referrals else "next_to_call"
        text = say(key, at.language, name=service.name, contact=service.contact[at.language])
        asked = ReferralQuestion(Topic.NEXT, at.now, referral_id, tuple(service_ids[position:]))
        memory = replace(at.memory, about_referral=asked)
        return Done(memory, (_cheap(text, at.language),))
    return Done(_answered(at.memory), (say("next_none", at.language),))


def _theirs(at: Applying, referral_id: str) -> Referral | None:
    referral = queries.by_id(at.session, referral_id, for_update=True)
    return referral if referral is not None and referral.person_id == at.person.id else None


def _answered(memory: Memory) -> Memory:
    return replace(memory, about_referral=None)


def _cheap(text: str, language: Language) -> str:
    return to_gsm7(text, fold_accents=language is Language.ES)
