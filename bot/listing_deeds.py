"""What a partner's text does to the listings that they were asked about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.deeds import Applying, Done
from bot.sms.segments import segments, to_gsm7
from bot.wording import say
from directory import database
from directory.conversations.memory import ReferralQuestion, Topic
from directory.freshness import answers
from directory.freshness import service as freshness
from directory.freshness.answers import Result
from directory.languages import Language
from directory.listings.models import Service
from directory.partners import queries as partners
from directory.partners.listing_links import link_for, token_of
from directory.partners.models import PartnerContact
from directory.referrals.actors import partner


@dataclass(frozen=True, slots=True)
class ConfirmListings:
    """What this contact was asked last is right."""

    contact_id: str

    def carry_out(self, at: Applying) -> Done:
        contact = _contact(at, self.contact_id)
        result, services = answers.all_right(at.session, contact, now=at.now, wall=at.wall)
        if result is Result.CHANGED:
            return Done(
                at.memory, (say("listing_changed_since", at.language, link=_link(at, contact)),)
            )
        if result is Result.NOTHING_OPEN:
            return Done(at.memory, (say("listing_right_already", at.language),))
        return Done(at.memory, (_naming("listing_right", services, at.language),))


@dataclass(frozen=True, slots=True)
class AskWhat:
    """Something is not right: what, by text or on the page."""

    contact_id: str
    code: str

    def carry_out(self, at: Applying) -> Done:
        contact = _contact(at, self.contact_id)
        asked = ReferralQuestion(Topic.LISTING, at.now, contact_id=self.contact_id)
        reply = say("listing_what", at.language, code=self.code, link=_link(at, contact))
        return Done(replace(at.memory, about_referral=asked), (reply,))


@dataclass(frozen=True, slots=True)
class NoteWrong:
    """What is wrong, in their words: a person corrects it."""

    contact_id: str
    words: str

    def carry_out(self, at: Applying) -> Done:
        contact = _contact(at, self.contact_id)
        question = answers.last_question(at.session, contact)
        asked = question.open or question.services if question is not None else ()
        services = asked or tuple(answers.listings_of(at.session, contact))
        if services:
            by = partner(contact.id).by
            freshness.wrong(at.session, services, self.words, by=by, now=at.now)
        return Done(at.memory, (_naming("listing_noted", services, at.language),))


def _contact(at: Applying, contact_id: str) -> PartnerContact:
    contact = partners.contact_by_id(at.session, contact_id)
    assert contact is not None  # noqa: S101  # their text has brought us here
    return contact


def _link(at: Applying, contact: PartnerContact) -> str:
    link = link_for(at.session, contact, wall=at.wall)
    return f"{database.current().settings.base_url}/l/{token_of(link)}"


def _naming(key: str, services: Sequence[Service], language: Language) -> str:
    """The sentence with as many names as two segments hold."""
    names = [to_gsm7(" ".join(service.name.split()), fold_accents=True) for service in services]
    for count in range(len(names), 0, -1):
        more = f" (+{len(names) - count})" if count < len(names) else ""
        said = say(key, language, names=", ".join(names[:count]) + more)
        if segments(said) <= 2:
            return said
    return say(key, language, names=str(len(names)))
