"""What a partner's contact is sent to sign in to the partner pages, and when somebody has."""

from dataclasses import dataclass

from bot.notices.words import Letter, letter
from bot.wording import say
from directory import database
from directory.languages import Language
from directory.notices.models import Notice, NoticeKind
from directory.partners import sessions
from directory.partners.models import PartnerContact

KINDS = frozenset({NoticeKind.SIGN_IN_LINK, NoticeKind.SIGNED_IN})
PATH = "/partner/link"


@dataclass(frozen=True, slots=True)
class SignIn:
    """`link`: where the one-time link leads, or, once it was used, the partner pages."""

    language: Language
    link: str


def facts_of(notice: Notice, contact: PartnerContact) -> SignIn:
    base_url = database.current().settings.base_url
    if notice.kind == NoticeKind.SIGN_IN_LINK:
        token = sessions.link_token(str(notice.facts["sign_in_id"]))
        return SignIn(Language(contact.language), f"{base_url}{PATH}/{token}")
    return SignIn(Language(contact.language), f"{base_url}/partner")


def text(kind: NoticeKind, facts: SignIn) -> str:
    return say(f"partner_{kind.value}", facts.language, link=facts.link)


def mail(kind: NoticeKind, facts: SignIn) -> Letter:
    said = say(f"mail_{kind.value}", facts.language)
    subject = say(f"mail_subject_{kind.value}", facts.language)
    return letter(subject, [f"{said}\n{facts.link}"], facts.language)
