"""What a partner's text does to a referral: it moves, or a question goes to the clinician.

Somebody else may have answered a moment earlier; then the partner is told so, plainly.
"""

from dataclasses import dataclass, replace

from bot.deeds import Applying, Done
from bot.wording import say
from directory import database
from directory.conversations.memory import ReferralQuestion, Topic
from directory.errors import HandoffError
from directory.notices import service as notices
from directory.notices.models import NoticeKind
from directory.partners import queries as partners
from directory.partners.links import link_for, token_of
from directory.referrals import queries
from directory.referrals import service as referrals
from directory.referrals.actors import Actor, partner
from directory.referrals.models import Referral
from directory.referrals.reasons import NOT_GIVEN, add_reason
from directory.referrals.states import ENDED, Party, Status

_TAKEN_UP = (Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD)


@dataclass(frozen=True, slots=True)
class MoveReferral:
    """One step by a contact. `code`: the letter by which they know the referral."""

    referral_id: str
    contact_id: str
    code: str
    to: Status
    reason: str | None

    def carry_out(self, at: Applying) -> Done:
        actor = partner(self.contact_id)
        referral = queries.by_id(at.session, self.referral_id, for_update=True)
        if referral is None:
            return Done(at.memory, (self._too_late(at, None),))
        if self.to is Status.COMPLETED and referral.status == Status.REQUESTED:
            return Done(at.memory, (say("partner_accept_first", at.language, code=self.code),))
        yours = self.to is Status.ACCEPTED and referral.status in _TAKEN_UP
        if yours and self._last_by(at, referral) == actor.by:
            return Done(at.memory, (self._with_link("partner_yours_already", at, referral),))
        try:
            with at.session.begin_nested():
                self._move(at, referral, actor)
        except HandoffError:
            return self._refused(at, referral, actor)
        return self._told(at, referral)

    def _move(self, at: Applying, referral: Referral, actor: Actor) -> None:
        if self.to is Status.ON_HOLD and referral.status == Status.REQUESTED:
            referrals.move(
                at.session, referral.id, Status.ACCEPTED, actor=actor, reason=None, now=at.now
            )
            # One text is enough: that it will take longer.
            notices.cancel(
                at.session,
                referral_id=referral.id,
                kinds=(NoticeKind.REFERRAL_ACCEPTED,),
                reason="on_hold",
            )
        referrals.move(
            at.session, referral.id, self.to, actor=actor, reason=self.reason, now=at.now
        )

    def _refused(self, at: Applying, referral: Referral, actor: Actor) -> Done:
        """Words that move nothing ("no answer when we called") still reach the clinician."""
        words = None if self.reason == NOT_GIVEN or self.to is Status.ACCEPTED else self.reason
        if not words or referral.status in ENDED:
            return Done(at.memory, (self._too_late(at, referral),))
        asked = AskClinician(self.referral_id, self.contact_id, self.code, words).carry_out(at)
        if self._last_by(at, referral) == actor.by:
            return asked
        # Somebody else was first: that is news to them.
        return replace(asked, replies=(self._too_late(at, referral), *asked.replies))

    def _told(self, at: Applying, referral: Referral) -> Done:
        match self.to:
            case Status.ACCEPTED:
                return Done(at.memory, (self._with_link("partner_accepted", at, referral),))
            case Status.ON_HOLD:
                return Done(at.memory, (self._with_link("partner_on_hold", at, referral),))
            case Status.COMPLETED:
                return Done(at.memory, (say("partner_completed", at.language, code=self.code),))
        if self.reason != NOT_GIVEN:
            return Done(at.memory, (say("partner_declined", at.language, code=self.code),))
        # It is declined already, so that the clinician knows at once; why is asked besides.
        asked = ReferralQuestion(
            Topic.DECLINED, at.now, self.referral_id, contact_id=self.contact_id
        )
        memory = replace(at.memory, about_referral=asked)
        return Done(memory, (say("partner_declined_why", at.language, code=self.code),))

    def _with_link(self, key: str, at: Applying, referral: Referral) -> str:
        """Name and number are never in a text: the link shows them to this contact."""
        contact = partners.contact_by_id(at.session, self.contact_id)
        assert contact is not None  # noqa: S101  # a link of theirs has brought us here
        link = link_for(at.session, referral, contact, wall=at.wall)
        address = f"{database.current().settings.base_url}/r/{token_of(link)}"
        return say(key, at.language, code=self.code, link=address)

    def _last_by(self, at: Applying, referral: Referral) -> str:
        history = queries.history(at.session, referral.id)
        return history[-1].by if history else ""

    def _too_late(self, at: Applying, referral: Referral | None) -> str:
        return too_late(at, self.code, self.contact_id, referral)


@dataclass(frozen=True, slots=True)
class AskClinician:
    """A question or a remark of a contact; the clinician gets a task."""

    referral_id: str
    contact_id: str
    code: str
    words: str

    def carry_out(self, at: Applying) -> Done:
        referral = queries.by_id(at.session, self.referral_id, for_update=True)
        if referral is None:
            return Done(at.memory, (too_late(at, self.code, self.contact_id, None),))
        try:
            with at.session.begin_nested():
                referrals.remark(
                    at.session, referral, self.words, actor=partner(self.contact_id), now=at.now
                )
        except HandoffError:
            return Done(at.memory, (too_late(at, self.code, self.contact_id, referral),))
        return Done(at.memory, (say("partner_asked", at.language, code=self.code),))


@dataclass(frozen=True, slots=True)
class GiveReason:
    """Why a contact has declined, said after the decline."""

    referral_id: str
    contact_id: str
    reason: str

    def carry_out(self, at: Applying) -> Done:
        referral = queries.by_id(at.session, self.referral_id, for_update=True)
        if referral is not None:
            actor = partner(self.contact_id)
            add_reason(at.session, referral, self.reason, actor=actor, now=at.now)
        return Done(at.memory, (say("partner_reason_noted", at.language),))


def too_late(at: Applying, code: str, contact_id: str, referral: Referral | None) -> str:
    """Who was earlier, and what it is now."""
    status = Status(referral.status) if referral is not None else Status.CANCELLED
    return say(
        "partner_too_late",
        at.language,
        code=code,
        name=_who(at, contact_id, referral),
        state=say(f"state_{status.value}", at.language),
    )


def _who(at: Applying, contact_id: str, referral: Referral | None) -> str:
    """Colleagues are named to each other; staff and residents are not."""
    history = queries.history(at.session, referral.id) if referral is not None else []
    party, _, actor_id = (history[-1].by if history else "").partition(":")
    if party == Party.PARTNER:
        if actor_id == contact_id:
            return say("partner_by_you", at.language)
        colleague = partners.contact_by_id(at.session, actor_id)
        if colleague and referral and colleague.organization_id == referral.organization_id:
            return colleague.name
        return say("partner_by_colleague", at.language)
    key = "partner_by_person" if party == Party.RESIDENT else "partner_by_team"
    return say(key, at.language)
